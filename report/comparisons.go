package report

import (
	"iter"
	"math"

	"aftershock/analysis"
)

// contrasts is the table of the contrasts of two groups.
func contrasts(r *analysis.Result) Table {
	const none = " Empty where note says why there is none."
	t := Table{Name: "contrasts", Title: "One row a contrast of two groups over a CAR window."}
	t.Columns = []Column{
		{"first", String, "", "The first group, or its securities parted by blanks."},
		{"second", String, "", "The second group, or its securities."},
		from, to,
		{"difference", Number, "return", "Reaction of the first less that of the second." + none},
		{"se", Number, "return", "Its standard error; with one date for both it contains how the two move together." + none},
		{"t", Number, "", "difference/se." + none},
		{"df", Number, "", "Degrees of freedom of Student's t." + none},
		{"p", Number, "", "Two-sided p value." + none},
		{"low", Number, "return", "Lower end of the 95% interval of difference." + none},
		{"high", Number, "return", "Upper end of the 95% interval of difference." + none},
		{"n_first", Integer, "observations", "Observations of the first group with a complete window."},
		{"n_second", Integer, "observations", "Observations of the second group with a complete window."},
		{"contrast", Integer, "", "Number of the contrast, from 1 in the order in which they are asked for."},
		{"event_id", String, "", "ID of the event at which two lists of securities are compared. Empty for groups."},
		{"method", String, "", "long-short: the portfolio that is long the first and short the second (one session 0); two-portfolios: a session 0 each; cluster-means: Welch's t on the means of clusters of dates."},
		note,
	}
	t.of(len(r.Contrasts), 1, func(lo, hi int) iter.Seq[[]Cell] {
		return func(yield func([]Cell) bool) {
			for i := lo; i < hi; i++ {
				c := &r.Contrasts[i]
				for _, w := range c.Windows {
					said := []string{w.Note.Text()}
					for _, x := range c.Excluded {
						said = append(said, x.Text())
					}
					row := []Cell{text(c.First), text(c.Second), integer(w.Window.From), integer(w.Window.To), number(w.Difference), number(w.SE), number(w.T), number(w.DF), number(w.P),
						number(w.Low), number(w.High), integer(w.N1), integer(w.N2), integer(i + 1), text(c.EventID), text(c.Method), text(join(said...))}
					if !yield(row) {
						return
					}
				}
			}
		}
	})
	return t
}

// nextEvents is the table of what the events of a kind say of the next one.
func nextEvents(r *analysis.Result) Table {
	const none = " Empty where note says why there is none."
	t := Table{Name: "next", Title: "One row a CAR window of a security, a category, or all, with three events or more: what they say of the next event of the kind."}
	t.Columns = []Column{
		{"by", String, "", "Whose events they are: security, category or all."},
		{"key", String, "", "The symbol, the category, or all."},
		from, to,
		{"k", Integer, "", "Values that enter: CARs of one security, else means of clusters of dates whose windows overlap."},
		{"tau2", Number, "return squared", "Variance of the reaction from event to event, beyond what the forecast errors explain (Paule and Mandel)." + none},
		{"mean", Number, "return", "Mean reaction, weighted by 1/(variance + tau2)." + none},
		{"se", Number, "return", "Its standard error (Hartung and Knapp)." + none},
		{"low", Number, "return", "Lower end of its 95% interval, Student's t with k-1 degrees of freedom." + none},
		{"high", Number, "return", "Upper end of its 95% interval." + none},
		{"next_low", Number, "return", "Lower end of the 95% prediction interval of the next event, if it is like these: mean - t sqrt(tau2 + se^2), k-2 degrees of freedom." + none},
		{"next_high", Number, "return", "Upper end of the prediction interval." + none},
		{"i2", Number, "", "Share of the variance of the reactions that is from event to event, I^2." + none},
		note,
	}
	if r.Study == nil { // for its names alone
		return t
	}
	t.of(1, 1, func(int, int) iter.Seq[[]Cell] {
		return func(yield func([]Cell) bool) {
			for _, x := range r.Next() {
				row := []Cell{text(string(x.By)), text(x.Key), integer(x.Window.From), integer(x.Window.To), integer(x.K), number(x.Tau2), number(x.Mean), number(x.SE),
					number(x.Low), number(x.High), number(x.NextLow), number(x.NextHigh), number(x.I2), text(x.Note.Text())}
				if !yield(row) {
					return
				}
			}
		}
	})
	return t
}

// donors is the table of the weights of synthetic controls.
func donors(r *analysis.Result) Table {
	t := Table{Name: "donors", Title: "One row a donor of an observation's synthetic control, with the weight it has."}
	t.Columns = []Column{
		eventID, security,
		{"donor", String, "", "Symbol of a security of which the control is made."},
		{"weight", Number, "", "Its share of the control; those of one observation add up to 1. Below 0 with model.ridge only. Donors without a share have no row."},
		{"rmse", Number, "return", "How well the control tracked the security before the event: sqrt(sum e_t^2 / M) over the M usable sessions of the estimation window. The same for all donors of an observation."},
		{"lambda", Number, "return squared", "Penalty of the ridge regression that corrects the weights: the one that predicts held-out sessions best. Empty where ridge is false, which then corrects nothing."},
		{"ridge", Boolean, "", "The weights are corrected by ridge: model.ridge asks for it, and it predicts held-out sessions better."},
	}
	t.of(r.N(), 5, func(lo, hi int) iter.Seq[[]Cell] {
		return func(yield func([]Cell) bool) {
			for i := lo; i < hi; i++ {
				o := r.Observation(i)
				weights, rmse := r.DonorWeights(i)
				penalty := r.RidgePenalty(i)
				ridge := !math.IsNaN(penalty) && !math.IsInf(penalty, 0)
				lambda := number(math.NaN())
				if ridge {
					lambda = number(penalty)
				}
				for _, d := range weights {
					if !yield([]Cell{text(o.EventID), text(o.Security), text(d.Security), number(d.Weight), number(rmse), lambda, boolean(ridge)}) {
						return
					}
				}
			}
		}
	})
	return t
}
