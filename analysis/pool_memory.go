package analysis

import (
	"aftershock/analysis/stat"
)

// scratch is memory that one pool after another uses. The nil scratch takes
// from the heap.
type scratch struct {
	root    pool      // the last that was made of it
	rows    []int32   // of root
	even    bool      // what is known of the next root
	totals  []float64 // the same, see pool.totals
	spread  []float64 // the same, see pool.eventSpread
	ranker  ranker
	tally   tally
	general []general
	floats  []float64
	used    int
	bits    []uint64
	many    struct {
		n, most int
		why     *Sentence
	}
	summed struct { // the last sums of returns, see sumOfReturns
		of         []*series
		begin, end int // sessions that all of them have
		from, to   int // those that are summed
		sums       []float64
	}
	own    *workspace         // of fits of portfolios
	single *engine            // the last of them
	held   stat.Factorisation // of the last portfolio in calendar time

	seer     seer
	half, of float64 // the last quantile, and its degrees of freedom

	// What results keep is cut from blocks of many.
	figures  slab[ByProduct]
	results  slab[TestResult]
	averages slab[Average]
	windows  slab[GroupWindow]
	members  slab[int]
}

// zeros returns n zeros, good until the next reset.
func (s *scratch) zeros(n int) []float64 {
	if s == nil {
		return make([]float64, n)
	}
	if s.used+n > len(s.floats) { // what was taken before keeps the old memory
		s.floats, s.used = make([]float64, 2*len(s.floats)+n), 0
	}
	out := s.floats[s.used : s.used+n : s.used+n]
	s.used += n
	clear(out)
	return out
}

// words returns n words, good until the next call.
func (s *scratch) words(n int) []uint64 {
	if s == nil {
		return make([]uint64, n)
	}
	s.bits = stat.Grown(s.bits, n)
	return s.bits
}

// quantile returns the 0.975 quantile of Student's t with df degrees of freedom.
func (s *scratch) quantile(df float64) float64 {
	if s == nil || !(df > 0) {
		return stat.StudentQuantile(0.975, df)
	}
	if df != s.of {
		s.half, s.of = stat.StudentQuantile(0.975, df), df
	}
	return s.half
}

// reset gives back all that was taken.
func (s *scratch) reset() { s.used = 0 }
