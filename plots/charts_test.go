package plots

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/recorder"

	"aftershock/analysis"
	"aftershock/analysis/model"
	"aftershock/analysis/stat"
	"aftershock/internal/words"
	"aftershock/market"
)

// Under every chart stands what a reader needs to judge it, in its language.
func TestEveryCaption(t *testing.T) {
	r := simulated(t, 3, false)
	for lang, model := range map[string]string{"en": "market model", "ar": "نموذج السوق"} {
		w, _ := words.Lookup(lang)
		p := newPen(setter(t), Light, w, lang, 600, 0)
		for _, c := range Charts {
			for id, d := range take(t, r, c.Name) {
				f := d.figure(p)
				text := strings.Join(f.caption, "\n")
				for _, want := range []string{model, "SPY", "[−270, −21]", "simulated"} {
					if !strings.Contains(text, want) {
						t.Errorf("%s %s %s: %q does not stand under the chart:\n%s", lang, c.Name, id, want, text)
					}
				}
				if f.title == "" || f.subtitle == "" || strings.Contains(text+f.title+f.subtitle, "%!") {
					t.Errorf("%s %s %s: title %q, subtitle %q, caption:\n%s", lang, c.Name, id, f.title, f.subtitle, text)
				}
			}
		}
	}
}

// Panels carry the result's paths, intervals and averages.
func TestTakePanels(t *testing.T) {
	r := simulated(t, 9, true)
	d := take(t, r, "panels")["event-2"].(*panelsData)
	g := r.Group(analysis.ByEvent, "event-2")
	if len(d.Panels) != len(g.Members) {
		t.Fatalf("%d panels, want %d", len(d.Panels), len(g.Members))
	}
	for k, i := range g.Members {
		x, f := d.Panels[k], r.AbnormalReturns(i)
		for tau := range x.Y {
			if !same(x.Y[tau], f.Path[tau]) || finite(x.Y[tau]) && (x.Lower[tau] > 0) != (f.Path[tau]/f.PathSE[tau] > stat.StudentQuantile(0.975, float64(r.Observation(i).Fit.M-2))) {
				t.Errorf("%s, session %d: %v above %v, the result's path is %v, its error %v", x.Name.ID, tau-10, x.Y[tau], x.Lower[tau], f.Path[tau], f.PathSE[tau])
			}
		}
	}
	averages := take(t, r, "caar")
	if len(averages) != len(r.Study.Groups) {
		t.Errorf("averages by %v, want %v", slices.Sorted(maps.Keys(averages)), r.Study.Groups)
	}
	methods := make(map[string]int)
	for by, c := range averages {
		c, by := c.(*caarData), analysis.Grouping(by)
		for _, x := range c.Panels {
			g := r.Group(by, x.Name.ID)
			paths, method := r.AveragePaths(g, r.Study.EventWindow.From)
			for k, a := range paths[0] {
				if !same(x.Y[k], a.Value) || !same(x.Lower[k], a.Lower) || !same(x.Upper[k], a.Upper) || math.Abs(a.Value-g.Averages[k].CAAR) > 1e-12 {
					t.Errorf("%s: session %d is drawn as %v [%v, %v]", g.Name(), k-10, x.Y[k], x.Lower[k], x.Upper[k])
				}
			}
			methods[method]++
			if k := end(x.Y); k >= 0 && x.N != g.Averages[k].NPath {
				t.Errorf("%s: n = %d, want %d", g.Name(), x.N, g.Averages[k].NPath)
			}
		}
	}
	// Of the five events two and three make a category: few dates.
	if methods["portfolio"] == 0 || methods[analysis.ByForecast] == 0 || methods["cross-section"] == 0 {
		t.Errorf("intervals by method: %v", methods)
	}
}

// same reports whether a and b are one figure, or both none.
func same(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

// Panels stand from the highest to the lowest; of more than a page holds, the
// extremes stay and the caption says so; on a low page a line says how many are
// left out.
func TestMultiples(t *testing.T) {
	var all []panel
	for i := range 80 {
		all = append(all, panel{Name: headline{ID: fmt.Sprint(i)}, Y: floats{0, float64(i) / 100}, Lower: floats{nan, nan}, Upper: floats{nan, nan}})
	}
	all = append(all, panel{Name: headline{ID: "none"}, Y: floats{nan, nan}})
	m := newMultiples(all, analysis.Window{From: 0, To: 1})
	if n := len(m.panels); n != mostPanels || m.panels[0].Name.ID != "79" || m.panels[n-1].Name.ID != "0" || m.panels[mostPanels/2].Name.ID != "29" {
		t.Errorf("%d panels from %s to %s", n, m.panels[0].Name.ID, m.panels[n-1].Name.ID)
	}
	if say := strings.Join(m.remarks(words.English), " "); !strings.Contains(say, "60 of 80") || !slices.Equal(m.missing, []string{"none"}) {
		t.Errorf("the caption says %q, without figures are %v", say, m.missing)
	}
	for _, tt := range []struct{ n, width, want int }{{1, 63, 1}, {2, 63, 2}, {4, 63, 2}, {9, 63, 3}, {12, 63, 6}, {60, 63, 6}, {60, 27, 2}, {3, 9, 1}} {
		if c := columns(tt.n, float64(tt.width), panelWidth); c != tt.want {
			t.Errorf("%d panels on %d ems: %d columns, want %d", tt.n, tt.width, c, tt.want)
		}
	}
}

// The heat map colours a cell for each figure and hatches each gap.
func TestHeat(t *testing.T) {
	r := simulated(t, 9, true)
	d := take(t, r, "heat")["event-2"].(*heatData)
	figures, gaps := 0, 0
	for k, i := range r.Group(analysis.ByEvent, "event-2").Members {
		x := d.Rows[k]
		for tau, v := range r.AbnormalReturns(i).AR {
			if !same(x.AR[tau], v) || (x.Significant[tau] == '1') != (r.SessionTest(i, tau-10).P < 0.05) {
				t.Errorf("%s, session %d: %v, significant %c", x.Name, tau-10, x.AR[tau], x.Significant[tau])
			}
			if finite(v) {
				figures++
			} else {
				gaps++
			}
		}
	}
	figures += len(d.Average)
	if gaps == 0 {
		t.Fatal("the fixture has no gap")
	}
	_, c := sheet(t, d, "en", 900, 0)
	cells := 0
	var widest vg.Length
	for _, a := range c.Actions {
		if f, ok := a.(*recorder.Fill); ok && isRectangle(f.Path) {
			if w := f.Path[2].Pos.X - f.Path[0].Pos.X; w > widest {
				widest = w
			}
		}
	}
	for _, a := range c.Actions {
		if f, ok := a.(*recorder.Fill); ok && isRectangle(f.Path) && f.Path[2].Pos.X-f.Path[0].Pos.X > 0.99*widest {
			cells++
		}
	}
	if cells != figures {
		t.Errorf("%d cells are coloured, want %d", cells, figures)
	}
	hatched := len(strokes(&c.Canvas, Light.Faint))
	cell, swatch := hatched/(gaps+1), hatched%(gaps+1)
	if cell < 2 || swatch > 4*cell {
		t.Errorf("%d strokes of hatching for %d gaps and the key", hatched, gaps)
	}
	rows, _ := d.rows()
	for k := 1; k < len(rows); k++ {
		if rows[k-1].AR[10] < rows[k].AR[10] {
			t.Errorf("row %d stands below a smaller one", k)
		}
	}
	if far := Light.diverging(-3); far != Light.Fall || Light.diverging(1) != Light.Rise || Light.diverging(0) != Light.Neutral {
		t.Errorf("the scale goes from %v over %v to %v", far, Light.diverging(0), Light.diverging(1))
	}
}

func TestForest(t *testing.T) {
	r := study(t)
	d := take(t, r, "forest")["deepseek-selloff"].(*forestData)
	if want := (analysis.Window{From: 0, To: 0}); d.CAR != want {
		t.Fatalf("the window is %v, want that of the report, %v", d.CAR, want)
	}
	g := r.Group(analysis.ByEvent, "deepseek-selloff")
	for k, i := range g.Members {
		if d.Y[k] != r.AbnormalReturns(i).CAR[0] || d.Names[k] != r.Observation(i).Security {
			t.Errorf("%s: %v, want %v", d.Names[k], d.Y[k], r.AbnormalReturns(i).CAR[0])
		}
		// The interval excludes zero where the t test rejects.
		p := r.ObservationTests(i, 0)[0]
		if excludes := d.Lower[k] > 0 || d.Upper[k] < 0; p.Test != "t" || excludes != (p.P < 0.05) {
			t.Errorf("%s: [%v, %v] and %s p = %v", d.Names[k], d.Lower[k], d.Upper[k], p.Test, p.P)
		}
	}
	a := r.AverageInterval(g, 0)
	if !slices.Equal(d.Average, floats{a.Value, a.Lower, a.Upper}) || math.Abs(a.Value-g.Windows[0].CAAR) > 1e-15 {
		t.Errorf("the average is %v, want %v", d.Average, a)
	}
	rows, _ := d.rows()
	if !slices.IsSortedFunc(rows, func(a, b forestRow) int { return int(math.Copysign(1, b.y-a.y)) }) {
		t.Errorf("rows in the order %v", rows)
	}
}

func TestHistories(t *testing.T) {
	r := study(t)
	price, line := take(t, r, "price")["NVDA"].(*priceData), take(t, r, "timeline")["NVDA"].(*timelineData)
	col := r.Panel.Column("NVDA")
	for k, d := range price.Dates {
		i := col.Calendar.Search(d) - col.First
		if !same(price.Y[k], col.Close[i]) || !same(price.Volume[k], col.Volume[i]) {
			t.Errorf("%s: %v x %v, want %v x %v", d, price.Y[k], price.Volume[k], col.Close[i], col.Volume[i])
		}
	}
	if h := r.History("NVDA"); !slices.Equal(line.Dates, h.Dates) || !slices.EqualFunc(line.Y, h.Cumulative, same) {
		t.Error("the timeline is not the result's history")
	}
	i := slices.IndexFunc(price.Marks, func(m mark) bool { return m.ID == "deepseek-selloff" })
	if m := price.Marks[i]; m.At != market.NewDate(2025, 1, 27) || percent(m.CAR[0], 1) != "−13.4%" {
		t.Errorf("the sell-off is marked on %s with a CAR of %v", m.At, m.CAR)
	}
	for _, s := range price.spans() {
		if s[1]-s[0] < 20 {
			t.Errorf("an event window of %d sessions", s[1]-s[0]+1)
		}
	}
	// 2025-01-21, 2025-01-27 and 2025-02-03: their windows overlap.
	if n := len(price.spans()); n != 1 {
		t.Errorf("%d shaded stretches, want 1", n)
	}
	gaps := take(t, simulated(t, 9, true), "price")["SYM02"].(*priceData) // halted around event-2
	_, c := sheet(t, gaps, "en", 600, 0)
	pieces := 0
	for _, n := range strokes(&c.Canvas, Light.Series[0]) {
		pieces += n
	}
	if want := len(gaps.Y) - count(gaps.Y, math.IsNaN); pieces != want || want == len(gaps.Y) {
		t.Errorf("%d points are drawn, want %d of %d", pieces, want, len(gaps.Y))
	}
}

func count(list []float64, ok func(float64) bool) (n int) {
	for _, v := range list {
		if ok(v) {
			n++
		}
	}
	return n
}

// Every event is listed, or counted where there is no room.
func TestLegend(t *testing.T) {
	p := newPen(setter(t), Light, words.English, "en", 600, 0)
	for _, n := range []int{0, 1, 5, 30, 200} {
		h := history{Marks: make([]mark, n)}
		for _, height := range []vg.Length{5, 50, 500} {
			l := h.legend(p, 570, height)
			if len(l.marks)+l.more != n || l.rows*l.cols < len(l.marks) || l.more > 0 && l.rows*l.cols < len(l.marks)+1 {
				t.Errorf("%d events, height %v: %d listed, %d counted, %d x %d", n, height, len(l.marks), l.more, l.rows, l.cols)
			}
			if n > 5 && vg.Length(l.rows-1)*legendLine*p.em > height {
				t.Errorf("%d events, height %v: %d lines", n, height, l.rows)
			}
		}
	}
}

func TestDateTicks(t *testing.T) {
	var dates days
	for d := market.NewDate(2024, 11, 20); d < market.NewDate(2026, 2, 10); d++ {
		if w := d.Weekday(); w > 0 && w < 6 {
			dates = append(dates, d)
		}
	}
	for most, want := range map[int]string{
		20: "2024-12 2025-01 2025-02 2025-03 2025-04 2025-05 2025-06 2025-07 2025-08 2025-09 2025-10 2025-11 2025-12 2026-01 2026-02",
		5:  "2025-01 2025-04 2025-07 2025-10 2026-01",
		3:  "2025-01 2025-07 2026-01",
		1:  "2025 2026",
	} {
		var got []string
		for _, k := range dateTicks(dates, most) {
			got = append(got, k.Label)
			if d := dates[int(k.Value)]; d.String()[:len(k.Label)] != k.Label || d.Time().Day() > 3 {
				t.Errorf("%s stands at %s", k.Label, d)
			}
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("at most %d: %s, want %s", most, s, want)
		}
	}
	if k := dateTicks(dates[:3], 5); len(k) != 1 || k[0].Label != "2024-11-20" {
		t.Errorf("within a month: %v", k)
	}
}

func TestNumbers(t *testing.T) {
	for v, want := range map[float64]string{250e6: "250M", 1.5e9: "1.5B", 999: "999", 0: "0", 2000: "2k"} {
		if s := short(v); s != want {
			t.Errorf("%v is written %s, want %s", v, s, want)
		}
	}
	for _, tt := range []struct {
		v      float64
		places int
		want   string
	}{{-0.004, 2, "0.00"}, {-1.25, 1, "−1.2"}, {3, 0, "3"}} {
		if s := decimal(tt.v, tt.places); s != tt.want {
			t.Errorf("%v is written %s, want %s", tt.v, s, tt.want)
		}
	}
	for p, want := range map[float64]string{0.0004: "p < 0.001", 0.0314: "p = 0.031", 1: "p = 1.000"} {
		if s := pValue(p); s != want {
			t.Errorf("%v is written %s, want %s", p, s, want)
		}
	}
}

// The fitted line is the regression's, through the mean of the points.
func TestScatter(t *testing.T) {
	r := simulated(t, 60, false)
	capacity := r.CharacteristicOf("capacity", map[string]float64{"SYM00": 1, "SYM01": 2})
	ds, err := scatterOf(t.Context(), input{r, []analysis.Characteristic{capacity}})
	if err != nil {
		t.Fatal(err)
	}
	byID := make(map[string]*scatterData)
	for _, d := range ds {
		byID[d.id()] = d.(*scatterData)
	}
	d := byID["event-2-beta"]
	g := r.Group(analysis.ByEvent, "event-2")
	var mx, my float64
	for k, i := range g.Members {
		if d.X[k] != r.Observation(i).Fit.Coef[1] || d.Y[k] != r.AbnormalReturns(i).CAR[0] {
			t.Errorf("%s is drawn at (%v, %v)", d.Names[k], d.X[k], d.Y[k])
		}
		mx, my = mx+d.X[k]/60, my+d.Y[k]/60
	}
	n := len(d.Fit.X) - 1
	slope := (d.Fit.Y[n] - d.Fit.Y[0]) / (d.Fit.X[n] - d.Fit.X[0])
	if at := d.Fit.Y[0] + slope*(mx-d.Fit.X[0]); math.Abs(at-my) > 1e-9 || math.Abs(slope-d.Fit.Slope) > 1e-9 {
		t.Errorf("the line has slope %v and passes (%v, %v); want %v and (%v, %v)", slope, mx, at, d.Fit.Slope, mx, my)
	}
	if e := byID["all-log-market-value"]; len(e.X) != 300 || e.Fit.Errors != stat.HC3 {
		t.Errorf("all events: %d points, %s errors", len(e.X), e.Fit.Errors)
	}
	if c := byID["event-2-capacity"]; len(c.X) != 2 || c.Unknown != 58 || c.Fit != nil {
		t.Errorf("a characteristic of two securities: %d points, %d unknown, fit %v", len(c.X), c.Unknown, c.Fit)
	}
	if f := fitLine([]float64{1, 1, 1, 1, 1}, []float64{1, 2, 3, 4, 5}, nil); f != nil {
		t.Errorf("securities that are all alike have the line %v", f)
	}
}

// Where nothing is known of the securities, the chart says so.
func TestNoCharacteristic(t *testing.T) {
	r := *simulated(t, 3, false)
	s := *r.Study
	s.Model = model.ConstantMean{}
	bare := market.NewPanel(r.Panel.Kind, r.Panel.Gaps)
	for _, c := range r.Panel.Columns {
		c := *c
		c.Shares = 0
		if err := bare.AddColumn(&c); err != nil {
			t.Fatal(err)
		}
	}
	mean, err := s.Run(t.Context(), r.Catalog, bare, nil)
	if err != nil {
		t.Fatal(err)
	}
	files, err := Render(t.Context(), mean, []string{"scatter"}, Options{Formats: []Format{SVG}})
	if err != nil || len(files) != 1 || files[0].Name != "scatter.svg" {
		t.Errorf("%d files, %v", len(files), err)
	}
	if f := take(t, mean, "scatter")[""].figure(newPen(setter(t), Light, words.English, "en", 600, 0)); !strings.Contains(strings.Join(f.caption, " "), "No characteristic is known: the model has no beta, and no shares outstanding or figures of your own are given.") {
		t.Errorf("the caption is %q", f.caption)
	}
}

// A study of one event has one picture of averages.
func TestFewAverages(t *testing.T) {
	r := simulated(t, 3, false)
	s := *r.Study
	s.EventIDs = []string{"event-2"}
	one, err := s.Run(t.Context(), r.Catalog, r.Panel, nil)
	if err != nil {
		t.Fatal(err)
	}
	if ids := slices.Sorted(maps.Keys(take(t, one, "caar"))); !slices.Equal(ids, []string{"all"}) {
		t.Errorf("averages by %v, want all alone", ids)
	}
	for _, c := range Charts {
		for id := range take(t, one, c.Name) {
			if strings.Contains(id, "event-") && !strings.Contains(id, "event-2") {
				t.Errorf("%s draws %s, which is not studied", c.Name, id)
			}
		}
	}
}

func TestBeside(t *testing.T) {
	ts := setter(t)
	area := vg.Rectangle{Max: vg.Point{X: 200, Y: 100}}
	var points []vg.Rectangle
	var labels []block
	for i := range 40 {
		points = append(points, around(vg.Point{X: vg.Length(i * 37 % 200), Y: vg.Length(i * 61 % 100)}, 3, 3))
		labels = append(labels, ts.lay("NVDA", regular, 8, 0, 0))
	}
	boxes := beside(points, labels, 2, area)
	placed := 0
	for i, b := range boxes {
		if b == (vg.Rectangle{}) {
			continue
		}
		placed++
		if b.Min.X < 0 || b.Max.X > 200 || b.Min.Y < 0 || b.Max.Y > 100 || overlapsAny(b, points) || overlapsAny(b, boxes[:i]) {
			t.Errorf("label %d at %v covers something", i, b)
		}
	}
	if placed < 15 {
		t.Errorf("%d of 40 labels are placed", placed)
	}
	alone := around(vg.Point{X: 50, Y: 50}, 3, 3)
	if b := beside([]vg.Rectangle{alone}, labels[:1], 2, area)[0]; b.Min.X != alone.Max.X+2 {
		t.Errorf("a label with room about it stands at %v, not to the right of %v", b, alone)
	}
}

// The coloured draws are those that the p value counts.
func TestPlacebo(t *testing.T) {
	r := simulated(t, 3, false)
	drawn := 0
	for id, x := range take(t, r, "placebo") {
		d := x.(*placeboData)
		if len(d.Draws) == 0 {
			if d.Note == "" {
				t.Errorf("%s: no draws and no reason", id)
			}
			continue
		}
		drawn++
		far, all := 0, 0
		for _, b := range d.bins(30) {
			far += b.extreme
			all += b.extreme + b.usual
		}
		if p := float64(1+far) / float64(1+len(d.Draws)); all != len(d.Draws) || math.Abs(p-d.P) > 1e-12 {
			t.Errorf("%s: %d of %d draws are coloured, p = %v", id, far, all, d.P)
		}
	}
	if drawn == 0 {
		t.Error("no event has draws")
	}
	// A run without the test keeps no draws unless they are asked for.
	data, err := Data(t.Context(), r, nil)
	if err != nil || strings.Contains(string(data), `"chart":"placebo"`) || !strings.Contains(string(data), `"chart":"residuals"`) {
		t.Errorf("the data of every chart: %v", err)
	}
}

func TestResiduals(t *testing.T) {
	r := simulated(t, 9, true)
	for i := range r.N() {
		o := r.Observation(i)
		if !o.Used() {
			continue
		}
		d := take(t, r, "residuals")[o.EventID+"-"+o.Security].(*residualsData)
		dates, e := r.StandardizedResiduals(i)
		if !slices.Equal(d.Dates, dates) || !slices.EqualFunc(d.E, e, same) || len(d.Autocorrelation) != lags || d.M != o.Fit.M {
			t.Errorf("%s: not the residuals of the fit", d.id())
		}
		_, c := sheet(t, d, "en", 600, 0)
		if n := len(strokes(&c.Canvas, Light.Series[0])); n != o.Fit.M {
			t.Errorf("%s: %d residuals are drawn, want %d", d.id(), n, o.Fit.M)
		}
		break
	}
}
