package report

import (
	"math"
	"strings"

	"aftershock/analysis"
	"aftershock/analysis/stat"
)

func families(r *analysis.Result) Table {
	t := Table{Name: "families", Title: "One row a hypothesis of a family whose p values are corrected for each other. No row where the study names no family."}
	const undefined = " Empty where the test is not defined."
	t.Columns = []Column{
		{"family", String, "", "The hypotheses that are tested together, such as: securities of event ID over [0,0]."},
		{"hypothesis", String, "", "What the family's name leaves open: a security, a session, a window or a group."},
		from, to,
		{"n", Integer, "observations", "Observations that the test sees."},
		{"test", String, "", "Name of the test."},
		{"statistic", Number, "", "Test statistic." + undefined},
		{"p", Number, "", "Its two-sided p value alone; with romano-wolf that of the placebo draws." + undefined},
		{"correction", String, "", "holm, bh, by or romano-wolf."},
		{"p_adjusted", Number, "", "The p value corrected for the family." + undefined},
	}
	t.Rows = func(yield func([]Cell) bool) {
		for _, f := range r.Corrected {
			for _, h := range f.Hypotheses {
				x := &h.Result
				name := x.Test
				if x.Of != "" {
					name = x.Of
				}
				if !yield([]Cell{text(f.Name), text(h.Label), integer(h.Window.From), integer(h.Window.To), integer(x.N), text(name),
					number(x.Stat), number(x.P), text(string(f.By)), number(h.P)}) {
					return
				}
			}
		}
	}
	return t
}

func regression(r *analysis.Result) Table {
	t := Table{Name: "regression", Title: "One row a coefficient of the regression of CARs on characteristics. No row where the study asks for none."}
	t.Columns = []Column{
		{"name", String, "", "intercept, or the characteristic."},
		from, to,
		{"dependent", String, "", "car or scar."},
		{"coefficient", Number, "", "Change of the dependent variable with a unit of the characteristic."},
		{"se", Number, "", "Its standard error, see errors."},
		{"t", Number, "", "coefficient/se."},
		{"df", Number, "", "Degrees of freedom of t: n less the coefficients, or the clusters less one."},
		{"p", Number, "", "Two-sided p value of t."},
		{"n", Integer, "observations", "Observations that entered."},
		{"n_omitted", Integer, "observations", "Measured observations without a CAR over the window or one of the characteristics, or with the security and session 0 of another."},
		{"r2", Number, "", "Share of the variance explained, about the weighted mean."},
		{"errors", String, "", "Estimator of the standard errors: classical, hc0 to hc3, or clustered by event, security or category."},
		{"weights", String, "", "equal, or precision (1/Var(CAR))."},
		{"past", Integer, "", "Past windows on which the same regression was performed." + noPast},
		{"past_slope", Number, "", "Coefficient that is compared with them: of several sessions 0 the mean over their regressions." + noPast},
		{"past_mean", Number, "", "Mean of the coefficients of the past windows." + noPast},
		{"past_sd", Number, "", "Their standard deviation." + noPast},
		{"past_t", Number, "", "(past_slope - past_mean)/(past_sd sqrt((past+1)/past)), Student's t with past - 1 degrees of freedom." + noPast},
		{"past_p", Number, "", "Two-sided p value of past_t." + noPast},
		{"past_p_rank", Number, "", "p value by rank: share of the past windows, this one among them, whose coefficient lies as far from past_mean." + noPast},
		{"past_size", Number, "", "Share of the past windows in which the regression's own errors reject a coefficient of 0 at 5%, though there was no event. Empty for several sessions 0, and where there are no past windows."},
	}
	t.Rows = func(yield func([]Cell) bool) {
		e := r.Regression
		if e == nil {
			return
		}
		w := r.Study.CARWindows[e.Window]
		for k, name := range e.Names {
			if !yield(append([]Cell{text(name), integer(w.From), integer(w.To), text(dependent(e)), number(e.Coef[k]), number(e.SE[k]), number(e.T[k]), number(e.DF), number(e.P[k]),
				integer(e.N), integer(len(e.Omitted)), number(e.R2), text(errorsOf(e)), text(weightsOf(e))}, pastOf(e, k)...)) {
				return
			}
		}
	}
	return t
}

const noPast = " Empty where the observations have no past windows in common."

// pastOf is what the past says of coefficient k.
func pastOf(e *analysis.Regression, k int) []Cell {
	none := number(math.NaN())
	x := e.Past
	if x == nil || x.Note != nil {
		return []Cell{none, none, none, none, none, none, none, none}
	}
	past := x.Past[k]
	return []Cell{integer(x.P), number(x.Slope[k]), number(past.Mean), number(past.SD), number(past.T), number(past.PValue()), number(past.Rank), number(x.Size[k])}
}

func dependent(e *analysis.Regression) string {
	if e.Standardised {
		return "scar"
	}
	return "car"
}

func errorsOf(e *analysis.Regression) string {
	if e.Errors == stat.Clustered {
		return string(e.Errors) + " by " + string(e.Cluster)
	}
	return string(e.Errors)
}

func weightsOf(e *analysis.Regression) string {
	if e.Weighted {
		return string(analysis.PrecisionWeights)
	}
	return string(analysis.EqualWeights)
}

// corrections say what is left of each family's rejections after the
// correction, after a sentence on how; nothing where the study names no family.
func (s *story) corrections() (how string, left []string) {
	if len(s.r.Corrected) == 0 {
		return "", nil
	}
	how = s.Say("Rejected at the 5%% level by the p values that %s corrects for the family; the table families has all.", string(s.r.Corrected[0].By))
	quiet, undefined := 0, 0
	for _, f := range s.r.Corrected {
		var names []string
		alone, n, corrected := 0, 0, 0
		for _, h := range f.Hypotheses {
			if h.Result.Defined() {
				n++
			}
			if h.Result.Rejects() {
				alone++
			}
			if math.IsNaN(h.P) {
				continue
			}
			corrected++
			if h.P < analysis.Level {
				names = append(names, s.Isolate(clean(h.Label)+" ("+s.sayP(h.P)+")"))
			}
		}
		switch {
		case n == 0:
			undefined++
			continue
		case alone == 0:
			quiet++
			continue
		case corrected == 0:
			left = append(left, s.Say("%s: %s of %s by themselves; together they cannot be corrected", clean(f.Name), alone, n))
			continue
		}
		said := s.Say("none")
		if len(names) > 0 {
			said = strings.Join(names, s.Comma)
		}
		left = append(left, s.Say("%s: %s of %s by themselves, %s together: %s", clean(f.Name), alone, n, len(names), said))
	}
	if quiet > 0 {
		left = append(left, s.Say("nothing in %s other families", quiet))
	}
	if undefined > 0 {
		left = append(left, s.Say("not tested: %s families in which no test is defined", undefined))
	}
	return how, left
}

// many writes what is left of a family's rejections after the correction.
func (p *page) many() {
	how, left := p.corrections()
	if how == "" {
		return
	}
	p.heading(p.Say("Many hypotheses"))
	p.paragraph("  ", "  ", how)
	for _, s := range left {
		p.paragraph("  ", "    ", s)
	}
}

// regressed says of what the regression is that the study asks for.
func (s *story) regressed(e *analysis.Regression) string {
	return s.Say("%s %s of %s observations on characteristics (%s left out); R2 %s, %s errors, %s weights.",
		strings.ToUpper(dependent(e)), s.over(s.r.Study.CARWindows[e.Window]), e.N, len(e.Omitted), fixed(e.R2, 3), s.Say(errorsOf(e)), s.Say(weightsOf(e)))
}

// explained writes the regression of CARs.
func (p *page) explained() {
	e := p.r.Regression
	if e == nil {
		return
	}
	p.heading(p.Say("What explains the differences"))
	p.paragraph("  ", "  ", p.regressed(e))
	deviation := p.Say("error")
	g := &grid{heads: []head{{name: "", left: true}, {name: p.Say("coefficient")}, {name: deviation, order: 1, as: deviation}, {name: "t"}, {name: "p"}}}
	for k, name := range e.Names {
		g.rows = append(g.rows, []string{clip(clean(name), 28), significant(e.Coef[k]), significant(e.SE[k]), fixed(e.T[k], 2), showP(e.P[k])})
	}
	p.grid(g)
	for _, said := range p.pastSaid(e) {
		p.paragraph("  ", "    ", said)
	}
}
