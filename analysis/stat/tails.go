package stat

import (
	"math"
	"sync/atomic"
)

// The upper tail of Student's t about multiples of 1/tailCells, as Taylor's
// series. Millions of tests share their degrees of freedom; a series takes a tenth
// of the time of the incomplete beta function from which it starts, and agrees
// with it to 2e-13, relatively.
const (
	tailCells = 16   // to the unit of t
	tailEnd   = 8    // t from which there is none
	tailMost  = 1024 // degrees of freedom from which there is none
	tailTerms = 12
)

type tail [tailTerms]float64

// tails is made as it is asked for, by degrees of freedom and by cell.
var tails [tailMost]atomic.Pointer[[tailCells*tailEnd + 1]atomic.Pointer[tail]]

// studentTail returns P(T > t) for 0 <= t < tailEnd and a whole number of degrees
// of freedom from 1 to tailMost-1.
func studentTail(t float64, df int) float64 {
	of := tails[df].Load()
	if of == nil {
		tails[df].CompareAndSwap(nil, new([tailCells*tailEnd + 1]atomic.Pointer[tail]))
		of = tails[df].Load()
	}
	k := int(t*tailCells + 0.5)
	c := of[k].Load()
	if c == nil {
		c = newTail(float64(k)/tailCells, float64(df))
		of[k].Store(c)
	}
	// Even and odd terms, which need not wait for each other.
	s := t - float64(k)/tailCells
	z := s * s
	even := c[0] + z*(c[2]+z*(c[4]+z*(c[6]+z*(c[8]+z*c[10]))))
	odd := c[1] + z*(c[3]+z*(c[5]+z*(c[7]+z*(c[9]+z*c[11]))))
	return even + s*odd
}

// newTail returns the series about t. The terms of the density f follow from
//
//	(df + t^2) f' + (df + 1) t f = 0
//
// and those of the tail are its integral.
func newTail(t, df float64) *tail {
	c := new(tail)
	c[0] = studentBeta(t, df)
	f := math.Exp(-studentLogBeta(df)-0.5*math.Log(df)) * math.Pow(1+t*t/df, -(df+1)/2)
	before := 0.0 // the term before f
	for k := range tailTerms - 1 {
		n := float64(k)
		c[k+1] = -f / (n + 1)
		before, f = f, -((2*n+df+1)*t*f+(n+df)*before)/((df+t*t)*(n+1))
	}
	return c
}
