package analysis

import (
	"context"

	"aftershock/analysis/stat"
)

// Diagnostics computes the diagnostics of the estimation residuals of
// observation i, all NaN when it is excluded. Those of a model with a
// conditional variance are standardised first, e_t/sqrt(h_t): what the model
// explains of their variance is no fault of theirs.
//
//	Autocorrelation = sum e_t e_{t-1} / sum e_t^2, e about its mean
//	Durbin-Watson   = sum (e_t - e_{t-1})^2 / sum e_t^2
//	Jarque-Bera     = M/6 (S^2 + (K-3)^2/4), moments with divisor M
//	Ljung-Box       = M(M+2) sum_{k<=10} r_k^2/(M-k), r_k about the mean
//	ARCH-LM         = (M-5) R^2 of e_t^2 on a constant and its first 5 lags
//
// Durbin and Watson (1950); Jarque and Bera (1987); Ljung and Box (1978);
// Engle (1982).
func (r *Result) Diagnostics(i int) stat.Diagnostics { return r.Reader().Diagnostics(i) }

// Diagnostics is [Result.Diagnostics].
func (x *Reader) Diagnostics(i int) stat.Diagnostics {
	g, row := x.r.eng, int(x.r.Observations[i].row)
	if row < 0 {
		return stat.NoDiagnostics()
	}
	if g.diagnostics != nil {
		return g.diagnosticsOf()[row]
	}
	return g.diagnose(row, &x.work)
}

func (g *engine) diagnosticsOf() []stat.Diagnostics {
	g.diagnostics.once.Do(func() {
		all := make([]stat.Diagnostics, len(g.obs))
		_ = parallel(context.Background(), len(g.obs), block, nil, func(w *workspace, row int) {
			if g.m[row] > 0 { // fitted
				all[row] = g.diagnose(row, w)
			}
		})
		g.diagnostics.all = all
	})
	return g.diagnostics.all
}

// diagnose diagnoses a row.
func (g *engine) diagnose(row int, w *workspace) stat.Diagnostics {
	w.Reset()
	e := g.usable(row, w.Floats(g.study.EstimationWindow.Len()))
	for t, sigma := range g.sigmas(row) {
		e[t] /= sigma
	}
	return stat.Diagnose(e, &w.Workspace)
}
