package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"aftershock/analysis"
	"aftershock/analysis/stat"
)

// The dependent variables of a regression.
const (
	dependentCAR  = "car"
	dependentSCAR = "scar"
)

// regressionErrors are the estimators of errors that make sense of CARs, which
// have no order in time.
var regressionErrors = []string{
	string(stat.Classical), string(stat.HC0), string(stat.HC1), string(stat.HC2), string(stat.HC3), string(stat.Clustered),
}

// explanation is a regression that is asked for.
type explanation struct {
	names []string
	file  *characteristics // nil: none
	as    analysis.RegressionSpec
}

// checkRegression translates the section regression.
func (c *config) checkRegression(p *plan) {
	s := &c.Regression
	c.oneOf("regression.dependent", s.Dependent, "a dependent variable", []string{dependentCAR, dependentSCAR})
	c.oneOf("regression.weights", s.Weights, "a weighting of regressions", []string{string(analysis.EqualWeights), string(analysis.PrecisionWeights)})
	c.oneOf("regression.errors", s.Errors, "an estimator of errors", regressionErrors)
	c.oneOf("regression.cluster", s.Cluster, "a kind of cluster", []string{string(analysis.ByEvent), string(analysis.BySecurity), string(analysis.ByCategory)})
	if len(s.Characteristics) == 0 {
		return
	}
	e := &explanation{names: s.Characteristics}
	known := slices.Clone(analysis.CharacteristicNames)
	if s.File != "" {
		file := c.path("regression.file", s.File)
		in, err := tableText(file)
		if err != nil {
			c.bad("regression.file", "%v; name a CSV file", err)
			return
		}
		var problems []problem
		e.file, problems = parseCharacteristics(file, in)
		if c.problems = append(c.problems, problems...); len(problems) > 0 {
			return
		}
		known = append(known, e.file.names...)
	}
	for i, name := range s.Characteristics {
		key := fmt.Sprintf("regression.characteristics[%d]", i)
		if slices.Contains(s.Characteristics[:i], name) {
			c.bad(key, "%s is named twice", name)
		}
		c.oneOf(key, name, "a characteristic", known)
	}
	e.as = analysis.RegressionSpec{
		Window:       slices.Index(c.Study.CAR, s.Window),
		Standardised: s.Dependent == dependentSCAR,
		Weighted:     s.Weights == string(analysis.PrecisionWeights),
		Errors:       stat.Errors(s.Errors),
		Cluster:      analysis.Grouping(s.Cluster),
	}
	if e.as.Window < 0 && c.origin("regression.window") == fromDefault {
		e.as.Window = 0 // the first, whatever it is
	}
	if e.as.Window < 0 {
		c.bad("regression.window", "%s is none of the windows of study.car; add it there", analysis.Window(s.Window))
	}
	p.explain = e
}

// perform regresses the CARs of r.
func (e *explanation) perform(r *analysis.Result) error {
	if e == nil {
		return nil
	}
	var by []analysis.Characteristic
	for _, name := range e.names {
		var more []analysis.Characteristic
		var err error
		if e.file != nil && slices.Contains(e.file.names, name) {
			more = []analysis.Characteristic{e.file.of(r, name)}
		} else if more, err = r.Characteristic(name); err != nil {
			return fmt.Errorf("regression: %w", err)
		}
		by = append(by, more...)
	}
	_, err := r.Regress(by, e.as)
	return err
}

// characteristics are those of a file: numbers by what they are about.
type characteristics struct {
	names  []string
	values map[about][]float64 // in the order of names
	keyed  about               // which of its fields the file tells apart; the others are ""
}

// about is an event, a security, or both.
type about struct{ event, security string }

// parseCharacteristics reads a CSV file that messages call file. All that is
// wrong with it is reported.
func parseCharacteristics(file string, in io.Reader) (*characteristics, []problem) {
	t, ok := openTable(file, in, "security,employees")
	if !ok {
		return nil, t.wrong()
	}
	c := &characteristics{values: make(map[about][]float64)}
	event, security := -1, -1
	var columns []int
	taken := make(map[string]bool)
	for i, h := range t.head {
		switch {
		case h == "" || taken[h]:
			t.bad(1, "column %d is called %q; give each a name of its own", i+1, h)
		case h == "event_id":
			event, c.keyed.event = i, h
		case h == "security":
			security, c.keyed.security = i, h
		case slices.Contains(analysis.CharacteristicNames, h):
			t.bad(1, "%s is known without the file; call the column something else", h)
		default:
			c.names, columns = append(c.names, h), append(columns, i)
		}
		taken[h] = true
	}
	if event < 0 && security < 0 {
		t.bad(1, "there is neither a column event_id nor a column security")
	}
	if len(t.problems) > 0 {
		return c, t.wrong()
	}
	for row := t.next(); row != nil; row = t.next() {
		var key about
		if event >= 0 {
			key.event = strings.TrimSpace(row[event])
		}
		if security >= 0 {
			key.security = strings.TrimSpace(row[security])
		}
		if c.values[key] != nil {
			t.bad(t.line, "%s is there twice", strings.TrimSpace(key.event+" "+key.security))
		}
		values := make([]float64, len(columns))
		for k, i := range columns {
			values[k] = math.NaN()
			if text := strings.TrimSpace(row[i]); text != "" {
				var err error
				if values[k], err = strconv.ParseFloat(text, 64); err != nil || math.IsNaN(values[k]) || math.IsInf(values[k], 0) {
					t.bad(t.line, "%s %q is not a number; leave it empty where it is not known", c.names[k], text)
				}
			}
		}
		c.values[key] = values
	}
	return c, t.wrong()
}

// of lays one of the characteristics on the observations of r; NaN where the
// file does not have it.
func (c *characteristics) of(r *analysis.Result, name string) analysis.Characteristic {
	k := slices.Index(c.names, name)
	out := analysis.Characteristic{Name: name, Value: make([]float64, r.N())}
	for i := range r.N() {
		o := r.Observation(i)
		var key about
		if c.keyed.event != "" {
			key.event = o.EventID
		}
		if c.keyed.security != "" {
			key.security = o.Security
		}
		out.Value[i] = math.NaN()
		if values, ok := c.values[key]; ok {
			out.Value[i] = values[k]
		}
	}
	return out
}
