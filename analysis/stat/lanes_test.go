package stat

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// The loops of this processor compute what those in Go compute, bit by bit, on
// every length, and touch nothing beside.
func TestLanes(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 1))
	draw := func(n int) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = rng.NormFloat64() * math.Exp(3*rng.NormFloat64())
		}
		return x
	}
	equal := func(a, b []float64) bool {
		return slices.EqualFunc(a, b, func(x, y float64) bool { return x == y || x != x && y != y })
	}
	for n := range 300 {
		y, z, x := draw(n+3), draw(n+3), draw(n+3)
		at := rng.IntN(3) // an odd start in memory
		y, z, x = y[at:][:n:n], z[at:][:n:n], x[at:][:n:n]
		k := n &^ 7
		a1, b1, c1 := eightSums(y[:k], x[:k])
		a2, b2, c2 := plainEightSums(y[:k], x[:k])
		if a1 != a2 || b1 != b2 || c1 != c2 {
			t.Fatalf("%d elements: sums %v %v %v, want %v %v %v", k, a1, b1, c1, a2, b2, c2)
		}
		sy, syy, sxy := productSums(y, x)
		var plain [3]float64
		for i, v := range y {
			plain[0] += v
			plain[1] += v * v
			plain[2] += x[i] * v
		}
		for i, v := range []float64{sy, syy, sxy} {
			if math.Abs(v-plain[i]) > 1e-12*(1+math.Abs(plain[1])) {
				t.Fatalf("%d elements: sum %d is %v, want %v", n, i, v, plain[i])
			}
		}
		dst := draw(n + 2)
		dst2 := slices.Clone(dst)
		OffLine(dst[1:n+1], y, z, a1, c1)
		plainOffLine(dst2[1:n+1], y, z, a1, c1)
		if !slices.Equal(dst, dst2) {
			t.Fatalf("%d elements off the line: %v, want %v", n, dst, dst2)
		}
		if n > 1 { // on the line is not above it
			x[n/2], y[n/2], z[n/2] = 0, 0.25, 0.25
			x[n/3], y[n/3], z[n/3] = rng.NormFloat64(), math.NaN(), math.Inf(1)
		}
		scale := [4]float64(draw(4))
		for _, alpha := range []float64{0.25, math.Inf(1), math.NaN()} {
			if got, want := Above(y, x, alpha, scale[0]), plainAbove(y, x, alpha, scale[0]); got != want {
				t.Fatalf("%d elements: %d above, want %d", n, got, want)
			}
		}
		line := func(ar []float64) *Line {
			return &Line{AR: ar[1 : n+1], Y: y, X: z, Root: x, Alpha: scale[0], Beta: scale[1]}
		}
		ar := draw(n + 2)
		ar2 := slices.Clone(ar)
		got, want := line(ar), line(ar2)
		got.Abnormal()
		plainAbnormal(want)
		if !equal(ar, ar2) || !equal(got.Held.fields(), want.Held.fields()) {
			t.Fatalf("%d abnormal returns: %v, want %v", n, got, want)
		}
		one, two := &Spread{draw(n + 2), draw(n + 2), draw(n + 2)}, new(Spread)
		*two = Spread{slices.Clone(one.Sum), slices.Clone(one.Squares), slices.Clone(one.Above)}
		one.AddTwo(y, z)
		plainAddTwo(y, z, two.Sum, two.Squares, two.Above)
		if !equal(one.Sum, two.Sum) || !equal(one.Squares, two.Squares) || !equal(one.Above, two.Above) {
			t.Fatalf("%d elements: spread %v, want %v", n, one, two)
		}
		total := draw(n + 2)
		total2 := slices.Clone(total)
		last := draw(n + 1)[1:]
		AddFour(&scale, &[4][]float64{y, z, x, last}, total[1:n+1])
		plainAddFour(&scale, &[4][]float64{y, z, x, last}, total2[1:n+1])
		if !equal(total, total2) {
			t.Fatalf("%d elements: sums %v, want %v", n, total, total2)
		}
	}
}

func (h *Held) fields() []float64 { return []float64{h.Sum, h.Scaled, h.Gross, h.Expected} }

// FuzzLanes holds the loops of this processor to those in Go on any bits.
func FuzzLanes(f *testing.F) {
	f.Add([]byte("the bits of some numbers, of which few are in the middle of the range"), 0.5, -1.25)
	f.Add(make([]byte, 800), math.Inf(1), math.NaN())
	f.Fuzz(func(t *testing.T, bits []byte, alpha, beta float64) {
		all := make([]float64, len(bits)/8)
		for i := range all {
			all[i] = math.Float64frombits(binary.LittleEndian.Uint64(bits[8*i:]))
		}
		n := len(all) / 5
		y, x, u, v, total := all[:n:n], all[n:2*n:2*n], all[2*n:3*n:3*n], all[3*n:4*n:4*n], all[4*n:5*n:5*n]
		same := func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) || a != a && b != b }
		a1, b1, c1 := eightSums(y[:n&^7], x)
		a2, b2, c2 := plainEightSums(y[:n&^7], x)
		if !same(a1, a2) || !same(b1, b2) || !same(c1, c2) {
			t.Fatalf("sums %v %v %v, want %v %v %v", a1, b1, c1, a2, b2, c2)
		}
		if got, want := Above(y, x, alpha, beta), plainAbove(y, x, alpha, beta); got != want {
			t.Fatalf("%d above, want %d", got, want)
		}
		d1, d2 := make([]float64, n), make([]float64, n)
		OffLine(d1, y, x, alpha, beta)
		plainOffLine(d2, y, x, alpha, beta)
		t1, t2 := slices.Clone(total), slices.Clone(total)
		scale := [4]float64{alpha, beta, 1 - alpha, 0}
		AddFour(&scale, &[4][]float64{y, x, u, v}, t1)
		plainAddFour(&scale, &[4][]float64{y, x, u, v}, t2)
		got, want := &Line{AR: slices.Clone(u), Y: y, X: x, Root: v, Alpha: alpha, Beta: beta}, new(Line)
		*want = *got
		want.AR = slices.Clone(u)
		got.Abnormal()
		plainAbnormal(want)
		if !slices.EqualFunc(got.AR, want.AR, same) || !slices.EqualFunc(got.Held.fields(), want.Held.fields(), same) {
			t.Fatalf("abnormal returns: %v, want %v", got, want)
		}
		s1, s2 := &Spread{slices.Clone(u), slices.Clone(v), slices.Clone(total)}, &Spread{slices.Clone(u), slices.Clone(v), slices.Clone(total)}
		s1.AddTwo(y, x)
		plainAddTwo(y, x, s2.Sum, s2.Squares, s2.Above)
		if !slices.EqualFunc(s1.Sum, s2.Sum, same) || !slices.EqualFunc(s1.Squares, s2.Squares, same) || !slices.EqualFunc(s1.Above, s2.Above, same) {
			t.Fatalf("spread %v, want %v", s1, s2)
		}
		if !slices.EqualFunc(d1, d2, same) || !slices.EqualFunc(t1, t2, same) {
			t.Fatalf("off the line %v, want %v; sums %v, want %v", d1, d2, t1, t2)
		}
	})
}

// BenchmarkLanes is one estimation window of 250 sessions in cache.
func BenchmarkLanes(b *testing.B) {
	var of [5][250]float64
	rng := rand.New(rand.NewPCG(7, 2))
	for i := range of {
		for t := range of[i] {
			of[i][t] = rng.NormFloat64()
		}
	}
	y, z, x, sum, total := of[0][:], of[1][:], of[2][:], of[3][:], of[4][:]
	scale, four := [4]float64{1, 0.1, 2, 3}, [4][]float64{y, z, x, sum}
	b.Run("sums", func(b *testing.B) {
		for b.Loop() {
			productSums(y, x)
		}
	})
	b.Run("add", func(b *testing.B) { // four members
		for b.Loop() {
			AddFour(&scale, &four, total)
		}
	})
	b.Run("plain-sums", func(b *testing.B) {
		for b.Loop() {
			plainEightSums(y[:248], x)
		}
	})
	b.Run("plain-add", func(b *testing.B) {
		for b.Loop() {
			plainAddFour(&scale, &four, total)
		}
	})
}
