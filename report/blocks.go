package report

import (
	"iter"
	"runtime"
	"sync"
)

// inOrder makes something of every block of rows, several at a time on as many
// processors as there are, and passes each on in the order of the blocks: what
// is passed on does not depend on their number. It ends at the first error.
//
// newMaker returns the two halves of a worker, which has memory of its own:
// fill, which goes through a block, and pass, of which only one runs at a time.
// check is called before each block.
func inOrder(blocks []iter.Seq[[]Cell], check func() error, newMaker func() (fill func(iter.Seq[[]Cell]) error, pass func() error)) error {
	var (
		mu     sync.Mutex
		turned = sync.NewCond(&mu)
		next   int // block to be made
		turn   int // block to be passed on
		failed error
		wg     sync.WaitGroup
	)
	take := func() (k int, ok bool) {
		mu.Lock()
		defer mu.Unlock()
		if failed == nil && next < len(blocks) {
			failed = check()
		}
		if failed != nil || next == len(blocks) {
			return 0, false
		}
		next++
		return next - 1, true
	}
	give := func(k int, err error, pass func() error) {
		mu.Lock()
		defer mu.Unlock()
		for turn < k && failed == nil {
			turned.Wait()
		}
		if failed == nil {
			if failed = err; err == nil {
				failed = pass()
			}
		}
		turn++
		turned.Broadcast()
	}
	for range min(runtime.GOMAXPROCS(0), len(blocks)) {
		fill, pass := newMaker()
		wg.Go(func() {
			for k, ok := take(); ok; k, ok = take() {
				give(k, fill(blocks[k]), pass)
			}
		})
	}
	wg.Wait()
	return failed
}
