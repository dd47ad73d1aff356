package stat

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// Windows are summed to the same bits with blocks that are held and without, wherever
// they lie, and to the rounding of a sum of so many numbers; beside sums of exact
// numbers.
func TestBlocks(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 3))
	const n = 700
	y, x := make([]float64, n), make([]float64, n)
	for k := range y {
		x[k] = 0.001 + 0.01*rng.NormFloat64()
		y[k] = x[k] + 0.02*rng.NormFloat64()
	}
	for _, first := range []int{0, 5, 64, 1000, -37, -640} {
		held := NewBlocks(y, x, first)
		for range 3000 {
			from := rng.IntN(n)
			to := from + rng.IntN(n-from+1)
			got := held.Over(y[from:to], x[from:], first+from)
			if plain := new(Blocks).Over(y[from:to], x[from:], first+from); got != plain {
				t.Fatalf("from %d, [%d, %d): %v with blocks, %v without", first, from, to, got, plain)
			}
			exact := [3]*big.Float{new(big.Float).SetPrec(2000), new(big.Float).SetPrec(2000), new(big.Float).SetPrec(2000)}
			var size [3]float64
			for k := from; k < to; k++ {
				a, b := new(big.Float).SetFloat64(y[k]), new(big.Float).SetFloat64(x[k])
				for i, v := range []*big.Float{a, new(big.Float).SetPrec(200).Mul(a, a), new(big.Float).SetPrec(200).Mul(a, b)} {
					exact[i].Add(exact[i], v)
					f, _ := v.Float64()
					size[i] += math.Abs(f)
				}
			}
			for i, v := range []float64{got.Y, got.YY, got.XY} {
				off, _ := new(big.Float).Sub(exact[i], big.NewFloat(v)).Float64()
				if math.Abs(off) > 8*0x1p-53*size[i] {
					t.Fatalf("from %d, [%d, %d): sum %d is off by %v of %v", first, from, to, i, off, size[i])
				}
			}
		}
	}
}

// Blocks tell of every gap.
func TestBlocksSound(t *testing.T) {
	for _, n := range []int{0, 1, 15, 16, 40, 200} {
		for _, first := range []int{0, 5, 64, -37} {
			for k := -1; k < n; k++ {
				for which := range 2 {
					held := [2][]float64{make([]float64, n), make([]float64, n)}
					if k >= 0 {
						held[which][k] = math.NaN()
					}
					b := NewBlocks(held[0], held[1], first)
					if got := b.Sound(held[0], held[1], first); got != (k < 0) {
						t.Fatalf("%d elements from %d, gap at %d: %v", n, first, k, got)
					}
				}
			}
		}
	}
}

// BenchmarkBlocks is one estimation window of 250 sessions in cache.
func BenchmarkBlocks(b *testing.B) {
	y, x := make([]float64, 700), make([]float64, 700)
	for k := range y {
		x[k], y[k] = math.Sin(float64(k)), math.Cos(float64(3*k))
	}
	held := NewBlocks(y, x, 1003)
	from := 0
	b.Run("held", func(b *testing.B) {
		for b.Loop() {
			from = (from + 12) % 400
			held.Over(y[from:][:250], x[from:], 1003+from)
		}
	})
	b.Run("alone", func(b *testing.B) {
		for b.Loop() {
			from = (from + 12) % 400
			new(Blocks).Over(y[from:][:250], x[from:], 1003+from)
		}
	})
	b.Run("make", func(b *testing.B) {
		for b.Loop() {
			NewBlocks(y, x, 1003)
		}
	})
}
