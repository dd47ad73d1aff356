package stat

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*math.Max(1e-3, math.Abs(want))) {
		t.Errorf("%s = %.15g, want %.15g", what, got, want)
	}
}

// numpy and scipy.optimize.brentq, by the formulas of [RandomEffects].
func TestRandomEffects(t *testing.T) {
	y, v := []float64{0.10, -0.05, 0.02, 0.08, -0.11, 0.03}, []float64{4e-4, 9e-4, 1e-4, 2.5e-3, 1.6e-3, 4e-4}
	e := RandomEffects(y, v)
	near(t, "tau2", e.Tau2, 0.005034974861562368, 1e-10)
	near(t, "mean", e.Mean, 0.013233798568433389, 1e-10)
	near(t, "SE", e.SE, 0.031393599602659354, 1e-10)
	near(t, "Q", e.Q, 33.22455017020587, 1e-12)
	near(t, "I2", e.I2, 0.8495088729753895, 1e-12)
	// No spread beyond the errors: tau^2 is 0, SE is not cut off.
	e = RandomEffects([]float64{.01, .011, .009}, []float64{.01, .02, .03})
	if e.Tau2 != 0 || e.I2 != 0 {
		t.Errorf("tau2 %g, I2 %g, want 0", e.Tau2, e.I2)
	}
	near(t, "mean", e.Mean, 0.01009090909090909, 1e-12)
	near(t, "SE", e.SE, 0.00047237749297333013, 1e-10)
	near(t, "next", e.Next(), e.SE, 1e-12)
	for _, bad := range []Effects{RandomEffects(y[:1], v[:1]), RandomEffects(y[:2], []float64{1, 0}), RandomEffects([]float64{1, nan}, v[:2]), RandomEffects(y, v[:3])} {
		if bad.Mean == bad.Mean || bad.Next() == bad.Next() {
			t.Errorf("%+v is a number", bad)
		}
	}
	if two := RandomEffects(y[:2], v[:2]); two.Mean != two.Mean || two.Next() == two.Next() {
		t.Error("two values have a mean and no next event")
	}
}

// R 4.2: t.test(c(1,2,4,7), c(2,3,3,9,1.5)).
func TestWelch(t *testing.T) {
	d := Welch([]float64{1, 2, 4, 7}, []float64{2, 3, 3, 9, 1.5})
	near(t, "difference", d.Value, -0.2, 1e-12)
	near(t, "t", d.T(), -0.105555962793852, 1e-12)
	near(t, "df", d.DF, 6.902243961654499, 1e-12)
	if d := Welch([]float64{1}, []float64{1, 2}); d.SE == d.SE {
		t.Error("one value has a variance")
	}
}

// The intervals are what their definition says: the effects that are not rejected.
func TestIntervalsByInversion(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{38, 39, 40, 100, 119, 250} {
		sums := make([]float64, n)
		for k := range sums {
			sums[k] = rng.NormFloat64()
		}
		p := func(x float64) float64 {
			low, high := 1, 1
			for _, s := range sums {
				if s <= x {
					low++
				}
				if s >= x {
					high++
				}
			}
			return min(1, 2*float64(min(low, high))/float64(n+1))
		}
		const car = 0.3
		before := slices.Clone(sums)
		low, high := QuantileInterval(car, sums, 0.05)
		if !slices.Equal(before, sums) {
			t.Error("the sums were changed")
		}
		if n < 39 {
			if low == low {
				t.Errorf("%d sums reject something", n)
			}
			continue
		}
		const e = 1e-9
		if !(p(car-(low+e)) > 0.05 && p(car-(high-e)) > 0.05 && p(car-(low-e)) <= 0.05+1e-12 && p(car-(high+e)) <= 0.05+1e-12) {
			t.Errorf("%d sums: p %g %g inside, %g %g outside", n, p(car-(low+e)), p(car-(high-e)), p(car-(low-e)), p(car-(high+e)))
		}
		far := PlaceboRadius(sums, 0.05)
		q := func(x float64) float64 {
			as := 1
			for _, s := range sums {
				if math.Abs(s) >= math.Abs(x) {
					as++
				}
			}
			return float64(as) / float64(n+1)
		}
		if !(q(far-e) > 0.05 && q(far+e) <= 0.05+1e-12) {
			t.Errorf("%d draws: p %g inside, %g outside", n, q(far-e), q(far+e))
		}
	}
}

// numpy, scipy.stats.t.
func TestAmongPast(t *testing.T) {
	p := AmongPast(1.1, []float64{.3, -.2, .5, .1, -.4})
	near(t, "T", p.T, 2.6032561064731463, 1e-12)
	near(t, "p", p.PValue(), 0.05984276742111235, 1e-12)
	near(t, "rank", p.Rank, 1./6, 1e-15)
	if got := BlockSums([]float64{1, 2, 4, 8, 16}, 2); !slices.Equal(got, []float64{24, 6}) {
		t.Errorf("block sums %v, want 24 and 6: the last two first", got)
	}
}

func TestChains(t *testing.T) {
	at := []int{10, 3, 12, 0, 30, 14}
	for _, c := range []struct {
		reach int
		want  []int
	}{{1, []int{2, 1, 3, 0, 5, 4}}, {3, []int{1, 0, 1, 0, 2, 1}}, {4, []int{1, 0, 1, 0, 2, 1}}, {8, []int{0, 0, 0, 0, 1, 0}}} {
		got, n := Chains(at, c.reach)
		want := c.want
		if c.reach == 3 { // 0 and 3 lie three apart, which is no overlap of three sessions
			want = []int{2, 1, 2, 0, 3, 2}
		}
		if !slices.Equal(got, want) || n != slices.Max(want)+1 {
			t.Errorf("reach %d: %v of %d, want %v", c.reach, got, n, want)
		}
	}
	rng := rand.New(rand.NewPCG(18, 4))
	for range 50 { // near each other and far apart, they are put in order in two ways
		near := make([]int, 1+rng.IntN(40))
		far := make([]int, len(near))
		for i := range near {
			near[i] = rng.IntN(2*len(near)) - len(near)
			far[i] = 1000 * near[i]
		}
		a, n := Chains(near, 2)
		b, m := Chains(far, 2000)
		if !slices.Equal(a, b) || n != m {
			t.Fatalf("%v: %v and %v", near, a, b)
		}
	}
	means, size := ClusterMeans([]float64{1, 2, 3}, []int{1, 0, 1}, 2)
	if !slices.Equal(means, []float64{2, 2}) || !slices.Equal(size, []int{1, 2}) {
		t.Errorf("means %v of %v", means, size)
	}
}

// numpy, by the formula; and what it is for: of many estimates of one size the shrunk
// ones are nearer on average.
func TestShrink(t *testing.T) {
	got, b := Shrink([]float64{3, -1, nan, .5, -.2, 1.2}, 0.25)
	near(t, "B", b, 0.16163793103448276, 1e-12)
	for i, want := range []float64{2.6282327586206895, -0.7252155172413792, 0.5323275862068966, -0.05452586206896548, 1.1191810344827586} {
		near(t, "shrunk", got[[]int{0, 1, 3, 4, 5}[i]], want, 1e-12)
	}
	if got[2] == got[2] {
		t.Error("a gap was filled")
	}
	rng := rand.New(rand.NewPCG(3, 4))
	var raw, drawn float64
	for range 200 {
		truth, z := make([]float64, 12), make([]float64, 12)
		for k := range z {
			truth[k] = rng.NormFloat64() / 2
			z[k] = truth[k] + rng.NormFloat64()
		}
		s, _ := Shrink(z, 0)
		for k := range z {
			raw += (z[k] - truth[k]) * (z[k] - truth[k])
			drawn += (s[k] - truth[k]) * (s[k] - truth[k])
		}
	}
	if !(drawn < 0.5*raw) {
		t.Errorf("squared errors %g raw, %g shrunk", raw, drawn)
	}
}

// R 4.2: pbinom(k-1, n, 0.05, lower = FALSE).
func TestBinomialUpper(t *testing.T) {
	near(t, "P(X >= 7)", BinomialUpper(7, 40, 0.05), 0.00339189757793598, 1e-12)
	if BinomialUpper(0, 9, 0.05) != 1 || BinomialUpper(10, 9, 0.05) != 0 {
		t.Error("the ends")
	}
}
