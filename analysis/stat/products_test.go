package stat

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func drawn(rng *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = rng.NormFloat64() * math.Exp(rng.NormFloat64())
	}
	return x
}

func sameBits(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) || x != x && y != y })
}

// Sums are those of the product, this processor's have the bits of the plain ones, whatever
// members are cut off, and nothing beside them is touched.
func TestProducts(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 3))
	for range 200 {
		n, width, sessions := 1+rng.IntN(150), TileSums*(1+rng.IntN(8)), TileSessions*(1+rng.IntN(6))
		stride := Stride(sessions + rng.IntN(20))
		sum, weight, y := drawn(rng, width*stride), drawn(rng, n*width), drawn(rng, n*stride)
		want, begin := slices.Clone(sum), rng.IntN(2) == 0
		for k := range width {
			for s := range sessions {
				v := want[k*stride+s]
				if begin {
					v = 0
				}
				for i := range n {
					v += float64(weight[i*width+k] * y[i*stride+s])
				}
				want[k*stride+s] = v
			}
		}
		plain, parts := slices.Clone(sum), slices.Clone(sum)
		AddProducts(sum, weight, y, n, width, sessions, stride, begin)
		plainAddProducts(plain, weight, y, n, width, sessions, stride, begin)
		cut := 1 + rng.IntN(n)
		AddProducts(parts, weight, y, cut, width, sessions, stride, begin)
		AddProducts(parts, weight[cut*width:], y[cut*stride:], n-cut, width, sessions, stride, false)
		if !sameBits(sum, want) || !sameBits(plain, want) || !sameBits(parts, want) {
			t.Fatalf("%d members, %d sums, %d of %d sessions: %t, plain %t, in two parts %t", n, width, sessions, stride, sameBits(sum, want), sameBits(plain, want), sameBits(parts, want))
		}
	}
	for _, sessions := range []int{1, 8, 9, 250, 256} {
		if s := Stride(sessions); s < sessions || s%16 != 8 {
			t.Errorf("stride of %d: %d", sessions, s)
		}
	}
}

// Weights make parts a unit long about their means; those that do not vary get none.
func TestStandardise(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 4))
	for n := range 40 {
		p := &Spans{Sum: make([]float64, n), Squares: make([]float64, n), Inverse: make([]float64, n), Total: drawn(rng, n)}
		want, total := make([]float64, n), slices.Clone(p.Total)
		for k := range n {
			x := drawn(rng, 3+rng.IntN(60))
			if k%7 == 3 {
				for i := range x {
					x[i] = 0.1 // the sums of which differ by rounding alone
				}
			}
			if k%11 == 5 {
				x[0] = math.NaN()
			}
			p.Sum[k], p.Squares[k] = SumAndSquares(x)
			p.Inverse[k] = 1 / float64(len(x))
			if k%7 != 3 && k%11 != 5 {
				mean := Mean(x)
				ss, _ := Centred(x, x, mean, mean)
				want[k] = 1 / math.Sqrt(ss)
				total[k] += want[k] * p.Sum[k]
			} else if k%11 == 5 {
				total[k] = math.NaN()
			}
		}
		plain := &Spans{p.Sum, p.Squares, p.Inverse, slices.Clone(p.Total)}
		got, bits := drawn(rng, n+1), make([]float64, n)
		beside := got[n]
		p.Standardise(got[:n])
		plainStandardise(plain, bits)
		if !sameBits(got[:n], bits) || !sameBits(p.Total, plain.Total) || got[n] != beside {
			t.Fatalf("%d parts: %v, plain %v", n, got, bits)
		}
		for k := range n {
			near := func(a, b float64) bool { return math.Abs(a-b) <= 1e-12*math.Abs(b) || a != a && b != b }
			if !near(got[k], want[k]) || !near(p.Total[k], total[k]) {
				t.Errorf("part %d of %d: weight %v, want %v; total %v, want %v", k, n, got[k], want[k], p.Total[k], total[k])
			}
		}
	}
}

func TestDot(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 5))
	for n := range 70 {
		x, y := drawn(rng, n), drawn(rng, n+2)
		var s, ss, xy float64
		for i, v := range x {
			s, ss, xy = s+v, ss+v*v, xy+v*y[i]
		}
		if k := n &^ 15; !sameBits([]float64{dot(x[:k], y)}, []float64{plainDot(x[:k], y)}) {
			t.Fatalf("%d elements: %v, plain %v", k, dot(x[:k], y), plainDot(x[:k], y))
		}
		gs, gss := SumAndSquares(x)
		for i, pair := range [][2]float64{{gs, s}, {gss, ss}, {Dot(x, y), xy}} {
			if math.Abs(pair[0]-pair[1]) > 1e-11*(1+ss) {
				t.Errorf("%d elements, sum %d: %v, want %v", n, i, pair[0], pair[1])
			}
		}
	}
}

// FuzzProducts holds the loops of this processor to those in Go on any bits.
func FuzzProducts(f *testing.F) {
	f.Add([]byte("the bits of some numbers, of which few are in the middle of the range"), 3)
	f.Add(make([]byte, 8000), 17)
	f.Fuzz(func(t *testing.T, bits []byte, n int) {
		all := make([]float64, len(bits)/8)
		for i := range all {
			all[i] = math.Float64frombits(binary.LittleEndian.Uint64(bits[8*i:]))
		}
		of := func(n, from int) []float64 {
			out := make([]float64, n)
			for i := range out {
				if len(all) > 0 {
					out[i] = all[(from+i)%len(all)]
				}
			}
			return out
		}
		n = n&127 + 1
		begin := n%2 == 0
		const width, sessions, stride = 2 * TileSums, 2 * TileSessions, 24
		sum, weight, y := of(width*stride, 0), of(n*width, 5), of(n*stride, 11)
		plain := slices.Clone(sum)
		AddProducts(sum, weight, y, n, width, sessions, stride, begin)
		plainAddProducts(plain, weight, y, n, width, sessions, stride, begin)
		if !sameBits(sum, plain) {
			t.Fatalf("%v, plain %v", sum, plain)
		}
		if u, v := of(16*n, 3), of(16*n, 8); !sameBits([]float64{dot(u, v)}, []float64{plainDot(u, v)}) {
			t.Fatalf("product %v, plain %v", dot(u, v), plainDot(u, v))
		}
		one := &Spans{of(n, 0), of(n, 7), of(n, 13), of(n, 19)}
		two := &Spans{one.Sum, one.Squares, one.Inverse, slices.Clone(one.Total)}
		a, b := make([]float64, n), make([]float64, n)
		one.Standardise(a)
		plainStandardise(two, b)
		if !sameBits(a, b) || !sameBits(one.Total, two.Total) {
			t.Fatalf("weights %v, plain %v", a, b)
		}
	})
}

// BenchmarkProducts is 42 members of a date that meets 20 later and 20 earlier ones.
func BenchmarkProducts(b *testing.B) {
	const n, width, sessions = 42, 42, 256
	rng := rand.New(rand.NewPCG(7, 2))
	stride := Stride(sessions)
	sum, weight, y := drawn(rng, width*stride), drawn(rng, n*width), drawn(rng, n*stride)
	for name, of := range map[string]func(sum, weight, y []float64, n, width, sessions, stride int, begin bool){"lanes": AddProducts, "plain": plainAddProducts} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				of(sum, weight, y, n, width, sessions, stride, true)
			}
			b.ReportMetric(float64(n*width*sessions)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "products/ns")
		})
	}
}
