package plots

import (
	"fmt"
	"image/color"
	"maps"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/recorder"

	"aftershock/analysis"
	"aftershock/internal/words"
)

// inkOf returns the bounds of all that was drawn, turned as it was drawn.
func inkOf(t testing.TB, c *recorder.Canvas) vg.Rectangle {
	t.Helper()
	r := vg.Rectangle{Min: vg.Point{X: vg.Length(math.Inf(1)), Y: vg.Length(math.Inf(1))}, Max: vg.Point{X: vg.Length(math.Inf(-1)), Y: vg.Length(math.Inf(-1))}}
	turn := 0.0
	add := func(p vg.Path) {
		sin, cos := math.Sincos(turn)
		for _, s := range p {
			if s.Type == vg.CloseComp {
				continue
			}
			for _, q := range append([]vg.Point{s.Pos}, s.Control...) {
				if math.IsNaN(float64(q.X+q.Y)) || math.IsInf(float64(q.X+q.Y), 0) {
					t.Fatalf("a point is drawn at %v", q)
				}
				q = vg.Point{X: q.X*vg.Length(cos) - q.Y*vg.Length(sin), Y: q.X*vg.Length(sin) + q.Y*vg.Length(cos)}
				r.Min.X, r.Min.Y = min(r.Min.X, q.X), min(r.Min.Y, q.Y)
				r.Max.X, r.Max.Y = max(r.Max.X, q.X), max(r.Max.Y, q.Y)
			}
		}
	}
	for _, a := range c.Actions {
		switch a := a.(type) {
		case *recorder.Fill:
			add(a.Path)
		case *recorder.Stroke:
			add(a.Path)
		case *recorder.Rotate:
			turn += a.Angle
		}
	}
	return r
}

// sized gives a recorder a size.
type sized struct {
	recorder.Canvas
	w, h vg.Length
}

func (s *sized) Size() (w, h vg.Length) { return s.w, s.h }

// sheet composes and draws d at a width and height in points, height 0 for
// the chart's own.
func sheet(t testing.TB, d drawing, lang string, width, height vg.Length) (*page, *sized) {
	t.Helper()
	w, ok := words.Lookup(lang)
	if !ok {
		t.Fatalf("no words in %s", lang)
	}
	pg := newPen(setter(t), Light, w, lang, width, height)
	p := pg.compose(d.figure(pg))
	c := &sized{w: p.size.X, h: p.size.Y}
	p.draw(c)
	return p, c
}

// Every chart stays on its page, whatever its data, its title and its size.
func TestWithinPage(t *testing.T) {
	check := func(what string, d drawing, lang string, size vg.Point) {
		t.Helper()
		pg, c := sheet(t, d, lang, size.X, size.Y)
		ink := inkOf(t, &c.Canvas)
		if ink.Min.X < 0 || ink.Min.Y < 0 || ink.Max.X > pg.size.X || ink.Max.Y > pg.size.Y {
			t.Errorf("%s, %v points: ink %v leaves the page %v", what, size, ink, pg.size)
		}
	}
	sizes := []vg.Point{{X: 600}, {X: 300}, {X: 1800}, {X: 600, Y: 250}, {X: 300, Y: 120}}
	for _, title := range []string{"DeepSeek", arabicTitle, repeat300, "<script>alert(1)</script>", "=HYPERLINK(\"http://x\")", "🚀 to the moon", ""} {
		for _, n := range []int{0, 1, 2, 14, 24, 25, 60} {
			car, ar := walks(n, title)
			for _, d := range []drawing{car, ar, gapped(n, title)} {
				for _, size := range sizes {
					check(fmt.Sprintf("%T of %d, %.12q", d, n, title), d, []string{"en", "ar"}[n%2], size)
				}
			}
		}
	}
	for name, r := range map[string]*analysis.Result{"one": simulated(t, 1, false), "two": simulated(t, 2, false), "gaps": simulated(t, 9, true), "sixty": simulated(t, 60, false)} {
		interval := analysis.ContrastWindow{Window: analysis.Window{From: 0, To: 0}, Difference: -0.05, Low: -0.09, High: -0.01}
		r.Contrasts = []analysis.Contrast{
			{First: "NVDA AVGO AMD", Second: "MSFT META", EventID: "e", Method: analysis.LongShort, Windows: []analysis.ContrastWindow{interval, {Window: analysis.Window{From: -1, To: 1}, Difference: math.NaN(), Low: math.NaN(), High: math.NaN()}}},
			{First: "category earnings", Second: "all", Method: analysis.ClusterMeans},
		}
		for _, c := range Charts {
			all := take(t, r, c.Name)
			ids := slices.Sorted(maps.Keys(all))
			if len(ids) == 0 {
				t.Errorf("%s: no picture of %s", name, c.Name)
			}
			for _, id := range ids[:min(2, len(ids))] {
				for i, size := range []vg.Point{{X: 600}, {X: 300}, {X: 600, Y: 250}, {X: 300, Y: 120}} {
					check(c.Name+" "+id+" of "+name, all[id], []string{"en", "ar"}[i%2], size)
				}
			}
		}
	}
}

// The title, the body and the caption have the page to themselves, each its part.
func TestPageParts(t *testing.T) {
	for _, title := range []string{"DeepSeek", arabicTitle, repeat300} {
		car, _ := walks(14, title)
		for _, size := range []vg.Point{{X: 600}, {X: 300}, {X: 300, Y: 200}} {
			pg, _ := sheet(t, car, "en", size.X, size.Y)
			head := pg.margin + pg.typesetter.height(pg.title) + pg.typesetter.height(pg.subtitle)
			if pg.body.Max.Y > pg.size.Y-head {
				t.Errorf("%.12q, %v: the title reaches into the chart", title, size)
			}
			var foot vg.Length
			for _, b := range pg.caption {
				foot += pg.typesetter.height(b)
			}
			if pg.body.Min.Y < foot {
				t.Errorf("%.12q, %v: the caption reaches into the chart", title, size)
			}
			if size.Y == 0 && pg.title.truncated {
				t.Errorf("%.12q, %v: the title is cut although the page may grow", title, size)
			}
		}
	}
}

func TestSpread(t *testing.T) {
	for _, tt := range []struct {
		want        []float64
		sep, lo, hi float64
		at          []float64
	}{
		{nil, 1, 0, 10, nil},
		{[]float64{3}, 1, 0, 10, []float64{3}},
		{[]float64{-3}, 1, 0, 10, []float64{0}},
		{[]float64{1, 5, 9}, 1, 0, 10, []float64{1, 5, 9}},
		{[]float64{5, 5}, 2, 0, 10, []float64{4, 6}},
		{[]float64{5, 5, 5, 9}, 2, 0, 10, []float64{3, 5, 7, 9}},
		{[]float64{9, 10, 10}, 2, 0, 10, []float64{6, 8, 10}},
		{[]float64{0, 0, 0, 0, 0}, 4, 0, 10, []float64{0, 2.5, 5, 7.5, 10}}, // no room for 4
	} {
		got := spread(tt.want, tt.sep, tt.lo, tt.hi)
		if !slices.EqualFunc(got, tt.at, func(a, b float64) bool { return math.Abs(a-b) < 1e-9 }) {
			t.Errorf("spread(%v, %v, %v, %v) = %v, want %v", tt.want, tt.sep, tt.lo, tt.hi, got, tt.at)
		}
	}
}

func TestPercentTicks(t *testing.T) {
	for _, tt := range []struct {
		lo, hi float64
		most   int
		want   string
	}{
		{-0.17, 0.12, 7, "[−15% −10% −5% 0% +5% +10%]"},
		{-0.011, 0.004, 4, "[−1.0% −0.5% 0.0%]"},
		{-0.0003, 0.0011, 8, "[−0.02% 0.00% +0.02% +0.04% +0.06% +0.08% +0.10%]"},
		{-1.2, 3.4, 5, "[−100% 0% +100% +200% +300%]"},
	} {
		var got []string
		for _, k := range (percentTicks{tt.most}).Ticks(tt.lo, tt.hi) {
			got = append(got, k.Label)
		}
		if s := fmt.Sprint(got); s != tt.want {
			t.Errorf("ticks of %v..%v: %s, want %s", tt.lo, tt.hi, s, tt.want)
		}
	}
}

// Text in every colour of a theme reads on its paper: WCAG 2.1 asks for a
// contrast of 4.5 to 1.
func TestContrast(t *testing.T) {
	if v := contrast(rgb(0), rgb(0xffffff)); math.Abs(v-21) > 1e-9 {
		t.Errorf("black on white has a contrast of %v, want 21", v)
	}
	for _, th := range Themes {
		for _, c := range append([]color.NRGBA{th.Ink, th.Muted, th.Rise, th.Fall}, th.Series...) {
			if ratio := contrast(c, th.Paper); ratio < 4.5 {
				t.Errorf("%s: %s on %s has a contrast of %.2f, want 4.5", th.Name, hexColor(c), hexColor(th.Paper), ratio)
			}
		}
		for v := -1.0; v <= 1; v += 0.01 { // of a heat map, 3 to 1 as for large text
			if c := th.diverging(v); contrast(th.on(c), c) < 3 {
				t.Errorf("%s: text on %s has a contrast of %.2f, want 3", th.Name, hexColor(c), contrast(th.on(c), c))
			}
		}
	}
}

// Neighbours among the lines differ for readers without red, green or blue
// cones, by the matrices of Machado, Oliveira and Fernandes (2009) at full
// severity, in linear RGB.
func TestColourBlindSafe(t *testing.T) {
	kinds := map[string][9]float64{
		"protanopia":   {0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998},
		"deuteranopia": {0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881},
		"tritanopia":   {1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900},
	}
	for _, th := range Themes {
		for kind, m := range kinds {
			for i, c := range th.Series {
				next := th.Series[(i+1)%len(th.Series)]
				if d := distance(seen(c, m), seen(next, m)); d < 10 {
					t.Errorf("%s, %s: %s and %s are %.1f apart, want 10", th.Name, kind, hexColor(c), hexColor(next), d)
				}
			}
			if d := distance(seen(th.Rise, m), seen(th.Fall, m)); d < 20 {
				t.Errorf("%s, %s: rises and falls are %.1f apart, want 20", th.Name, kind, d)
			}
		}
	}
}

// seen returns c in CIE L*a*b* after the matrix m in linear RGB.
func seen(c color.NRGBA, m [9]float64) [3]float64 {
	var lin, s [3]float64
	for i, v := range []uint8{c.R, c.G, c.B} {
		if x := float64(v) / 255; x <= 0.04045 {
			lin[i] = x / 12.92
		} else {
			lin[i] = math.Pow((x+0.055)/1.055, 2.4)
		}
	}
	for i := range s {
		s[i] = min(1, max(0, m[3*i]*lin[0]+m[3*i+1]*lin[1]+m[3*i+2]*lin[2]))
	}
	f := func(t float64) float64 {
		if t > 216.0/24389 {
			return math.Cbrt(t)
		}
		return (24389.0/27*t + 16) / 116
	}
	x := f((0.4124564*s[0] + 0.3575761*s[1] + 0.1804375*s[2]) / 0.95047)
	y := f(0.2126729*s[0] + 0.7151522*s[1] + 0.0721750*s[2])
	z := f((0.0193339*s[0] + 0.1191920*s[1] + 0.9503041*s[2]) / 1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

// distance is CIE 1976 delta E; 2.3 is just noticeable.
func distance(a, b [3]float64) float64 {
	return math.Sqrt((a[0]-b[0])*(a[0]-b[0]) + (a[1]-b[1])*(a[1]-b[1]) + (a[2]-b[2])*(a[2]-b[2]))
}
