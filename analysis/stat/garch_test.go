package stat

import (
	"math"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"testing"
)

// TestFCP meets the benchmark of Fiorentini, Calzolari and Panattoni (1996) on
// the daily DM/GBP returns of Bollerslev and Ghysels (1996).
func TestFCP(t *testing.T) {
	needShared(t)
	var y []float64
	for _, row := range readCSV(t, filepath.Join(shared, "data/cases/fcp_garch/dem2gbp.csv")) {
		v, err := strconv.ParseFloat(row["ret"], 64)
		if err != nil {
			t.Fatal(err)
		}
		y = append(y, v)
	}
	f, err := FitGARCH(y, nil, GARCH11)
	if err != nil {
		t.Fatal(err)
	}
	// Newton iterations on complex-step scores in R; table 2 of the paper to 6 digits.
	for _, c := range []struct {
		what   string
		got    []float64
		want   [4]float64
		digits float64
	}{
		{"theta", f.Theta, [4]float64{-0.00619040837994, 0.0107613978518, 0.15313406182, 0.805973670305}, 10},
		{"se by the Hessian", f.SEHessian, [4]float64{0.00846211911, 0.00285271189, 0.0265228303, 0.033552688}, 7},
		{"se by the outer product", f.SEOPG, [4]float64{0.00843359321, 0.00132297508, 0.0139737921, 0.0165604027}, 7},
		{"se by both", f.SEQML, [4]float64{0.00918935394, 0.00649318579, 0.0535316998, 0.0724614441}, 7},
	} {
		for j, v := range c.want {
			if d := digits(c.got[j], v); d < c.digits {
				t.Errorf("%s of %s: %.12g, want %.12g (%.1f digits)", c.what, f.Names[j], c.got[j], v, d)
			}
		}
	}
	if d := digits(f.LogLik, -1106.6078810413); d < 12 {
		t.Errorf("log-likelihood %.14g", f.LogLik)
	}
}

// garchPath simulates returns with a conditional variance around 0.02^2.
func garchPath(n int, seed uint64) (y, x []float64) {
	rng := rand.New(rand.NewPCG(seed, 11))
	h, e := 0.0004, 0.0
	for range n {
		h = 0.00003 + 0.12*e*e + 0.8*h
		e = math.Sqrt(h) * rng.NormFloat64()
		m := 0.01 * rng.NormFloat64()
		x, y = append(x, m), append(y, 0.001+1.5*m+e)
	}
	return y, x
}

// The scores are the derivatives of the likelihood.
func TestGARCHScores(t *testing.T) {
	y, x := garchPath(250, 1)
	for _, kind := range []GARCHKind{GARCH11, GJR, EGARCH} {
		l, err := newLikelihood(y, x, kind)
		if err != nil {
			t.Fatal(err)
		}
		p := garchParams{0.01, 0.6, 0.15, 0.1, 0.05, 0.7}
		u := l.point(&p)
		if q := l.params(u); kind != GARCH11 && math.Abs(q[pGamma]-p[pGamma])+math.Abs(q[pB]-p[pB]) > 1e-12 {
			t.Fatalf("%s: %v came back as %v", kind, p, q)
		}
		grad, none := make([]float64, climbDim), make([]float64, climbDim)
		l.climb(u, grad)
		for j := range u {
			const step = 1e-5
			was := u[j]
			u[j] = was + step
			hi := l.climb(u, none)
			u[j] = was - step
			lo := l.climb(u, none)
			u[j] = was
			if got, want := grad[j], (hi-lo)/(2*step); math.Abs(got-want) > 1e-5*(1+math.Abs(want)) {
				t.Errorf("%s: derivative %d is %v, by differences %v", kind, j, got, want)
			}
		}
	}
}

// The estimate does not depend on the units of returns, nor on a constant
// added to them.
func TestGARCHUnits(t *testing.T) {
	y, x := garchPath(300, 2)
	for _, kind := range []GARCHKind{GARCH11, GJR, EGARCH} {
		a, err := FitGARCH(y, x, kind)
		if err != nil {
			t.Fatal(err)
		}
		z, w := make([]float64, len(y)), make([]float64, len(y))
		for i := range y {
			z[i], w[i] = 100*y[i]+3, 100*x[i]
		}
		b, err := FitGARCH(z, w, kind)
		if err != nil {
			t.Fatal(err)
		}
		if d := b.LogLik + 300*math.Log(100) - a.LogLik; math.Abs(d) > 1e-8 {
			t.Errorf("%s: the log-likelihoods differ by %v", kind, d)
		}
		for _, k := range []int{1, 2, 30} {
			if d := digits(b.Forecast(k), 1e4*a.Forecast(k)); d < 5 {
				t.Errorf("%s: the forecasts %d ahead agree to %.1f digits", kind, k, d)
			}
		}
		if d := math.Abs(b.Theta[1] - a.Theta[1]); d > 1e-5 {
			t.Errorf("%s: beta differs by %v", kind, d)
		}
	}
}

// A forecast is the mean of the simulated variances.
func TestGARCHForecast(t *testing.T) {
	for _, f := range []*GARCHFit{
		{Kind: GARCH11, H: []float64{2}, Last: -1.1, p: garchParams{pOmega: 0.1, pA: 0.2, pB: 0.7}},
		{Kind: GJR, H: []float64{2}, Last: -1.1, p: garchParams{pOmega: 0.1, pA: 0.05, pGamma: 0.3, pB: 0.7}},
		{Kind: GJR, H: []float64{2}, Last: 1.1, p: garchParams{pOmega: 0.1, pA: 0.05, pGamma: 0.3, pB: 0.7}},
		{Kind: EGARCH, H: []float64{2}, Last: -1.1, p: garchParams{pOmega: 0.05, pA: 0.25, pGamma: -0.2, pB: 0.9}},
	} {
		rng := rand.New(rand.NewPCG(5, 5))
		const draws, ahead = 100_000, 8
		var sum, square [ahead + 1]float64
		for range draws {
			h, e := f.H[0], f.Last
			for k := 1; k <= ahead; k++ {
				if f.Kind == EGARCH {
					z := e / math.Sqrt(h)
					h = math.Exp(f.p[pOmega] + f.p[pA]*(math.Abs(z)-math.Sqrt(2/math.Pi)) + f.p[pGamma]*z + f.p[pB]*math.Log(h))
				} else {
					h = f.p[pOmega] + f.p[pA]*e*e + f.p[pB]*h
					if e < 0 {
						h += f.p[pGamma] * e * e
					}
				}
				sum[k] += h
				square[k] += h * h
				e = math.Sqrt(h) * rng.NormFloat64()
			}
		}
		for k := 1; k <= ahead; k++ {
			m := sum[k] / draws
			se := math.Sqrt(max(0, square[k]/draws-m*m)/draws) + 1e-9
			if got := f.Forecast(k); math.Abs(got-m) > 4*se {
				t.Errorf("%s, %d ahead: %v, simulated %v (%v)", f.Kind, k, got, m, se)
			}
		}
	}
}

// No climb from a random point comes out above the fit; for EGARCH, none that
// ends where the variances forget where they began.
func TestGARCHHighestSummit(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	for seed := range 6 {
		y, x := garchPath(250, uint64(100+seed))
		for _, kind := range []GARCHKind{GARCH11, GJR, EGARCH} {
			f, err := FitGARCH(y, x, kind)
			if err != nil {
				t.Fatal(err)
			}
			l, err := newLikelihood(y, x, kind)
			if err != nil {
				t.Fatal(err)
			}
			constant := 250*math.Log(l.sy) + 125*math.Log(2*math.Pi)
			for range 20 {
				p := garchParams{pMu: 0.1 * rng.NormFloat64(), pBeta: l.slope + 0.1*rng.NormFloat64()}
				a, g, b, rest := rng.Float64(), rng.Float64(), rng.Float64(), rng.Float64()
				if kind == EGARCH {
					p[pA], p[pGamma], p[pB] = 0.5*a, 0.4*(g-0.5), 2*b-1
					p[pOmega] = (1 - p[pB]) * math.Log(1-l.slope*l.slope)
				} else {
					total := a + b + rest
					p[pA], p[pB], p[pOmega] = a/total, b/total, rest/total
					if kind == GJR {
						p[pA], p[pGamma] = 2*g*a/total, (2-4*g)*a/total
					}
				}
				u := l.point(&p)
				low := minimize(l.climb, u, 1e-13, math.Inf(1))
				if kind == EGARCH {
					p = l.params(u)
					l.value(&p)
					z := make([]float64, len(y))
					for i, e := range l.e {
						z[i] = e / math.Sqrt(l.h[i])
					}
					if Drift(p[pA], p[pGamma], p[pB], z) > 0 {
						continue
					}
				}
				if -low-constant > f.LogLik+1e-6 {
					t.Errorf("%s, path %d: %.6f is above the fit, %.6f", kind, seed, -low-constant, f.LogLik)
				}
			}
		}
	}
}

func TestPower(t *testing.T) {
	for q := -250_000.0; q < 250_000; q += 12.345 {
		near, rest := power(q)
		if got, want := near*rest, math.Exp2(q/256); !(math.Abs(got-want) <= 1e-15*want) {
			t.Fatalf("2^(%v/256) is %v, want %v", q, got, want)
		}
	}
}

func TestFitGARCHErrors(t *testing.T) {
	y, x := garchPath(50, 3)
	flat := make([]float64, 50)
	line := make([]float64, 50)
	for i, v := range x {
		line[i] = 2 * v
	}
	bad := append([]float64{math.NaN()}, y[1:]...)
	for _, c := range []struct {
		y, x []float64
		kind GARCHKind
	}{
		{y, x, "arch"}, {y, x[1:], GARCH11}, {y[:5], x[:5], GARCH11}, {bad, x, GARCH11}, {y, bad, GJR},
		{flat, x, GARCH11}, {y, flat, GARCH11}, {line, x, EGARCH}, {nil, nil, GARCH11},
	} {
		if f, err := FitGARCH(c.y, c.x, c.kind); err == nil {
			t.Errorf("no error: %v", f.Theta)
		}
	}
}

func BenchmarkFitGARCH(b *testing.B) {
	y, x := garchPath(250, 1)
	for _, k := range []GARCHKind{GARCH11, GJR, EGARCH} {
		b.Run(string(k), func(b *testing.B) {
			for b.Loop() {
				if _, err := FitGARCH(y, x, k); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
