package analysis

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"aftershock/analysis/stat"
)

// RegressionSpec says how CARs are regressed on characteristics.
type RegressionSpec struct {
	Window       int  // index into Study.CARWindows
	Standardised bool // SCAR in place of CAR
	Weighted     bool // by 1/Var(CAR)
	Errors       stat.Errors
	Cluster      Grouping // of Clustered errors: ByEvent, BySecurity or ByCategory
}

// Regression is a regression of CARs on characteristics.
type Regression struct {
	*stat.Regression
	RegressionSpec
	Names   []string // "intercept", then the characteristics
	Used    []int    // rows, as indices into Result.Observation
	Omitted []int    // measured observations without a CAR over the window or one of the characteristics, or with the security and session 0 of one before
	Past    *PastSlopes
}

// fewClusters is the number of clusters below which clustered errors are not to be
// relied on: Cameron, Gelbach and Miller (2008).
const fewClusters = 10

// Regress regresses the CARs of the used observations on an intercept and
// characteristics,
//
//	CAR_i = b_0 + sum b_j x_ij + e_i
//
// Observations are independent for HC0 to HC3; those of one event or security
// are not, and want clustered errors. Errors: characteristics that are not one
// value an observation; what [stat.Regress] refuses. The result stands in r.Regression
// as well. MacKinlay (1997), section 11.
func (r *Result) Regress(by []Characteristic, c RegressionSpec) (*Regression, error) {
	if c.Window < 0 || c.Window >= len(r.Study.CARWindows) {
		return nil, fmt.Errorf("window %d is not among the %d of the study", c.Window, len(r.Study.CARWindows))
	}
	out := &Regression{RegressionSpec: c, Names: []string{"intercept"}}
	for _, x := range by {
		if len(x.Value) != r.N() {
			return nil, fmt.Errorf("characteristic %s has %d values for %d observations", x.Name, len(x.Value), r.N())
		}
		out.Names = append(out.Names, x.Name)
	}
	spec := stat.Specification{Errors: c.Errors}
	var y []float64
	x := make([][]float64, 1+len(by))
	clusters := make(map[string]int)
	entered := make(map[uint64]bool) // securities and sessions 0: one return counts once
	for i := range r.N() {
		o := r.Observation(i)
		if !o.Used() {
			continue
		}
		k := int(o.row)*r.eng.windows + c.Window
		car, variance := r.eng.car[k], r.eng.carVar[k]
		known := car == car
		for _, x := range by {
			known = known && x.Value[i] == x.Value[i]
		}
		if _, again := r.SameReturn(i); known && again {
			known = !entered[r.spots[i].place()]
		}
		if !known {
			out.Omitted = append(out.Omitted, i)
			continue
		}
		if r.repeats != nil {
			entered[r.spots[i].place()] = true
		}
		out.Used = append(out.Used, i)
		if c.Standardised {
			car /= math.Sqrt(variance)
		}
		y = append(y, car)
		x[0] = append(x[0], 1)
		for j, c := range by {
			x[1+j] = append(x[1+j], c.Value[i])
		}
		if c.Weighted {
			spec.Weights = append(spec.Weights, 1/variance)
		}
		if c.Errors == stat.Clustered {
			var key string
			switch c.Cluster {
			case ByEvent:
				key = o.EventID
			case BySecurity:
				key = o.Security
			case ByCategory:
				key = r.Catalog.Events[o.Event].Category
			}
			if _, ok := clusters[key]; !ok {
				clusters[key] = len(clusters)
			}
			spec.Cluster = append(spec.Cluster, clusters[key])
		}
	}
	var err error
	if out.Regression, err = stat.Regress(y, x, spec); err != nil {
		err = fmt.Errorf("regression of the CARs over %s: %w", r.Study.CARWindows[c.Window], err)
		switch n := len(out.Omitted); {
		case n == 1:
			err = fmt.Errorf("%w (1 observation left out, without a CAR or one of the characteristics)", err)
		case n > 1:
			err = fmt.Errorf("%w (%d observations left out, without a CAR or one of the characteristics)", err, n)
		}
		return nil, err
	}
	out.Past = r.pastSlopes(x, y, out.Used, spec, c)
	r.Regression = out
	r.Notes = slices.DeleteFunc(r.Notes, func(n Note) bool { return n.Code == "few-clusters" })
	switch g := out.Clusters; {
	case c.Errors == stat.Clustered && g < out.K:
		r.Notes = append(r.Notes, Note{Code: "few-clusters", Variant: "undefined", Severity: Warning, Args: []any{g, string(c.Cluster), out.K}})
	case c.Errors == stat.Clustered && g < fewClusters:
		r.Notes = append(r.Notes, Note{Code: "few-clusters", Severity: Warning, Args: []any{g, string(c.Cluster)}})
	}
	return out, nil
}

// CharacteristicNames lists what [Result.Characteristic] knows by name.
var CharacteristicNames = []string{"beta", "log-market-value", "sigma", "sign", "category", "sector"}

// Characteristic returns the characteristics that name stands for: one figure
// an observation, or for a word one indicator (1 where the observation has it,
// else 0) of every word but the first to appear, called category=earnings.
//
//	beta, log-market-value  as [Result.Characteristics]
//	sigma                   residual standard deviation of the fit
//	sign                    the sign that the catalogue expects: -1, 0, 1
//	category, sector        of the event; of the security
//
// NaN where it is not known. Errors: an unknown name; one that no observation
// has, or a word that all share.
func (r *Result) Characteristic(name string) ([]Characteristic, error) {
	switch name {
	case "beta", "log-market-value":
		for _, c := range r.Characteristics() {
			if c.Name == name {
				return []Characteristic{c}, nil
			}
		}
	case "sigma":
		return []Characteristic{r.characteristic(name, func(o *Observation) float64 { return o.Fit.S })}, nil
	case "sign":
		return []Characteristic{r.characteristic(name, func(o *Observation) float64 { return float64(o.Sign) })}, nil
	case "category":
		return r.indicators(name, func(o *Observation) string { return r.Catalog.Events[o.Event].Category })
	case "sector":
		return r.indicators(name, func(o *Observation) string { return r.Panel.Columns[o.column].Sector })
	default:
		return nil, fmt.Errorf("no characteristic called %q; use one of a file or %s", name, strings.Join(CharacteristicNames, ", "))
	}
	return nil, fmt.Errorf("%s is known of no observation", name)
}

// characteristic is the value of every used observation.
func (r *Result) characteristic(name string, value func(o *Observation) float64) Characteristic {
	c := Characteristic{name, missing(r.N())}
	for i := range r.N() {
		if o := r.Observation(i); o.Used() {
			c.Value[i] = value(o)
		}
	}
	return c
}

// indicators are those of every word but the first.
func (r *Result) indicators(name string, word func(o *Observation) string) ([]Characteristic, error) {
	var words []string
	for i := range r.N() {
		if o := r.Observation(i); o.Used() {
			if w := word(o); w != "" && !slices.Contains(words, w) {
				words = append(words, w)
			}
		}
	}
	if len(words) < 2 {
		return nil, fmt.Errorf("%s has no two values among the observations, so it explains nothing", name)
	}
	var out []Characteristic
	for _, w := range words[1:] {
		out = append(out, r.characteristic(name+"="+w, func(o *Observation) float64 {
			switch word(o) {
			case w:
				return 1
			case "":
				return nan
			}
			return 0
		}))
	}
	return out, nil
}
