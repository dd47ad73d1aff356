package stat

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Against forty digits of mpmath, and against the incomplete beta function
// everywhere.
func TestStudentTail(t *testing.T) {
	for _, c := range []struct {
		t    float64
		df   int
		want float64
	}{
		{0.01, 1, 0.49681700723509174478},
		{0.3125, 1, 0.40358875202077043329},
		{7.9, 1, 0.040079233551148666551},
		{1.5, 2, 0.13619656244550053972},
		{3.7, 5, 0.0069997034878495539614},
		{2.03125, 30, 0.025585754459881381144},
		{1.96875, 248, 0.025047687597198985458},
		{5.4321, 248, 6.6415747682234412383e-8},
		{7.96, 248, 3.0871248674474518611e-14},
		{6.66, 1023, 2.2311838930547839037e-11},
		{0.5, 119, 0.30899920434915835119},
	} {
		if got := studentTail(c.t, c.df); math.Abs(got/c.want-1) > 1e-13 {
			t.Errorf("P(T > %v), %d degrees of freedom: %v, want %v", c.t, c.df, got, c.want)
		}
	}
	rng := rand.New(rand.NewPCG(1908, 1))
	worst := 0.0
	for range 200_000 {
		df, x := 1+rng.IntN(tailMost-1), tailEnd*rng.Float64()
		got, want := studentTail(x, df), studentBeta(x, float64(df))
		worst = max(worst, math.Abs(got/want-1))
		if !(math.Abs(got/want-1) < 1e-12) {
			t.Fatalf("P(T > %v), %d degrees of freedom: %v, by the beta function %v", x, df, got, want)
		}
	}
	t.Logf("largest relative difference %.1e", worst)
	alike := func(x, dx, y, dy float64) { // where one way meets the other
		if a, b := StudentUpper(x, dx), StudentUpper(y, dy); !(math.Abs(a/b-1) < 1e-12) {
			t.Errorf("P(T > %v), %v degrees of freedom: %v; %v, %v: %v", x, dx, a, y, dy, b)
		}
	}
	for _, df := range []float64{1, 2, 30, 248, tailMost - 1} {
		alike(math.Nextafter(tailEnd, 0), df, tailEnd, df)
		alike(math.Nextafter(2.5/tailCells, 0), df, 2.5/tailCells, df) // between two cells
		alike(3, df, 3, df+1e-13*df)
	}
}

func BenchmarkStudentTail(b *testing.B) {
	for b.Loop() {
		for k := range 1000 {
			StudentUpper(float64(k)*0.004, 248)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(1000*b.N), "ns/tail")
}
