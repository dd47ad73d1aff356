package analysis

import (
	"slices"
	"testing"

	"aftershock/analysis/model"
	"aftershock/events"
)

// Figures of shapes that the reference files do not have, computed apart from this
// program on the shared prices with numpy 1.24 and scipy 1.10 (least squares by QR; the
// correlation of residuals pair by pair over common sessions; scipy.stats.rankdata; the
// root of Paule and Mandel by bisection in 40 digits of mpmath; t quantiles corrected by
// Newton's method, since scipy's own have ten digits).
func TestReferenceShapes(t *testing.T) {
	names := []string{"NVDA", "AVGO", "AMD", "ORCL", "INTC", "MRVL"}
	tested := func(g *Group, w int, want map[string]float64) {
		t.Helper()
		for name, v := range want {
			switch x := &g.Windows[w]; name {
			case "rbar":
				alike(t, name, x.RBar, v)
			case "clusters":
				alike(t, name, x.Test("dates").ByProduct(name), v)
			default:
				alike(t, name, x.Test(name).Stat, v)
			}
		}
	}
	all := func(s *Study) {
		s.Tests = []Test{CrudeDependence{}, PortfolioTest{}, Dates{}, KPBMP{}, KPPatell{}, GeneralizedSign{}, RankTest{}, GRankT{}}
	}

	// Estimation windows without the sessions about other news, some of it on
	// neighbouring sessions, each security with news of its own.
	obs := append(sameDay("2025-01-27", names...), dated{"NVDA", "2024-06-03", ""}, dated{"AVGO", "2024-06-03", ""}, dated{"NVDA", "2024-06-04", ""}, dated{"AMD", "2024-06-04", ""},
		dated{"ORCL", "2024-06-05", ""}, dated{"AVGO", "2024-11-20", ""}, dated{"NVDA", "2024-12-26", ""}, dated{"INTC", "2024-12-26", ""})
	r := onPrices(t, "SPY", obs, func(s *Study) {
		all(s)
		s.EventIDs, s.Confounders, s.ConfounderWindow, s.CARWindows = []string{"2025-01-27"}, TrimConfounders, Window{-1, 1}, []Window{{-1, 1}}
	})
	tested(r.Group(All, "all"), 0, map[string]float64{"crude": -3.8365044831950748, "rbar": 0.15228716666524128, "kp-bmp": -3.7210044885762525, "kp-patell": -4.013900034370075,
		"generalized-sign": -2.3705120640245814, "rank": -1.419132392249246, "grank-t": -2.7019201306312204, "portfolio": -3.775678367521005})
	for i, m := range []int{246, 244, 247, 247, 250, 250} { // Nvidia's neighbouring news shares two sessions; that of 26 December reaches beyond the window
		if got := r.Observation(i).Fit.M; got != m {
			t.Errorf("%s: M = %d, want %d", names[i], got, m)
		}
	}

	// The same under a model without a regressor.
	r = onPrices(t, "SPY", obs, func(s *Study) {
		all(s)
		s.Model = model.ConstantMean{}
		s.EventIDs, s.Confounders, s.ConfounderWindow, s.CARWindows = []string{"2025-01-27"}, TrimConfounders, Window{-1, 1}, []Window{{-1, 1}}
	})
	tested(r.Group(All, "all"), 0, map[string]float64{"crude": -3.0087682499583597, "rank": -1.2086389619568576, "kp-bmp": -2.793705399530481, "grank-t": -2.186405615519731, "generalized-sign": -2.4095041031117987})

	// A portfolio of firms with benchmarks of their own: where one's return is left out,
	// its benchmark's is as well.
	of := onPrices(t, "SPY", append(obs, dated{"SOXX", "2030-01-01", "prices alone"}), nil)
	of.Panel.Column("NVDA").Benchmark = "SOXX"
	trimmed := *of.Study
	trimmed.Securities, trimmed.Groups, trimmed.Tests = nil, []Grouping{BySecurity, All}, []Test{PortfolioTest{}}
	trimmed.EventIDs, trimmed.Confounders, trimmed.ConfounderWindow, trimmed.CARWindows = []string{"2025-01-27"}, TrimConfounders, Window{-1, 1}, []Window{{0, 0}, {-1, 1}}
	few := *of.Catalog
	few.Events = slices.Clone(few.Events)
	few.Events[0].Targets = []events.Target{{Symbol: "NVDA"}, {Symbol: "ORCL"}, {Symbol: "INTC"}}
	r, err := trimmed.Run(t.Context(), &few, of.Panel, nil)
	if err != nil {
		t.Fatal(err)
	}
	for w, want := range [][2]float64{{-0.056545346536620904, -4.724183975070354}, {-0.04706261238153462, -2.286765894837763}} {
		x := r.Group(All, "all").Windows[w].Test("portfolio")
		alike(t, "CAR of the portfolio", x.ByProduct("car"), want[0])
		alike(t, "its t", x.Stat, want[1])
	}

	// Pseudo-dates, all that there are: their estimation windows are trimmed likewise.
	r = onPrices(t, "SPY", append(sameDay("2025-01-27", "NVDA", "INTC"), dated{"NVDA", "2018-06-04", ""}, dated{"AMD", "2018-06-04", ""}, dated{"NVDA", "2018-06-06", ""}, dated{"INTC", "2021-10-01", ""}), func(s *Study) {
		s.EventIDs, s.Confounders, s.ConfounderWindow, s.CARWindows = []string{"2025-01-27"}, TrimConfounders, Window{-1, 2}, []Window{{0, 3}}
		s.EstimationWindow, s.EventWindow, s.Draws, s.Tests = Window{-130, -11}, Window{-5, 5}, 99_999, []Test{Placebo{}}
	})
	for i, want := range [][3]float64{{-0.20064912288700393, -0.0028725783467301313, 0.04700162074554295}, {-0.14784575234802916, 0.13855304089061132, 0.9186893203883495}} {
		low, high := r.PlaceboInterval(i, 0)
		alike(t, "placebo_low", low, want[0])
		alike(t, "placebo_high", high, want[1])
		alike(t, "placebo_p", r.ObservationTests(i, 0)[0].P, want[2])
	}
	placebo := r.Group(All, "all").Windows[0].Test("placebo")
	alike(t, "placebo_low of both", placebo.ByProduct("placebo_low"), -0.13292354672713444)
	alike(t, "placebo_high of both", placebo.ByProduct("placebo_high"), 0.02651634038155848)
	alike(t, "placebo of both, p", placebo.P, 0.1399229781771502)
	alike(t, "placebo of both, draws", placebo.ByProduct("draws"), 2336)

	// Residuals that correlate within sectors alone; that of AMD is not known.
	panel := onPrices(t, "SPY", sameDay("2025-01-27", names...), nil)
	for i, s := range []string{"chips", "chips", "", "software", "chips", "software"} {
		panel.Panel.Column(names[i]).Sector = s
	}
	study := *panel.Study
	all(&study)
	study.Correlation, study.CARWindows = SectorBlocks, []Window{{0, 5}}
	r, err = study.Run(t.Context(), panel.Catalog, panel.Panel, nil)
	if err != nil {
		t.Fatal(err)
	}
	tested(r.Group(All, "all"), 0, map[string]float64{"rbar": 0.08442451870419607, "kp-bmp": -2.0008861885438316, "kp-patell": -1.7477913213032934})

	// Results days of three firms whose windows overlap in part, on one date now and then.
	r = onPrices(t, "SPY", resultsDays(t, "2023-06-01", "2025-06-30", "NVDA", "AVGO", "AMD"), func(s *Study) {
		all(s)
		s.EstimationWindow, s.CARWindows = Window{-250, -11}, []Window{{0, 0}, {0, 9}, {-5, 5}}
	})
	tested(r.Group(All, "all"), 2, map[string]float64{"crude": 1.4514433457935512, "rbar": 0.0024572259761644383, "kp-bmp": 1.2734600954630244, "kp-patell": 2.0570705691606372,
		"generalized-sign": 0.8628490527004414, "rank": 0.49080799179806706, "grank-t": 1.1056307401856629, "dates": 1.1413013340770457, "clusters": 21})
	next := func(r *Result, key string, by Grouping, w Window, k int, tau2, mean, se, low, high, nextLow, nextHigh, i2 float64) {
		t.Helper()
		x, ok := NextOf(r.Next(), by, key, w)
		if !ok || x.K != k {
			t.Fatalf("%s %s: %v, k = %d", key, w, ok, x.K)
		}
		for i, v := range []float64{x.Tau2 - tau2, x.Mean, x.SE, x.Low, x.High, x.NextLow, x.NextHigh, x.I2 - i2} {
			want := []float64{0, mean, se, low, high, nextLow, nextHigh, 0}[i]
			if want == 0 {
				if v > 1e-11 || v < -1e-11 {
					t.Errorf("%s %s: tau2 or i2 is off by %g", key, w, v)
				}
				continue
			}
			alike(t, key+" "+w.String(), v, want)
		}
	}
	next(r, "all", All, Window{0, 9}, 21, 0.011922545896997176, 0.0197615831054959, 0.028306230230725697, -0.039284178485689866, 0.07880734469668166, -0.2163310530558624, 0.2558542192668542, 0.7087553562064661)
	next(r, "all", All, Window{-5, 5}, 21, 0.0070482562143300365, 0.03374844711736431, 0.024265165248256865, -0.016867800632365405, 0.08436469486709403, -0.14916143225209824, 0.21665832648682684, 0.6033316236117952)

	// A firm on both sides of one date; Welch's test of clusters of unequal groups.
	first, second := []string{"NVDA", "AVGO", "AMD", "MU", "INTC"}, []string{"MSFT", "NVDA", "META"}
	obs = nil
	for _, x := range resultsDays(t, "2023-01-01", "2024-12-31", "NVDA", "AMD") {
		obs = append(obs, dated{x.security, x.date, "one"})
	}
	for _, x := range resultsDays(t, "2023-01-01", "2024-12-31", "MU", "INTC", "MSFT") {
		obs = append(obs, dated{x.security, x.date, "two"})
	}
	obs = append(obs, sameDay("2025-01-27", "NVDA", "AVGO", "AMD", "MU", "INTC", "MSFT", "META")...)
	r = onPrices(t, "SPY", obs, func(s *Study) { s.CARWindows = []Window{{0, 0}, {-1, 1}} })
	for _, c := range []struct {
		versus Versus
		want   [2]ContrastWindow
	}{
		{Versus{Side{Securities: first, Event: "2025-01-27"}, Side{Securities: second, Event: "2025-01-27"}}, [2]ContrastWindow{
			{Difference: -0.04254556328224258, SE: 0.015440194269735953, DF: 248, P: 0.006294914671581992, N1: 5, N2: 3},
			{Difference: -0.08437204276771956, SE: 0.026689599739245784, DF: 248, P: 0.0017664783704170613, N1: 5, N2: 3}}},
		{Versus{Side{Group: "category one"}, Side{Group: "category two"}}, [2]ContrastWindow{
			{Difference: 0.029536622421108015, SE: 0.03034884858839375, DF: 32.170131501822596, P: 0.33769708480444693, N1: 16, N2: 24},
			{Difference: 0.03172445268225028, SE: 0.03166658162311289, DF: 30.594061358905304, P: 0.3242852506933044, N1: 16, N2: 24}}},
	} {
		x, err := r.Contrast(t.Context(), c.versus)
		if err != nil {
			t.Fatal(err)
		}
		for w, want := range c.want {
			got := x.Windows[w]
			if got.N1 != want.N1 || got.N2 != want.N2 {
				t.Errorf("%s: %d and %d", x.First, got.N1, got.N2)
			}
			alike(t, "difference", got.Difference, want.Difference)
			alike(t, "se", got.SE, want.SE)
			alike(t, "df", got.DF, want.DF)
			alike(t, "p", got.P, want.P)
		}
	}

	// Three events of one firm, the fewest that there can be, with and without a
	// variance between them.
	r = onPrices(t, "SPY", []dated{{"AMD", "2023-08-02", ""}, {"AMD", "2023-11-01", ""}, {"AMD", "2024-01-31", ""}}, func(s *Study) {
		s.EstimationWindow, s.CARWindows = Window{-250, -11}, []Window{{0, 0}, {-5, 5}, {0, 9}}
	})
	next(r, "AMD", BySecurity, Window{0, 0}, 3, 0.0029107486878779433, 0.011436340473684425, 0.03437345926335081, -0.13646071785670383, 0.15933339880407266, -0.8013917413140142, 0.8242644222613832, 0.8254112902655151)
	next(r, "AMD", BySecurity, Window{-5, 5}, 3, 0, 0.0016057810955652807, 0.02854175792369395, -0.1211994915466648, 0.12441105373779536, -0.36105163861322626, 0.36426320080435687, 0)
	next(r, "AMD", BySecurity, Window{0, 9}, 3, 0, 0.005895760476786601, 0.022996594963883673, -0.09305060161951019, 0.10484212257308338, -0.2863036833692032, 0.29809520432277636, 0)
}
