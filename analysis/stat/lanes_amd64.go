package stat

// fourSums is plainFourSums.
//
//go:noescape
func fourSums(y, q []float64) (sy, syy, sqy float64)

// addPair is plainAddPair for an even length of y1; the other slices must be at
// least as long.
//
//go:noescape
func addPair(a, b *Member, y1, y2, x, sum, total []float64) (above int)

// offLinePair is plainOffLine for an even length of dst; the other slices must be
// at least as long.
//
//go:noescape
func offLinePair(dst, y, x []float64, alpha, beta float64)

// Fetch begins to read x into the cache, and does not wait for it.
//
//go:noescape
func Fetch(x []float64)
