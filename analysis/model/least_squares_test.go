package model

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// regress fits y on x by LeastSquares.
func regress(t testing.TB, y []float64, x ...[]float64) *Estimate {
	t.Helper()
	e := NewEstimate(len(x))
	if ex := LeastSquares(&Sample{Y: y, X: x, Forecast: len(x)}, e); ex != nil {
		t.Fatal(ex)
	}
	return e
}

func agree(t *testing.T, what string, got []float64, want []float64, least float64) {
	t.Helper()
	for j, v := range want {
		if d := digits(got[j], v); !(d >= least) {
			t.Errorf("%s[%d]: %.15g, certified %.15g: %.1f digits", what, j, got[j], v, d)
		}
	}
}

// NIST Statistical Reference Datasets, linear regression: Norris.
func TestNorris(t *testing.T) {
	y := []float64{0.1, 338.8, 118.1, 888.0, 9.2, 228.1, 668.5, 998.5, 449.1, 778.9, 559.2, 0.3, 0.1, 778.1, 668.8, 339.3, 448.9, 10.8,
		557.7, 228.3, 998.0, 888.8, 119.6, 0.3, 0.6, 557.6, 339.3, 888.0, 998.5, 778.9, 10.2, 117.6, 228.9, 668.4, 449.2, 0.2}
	x := []float64{0.2, 337.4, 118.2, 884.6, 10.1, 226.5, 666.3, 996.3, 448.6, 777.0, 558.2, 0.4, 0.6, 775.5, 666.9, 338.0, 447.5, 11.6,
		556.0, 228.1, 995.8, 887.6, 120.2, 0.3, 0.3, 556.8, 339.1, 887.2, 999.0, 779.0, 11.1, 118.3, 229.2, 669.1, 448.9, 0.5}
	e := regress(t, y, x)
	agree(t, "b", e.B, []float64{-0.262323073774029, 1.00211681802045}, 12)
	agree(t, "se", e.SE, []float64{0.232818234301152, 0.000429796848199937}, 12)
	agree(t, "s, R2", []float64{math.Sqrt(e.S2), e.R2}, []float64{0.884796396144373, 0.999993745883712}, 12)
}

// NIST Statistical Reference Datasets, linear regression: Longley.
func TestLongley(t *testing.T) {
	rows := [][7]float64{
		{60323, 83, 234289, 2356, 1590, 107608, 1947}, {61122, 88.5, 259426, 2325, 1456, 108632, 1948},
		{60171, 88.2, 258054, 3682, 1616, 109773, 1949}, {61187, 89.5, 284599, 3351, 1650, 110929, 1950},
		{63221, 96.2, 328975, 2099, 3099, 112075, 1951}, {63639, 98.1, 346999, 1932, 3594, 113270, 1952},
		{64989, 99, 365385, 1870, 3547, 115094, 1953}, {63761, 100, 363112, 3578, 3350, 116219, 1954},
		{66019, 101.2, 397469, 2904, 3048, 117388, 1955}, {67857, 104.6, 419180, 2822, 2857, 118734, 1956},
		{68169, 108.4, 442769, 2936, 2798, 120445, 1957}, {66513, 110.8, 444546, 4681, 2637, 121950, 1958},
		{68655, 112.6, 482704, 3813, 2552, 123366, 1959}, {69564, 114.2, 502601, 3931, 2514, 125368, 1960},
		{69331, 115.7, 518173, 4806, 2572, 127852, 1961}, {70551, 116.9, 554894, 4007, 2827, 130081, 1962},
	}
	var y []float64
	x := make([][]float64, 6)
	for _, r := range rows {
		y = append(y, r[0])
		for j := range x {
			x[j] = append(x[j], r[1+j])
		}
	}
	e := regress(t, y, x...)
	agree(t, "b", e.B, []float64{-3482258.63459582, 15.0618722713733, -0.0358191792925910, -2.02022980381683, -1.03322686717359,
		-0.0511041056535807, 1829.15146461355}, 9)
	agree(t, "se", e.SE, []float64{890420.383607373, 84.9149257747669, 0.0334910077722432, 0.488399681651699, 0.214274163161675,
		0.226073200069370, 455.478499142212}, 9)
	agree(t, "s^2, R2", []float64{e.S2, e.R2}, []float64{92936.0061673238, 0.995479004577296}, 9)
}

// Wampler's quintic, which breaks normal equations.
func TestWampler(t *testing.T) {
	needShared(t)
	b, err := os.ReadFile(filepath.Join(shared, "reference/nist/expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var ref struct {
		Wampler map[string]struct {
			Y, B, SD []float64
			ResidSD  float64 `json:"resid_sd"`
		} `json:"wampler_exact"`
	}
	if err := json.Unmarshal(b, &ref); err != nil {
		t.Fatal(err)
	}
	x := make([][]float64, 5)
	for k := range 21 {
		for j := range x {
			x[j] = append(x[j], math.Pow(float64(k), float64(j+1)))
		}
	}
	for name, want := range ref.Wampler {
		if name == "Wampler1" { // exact: no residual variance, and an exclusion
			e := NewEstimate(5)
			if err := LeastSquares(&Sample{Y: want.Y, X: x}, e); !errors.Is(err, ErrNoVariance) {
				t.Errorf("%s: %v", name, err)
			}
			agree(t, name+" b", e.B[1:], want.B[1:], 9)
			continue
		}
		e := regress(t, want.Y, x...)
		// The coefficients are lost in noise of up to 1e7 times their size.
		agree(t, name+" se", e.SE, want.SD, 9)
		agree(t, name+" s", []float64{math.Sqrt(e.S2)}, []float64{want.ResidSD}, 12)
		if name == "Wampler3" {
			agree(t, name+" b", e.B, want.B, 8)
		}
	}
}

// The forecast variance is that of the design with an intercept: s^2 (n + z'(X'X)^-1 z).
func TestForecastVariance(t *testing.T) {
	// R 4.2: x1 <- c(1,3,2,5,4,6); x2 <- c(2,1,4,3,6,7); y <- c(1,2,2,4,3,6); m <- lm(y ~ x1 + x2)
	// predict(m, data.frame(x1=7, x2=1), se.fit=TRUE): se.fit^2 + residual.scale^2
	x1, x2, y := []float64{1, 3, 2, 5, 4, 6}, []float64{2, 1, 4, 3, 6, 7}, []float64{1, 2, 2, 4, 3, 6}
	e := regress(t, y, x1, x2)
	agree(t, "b", e.B, []float64{-0.383410672853828, 0.789443155452436, 0.161832946635731}, 12)
	agree(t, "variance", []float64{e.Variance(1, []float64{7, 1})}, []float64{1.17094445281841}, 12)
}

// Collinear designs are exclusions, however near to it rounding brings them.
func TestCollinear(t *testing.T) {
	var a, b, c, flat, y []float64
	for k := range 50 {
		u, v := math.Sin(float64(k*k)), math.Cos(float64(3*k*k))
		a, b, c, flat, y = append(a, u), append(b, v), append(c, 0.1+u/3-2*v), append(flat, 0.07), append(y, math.Sin(float64(k)))
	}
	for name, x := range map[string][][]float64{"sum": {a, b, c}, "twice": {a, a}, "constant": {flat}, "constant among others": {a, flat}} {
		e := NewEstimate(len(x))
		if err := LeastSquares(&Sample{Y: y, X: x}, e); !errors.Is(err, ErrCollinear) {
			t.Errorf("%s: %v, b %v", name, err, e.B)
		}
	}
}
