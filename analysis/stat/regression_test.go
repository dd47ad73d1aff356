package stat

import (
	"math"
	"slices"
	"testing"
)

// statsmodels 0.13: OLS(y, add_constant(x)).fit(cov_type=..., use_t=True) and
// WLS(y, X, weights=w).fit().
func TestRegress(t *testing.T) {
	y := []float64{-0.134, -0.061, 0.012, -0.098, 0.034, -0.021, 0.057, -0.044, 0.008, -0.071, 0.026, -0.015}
	x := [][]float64{
		{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
		{2.7, 2.1, 1.1, 2.4, 0.8, 1.3, 0.6, 1.9, 1.0, 2.2, 0.9, 1.6},
		{3.4, 0.8, 0.2, 0.9, 0.25, 0.15, 0.1, 0.6, 0.3, 0.45, 0.2, 0.35},
	}
	cluster := []int{1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 5, 1}
	weights := []float64{1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3}
	ols := []float64{0.0935945993464214, -0.07338319500493612, -0.008468540917564174}
	wls := []float64{0.08802125750991892, -0.06964877439205425, -0.00931231329788667}
	for _, c := range []struct {
		spec     Specification
		coef, se []float64
		p        []float64
		df       float64
	}{
		{Specification{Errors: Classical}, ols, []float64{0.007596226610556824, 0.005692502015252135, 0.0043842658210404666},
			[]float64{6.146531159818864e-07, 4.173414478102738e-07, 0.08545633538723908}, 9},
		{Specification{Errors: HC0}, ols, []float64{0.005297493606345117, 0.003666138675687379, 0.0019704225387329505}, nil, 9},
		{Specification{Errors: HC1}, ols, []float64{0.00611701871930735, 0.004233292302589213, 0.002275247966309549}, nil, 9},
		{Specification{Errors: HC2}, ols, []float64{0.006013813229022367, 0.004229358801267286, 0.002688509171375886}, nil, 9},
		{Specification{Errors: HC3}, ols, []float64{0.006968668365271182, 0.006012775685147091, 0.010447873158503505}, nil, 9},
		{Specification{Errors: Clustered, Cluster: cluster}, ols, []float64{0.006002023293900326, 0.004395409994437941, 0.0027629422724579256},
			[]float64{9.874726485291149e-05, 7.54129464213898e-05, 0.0374735848382398}, 4},
		{Specification{Errors: NeweyWest, Lag: 3}, ols, []float64{0.0038530139461657315, 0.004049441287425784, 0.00260542551114315},
			[]float64{1.6252572944840493e-09, 2.1627830026076292e-08, 0.009991796250478989}, 9},
		{Specification{Errors: Classical, Weights: weights}, wls, []float64{0.009176001251600785, 0.007392613820624916, 0.0064060263570174195}, nil, 9},
		{Specification{Errors: HC3, Weights: weights}, wls, []float64{0.007514693178177855, 0.008753566664412328, 0.019277642307988528}, nil, 9},
	} {
		r, err := Regress(y, x, c.spec)
		if err != nil {
			t.Fatal(err)
		}
		if r.DF != c.df {
			t.Errorf("%s: %v degrees of freedom, want %v", c.spec.Errors, r.DF, c.df)
		}
		for name, v := range map[string][2][]float64{"coef": {r.Coef, c.coef}, "se": {r.SE, c.se}, "p": {r.P, c.p}} {
			for j, want := range v[1] {
				if got := v[0][j]; math.Abs(got/want-1) > 1e-10 {
					t.Errorf("%s %s[%d]: %.17g, want %.17g", c.spec.Errors, name, j, got, want)
				}
			}
		}
		for j := range r.SE {
			if math.Abs(math.Sqrt(r.Cov[j][j])-r.SE[j]) > 1e-15 || r.T[j] != r.Coef[j]/r.SE[j] {
				t.Errorf("%s: SE, T and Cov disagree", c.spec.Errors)
			}
		}
		want := 0.9787022218190153
		if c.spec.Weights != nil {
			want = 0.9600874530824434
		}
		if math.Abs(r.R2-want) > 1e-12 {
			t.Errorf("%s: R2 %v, want %v", c.spec.Errors, r.R2, want)
		}
	}
	bad := slices.Clone(y)
	bad[3] = nan
	for name, f := range map[string]func() (*Regression, error){
		"few rows": func() (*Regression, error) {
			return Regress(y[:3], [][]float64{x[0][:3], x[1][:3], x[2][:3]}, Specification{Errors: HC1})
		},
		"no column": func() (*Regression, error) { return Regress(y, nil, Specification{Errors: HC1}) },
		"ragged": func() (*Regression, error) {
			return Regress(y, [][]float64{x[0], x[1][:5]}, Specification{Errors: HC1})
		},
		"NaN": func() (*Regression, error) { return Regress(bad, x, Specification{Errors: HC1}) },
		"dependent": func() (*Regression, error) {
			return Regress(y, [][]float64{x[0], x[1], x[1]}, Specification{Errors: HC1})
		},
		"zero column": func() (*Regression, error) {
			return Regress(y, [][]float64{x[0], make([]float64, 12)}, Specification{Errors: HC1})
		},
		"one cluster": func() (*Regression, error) {
			return Regress(y, x, Specification{Errors: Clustered, Cluster: make([]int, 12)})
		},
		"no clusters": func() (*Regression, error) { return Regress(y, x, Specification{Errors: Clustered}) },
		"weight of zero": func() (*Regression, error) {
			return Regress(y, x, Specification{Errors: HC1, Weights: make([]float64, 12)})
		},
		"errors of no name": func() (*Regression, error) { return Regress(y, x, Specification{}) },
	} {
		if r, err := f(); err == nil {
			t.Errorf("%s: no error, but %v", name, r)
		}
	}
}

// A row that alone decides a coefficient leaves HC3 nothing to go by, and a
// constant has no regression.
func TestRegressDegenerate(t *testing.T) {
	y := []float64{0.1, -0.2, 0.3, 0.15, -0.05, 0.2}
	x := [][]float64{{1, 1, 1, 1, 1, 1}, {0, 0, 1, 0, 0, 0}}
	if _, err := Regress(y, x, Specification{Errors: HC3}); err == nil {
		t.Error("HC3 with a leverage of 1")
	}
	if _, err := Regress(y, x, Specification{Errors: HC1}); err != nil {
		t.Error(err)
	}
	if _, err := Regress([]float64{0.1, 0.1, 0.1, 0.1, 0.1, 0.1}, x[:1], Specification{}); err == nil {
		t.Error("a constant was regressed")
	}
}

// A covariance of fewer clusters than coefficients has no more rank than clusters:
// it says nothing of the errors.
func TestFewClusters(t *testing.T) {
	y := []float64{1, 3, 2, 5, 4, 6, 8, 7, 9, 12}
	one, x, z := make([]float64, 10), make([]float64, 10), make([]float64, 10)
	for i := range one {
		one[i], x[i], z[i] = 1, float64(i), float64(i*i%7)
	}
	for _, c := range []struct {
		clusters int
		defined  bool
	}{{2, false}, {3, true}, {5, true}} {
		cluster := make([]int, 10)
		for i := range cluster {
			cluster[i] = i % c.clusters
		}
		r, err := Regress(y, [][]float64{one, x, z}, Specification{Errors: Clustered, Cluster: cluster})
		if err != nil || r.Clusters != c.clusters {
			t.Fatalf("%d clusters: %+v, %v", c.clusters, r, err)
		}
		for j := range r.Coef {
			if math.IsNaN(r.Coef[j]) || math.IsNaN(r.SE[j]) == c.defined || math.IsNaN(r.P[j]) == c.defined {
				t.Errorf("%d clusters: coefficient %v, error %v, p %v", c.clusters, r.Coef[j], r.SE[j], r.P[j])
			}
		}
	}
}
