package shortest

import (
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"testing"
)

func compare(t *testing.T, v float64) {
	t.Helper()
	want := strconv.AppendFloat([]byte("x"), v, 'g', -1, 64)
	if got := Append([]byte("x"), v); string(got) != string(want) {
		t.Fatalf("%#016x is written %s, not %s", math.Float64bits(v), got, want)
	}
}

// TestAppend holds numbers of every size and form to strconv.
func TestAppend(t *testing.T) {
	for _, v := range []float64{0, math.Copysign(0, -1), 1, -1, 5e-324, math.MaxFloat64, math.Inf(1), math.Inf(-1), math.NaN(), 1.0 / 3, 0.1, 0.3, 2.0 / 3, 9007199254740993, 100, 123456, 999999, 1e6, 1234567, 0.0001, 0.00001, 0.000123} {
		compare(t, v)
	}
	for e := -1100; e < 1100; e++ { // powers of two, whose neighbours are not at the same distance
		v := math.Ldexp(1, e)
		compare(t, v)
		compare(t, math.Nextafter(v, 0))
		compare(t, math.Nextafter(v, math.Inf(1)))
	}
	for e := -330; e < 330; e++ {
		for _, s := range []string{"1", "5", "12", "9999999999999999", "1.5", "2.25", "9.5"} {
			v, _ := strconv.ParseFloat(s+"e"+strconv.Itoa(e), 64)
			compare(t, v)
			compare(t, -math.Nextafter(v, 0))
			compare(t, math.Nextafter(v, math.Inf(1)))
		}
	}
	rng := rand.New(rand.NewPCG(18, 4))
	n := 500_000
	if testing.Short() {
		n /= 5
	}
	for range n {
		compare(t, math.Float64frombits(rng.Uint64()))
		compare(t, rng.NormFloat64()*math.Pow(10, float64(rng.IntN(12)-8)))
		compare(t, float64(rng.IntN(1e7))/math.Pow(10, float64(rng.IntN(12)))) // few digits
	}
}

func TestPowers(t *testing.T) {
	ten, one := big.NewInt(10), big.NewInt(1)
	for i, have := range powers {
		k := int64(i + leastPower)
		g := new(big.Int).Exp(ten, big.NewInt(max(k, -k)), nil)
		switch n := g.BitLen(); {
		case k > 0: // p is no power of two: 2^n/p is not whole
			g.Div(new(big.Int).Lsh(one, uint(127+n)), g).Add(g, one)
		case n <= 128:
			g.Lsh(g, uint(128-n))
		default:
			g.Sub(g, one).Rsh(g, uint(n-128)).Add(g, one)
		}
		g.Sub(g, new(big.Int).Lsh(new(big.Int).SetUint64(have[0]), 64)).Sub(g, new(big.Int).SetUint64(have[1]))
		if g.Sign() != 0 {
			t.Errorf("10^%d: %#x is off by %v", -k, have, g)
		}
	}
}

func FuzzAppend(f *testing.F) {
	for _, v := range []float64{0.1, 1e23, 5e-324, 2.2250738585072014e-308, 9007199254740993, -0.015625} {
		f.Add(math.Float64bits(v))
	}
	f.Fuzz(func(t *testing.T, b uint64) { compare(t, math.Float64frombits(b)) })
}

func BenchmarkAppend(b *testing.B) {
	rng := rand.New(rand.NewPCG(18, 4))
	values := make([]float64, 1<<12)
	for i := range values {
		values[i] = 0.02 * rng.NormFloat64()
	}
	var line [64]byte
	b.Run("here", func(b *testing.B) {
		for i := range b.N {
			Append(line[:0], values[i%len(values)])
		}
	})
	b.Run("strconv", func(b *testing.B) {
		for i := range b.N {
			strconv.AppendFloat(line[:0], values[i%len(values)], 'g', -1, 64)
		}
	})
}
