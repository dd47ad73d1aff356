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
	member := func() *Member { d := draw(2); return &Member{d[0], d[1]} }
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
		a, b := member(), member()
		for _, alpha := range []float64{0.25, math.Inf(1), math.NaN()} {
			if got, want := Above(y, x, alpha, a.W), plainAbove(y, x, alpha, a.W); got != want {
				t.Fatalf("%d elements: %d above, want %d", n, got, want)
			}
		}
		sum, total := draw(n+2), draw(n+2)
		sum2, total2 := slices.Clone(sum), slices.Clone(total)
		Accumulate(a, b, y, z, sum, total)
		plainAddPair(a, b, y, z, sum2, total2)
		if !equal(sum, sum2) || !equal(total, total2) {
			t.Fatalf("%d elements: sums alike: %v, %v", n, equal(sum, sum2), equal(total, total2))
		}
	}
}

// FuzzLanes holds the loops of this processor to those in Go on any bits.
func FuzzLanes(f *testing.F) {
	f.Add([]byte("the bits of some numbers, of which few are in the middle of the range"), 0.5, -1.25)
	f.Add(make([]byte, 800), math.Inf(1), math.NaN())
	f.Fuzz(func(t *testing.T, bits []byte, alpha, beta float64) {
		all := make([]float64, len(bits)/8)
		for i := range all {
			all[i] = math.Float64frombits(binary.LittleEndian.Uint64(bits[8*i:]))
		}
		n := len(all) / 4
		y, x, sum, total := all[:n:n], all[n:2*n:2*n], all[2*n:3*n:3*n], all[3*n:4*n:4*n]
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
		s1, s2, t1, t2 := slices.Clone(sum), slices.Clone(sum), slices.Clone(total), slices.Clone(total)
		a, b := &Member{W: alpha, Scale: beta}, &Member{W: beta, Scale: 1 - alpha}
		Accumulate(a, b, y, x, s1, t1)
		plainAddPair(a, b, y, x, s2, t2)
		if !slices.EqualFunc(d1, d2, same) || !slices.EqualFunc(s1, s2, same) || !slices.EqualFunc(t1, t2, same) {
			t.Fatalf("off the line %v, want %v; sums %v %v, want %v %v", d1, d2, s1, t1, s2, t2)
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
	m := &Member{1, 0.1}
	b.Run("sums", func(b *testing.B) {
		for b.Loop() {
			productSums(y, x)
		}
	})
	b.Run("accumulate", func(b *testing.B) { // two members
		for b.Loop() {
			Accumulate(m, m, y, z, sum, total)
		}
	})
	b.Run("plain-sums", func(b *testing.B) {
		for b.Loop() {
			plainEightSums(y[:248], x)
		}
	})
	b.Run("plain-accumulate", func(b *testing.B) {
		for b.Loop() {
			plainAddPair(m, m, y, z, sum, total)
		}
	})
}
