package analysis

import (
	"fmt"
	"math"
	"slices"

	"aftershock/analysis/model"
	"aftershock/market"
)

// Subject is what a study is about.
type Subject string

// The subjects.
const (
	// Returns: did the event move prices? The abnormal figures are returns.
	Returns Subject = "returns"
	// Volume: did it move trading? The abnormal figures are logarithms of
	// trading volume, see [Result.Turnover].
	Volume Subject = "volume"
	// Volatility: did it change how far prices move? The abnormal figures are
	// returns; the tests beaver-u and lambda are about their variance.
	Volatility Subject = "volatility"
)

// Subjects lists every Subject.
var Subjects = []Subject{Returns, Volume, Volatility}

// DefaultTests are the tests of a study about s where none is asked for: those
// that take little time and are defined, for volatility those of the variance
// first, and placebo, which alone allows for securities that move together.
func (s Subject) DefaultTests() []Test {
	switch s {
	case Volume:
		return slices.DeleteFunc(DefaultTests(), func(t Test) bool { return t == Test(BHARTest{}) })
	case Volatility:
		return []Test{VarianceU{}, VarianceLambda{}, Placebo{}, StudentTest{}}
	}
	return DefaultTests()
}

// explained reports what keeps m from explaining s, "" when nothing does.
func (s Subject) explained(m model.Model) string {
	if s != Volume {
		return ""
	}
	d := m.Design("")
	others := slices.ContainsFunc(d.Terms, func(t model.Term) bool { return t.Series != model.BenchmarkReturn })
	if d.Problem != "" || d.Excess || others {
		return fmt.Sprintf("the model %s explains returns by returns of others than the benchmark, which says nothing of volume; use mean or market", m.Name())
	}
	return ""
}

// Turnover reports whether the abnormal figures of a study of volume are those
// of turnover. With V_t the shares traded in a session and S those outstanding,
//
//	y_t = ln(1 + V_t/S)  where S is known of every security studied and of
//	                     every benchmark that explains one
//	y_t = ln(1 + V_t)    otherwise
//
// the same for all, so that averages are of one unit. A session on which
// nothing was traded, or of which no volume is known, has none (NaN). False for
// the other subjects. Ajinkya and Jain (1989); Campbell and Wasley (1996).
func (r *Result) Turnover() bool { return r.eng.turnover }

// sharesKnown reports whether the shares outstanding are known of every
// security of the studied events and of the benchmarks that explain them.
func (r *Result) sharesKnown(chosen func(id string) bool, column map[string]int32) bool {
	explained := len(r.Study.Model.Design("").Terms) > 0
	for ev := range r.Catalog.Events {
		e := &r.Catalog.Events[ev]
		if !chosen(e.ID) {
			continue
		}
		for _, t := range r.targets(e) {
			i, ok := column[t.Symbol]
			if !ok {
				continue
			}
			c := r.Panel.Columns[i]
			b := r.Panel.Column(r.Study.benchmarkOf(c))
			if !(c.Shares > 0) || explained && b != nil && !(b.Shares > 0) {
				return false
			}
		}
	}
	return true
}

// subject returns what the study is about of a column, one element a session
// of it: its returns, or its volume as [Result.Turnover] says; nil where the
// column has no volume.
func (d *designs) subject(col *market.Column) []float64 {
	if d.study.Subject != Volume {
		return col.Return
	}
	if col.Volume == nil {
		return nil
	}
	unit := 1.0
	if d.turnover {
		unit = col.Shares
	}
	y := missing(len(col.Volume))
	for k, v := range col.Volume {
		if v > 0 {
			y[k] = math.Log1p(v / unit)
		}
	}
	return y
}

// onDates lays the values y of a column on the sessions of cal that are its own
// as well; the others are NaN. Other than returns, volumes of sessions that cal
// lacks do not add up to that of the next.
func onDates(from *market.Column, y []float64, cal *market.Calendar) []float64 {
	x := missing(cal.Len())
	if from.Calendar == cal {
		copy(x[from.First:], y)
		return x
	}
	for k, v := range y {
		if i, ok := cal.Index(from.Calendar.Date(from.First + k)); ok {
			x[i] = v
		}
	}
	return x
}
