package analysis

import (
	"fmt"
	"math"
)

// Explanation says how CARs are regressed on characteristics.
type Explanation struct {
	Window       int  // index into Study.Windows
	Standardised bool // SCAR in place of CAR
	Weighted     bool // by 1/Var(CAR)
	Errors       Errors
	Cluster      Grouping // of Clustered errors: ByEvent, BySecurity or ByCategory
}

// Explained is a regression of CARs on characteristics.
type Explained struct {
	*Regression
	Names   []string // "intercept", then the characteristics
	Used    []int    // rows, as indices into Result.Observations
	Omitted []int    // measured observations without a CAR over the window or without one of the characteristics
}

// Explain regresses the CARs of the used observations on an intercept and
// characteristics,
//
//	CAR_i = b_0 + sum b_j x_ij + e_i
//
// Observations are independent for HC0 to HC3; those of one event or security
// are not, and want clustered errors. Errors: characteristics that are not one
// value an observation; what [Regress] refuses. MacKinlay (1997), section 11.
func (r *Result) Explain(by []Characteristic, c Explanation) (*Explained, error) {
	if c.Window < 0 || c.Window >= len(r.Study.Windows) {
		return nil, fmt.Errorf("window %d is not among the %d of the study", c.Window, len(r.Study.Windows))
	}
	out := &Explained{Names: []string{"intercept"}}
	for _, x := range by {
		if len(x.Value) != len(r.Observations) {
			return nil, fmt.Errorf("characteristic %s has %d values for %d observations", x.Name, len(x.Value), len(r.Observations))
		}
		out.Names = append(out.Names, x.Name)
	}
	spec := Specification{Errors: c.Errors}
	var y []float64
	x := make([][]float64, 1+len(by))
	clusters := make(map[string]int)
	for i := range r.Observations {
		o := &r.Observations[i]
		if !o.Used() {
			continue
		}
		k := int(o.row)*r.eng.windows + c.Window
		car, variance := r.eng.car[k], r.eng.carVar[k]
		known := car == car
		for _, x := range by {
			known = known && x.Value[i] == x.Value[i]
		}
		if !known {
			out.Omitted = append(out.Omitted, i)
			continue
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
		if c.Errors == Clustered {
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
	if out.Regression, err = Regress(y, x, spec); err != nil {
		return nil, fmt.Errorf("regression of the CARs over %s: %w", r.Study.Windows[c.Window], err)
	}
	return out, nil
}
