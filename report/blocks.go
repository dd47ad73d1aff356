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
// make, which goes through a block, and pass, of which only one runs at a time.
// check is called before each block.
func inOrder(blocks []iter.Seq[[]Cell], check func() error, newMaker func() (make func(iter.Seq[[]Cell]) error, pass func() error)) error {
	var (
		mu     sync.Mutex
		turned = sync.NewCond(&mu)
		next   int // block to be made
		turn   int // block to be passed on
		failed error
		wg     sync.WaitGroup
	)
	for range min(runtime.GOMAXPROCS(0), len(blocks)) {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			defer turned.Broadcast()
			mk, pass := newMaker()
			for failed == nil && next < len(blocks) {
				if failed = check(); failed != nil {
					return
				}
				k := next
				next++
				mu.Unlock()
				err := mk(blocks[k])
				mu.Lock()
				for turn < k && failed == nil {
					turned.Wait()
				}
				if failed != nil {
					return
				}
				if err == nil {
					err = pass()
				}
				failed = err
				turn++
				turned.Broadcast()
			}
		})
	}
	wg.Wait()
	return failed
}
