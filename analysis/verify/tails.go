package verify

import (
	"math"

	"aftershock/analysis/stat"
)

// tails holds p values against those of other software and against closed
// forms, near the middle and so far out that 1 - CDF would be 0.
func tails() []Check {
	const section, r = "Tails", "R 4.2.2"
	type tail struct {
		name, source string
		dist         stat.Distribution
		stat, want   float64
	}
	list := []tail{
		// 2*pnorm(-z)
		{"normal, z = 1.96", r, stat.Normal(), 1.959963984540054, 0.05},
		{"normal, z = 5", r, stat.Normal(), 5, 5.733031437583878e-07},
		{"normal, z = 9", r, stat.Normal(), 9, 2.257176811907682e-19},
		{"normal, z = 20", r, stat.Normal(), -20, 5.507248237212467e-89},
		{"normal, z = 37", r, stat.Normal(), 37, 1.145114244504915e-299},
		// 2*pt(-t, df)
		{"t(10), t = 2", r, stat.StudentT(10), 2, 7.338803477074039e-02},
		{"t(248), t = 5", r, stat.StudentT(248), -5, 1.085000905200135e-06},
		{"t(248), t = 20", r, stat.StudentT(248), 20, 1.215265342866771e-53},
		{"t(30), t = 40", r, stat.StudentT(30), 40, 1.372604519440636e-27},
		{"t(1000), t = 12", r, stat.StudentT(1000), 12, 4.324057386774503e-31},
		// One degree of freedom is Cauchy's distribution, p = 2 atan(1/t)/pi;
		// with two, p = 1 - t/sqrt(2+t^2) = 2/(2+t^2+t sqrt(2+t^2)).
		{"t(1), t = 1e6", "2 atan(1/t)/pi", stat.StudentT(1), 1e6, 2 * math.Atan(1e-6) / math.Pi},
		{"t(2), t = 1e8", "2/(2 + t² + t√(2+t²))", stat.StudentT(2), 1e8, 1e-16},
		// pf(f, d1, d2, lower.tail=FALSE)
		{"F(3,200), F = 4", r, stat.FisherF(3, 200), 4, 8.552979810782721e-03},
		{"F(12,237), F = 50", r, stat.FisherF(12, 237), 50, 4.927273928256539e-58},
		{"F(1,248), F = 30", r, stat.FisherF(1, 248), 30, 1.058894083214770e-07},
		{"F(5,60), F = 1000", r, stat.FisherF(5, 60), 1000, 2.143420954068691e-56},
		// Two degrees of freedom above: p = (1 + 2F/d2)^(-d2/2).
		{"F(2,100), F = 450", "(1 + 2F/100)^-50 = 10^-50", stat.FisherF(2, 100), 450, 1e-50},
		// pchisq(x, df, lower.tail=FALSE)
		{"chi2(5), x = 100", r, stat.ChiSquared(5), 100, 5.285148360943240e-20},
		{"chi2(10), x = 500", r, stat.ChiSquared(10), 500, 4.414736099913732e-101},
		{"chi2(50), x = 300", r, stat.ChiSquared(50), 300, 2.314136416514070e-37},
		{"chi2(3), x = 1200", r, stat.ChiSquared(3), 1200, 7.331671591550679e-260},
		// Two degrees of freedom: p = exp(-x/2).
		{"chi2(2), x = 400", "exp(-x/2)", stat.ChiSquared(2), 400, math.Exp(-200)},
	}
	var out []Check
	for _, t := range list {
		p, _, _ := t.dist.PValues(t.stat)
		out = append(out, check(section, t.name, t.source, p, t.want, 10))
	}
	return out
}
