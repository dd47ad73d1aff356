package report

import (
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
)

// printed are the columns that a page has room for, by the name of their
// table. The coefficients of a model, which have a standard error beside them,
// are printed too.
var printed = map[string][]string{
	"observations":     {"event_id", "title", "security", "session0", "reason", "m", "sigma", "r2"},
	"abnormal_returns": {"event_id", "security", "tau", "date", "return", "ar", "se", "sar", "p", "car"},
	"cars":             {"event_id", "security", "from", "to", "car", "se", "t", "df", "p", "bhar"},
	"averages":         {"group_by", "group", "tau", "n", "aar", "se", "caar", "se_caar", "lower", "upper"},
	"tests":            {"group_by", "group", "from", "to", "n", "caar", "test", "statistic", "p"},
	"families":         {"family", "hypothesis", "n", "test", "statistic", "p", "correction", "p_adjusted"},
	"regression":       {"name", "dependent", "coefficient", "se", "t", "df", "p", "n", "r2", "errors", "past", "past_t", "past_p"},
	"contrasts":        {"first", "second", "from", "to", "difference", "se", "t", "df", "p"},
	"donors":           {"event_id", "security", "donor", "weight", "rmse", "lambda"},
	"next":             {"by", "key", "from", "to", "k", "mean", "low", "high", "next_low", "next_high"},
}

// forPrint returns t as it is printed for people: the columns of printed, returns
// in per cent and every number rounded. A row is overwritten by the next one.
// Nothing is escaped yet.
func forPrint(t Table) (columns []Column, rows iter.Seq[[]string]) {
	var at []int
	for i, c := range t.Columns {
		coefficient := slices.ContainsFunc(t.Columns, func(o Column) bool { return o.Name == "se_"+c.Name })
		if !coefficient && !slices.Contains(printed[t.Name], c.Name) {
			continue
		}
		if c.Unit == "return" {
			c.Name += " (%)"
		}
		at, columns = append(at, i), append(columns, c)
	}
	return columns, func(yield func([]string) bool) {
		out := make([]string, len(at))
		for row := range t.Rows {
			for k, i := range at {
				out[k] = rounded(row[i], t.Columns[i])
			}
			if !yield(out) {
				return
			}
		}
	}
}

// rounded writes c for people: "" where there is no value.
func rounded(c Cell, col Column) string {
	v := c.Num
	switch {
	case c.Empty(col.Type):
		return ""
	case col.Type == String:
		return clean(c.Text)
	case col.Type != Number, math.IsInf(v, 0):
		return c.Format(col.Type)
	case isP(col) && v < 0.0001:
		return "<0.0001"
	case isP(col):
		return strconv.FormatFloat(v, 'f', 4, 64)
	case col.Unit == "return":
		return decimals(100*v, 2)
	case col.Name == "df":
		return strconv.FormatFloat(v, 'f', -1, 64)
	case v != 0 && math.Abs(v) < 0.1:
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	return decimals(v, 3)
}

// decimals writes v with n digits after the point, and no minus before a zero; a
// number that would not fit its column as a power of ten.
func decimals(v float64, n int) string {
	if math.Abs(v) >= 1e6 {
		return strconv.FormatFloat(v, 'e', n, 64)
	}
	s := strconv.FormatFloat(v, 'f', n, 64)
	if strings.Trim(s, "-0.") == "" {
		return strings.TrimPrefix(s, "-")
	}
	return s
}
