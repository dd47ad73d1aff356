package stat

// Workspace is scratch memory, handed out as a stack. The nil Workspace takes from
// the heap.
type Workspace struct {
	buf  []float64
	used int
}

// Floats returns n floats, not cleared, good until the next Reset.
func (w *Workspace) Floats(n int) []float64 {
	if w == nil {
		return make([]float64, n)
	}
	if w.used+n > len(w.buf) {
		w.buf, w.used = make([]float64, 2*(w.used+n)), 0 // what was handed out keeps its own memory
	}
	s := w.buf[w.used : w.used+n : w.used+n]
	w.used += n
	return s
}

// Reset takes everything back.
func (w *Workspace) Reset() { w.used = 0 }

// Small is memory for a handful of regressors that needs no allocation.
type Small [8]float64

// Floats returns n floats: those of a, zero where a was not used before, or of the heap.
func (a *Small) Floats(n int) []float64 {
	if n <= len(a) {
		return a[:n]
	}
	return make([]float64, n)
}

// Grown returns s with length n, allocating only when its capacity is short.
func Grown[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
