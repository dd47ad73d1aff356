package analysis

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"aftershock/analysis/model"
	"aftershock/events"
	"aftershock/market"
)

// shared is the folder of real data beside the repository.
const shared = "../../shared"

func needShared(t testing.TB) {
	t.Helper()
	if _, err := os.Stat(shared); err != nil {
		t.Skip("the folder of shared data does not lie beside the repository: real prices and reference values are not tested")
	}
}

// referenceFile is one file of independently computed figures.
type referenceFile struct {
	Spec struct {
		Observations []struct{ Security, Date string }
		Benchmark    string
		Model        string
		Estimation   [2]int
		Event        [2]int
		CAR          [][2]int
	}
	Observations []struct {
		Security, Date, Session0 string
		M, K                     int
		S, R2                    float64
		Coef, SE                 []float64
		Diagnostics              map[string]float64
		AR, SAR                  map[string]float64
	}
	Windows []struct {
		Window [2]int
		N      int
		RBar   *float64
		CAAR   float64
		SCAR   float64 `json:"mean_SCAR"`
		AAR    map[string]float64
		CAR    []struct {
			Security            string
			CAR, SE, T, P, BHAR float64
			SQ                  map[string]float64
		}
		Portfolio *struct{ CAR, T, DF, P float64 }
		Tests     []struct {
			Test, Distribution string
			Statistic, P       float64
			ExactP             *float64 `json:"exact_p"`
			PHat               *float64 `json:"p_hat"`
		}
	}
}

// readPrices reads date and adjusted close of one security.
func readPrices(t testing.TB, symbol string) *market.Series {
	t.Helper()
	s := &market.Series{Symbol: symbol, Adjusted: true}
	for _, row := range readCSV(t, filepath.Join(shared, "data/prices", symbol+".csv")) {
		d, err := market.ParseDate(row["date"])
		if err != nil {
			t.Fatal(err)
		}
		p, err := strconv.ParseFloat(row["adj_close"], 64)
		if err != nil {
			t.Fatal(err)
		}
		s.Bars = append(s.Bars, market.Bar{Date: d, Close: p, AdjClose: p, Volume: math.NaN()})
	}
	return s
}

func readCSV(t testing.TB, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, r := range rows[1:] {
		m := make(map[string]string)
		for i, h := range rows[0] {
			m[h] = r[i]
		}
		out = append(out, m)
	}
	return out
}

// calendarOf is a calendar whose sessions are the days of s.
func calendarOf(t testing.TB, s *market.Series) *market.Calendar {
	t.Helper()
	ny, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	var ss []market.Session
	for _, b := range s.Bars {
		ss = append(ss, market.Session{Date: b.Date, Close: 16 * 60})
	}
	c, err := market.NewCalendar("prices", ny, 16*60, ss)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// runReference performs the study that a reference file specifies.
func runReference(t testing.TB, ref *referenceFile) *Result {
	t.Helper()
	bench := readPrices(t, ref.Spec.Benchmark)
	cal := calendarOf(t, bench)
	panel := market.NewPanel(market.Simple, market.Skip)
	if err := panel.AddSeries(bench, market.Security{}, cal); err != nil {
		t.Fatal(err)
	}
	cat := &events.Catalog{}
	byDate := make(map[string]int)
	for _, o := range ref.Spec.Observations {
		if panel.Column(o.Security) == nil {
			if err := panel.AddSeries(readPrices(t, o.Security), market.Security{}, cal); err != nil {
				t.Fatal(err)
			}
		}
		k, ok := byDate[o.Date]
		if !ok {
			d, err := time.Parse(time.DateOnly, o.Date)
			if err != nil {
				t.Fatal(err)
			}
			k = len(cat.Events)
			byDate[o.Date] = k
			cat.Events = append(cat.Events, events.Event{ID: o.Date, Time: d, DateOnly: true})
		}
		cat.Events[k].Targets = append(cat.Events[k].Targets, events.Target{Symbol: o.Security})
	}
	addFactors(t, panel, ref.Spec.Model)
	s := DefaultStudy()
	m, ok := model.ByName(ref.Spec.Model)
	if !ok {
		t.Skipf("no model %s", ref.Spec.Model)
	}
	s.Model, s.Benchmark = m, ref.Spec.Benchmark
	s.EstimationWindow, s.EventWindow = Window{ref.Spec.Estimation[0], ref.Spec.Estimation[1]}, Window{ref.Spec.Event[0], ref.Spec.Event[1]}
	s.CARWindows = nil
	for _, w := range ref.Spec.CAR {
		s.CARWindows = append(s.CARWindows, Window{w[0], w[1]})
	}
	r, err := s.Run(context.Background(), cat, panel, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// addFactors adds the factor file that a model's reference used.
func addFactors(t testing.TB, p *market.Panel, model string) {
	file := map[string]string{"capm": "ff3", "ff3": "ff3", "carhart": "ff3", "ff5": "ff5_mom", "ff6": "ff5_mom"}[model]
	if file == "" {
		return
	}
	add := func(file string, only string) {
		rows := readCSV(t, filepath.Join(shared, "data/factors", file+"_daily.csv"))
		dates := make([]market.Date, len(rows))
		values := make(map[string][]float64)
		for i, row := range rows {
			dates[i], _ = market.ParseDate(row["date"])
			for name, v := range row {
				if name == "date" || only != "" && name != only {
					continue
				}
				x, err := strconv.ParseFloat(v, 64)
				if err != nil {
					x = math.NaN()
				}
				values[name] = append(values[name], x/100)
			}
		}
		for name, v := range values {
			if err := p.AddFactor(name, dates, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	add(file, "")
	if model == "carhart" {
		add("ff5_mom", "mom")
	}
}

// near fails the test unless got is want to 1e-9 relative.
func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if got == want || math.IsNaN(got) && math.IsNaN(want) || math.Abs(got-want) <= 1e-9*math.Abs(want)+1e-300 {
		return
	}
	t.Errorf("%s: %.17g, want %.17g (relative difference %.2g)", what, got, want, math.Abs(got/want-1))
}

// TestReference compares every figure of every reference file.
func TestReference(t *testing.T) {
	needShared(t)
	files, err := filepath.Glob(filepath.Join(shared, "reference/*_*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal("no reference files")
	}
	for _, name := range files {
		base := strings.TrimSuffix(filepath.Base(name), ".json")
		if base == "garch_nvda" {
			continue // likelihoods, not least squares: see TestGARCHReference
		}
		t.Run(base, func(t *testing.T) {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var ref referenceFile
			if err := json.Unmarshal(b, &ref); err != nil {
				t.Fatal(err)
			}
			compareReference(t, &ref, runReference(t, &ref))
		})
	}
}

func compareReference(t *testing.T, ref *referenceFile, r *Result) {
	find := func(security, date string) int {
		for i := range r.N() {
			if o := r.Observation(i); o.Security == security && o.EventID == date {
				return i
			}
		}
		t.Fatalf("no observation %s %s", security, date)
		return -1
	}
	order := make([]int, len(ref.Observations))
	for k, want := range ref.Observations {
		i := find(want.Security, want.Date)
		order[k] = i
		o := r.Observation(i)
		at := want.Security + " " + want.Date + " "
		if !o.Used() {
			t.Fatalf("%s excluded: %v", at, o.Exclusion)
		}
		if o.Session0.String() != want.Session0 || o.Fit.M != want.M || o.Fit.K != want.K || len(o.Fit.Coef) != len(want.Coef) {
			t.Errorf("%s session 0 %s, M %d, K %d, %d coefficients; want %s, %d, %d, %d", at, o.Session0, o.Fit.M, o.Fit.K, len(o.Fit.Coef), want.Session0, want.M, want.K, len(want.Coef))
			continue
		}
		near(t, at+"s", o.Fit.S, want.S)
		for j, c := range want.Coef {
			near(t, fmt.Sprint(at, "coef ", j), o.Fit.Coef[j], c)
			near(t, fmt.Sprint(at, "se ", j), o.Fit.SE[j], want.SE[j])
		}
		if len(want.Coef) > 1 {
			near(t, at+"R2", o.Fit.R2, want.R2)
		}
		d := r.Diagnostics(i)
		for name, got := range map[string]float64{"durbin_watson": d.DurbinWatson, "jarque_bera": d.JarqueBera, "jarque_bera_p": d.JarqueBeraP,
			"ljung_box_10": d.LjungBox, "ljung_box_10_p": d.LjungBoxP, "arch_lm_5": d.ArchLM, "arch_lm_5_p": d.ArchLMP} {
			if want, ok := want.Diagnostics[name]; ok {
				near(t, at+name, got, want)
			}
		}
		f := r.AbnormalReturns(i)
		for tau := r.Study.EventWindow.From; tau <= r.Study.EventWindow.To; tau++ {
			k := tau - r.Study.EventWindow.From
			near(t, fmt.Sprint(at, "AR ", tau), f.AR[k], want.AR[strconv.Itoa(tau)])
			near(t, fmt.Sprint(at, "SAR ", tau), f.SAR[k], want.SAR[strconv.Itoa(tau)])
		}
	}
	grp := r.Group(All, "all")
	for w, want := range ref.Windows {
		got := grp.Windows[w]
		at := got.Window.String() + " "
		if got.Window != (Window{want.Window[0], want.Window[1]}) || got.N != want.N {
			t.Fatalf("%s N %d, want %v, %d", at, got.N, want.Window, want.N)
		}
		near(t, at+"CAAR", got.CAAR, want.CAAR)
		near(t, at+"mean SCAR", got.MeanSCAR, want.SCAR)
		if want.RBar != nil {
			near(t, at+"r_bar", got.RBar, *want.RBar)
		}
		for tau, v := range want.AAR {
			k, _ := strconv.Atoi(tau)
			near(t, at+"AAR "+tau, grp.Averages[k-r.Study.EventWindow.From].AAR, v)
		}
		for k, c := range want.CAR {
			i := order[k]
			at := at + c.Security + " "
			f := r.AbnormalReturns(i)
			near(t, at+"CAR", f.CAR[w], c.CAR)
			near(t, at+"SE", f.CARSE[w], c.SE)
			near(t, at+"BHAR", f.BHAR[w], c.BHAR)
			for _, one := range r.ObservationTests(i, w) {
				switch one.Test {
				case "t":
					near(t, at+"t", one.Stat, c.T)
					near(t, at+"p", one.P, c.P)
				case "sq":
					near(t, at+"sq lower", one.PLower, c.SQ["lower"])
					near(t, at+"sq upper", one.PUpper, c.SQ["upper"])
					near(t, at+"sq two-sided", one.P, c.SQ["two_sided"])
					near(t, at+"sq sums", one.ByProduct("sums"), c.SQ["sums"])
				}
			}
		}
		for _, x := range want.Tests {
			res := got.Test(x.Test)
			if res == nil {
				t.Logf("%sno test %s", at, x.Test)
				continue
			}
			at := at + x.Test + " "
			near(t, at+"statistic", res.Stat, x.Statistic)
			near(t, at+"p", res.P, x.P)
			if x.ExactP != nil {
				near(t, at+"exact p", res.ByProduct("exact_p"), *x.ExactP)
			}
			if x.PHat != nil {
				near(t, at+"p_hat", res.ByProduct("p_hat"), *x.PHat)
			}
			if d := res.Dist; d.Name == "t" && x.Distribution != fmt.Sprintf("t(%g)", d.DF1) ||
				d.Name == "F" && x.Distribution != fmt.Sprintf("F(%g,%g)", d.DF1, d.DF2) || d.Name == "normal" && x.Distribution != "normal" {
				t.Errorf("%sdistribution %v, want %s", at, d, x.Distribution)
			}
		}
		if p := want.Portfolio; p != nil {
			res := got.Test("portfolio")
			near(t, at+"portfolio CAR", res.ByProduct("car"), p.CAR)
			near(t, at+"portfolio t", res.Stat, p.T)
			near(t, at+"portfolio p", res.P, p.P)
			near(t, at+"portfolio df", res.Dist.DF1, p.DF)
		}
	}
}
