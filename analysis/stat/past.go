package stat

import "math"

// Past is where a figure lies among P past ones that were found the same way.
type Past struct {
	P        int
	Mean, SD float64 // of the past ones, divisor P-1
	T        float64 // against Student's t with P-1 degrees of freedom
	Rank     float64 // p value by rank
}

// PValue is the two-sided p value of T.
func (p Past) PValue() float64 {
	v, _, _ := StudentT(float64(p.P - 1)).PValues(p.T)
	return v
}

// AmongPast places b among past figures:
//
//	T    = (b - mean)/(sd sqrt((P+1)/P))
//	Rank = (1 + #{|b_t - mean| >= |b - mean|}) / (P+1)
//
// T is that of the next value of a normal sample (Student's t with P-1 degrees
// of freedom); NaN for P < 2 or past figures that are all alike. Cohn, Johnson,
// Liu, Wardlaw (2026).
func AmongPast(b float64, past []float64) Past {
	n := float64(len(past))
	out := Past{P: len(past), Mean: nan, SD: nan, T: nan, Rank: nan}
	if len(past) < 2 || math.IsNaN(b) {
		return out
	}
	m, v := meanVariance(past)
	out.Mean, out.SD = m, math.Sqrt(v)
	if !(v > 0) {
		return out
	}
	out.T = (b - m) / (out.SD * math.Sqrt((n+1)/n))
	as := 1
	for _, a := range past {
		if math.Abs(a-m) >= math.Abs(b-m) {
			as++
		}
	}
	out.Rank = float64(as) / (n + 1)
	return out
}

// BlockSums adds up x in non-overlapping blocks of l elements counted back from
// the last: element 0 is the sum of the last l, element 1 of the l before them.
// What is left over at the beginning enters none.
func BlockSums(x []float64, l int) []float64 {
	if l < 1 {
		return nil
	}
	out := make([]float64, len(x)/l)
	for k := range out {
		for _, v := range x[len(x)-(k+1)*l : len(x)-k*l] {
			out[k] += v
		}
	}
	return out
}
