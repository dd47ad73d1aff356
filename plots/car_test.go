package plots

import (
	"cmp"
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"

	"aftershock/internal/words"
)

// strokes returns the polylines drawn in colour col, as the number of points
// of each.
func strokes(c *recorder.Canvas, col color.Color) (points []int) {
	var now color.Color
	for _, a := range c.Actions {
		switch a := a.(type) {
		case *recorder.SetColor:
			now = a.Color
		case *recorder.Stroke:
			if now == col {
				points = append(points, len(a.Path))
			}
		}
	}
	return points
}

// A gap splits a line; a session alone between gaps is a dot; nothing is
// drawn across.
func TestGapsSplitLines(t *testing.T) {
	d, _ := walks(1, "gaps")
	y := d.Series[0].Y // 21 sessions
	y[3], y[8], y[10] = nan, nan, nan
	_, c := sheet(t, d, "en", 600, 0)
	if got, want := strokes(&c.Canvas, Light.Series[0]), []int{3, 4, 10}; !slices.Equal(got, want) {
		t.Errorf("the line is drawn in pieces of %v sessions, want %v and a dot", got, want)
	}
}

// The points of a line lie where its figures say.
func TestLinePoints(t *testing.T) {
	d, _ := walks(3, "points")
	p := newPen(setter(t), Light, words.English, "en", 600, 0)
	lines := d.lines()
	chooseNamed(lines, d.Window.From, 10)
	cp := &carPlotter{p: p, d: d, lines: lines, f: frame{Rectangle: vg.Rectangle{Max: vg.Point{X: 200, Y: 100}}, left: -10, right: 10, bottom: -0.5, top: 0.5}}
	var c recorder.Canvas
	cp.draw(draw.NewCanvas(&c, 300, 200))
	for _, l := range lines {
		col, _, _ := cp.stroke(slices.IndexFunc(lines, func(m carLine) bool { return m.Name == l.Name }))
		var now color.Color
		found := false
		for _, a := range c.Actions {
			switch a := a.(type) {
			case *recorder.SetColor:
				now = a.Color
			case *recorder.Stroke:
				if now != color.Color(col) || len(a.Path) != len(l.Y) {
					continue
				}
				found = true
				for k, q := range a.Path {
					x, y := vg.Length(k)*10, vg.Length(100*(l.Y[k]+0.5))
					if math.Abs(float64(q.Pos.X-x)) > 1e-9 || math.Abs(float64(q.Pos.Y-y)) > 1e-9 {
						t.Errorf("%q: session %d is drawn at %v, want (%v, %v)", l.Name, k-10, q.Pos, x, y)
					}
				}
			}
		}
		if !found {
			t.Errorf("%q is not drawn", l.Name)
		}
	}
}

// placed lays the labels of d out on a page of the given height in points.
func placed(t testing.TB, d *carData, height vg.Length) (labels []carLabel, lines []carLine, pitch float64, area vg.Rectangle) {
	t.Helper()
	p := newPen(setter(t), Light, words.English, "en", 600, height)
	f := d.figure(p)
	pg := p.compose(f)
	var c recorder.Canvas
	body := draw.NewCanvas(&c, pg.size.X, pg.size.Y)
	body.Rectangle = pg.body
	lines = d.lines()
	cp := d.layout(p, body, lines)
	cp.draw(body)
	return cp.labels, lines, cp.pitch, pg.body
}

// Labels stand in the order of the lines' ends, none over another, all beside
// the chart.
func TestLabels(t *testing.T) {
	for _, n := range []int{1, 2, 14, 24, 25, 60} {
		for _, d := range []*carData{first(walks(n, "labels")), gapped(n, "labels"), level(n)} {
			for _, height := range []vg.Length{0, 180} {
				labels, lines, pitch, area := placed(t, d, height)
				count := 0
				for i, l := range labels {
					size := l.name.size * 0.75 // from the foot of a digit to its head
					if l.at.Y+size/2 > area.Max.Y || l.at.Y-size/2 < area.Min.Y {
						t.Errorf("n %d, height %v: label %d leaves the chart", n, height, i)
					}
					if i > 0 {
						if apart := float64(labels[i-1].at.Y - l.at.Y); apart < 0.99*min(pitch, float64(l.name.size)) {
							t.Errorf("n %d, height %v: labels %d and %d are %.1f points apart, want %.1f", n, height, i-1, i, apart, pitch)
						}
					}
					if l.line >= 0 {
						count++
						if l.line > 0 && i > 0 && labels[i-1].line > l.line {
							t.Errorf("n %d: labels out of order", n)
						}
					}
				}
				if len(lines) <= mostNamed && height == 0 && count != len(lines) {
					t.Errorf("n %d: %d of %d lines are named although there is room", n, count, len(lines))
				}
				if !slices.ContainsFunc(labels, func(l carLabel) bool { return l.line >= 0 && lines[l.line].kind == average }) && end(d.Average) >= 0 {
					t.Errorf("n %d, height %v: the average is not named", n, height)
				}
			}
		}
	}
}

func first(c *carData, _ *arData) *carData { return c }

// level returns n securities that all end at one value.
func level(n int) *carData {
	d, _ := walks(n, "level")
	for i := range d.Series {
		d.Series[i].Y[20] = 0.05
	}
	return d
}

// Of a crowd those that moved farthest on session 0 are named, and the caption says so.
func TestCrowd(t *testing.T) {
	d, _ := walks(60, "crowd")
	labels, lines, _, _ := placed(t, d, 0)
	var got []string
	for _, l := range labels {
		if l.line >= 0 && lines[l.line].kind == named {
			got = append(got, lines[l.line].Name)
		}
	}
	moved := make(map[string]float64)
	var all, want []string
	for _, x := range d.Series {
		moved[x.Name] = x.Y[10] - x.Y[9]
		all = append(all, x.Name)
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Compare(moved[b], moved[a]) })
	movers := append(slices.Clone(all[:extremes]), all[len(all)-extremes:]...)
	for _, l := range lines { // as the labels stand
		if slices.Contains(movers, l.Name) {
			want = append(want, l.Name)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("named are %v, want the movers of session 0 %v", got, want)
	}
	for n, want := range map[int]bool{14: false, 24: false, 25: true, 60: true} {
		d, _ := walks(n, "crowd")
		f := d.figure(newPen(setter(t), Light, words.English, "en", 600, 0))
		if said := strings.Contains(strings.Join(f.caption, "\n"), "Named are those that moved farthest on session 0; the others are the thin grey lines."); said != want {
			t.Errorf("of %d: the caption says that only the movers are named: %v, want %v", n, said, want)
		}
	}
}

// The caption carries what a reader needs to judge the chart, in its language.
func TestCaption(t *testing.T) {
	d := gapped(14, "caption")
	for lang, want := range map[string][]string{
		"en": {"14 securities (1 of 15 excluded)", "market model", "benchmark SPY", "[−270, −21]", "simple returns", "95% interval", "AVGO", "SMCI (short-estimation)", "embedded sample", "github.com"},
		"ar": {"14 ورقة مالية", "نموذج السوق", "SPY", "[−270, −21]", "عوائد بسيطة", "95%", "AVGO", "embedded sample"},
	} {
		w, _ := words.Lookup(lang)
		f := d.figure(newPen(setter(t), Light, w, lang, 600, 0))
		text := strings.Join(append(f.caption, f.subtitle), "\n")
		for _, s := range append(want, "2025-01-27") {
			if !strings.Contains(text, s) {
				t.Errorf("%s: %q does not stand under the chart:\n%s", lang, s, text)
			}
		}
	}
}

// An event window of one session is a column of dots with names.
func TestOneSession(t *testing.T) {
	d, a := walks(14, "one session")
	d.Window.From, d.Window.To = 0, 0
	for i := range d.Series {
		d.Series[i].Y = d.Series[i].Y[10:11]
	}
	d.Series[3].Y = []float64{math.Inf(-1)}
	d.Average, d.Lower, d.Upper = d.Average[10:11], d.Lower[10:11], d.Upper[10:11]
	for _, x := range []drawing{d, a} {
		pg, c := sheet(t, x, "en", 600, 0)
		if ink := inkOf(t, &c.Canvas); ink.Min.X < 0 || ink.Max.X > pg.size.X || ink.Min.Y < 0 || ink.Max.Y > pg.size.Y {
			t.Errorf("%T: ink %v leaves the page", x, ink)
		}
	}
	if labels, _, _, _ := placed(t, d, 0); len(labels) != 14 {
		t.Errorf("%d labels, want 13 securities and the average", len(labels))
	}
}

// A page without figures says so and why.
func TestNothingToDraw(t *testing.T) {
	d, a := walks(0, "nothing")
	d.Excluded, a.Excluded = []string{"ARM (before-data)"}, []string{"ARM (before-data)"}
	d.Out, a.Out = 1, 1
	empty := gapped(3, "all missing")
	for i := range empty.Series {
		for k := range empty.Series[i].Y {
			empty.Series[i].Y[k] = nan
		}
	}
	empty.Average = nil
	empty.Excluded = d.Excluded
	p := newPen(setter(t), Light, words.English, "en", 600, 0)
	for _, x := range []drawing{d, a, empty} {
		f := x.figure(p)
		if !strings.Contains(strings.Join(f.caption, " "), "ARM (before-data)") {
			t.Errorf("%T: no reason is given: %v", x, f.caption)
		}
	}
}
