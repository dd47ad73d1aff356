package market

import (
	"math/rand/v2"
	"testing"
)

// BenchmarkExamine is the cost of looking at ten years of one column.
func BenchmarkExamine(b *testing.B) {
	cal := NYSE()
	r := rand.New(rand.NewPCG(1, 2))
	c := &Column{Security: Security{Symbol: "X"}, Calendar: cal, First: cal.Search(NewDate(2010, 1, 4)), Return: make([]float64, 2520)}
	for k := range c.Return {
		c.Return[k] = 0.02 * r.NormFloat64()
	}
	for b.Loop() {
		c.Examine(true, Simple)
	}
}
