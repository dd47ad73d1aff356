package stat

import "unsafe"

// Sums are those that a line through y takes: of y, y^2 and x y.
type Sums struct{ Y, YY, XY float64 }

// Elements of the blocks whose sums windows share.
const fine, coarse = 16, 64

// Blocks are sums of a series and its regressor over blocks of consecutive elements,
// which all windows that contain them share. Windows that overlap are then added up in
// a tenth of the time, and lose nothing, as differences of sums from the start would. A
// run without ranks takes nine tenths of the time. The zero value holds none: windows
// are added up in the same blocks, to the same bits.
type Blocks struct {
	first        int // of the first block of coarse, an index divisible by its length
	fine, coarse []Sums
}

// NewBlocks adds up the blocks that lie within a series y whose first element has index
// first. x is its regressor, as long.
func NewBlocks(y, x []float64, first int) Blocks {
	from, to := first&^(coarse-1), (first+len(y))&^(coarse-1)+coarse
	b := Blocks{first: from, fine: make([]Sums, (to-from)/fine), coarse: make([]Sums, (to-from)/coarse)}
	for k := range b.fine {
		if t := from + k*fine - first; t >= 0 && t+fine <= len(y) {
			b.fine[k] = sumsOf(y[t:t+fine], x[t:])
		}
	}
	for k := range b.coarse {
		b.coarse[k] = four((*[coarse / fine]Sums)(b.fine[k*coarse/fine:]))
	}
	return b
}

// Sound reports whether y and x, of which the blocks are, have no NaN, as Sound tells.
func (b *Blocks) Sound(y, x []float64, first int) bool {
	from := min((-first)&(fine-1), len(y))
	to := from + (len(y)-from)&^(fine-1)
	sum := 0.0
	for k := (first + from - b.first) / fine; k < (first+to-b.first)/fine; k++ {
		sum += b.fine[k].Y + b.fine[k].XY
	}
	return sum == sum && Sound(y[:from], x[:from]) && Sound(y[to:], x[to:])
}

// four adds up the blocks of a coarse one.
func four(b *[coarse / fine]Sums) (s Sums) {
	for k := range b {
		s.Y += b[k].Y
		s.YY += b[k].YY
		s.XY += b[k].XY
	}
	return s
}

// sumsOf adds up a block.
func sumsOf(y, x []float64) (s Sums) {
	s.Y, s.YY, s.XY = eightSums(y, x[:len(y)])
	return s
}

// Over returns the sums over a window, the elements of y from index at on. x is at least as
// long as y.
//
// The window is cut at the indices divisible by the length of a block, wherever in memory
// it lies, so that the sums depend on nothing else.
func (b *Blocks) Over(y, x []float64, at int) Sums {
	n := len(y)
	x = x[:n]
	head := min((-at)&(fine-1), n)
	var hy, hyy, hxy, sy, syy, sxy, ry, ryy, rxy float64 // of head, blocks and rest, none of which waits for another
	for t, v := range y[:head] {
		hy += v
		hyy += float64(v * v)
		hxy += float64(x[t] * v)
	}
	// Blocks of fine up to the first of coarse, of coarse, and of fine again.
	t := head
	if len(b.fine) > 0 {
		k := (at + t - b.first) / fine
		last := k + (n-t)/fine
		for ; k < last && k%(coarse/fine) != 0; k++ {
			o := &b.fine[k]
			sy, syy, sxy = sy+o.Y, syy+o.YY, sxy+o.XY
		}
		for ; k+coarse/fine <= last; k += coarse / fine {
			o := &b.coarse[k/(coarse/fine)]
			sy, syy, sxy = sy+o.Y, syy+o.YY, sxy+o.XY
		}
		for ; k < last; k++ {
			o := &b.fine[k]
			sy, syy, sxy = sy+o.Y, syy+o.YY, sxy+o.XY
		}
		t += (n - t) &^ (fine - 1)
	}
	for t+fine <= n {
		var o Sums
		if (at+t)&(coarse-1) == 0 && t+coarse <= n {
			var parts [coarse / fine]Sums
			for k := range parts {
				parts[k] = sumsOf(y[t:t+fine], x[t:])
				t += fine
			}
			o = four(&parts)
		} else {
			o = sumsOf(y[t:t+fine], x[t:])
			t += fine
		}
		sy, syy, sxy = sy+o.Y, syy+o.YY, sxy+o.XY
	}
	x = x[t:]
	for t, v := range y[t:] {
		ry += v
		ryy += float64(v * v)
		rxy += float64(x[t] * v)
	}
	return Sums{(hy + sy) + ry, (hyy + syy) + ryy, (hxy + sxy) + rxy}
}

// Fetch begins to read the blocks of the elements with indices [from, to) into the cache.
func (b *Blocks) Fetch(from, to int) {
	if len(b.fine) == 0 || to <= from {
		return
	}
	fetch := func(s []Sums) { Fetch(unsafe.Slice(&s[0].Y, 3*len(s))) }
	fetch(b.fine[(from-b.first)/fine : (to-1-b.first)/fine+1])
	fetch(b.coarse[(from-b.first)/coarse : (to-1-b.first)/coarse+1])
}
