package analysis

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Ranks against counting, with ties, gaps, outliers and empty windows.
func TestRanks(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	k := new(ranker)
	for round := range 400 {
		x, event := make([]float64, rng.IntN(60)), make([]float64, rng.IntN(8))
		for _, s := range [][]float64{x, event} {
			for i := range s {
				switch round % 4 {
				case 0:
					s[i] = rng.NormFloat64()
				case 1:
					s[i] = float64(rng.IntN(6)) // ties
				case 2:
					s[i] = math.Exp(40 * rng.NormFloat64()) // all but a few in one bucket
				case 3:
					s[i] = 7 // no spread
				}
				if rng.IntN(10) == 0 {
					s[i] = nan
				}
			}
		}
		k.load(x, nil)
		all := present(slices.Concat(x, event))
		s := newRankSum(len(x) + len(event))
		k.rank(event, 2, &s)
		var v float64
		if len(all) > 0 {
			v = all[rng.IntN(len(all))]
		}
		alone, sum := newRankSum(len(x)), make([]float64, len(x))
		k.rank(nil, 1, &alone)
		own := k.insert(v, sum)
		rank := func(v float64, among []float64) (r float64) {
			for _, a := range among {
				if a < v {
					r++
				} else if a == v {
					r += 0.5
				}
			}
			return r + 0.5
		}
		for i, a := range slices.Concat(x, event) {
			var want, count float64
			if a == a {
				want, count = rank(a, all)/float64(len(all)+3), 1
			}
			if math.Abs(s.sum[i]-want) > 1e-12 || s.count[i] != count {
				t.Fatalf("round %d: rank of element %d is %v, want %v", round, i, s.sum[i], want)
			}
		}
		with := append(present(x), v)
		for i, a := range x {
			if a == a && math.Abs(alone.sum[i]+sum[i]-rank(a, with)/float64(len(with)+1)) > 1e-12 {
				t.Fatalf("round %d: rank of element %d beside %v", round, i, v)
			}
		}
		if math.Abs(own-rank(v, with)/float64(len(with)+1)) > 1e-12 {
			t.Fatalf("round %d: %v ranks %v", round, v, own)
		}
	}
}

// The ranks of one observation for all rank tests and five windows.
func BenchmarkRanks(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	const rows = 64
	x, event := make([][]float64, rows), make([]float64, 21)
	for i := range x {
		x[i] = make([]float64, 250)
		for k := range x[i] {
			x[i][k] = rng.NormFloat64() * 0.02
		}
	}
	for k := range event {
		event[k] = rng.NormFloat64() * 0.03
	}
	k := new(ranker)
	plain, standard, base := newRankSum(271), newRankSum(271), newRankSum(250)
	sum := make([]float64, 250)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		k.load(x[i%rows], nil)
		k.rank(event, 0, &plain)
		k.rank(event, 0, &standard)
		k.rank(nil, 1, &base)
		for w := range 5 {
			k.insert(event[w], sum)
		}
	}
}
