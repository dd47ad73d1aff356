package analysis

import "aftershock/analysis/stat"

// ExpectedSigns says how far reactions had the sign that the catalogue expects.
type ExpectedSigns struct {
	N     int     // observations with an expected sign and a CAR that is not zero
	Agree int     // of which the CAR has that sign
	Mean  float64 // mean of sign x CAR, a decimal; NaN for none
	P     float64 // of as many agreements or disagreements by chance: binomial with 1/2, exact, two-sided; NaN for none
}

// ExpectedSigns compares the CARs of a group over CAR window w with the signs that
// the catalogue expects of them (NVDA:-). A return that two members share counts once.
// Observations of one date move together: many that agree are then less than they
// look.
func (r *Result) ExpectedSigns(grp *Group, w int) ExpectedSigns {
	out := ExpectedSigns{Mean: nan, P: nan}
	type key struct{ column, index int32 }
	seen := make(map[key]bool)
	var sum float64
	for _, i := range grp.Members {
		o := &r.Observations[i]
		car, _ := r.CAR(i, w)
		k := key{o.column, o.index}
		if o.Sign == 0 || car != car || car == 0 || seen[k] {
			continue
		}
		seen[k] = true
		out.N++
		v := float64(o.Sign) * car
		sum += v
		if v > 0 {
			out.Agree++
		}
	}
	if out.N > 0 {
		out.Mean = sum / float64(out.N)
		out.P = min(1, 2*stat.BinomialUpper(max(out.Agree, out.N-out.Agree), out.N, 0.5))
	}
	return out
}
