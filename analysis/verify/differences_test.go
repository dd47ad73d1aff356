package verify

import (
	"context"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"aftershock/analysis"
	"aftershock/analysis/model"
	"aftershock/analysis/stat"
	"aftershock/events"
	"aftershock/market"
)

// TestDifferences holds docs/differences.md to what the program computes: under
// each heading stands the block of its example.
func TestDifferences(t *testing.T) {
	data, err := os.ReadFile("../../docs/differences.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	examples := []struct {
		heading string
		lines   func(*testing.T) []string
	}{
		{"The variance of a CAR", exampleVariance},
		{"Standardise, then cumulate", exampleCumulate},
		{"Divisors and degrees of freedom", exampleFreedom},
		{"The event in its own yardstick", exampleYardstick},
		{"Tails", exampleTails},
		{"p above one", exampleAboveOne},
		{"Kolari and Pynnönen in event time", exampleAlignment},
		{"GRANK's scale", exampleGRank},
		{"A rank test over several sessions", exampleRank},
		{"Two events of one security", exampleJoin},
		{"News after the close", exampleClose},
		{"Simple returns", exampleReturns},
	}
	if n := strings.Count(page, "\n```text\n"); n != len(examples) {
		t.Errorf("docs/differences.md has %d examples, the test %d", n, len(examples))
	}
	for _, e := range examples {
		_, section, ok := strings.Cut(page, "\n## "+e.heading+"\n")
		if !ok {
			t.Errorf("docs/differences.md has no section %q\n%s", e.heading, strings.Join(e.lines(t), "\n"))
			continue
		}
		section, _, _ = strings.Cut(section, "\n## ")
		if want := "```text\n" + strings.Join(e.lines(t), "\n") + "\n```"; !strings.Contains(section, want) {
			t.Errorf("%s: the example should read\n%s", e.heading, want)
		}
	}
}

// result performs one test on a case of firms with a common date.
func result(t *testing.T, test string, times int, firms ...firm) analysis.TestResult {
	t.Helper()
	x, ok := analysis.TestByName(test)
	c := handCase{test: test, times: times, firms: firms}
	if ok {
		var r analysis.TestResult
		if r, ok = c.run(context.Background(), x); ok {
			return r
		}
	}
	t.Fatalf("%s cannot be computed", test)
	return analysis.TestResult{}
}

func repeated(v float64, n int) []float64 {
	out := make([]float64, n)
	for k := range out {
		out[k] = v
	}
	return out
}

// M = 40 residuals of +1 and -1, so s^2 = 40/39; eleven abnormal returns of 1.
func exampleVariance(t *testing.T) []string {
	here := result(t, "t", 10, firm{alternate(1), repeated(1, 11)})
	s := math.Sqrt(40. / 39)
	return []string{
		fmt.Sprintf("t = CAR / (s √(L + L²/M))  %.3f   here", here.Stat),
		fmt.Sprintf("t = CAR / (s √L)           %.3f   elsewhere", 11/(s*math.Sqrt(11))),
	}
}

func exampleCumulate(t *testing.T) []string {
	here := result(t, "t", 10, firm{alternate(1), repeated(1, 11)})
	sar := math.Sqrt(39. / 41) // of one session
	var path float64
	for k := 1; k <= 11; k++ {
		path += sar / math.Sqrt(float64(k))
	}
	return []string{
		fmt.Sprintf("CAR / √Var(CAR)   %.3f   here, t and bmp", here.Stat),
		fmt.Sprintf("Σ SAR / √L        %.3f   elsewhere (here in patell only, as its paper has it)", 11*sar/math.Sqrt(11)),
		fmt.Sprintf("Σ (SAR_t / √t)    %.3f   elsewhere", path),
	}
}

func exampleFreedom(t *testing.T) []string {
	p := func(d stat.Distribution) float64 { p, _, _ := d.PValues(2.1); return p }
	return []string{
		fmt.Sprintf("market model, M = 20, t = 2.1   p = %.4f   here, Student t with M-2 = 18", p(stat.StudentT(18))),
		fmt.Sprintf("                                p = %.4f   elsewhere, M-1 = 19", p(stat.StudentT(19))),
		fmt.Sprintf("                                p = %.4f   elsewhere, normal", p(stat.Normal())),
		fmt.Sprintf("s with divisor M instead: t = %.2f", 2.1*math.Sqrt(20./18)),
		fmt.Sprintf("bmp of N = 5, 2.1               p = %.4f   here, Student t with N-1 = 4", p(stat.StudentT(4))),
	}
}

// Residuals of +1 and -1 and an event of 10.
func exampleYardstick(t *testing.T) []string {
	here := result(t, "t", 10, firm{alternate(1), []float64{10}})
	mean := 10. / 41
	return []string{
		fmt.Sprintf("spread of the 40 estimation residuals   t = %.2f   here", here.Stat),
		fmt.Sprintf("spread of these and the event's         t = %.2f   elsewhere", 10/math.Sqrt((40+100)/41.-mean*mean)),
	}
}

func exampleTails(t *testing.T) []string {
	z, _, _ := stat.Normal().PValues(9)
	st, _, _ := stat.StudentT(248).PValues(20)
	naive := 1 - math.Erfc(-9/math.Sqrt2)/2
	return []string{
		fmt.Sprintf("z = 9        p = %.3g    here", z),
		fmt.Sprintf("             p = %.3g           elsewhere, 2 (1 - CDF)", 2*naive),
		fmt.Sprintf("t(248) = 20  p = %.3g    here", st),
	}
}

func exampleAboveOne(t *testing.T) []string {
	p, _, _ := stat.Normal().PValues(-1.5)
	return []string{
		fmt.Sprintf("z = -1.5   2 (1 - Φ(|z|)) = %.3f   here", p),
		fmt.Sprintf("           2 (1 - Φ(z))   = %.3f   elsewhere", 2*(1-math.Erfc(1.5/math.Sqrt2)/2)),
	}
}

// Two firms whose residuals are the same series, their events a session apart,
// windows of two sessions: they share one of the two.
func exampleAlignment(t *testing.T) []string {
	const m = 40
	cal, err := calendar(m + 3)
	if err != nil {
		t.Fatal(err)
	}
	panel := market.NewPanel(market.Simple, market.Skip)
	catalog := &events.Catalog{}
	series := make([]float64, m+3)
	for k := range series {
		series[k] = paired(0.01)[k%4]
	}
	for i, car := range []float64{0.02, 0.03} {
		y := append([]float64(nil), series...)
		y[m+i], y[m+i+1] = car, car
		symbol := fmt.Sprint(i)
		if err := panel.AddColumn(&market.Column{Security: market.Security{Symbol: symbol}, Calendar: cal, Return: y}); err != nil {
			t.Fatal(err)
		}
		catalog.Events = append(catalog.Events, events.Event{ID: symbol, DateOnly: true, Time: cal.Date(m + i).Time(), Targets: []events.Target{{Symbol: symbol}}})
	}
	s := analysis.DefaultStudy()
	s.Model, s.Tests, s.Groups = model.ConstantMean{}, []analysis.Test{analysis.BMP{}, analysis.KPBMP{}}, []analysis.Grouping{analysis.All}
	s.EstimationWindow, s.EventWindow = analysis.Window{From: -m, To: -1}, analysis.Window{From: 0, To: 1}
	s.CARWindows, s.MinEstimation = []analysis.Window{s.EventWindow}, m
	r, err := s.Run(context.Background(), catalog, panel, nil)
	if err != nil {
		t.Fatal(err)
	}
	w := &r.Groups[0].Windows[0]
	var dot, ss float64
	for k := range m { // event time: session k of the one beside session k+1 of the other
		dot += series[k] * series[k+1]
		ss += series[k] * series[k]
	}
	factor := func(r float64) float64 { return math.Sqrt((1 - r) / (1 + r)) }
	bmp := w.Test("bmp").Stat
	if math.Abs(w.Test("kp-bmp").Stat-bmp*factor(w.RBar)) > 1e-12 {
		t.Errorf("kp-bmp is %v, bmp %v, r_bar %v", w.Test("kp-bmp").Stat, bmp, w.RBar)
	}
	return []string{
		fmt.Sprintf("same sessions beside each other     correlation %.2f, r̄ = 1 × 1/2 = %.2f   bmp × %.3f   here", 1., w.RBar, factor(w.RBar)),
		fmt.Sprintf("same event times beside each other  r̄ = correlation = %.2f                bmp × %.3f   elsewhere", math.Abs(dot/ss), factor(dot/ss)),
	}
}

// SCARs in the proportion 1 : 0.6 : -0.4, residuals of +1 and -1 times s.
func exampleGRank(t *testing.T) []string {
	e := []float64{1, 0.6, -0.4}
	var firms []firm
	for i, pattern := range [][]float64{alternate(1), paired(1), mirrored(1)} {
		firms = append(firms, firm{pattern, e[i : i+1]})
	}
	here := result(t, "grank-z", 10, firms...)
	sd := math.Sqrt((0.36 + 0.04 + 0.64) / 2) // about the mean 0.4
	z := func(scale float64) float64 {
		var u float64
		for _, v := range e { // 20 residuals on each side, the event among them
			switch x := v / sd * scale; {
			case x > math.Sqrt(39./40):
				u += 41. / 42
			case x < -math.Sqrt(39./40):
				u += 1. / 42
			default:
				u += 21. / 42
			}
		}
		return math.Sqrt(12*3*42./40) * (u/3 - 0.5)
	}
	if math.Abs(here.Stat-z(1)) > 1e-12 {
		t.Errorf("grank-z is %v, by hand %v", here.Stat, z(1))
	}
	return []string{
		fmt.Sprintf("SCAR / sd(SCAR)          grank-z = %.3f   here", here.Stat),
		fmt.Sprintf("SCAR / (sd(SCAR)/√N)     grank-z = %.3f   elsewhere", z(math.Sqrt(3))),
	}
}

// Above all residuals on the first session, amid them on the second.
func exampleRank(t *testing.T) []string {
	day := result(t, "rank", 10, firm{alternate(1), []float64{2}}, firm{alternate(1), []float64{4}})
	both := result(t, "rank", 10, firm{alternate(1), []float64{2, 0}}, firm{alternate(1), []float64{4, 0}})
	return []string{
		fmt.Sprintf("session 0 alone       T = %.2f", day.Stat),
		fmt.Sprintf("sessions 0 and 1      T = %.2f   here", both.Stat),
		fmt.Sprintf("                      T = %.2f   elsewhere, the first session's again", day.Stat),
	}
}

// Two firms with two events each and CARs 1, 2, 2, 3.
func exampleJoin(t *testing.T) []string {
	here := result(t, "cross-section", 10, firm{alternate(1), []float64{1}}, firm{alternate(1), []float64{2}}, firm{paired(1), []float64{2}}, firm{paired(1), []float64{3}})
	return []string{
		fmt.Sprintf("4 observations                  t = %.2f   here", here.Stat),
		fmt.Sprintf("8 rows after joining by firm    t = %.2f   elsewhere", 2*math.Sqrt(8)/math.Sqrt(4./7)),
	}
}

func exampleClose(t *testing.T) []string {
	ny, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2024, 5, 22, 16, 20, 0, 0, ny)
	cal := market.NYSE()
	k, _, ex := analysis.Place(&events.Event{Time: at}, cal)
	if ex != nil {
		t.Fatal(ex.Detail())
	}
	return []string{
		"Nvidia's results, 2024-05-22 16:20 New York",
		fmt.Sprintf("session 0 is %s   here", cal.Date(k)),
		fmt.Sprintf("session 0 is %s   elsewhere, by the date alone", market.DateOf(at)),
	}
}

func exampleReturns(t *testing.T) []string {
	const before, after = 142.62, 118.42
	r, _ := market.Returns([]float64{before, after}, market.Simple, market.Skip)
	return []string{
		"Nvidia closed at 142.62 on 2025-01-24 and at 118.42 on 2025-01-27",
		fmt.Sprintf("(118.42 - 142.62) / 142.62 = %.2f%%   here", 100*r[1]),
		fmt.Sprintf("(118.42 - 142.62) / 118.42 = %.2f%%   elsewhere", 100*(after-before)/after),
	}
}
