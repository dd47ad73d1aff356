package pattern

import (
	"strings"
	"sync"
)

// Words is a set of words that is made when it is first asked.
type Words struct {
	list string
	once sync.Once
	set  map[string]bool
}

// NewWords returns the set of the words of a list, which stand between blanks.
func NewWords(list string) *Words { return &Words{list: list} }

// Has reports whether word is in the set.
func (w *Words) Has(word string) bool {
	w.once.Do(func() {
		w.set = make(map[string]bool)
		for _, x := range strings.Fields(w.list) {
			w.set[x] = true
		}
	})
	return w.set[word]
}
