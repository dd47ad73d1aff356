package analysis

import (
	"aftershock/analysis/model"
	"aftershock/analysis/stat"
	"math"
	"unsafe"
)

// scratch is memory that one pool after another uses. The nil scratch takes
// from the heap.
type scratch struct {
	root    pool    // the last that was made of it
	rows    []int32 // of root
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

// slab hands out pieces of blocks of memory.
type slab[T any] []T

func (s *slab[T]) next(n int) []T {
	const block = 64 << 10 // bytes
	if n > len(*s) {
		*s = make([]T, max(n, block/int(unsafe.Sizeof(*new(T)))))
	}
	out := (*s)[:n:n]
	*s = (*s)[n:]
	return out
}

// frame returns the frame of row r, one of the last few that were asked for or a
// fresh one; nil where its estimation window has a gap or a session that is trimmed.
func (w *workspace) frame(g *engine, r int) *frame {
	s, s0 := g.ser[r], g.s0[r]
	if from, to := int(s0)+g.study.EstimationWindow.From, int(s0)+g.study.EstimationWindow.To; !s.whole(from, to) || s.trims(int(s0), from, to) {
		return nil
	}
search:
	for i := range w.frames {
		f := &w.frames[i]
		if !f.taken || f.s0 != s0 || len(f.by) != len(s.x) {
			continue
		}
		for j, x := range s.x {
			if f.by[j] != &x[0] {
				continue search
			}
		}
		return f
	}
	f := &w.frames[w.turn]
	w.turn = (w.turn + 1) % len(w.frames)
	f.taken, f.Ready, f.ahead, f.s0, f.by = true, false, false, s0, f.by[:0]
	for _, x := range s.x {
		f.by = append(f.by, &x[0])
	}
	return f
}

var nan = math.NaN()

// workspace is one worker's scratch memory.
type workspace struct {
	stat.Workspace
	sample   model.Sample
	estimate model.Estimate
	frames   [4]frame
	turn     int // of frames, to be given away next
	mem      scratch
	members  []int // of an event
}
