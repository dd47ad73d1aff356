package verify

import (
	_ "embed"
	"strconv"
	"strings"

	"aftershock/analysis/stat"
)

// dem2gbp is the daily returns of the German mark against the British pound,
// in per cent, 1,974 of them, of Bollerslev and Ghysels (1996).
//
//go:embed dem2gbp.txt
var dem2gbp string

// garch holds FitGARCH against the benchmark of Fiorentini, Calzolari and
// Panattoni (1996, table II): constant mean and GARCH(1,1) on dem2gbp. The
// figures are the published ones carried on to more digits by Newton steps on
// exact scores.
func garch() []Check {
	const section, source = "GARCH", "Fiorentini, Calzolari, Panattoni (1996)"
	var y []float64
	for line := range strings.Lines(dem2gbp) {
		v, err := strconv.ParseFloat(strings.TrimSpace(line), 64)
		if err != nil {
			return []Check{missing(section, "returns", source)}
		}
		y = append(y, v)
	}
	f, err := stat.FitGARCH(y, nil, stat.GARCH11)
	if err != nil {
		return []Check{missing(section, "fit", source)}
	}
	out := []Check{check(section, "log-likelihood", source, f.LogLik, -1106.6078810413, 9)}
	names := []string{"mu", "omega", "alpha1", "beta1"}
	for _, s := range []struct {
		name  string
		got   []float64
		want  [4]float64
		least float64
	}{
		{"%", f.Theta, [4]float64{-0.00619040837994, 0.0107613978518, 0.15313406182, 0.805973670305}, 6},
		{"se(%), Hessian", f.SEHessian, [4]float64{0.00846211911, 0.00285271189, 0.0265228303, 0.033552688}, 5},
		{"se(%), outer product", f.SEOPG, [4]float64{0.00843359321, 0.00132297508, 0.0139737921, 0.0165604027}, 5},
		{"se(%), quasi-ML", f.SEQML, [4]float64{0.00918935394, 0.00649318579, 0.0535316998, 0.0724614441}, 5},
	} {
		for j, want := range s.want {
			out = append(out, check(section, strings.Replace(s.name, "%", names[j], 1), source, s.got[j], want, s.least))
		}
	}
	return out
}
