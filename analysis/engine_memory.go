package analysis

import (
	"math"
	"unsafe"

	"aftershock/analysis/model"
	"aftershock/analysis/stat"
)

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
