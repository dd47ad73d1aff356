package analysis

import (
	"fmt"
	"slices"

	"aftershock/analysis/model"
)

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
