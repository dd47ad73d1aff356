package verify

import (
	"context"
	"math"
	"strconv"

	"aftershock/analysis"
	"aftershock/analysis/model"
	"aftershock/events"
	"aftershock/market"
)

// dataset is a regression with a known solution.
type dataset struct {
	name, source string
	terms        []string
	y            []float64
	x            [][]float64 // by term
	b, se        []float64   // intercept first
	s            float64     // residual standard deviation
	r2           float64
	least        float64 // digits asked of every figure
}

// datasets are of the Statistical Reference Datasets of the National Institute
// of Standards and Technology (StRD, linear regression): Norris, of lower
// difficulty, and Longley and three of Wampler's, of higher. The certified
// values of Norris and Longley are NIST's. The data of Wampler3 to Wampler5 are
// 1 + x + ... + x^5 plus an error that is orthogonal to these terms, so that
// every coefficient is 1 however large the error, which grows a hundredfold from
// one to the next and takes two digits with it; the other figures were worked
// out in exact rational arithmetic.
func datasets() []dataset {
	wampler := func(name string, scale, least, s, r2 float64, y ...float64) dataset {
		d := dataset{name: name, source: "exact arithmetic", terms: []string{"x", "x2", "x3", "x4", "x5"}, y: y, x: make([][]float64, 5),
			b: []float64{1, 1, 1, 1, 1, 1}, s: s, r2: r2, least: least}
		for j := range d.x {
			for k := range y {
				d.x[j] = append(d.x[j], math.Pow(float64(k), float64(j+1)))
			}
		}
		for _, v := range []float64{2152.3262467816967, 2363.5517346968054, 779.3435243315831, 101.47550755034965, 5.645665121707515, 0.11232485467931194} {
			d.se = append(d.se, scale*v)
		}
		return d
	}
	return []dataset{
		{
			name: "Norris", source: "NIST StRD", terms: []string{"x"}, least: 12,
			y: []float64{0.1, 338.8, 118.1, 888.0, 9.2, 228.1, 668.5, 998.5, 449.1, 778.9, 559.2, 0.3, 0.1, 778.1, 668.8, 339.3, 448.9, 10.8,
				557.7, 228.3, 998.0, 888.8, 119.6, 0.3, 0.6, 557.6, 339.3, 888.0, 998.5, 778.9, 10.2, 117.6, 228.9, 668.4, 449.2, 0.2},
			x: [][]float64{{0.2, 337.4, 118.2, 884.6, 10.1, 226.5, 666.3, 996.3, 448.6, 777.0, 558.2, 0.4, 0.6, 775.5, 666.9, 338.0, 447.5, 11.6,
				556.0, 228.1, 995.8, 887.6, 120.2, 0.3, 0.3, 556.8, 339.1, 887.2, 999.0, 779.0, 11.1, 118.3, 229.2, 669.1, 448.9, 0.5}},
			b:  []float64{-0.262323073774029, 1.00211681802045},
			se: []float64{0.232818234301152, 0.000429796848199937},
			s:  0.884796396144373, r2: 0.999993745883712,
		},
		{
			name: "Longley", source: "NIST StRD", terms: []string{"deflator", "GNP", "unemployed", "forces", "population", "year"}, least: 9,
			y: []float64{60323, 61122, 60171, 61187, 63221, 63639, 64989, 63761, 66019, 67857, 68169, 66513, 68655, 69564, 69331, 70551},
			x: [][]float64{
				{83, 88.5, 88.2, 89.5, 96.2, 98.1, 99, 100, 101.2, 104.6, 108.4, 110.8, 112.6, 114.2, 115.7, 116.9},
				{234289, 259426, 258054, 284599, 328975, 346999, 365385, 363112, 397469, 419180, 442769, 444546, 482704, 502601, 518173, 554894},
				{2356, 2325, 3682, 3351, 2099, 1932, 1870, 3578, 2904, 2822, 2936, 4681, 3813, 3931, 4806, 4007},
				{1590, 1456, 1616, 1650, 3099, 3594, 3547, 3350, 3048, 2857, 2798, 2637, 2552, 2514, 2572, 2827},
				{107608, 108632, 109773, 110929, 112075, 113270, 115094, 116219, 117388, 118734, 120445, 121950, 123366, 125368, 127852, 130081},
				{1947, 1948, 1949, 1950, 1951, 1952, 1953, 1954, 1955, 1956, 1957, 1958, 1959, 1960, 1961, 1962},
			},
			b: []float64{-3482258.63459582, 15.0618722713733, -0.0358191792925910, -2.02022980381683, -1.03322686717359, -0.0511041056535807, 1829.15146461355},
			se: []float64{890420.383607373, 84.9149257747669, 0.0334910077722432, 0.488399681651699, 0.214274163161675, 0.226073200069370,
				455.478499142212},
			s: math.Sqrt(92936.0061673238), r2: 0.995479004577296,
		},
		wampler("Wampler3", 1, 8, 2360.1450237926765, 0.9999955590258199,
			760, -2042, 2111, -1684, 3888, 1858, 11379, 17560, 39287, 64382, 113159, 175108, 273291, 400186, 581243, 811568, 1121004, 1506550,
			2002767, 2611612, 3369180),
		wampler("Wampler4", 100, 7, 236014.50237926765, 0.9574784408256621,
			75901, -204794, 204863, -204436, 253665, -200894, 214131, -185192, 221249, -138370, 315911, -27644, 455253, 197434, 783995, 608816,
			1370781, 1303798, 2205519, 2408860, 3444321),
		wampler("Wampler5", 10000, 5, 23601450.237926766, 0.002246689215749398,
			7590001, -20479994, 20480063, -20479636, 25231365, -20476094, 20489331, -20460392, 18417449, -20413570, 20591111, -20302844,
			18651453, -20077766, 21059195, -19666384, 26348481, -18971402, 22480719, -17866340, 10958421),
	}
}

// regressions solves every dataset by the engine's own least squares: the
// dependent variable is a security's return, the regressors are factors, the
// sample is the estimation window.
func regressions(ctx context.Context) []Check {
	const section = "Least squares"
	var out []Check
	for _, d := range datasets() {
		fit, ok := d.solve(ctx)
		add := func(what string, got func() float64, want float64) {
			if !ok {
				out = append(out, missing(section, d.name+" "+what, d.source))
				return
			}
			out = append(out, check(section, d.name+" "+what, d.source, got(), want, d.least))
		}
		for j, want := range d.b {
			add("b"+strconv.Itoa(j), func() float64 { return fit.Coef[j] }, want)
		}
		for j, want := range d.se {
			add("se(b"+strconv.Itoa(j)+")", func() float64 { return fit.SE[j] }, want)
		}
		add("s", func() float64 { return fit.S }, d.s)
		add("R2", func() float64 { return fit.R2 }, d.r2)
	}
	return out
}

func (d *dataset) solve(ctx context.Context) (analysis.Fit, bool) {
	m := len(d.y)
	cal, err := calendar(m + 1)
	if err != nil {
		return analysis.Fit{}, false
	}
	dates := make([]market.Date, m+1)
	for k := range dates {
		dates[k] = cal.Date(k)
	}
	panel := market.NewPanel(market.Simple, market.Skip)
	err = panel.AddColumn(&market.Column{Security: market.Security{Symbol: "y"}, Calendar: cal, Return: append(d.y[:m:m], 0)})
	for j, x := range d.x {
		if err == nil {
			err = panel.AddFactor(d.terms[j], dates, append(x[:m:m], 0))
		}
	}
	if err != nil {
		return analysis.Fit{}, false
	}
	s := analysis.DefaultStudy()
	s.Model = model.Factors{Series: d.terms}
	s.EstimationWindow, s.EventWindow = analysis.Window{From: -m, To: -1}, analysis.Window{From: 0, To: 0}
	s.CARWindows, s.MinEstimation, s.Groups = []analysis.Window{s.EventWindow}, m, nil
	catalog := &events.Catalog{Events: []events.Event{{ID: d.name, DateOnly: true, Time: cal.Date(m).Time(), Targets: []events.Target{{Symbol: "y"}}}}}
	r, err := s.Run(ctx, catalog, panel, nil)
	if err != nil || !r.Used(0) {
		return analysis.Fit{}, false
	}
	return r.Observation(0).Fit, true
}
