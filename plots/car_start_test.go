package plots

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"aftershock/analysis"
	"aftershock/internal/words"
)

// A path that begins later is that of the result from there, with its interval; where
// none is asked for it begins before session 0, or with the first CAR window.
func TestStart(t *testing.T) {
	r := simulated(t, 9, true)
	for _, id := range []string{"event-2", "event-4"} {
		d := take(t, r, "car")[id].(*carData)
		if int(d.Start) != -1 {
			t.Errorf("paths begin at %d, want -1", d.Start)
		}
		g := r.Group(analysis.ByEvent, id)
		for start := -10; start <= 0; start++ {
			v := d.from(start)
			for k, i := range g.Members {
				for j, x := range r.PathFrom(i, start) {
					if got := v.Series[k].Y[j]; math.Abs(got-x.Value) > 1e-12 || math.IsNaN(got) != math.IsNaN(x.Value) {
						t.Fatalf("%s, %s from %d: session %d is drawn as %v, want %v", id, v.Series[k].Name, start, start+j, got, x.Value)
					}
				}
			}
			paths, _ := r.AveragePaths(g, start)
			for j, x := range paths[0] {
				if !same(v.Average[j], x.Value) || !same(v.Lower[j], x.Lower) || !same(v.Upper[j], x.Upper) {
					t.Fatalf("%s from %d: the average of session %d is drawn as %v [%v, %v], want %v", id, start, start+j, v.Average[j], v.Lower[j], v.Upper[j], x)
				}
			}
			for j, want := range r.BenchmarkPath(g.Members[0], start) {
				if math.Abs(v.Market[j]-want) > 1e-12 {
					t.Fatalf("%s from %d: the benchmark at session %d is drawn as %v, want %v", id, start, start+j, v.Market[j], want)
				}
			}
		}
	}
	s := *r.Study
	for want, windows := range map[int][]analysis.Window{-1: {{From: 0, To: 5}}, -5: {{From: 0, To: 0}, {From: -5, To: -1}}, -10: {{From: -10, To: 10}}} {
		if s.CARWindows = windows; startOf(&s) != want {
			t.Errorf("of windows %v paths begin at %d, want %d", windows, startOf(&s), want)
		}
	}
}

// The other events of the window are marked at their sessions and named under the
// chart.
func TestOthersAreMarked(t *testing.T) {
	r := simulated(t, 3, false)
	d := take(t, r, "car")["event-2"].(*carData)
	at := make(map[string]int)
	for _, o := range d.Others {
		at[o.ID] = int(o.At)
	}
	if len(at) != 2 || at["event-1"] != -4 || at["event-3"] != 1 { // 20 January is a holiday: session 21 January
		t.Errorf("other events are at %v", at)
	}
	p := newPen(setter(t), Light, words.English, "en", 600, 0)
	text := strings.Join(d.figure(p).caption, "\n")
	if !strings.Contains(text, "Other catalogued events: a A title") || strings.Contains(text, "(−4)") {
		t.Errorf("from session -1 on one is named:\n%s", text)
	}
	start := -10
	p.start = &start
	if text := strings.Join(d.figure(p).caption, "\n"); !strings.Contains(text, "(−4)") || !strings.Contains(text, "; b A title") {
		t.Errorf("from session -10 on both are named:\n%s", text)
	}
}

// One security that moves farther than all others by far is cut at the axis, which an
// arrowhead and the caption say; the others keep their height.
func TestOutlierIsCut(t *testing.T) {
	d, _ := walks(14, "outlier")
	for k := 10; k < 21; k++ {
		d.Series[3].Y[k] += 9
	}
	lines := d.lines()
	lo, hi := d.bounds(lines)
	if hi > 2 || lo > -0.02 {
		t.Errorf("the axis reaches from %v to %v", lo, hi)
	}
	pg, c := sheet(t, d, "en", 600, 0)
	if text := strings.Join(pg.fig.caption, " "); !strings.Contains(text, "Arrowheads: it goes on beyond the axis.") {
		t.Errorf("the caption does not say that a line is cut:\n%s", text)
	}
	if ink := inkOf(t, &c.Canvas); ink.Max.Y > pg.size.Y {
		t.Errorf("ink %v leaves the page", ink)
	}
	if d, _ := walks(14, "none"); strings.Contains(strings.Join(d.figure(pg.pen).caption, " "), "Arrowheads") {
		t.Error("the caption speaks of arrowheads where there are none")
	}
}

// A narrow page is 390 pixels wide and no higher than a screen; its lines carry their
// figures, and where they lie stands beside them.
func TestNarrow(t *testing.T) {
	r := simulated(t, 12, false)
	files, err := Render(t.Context(), r, []string{"car", "ranking"}, Options{Narrow: true, Formats: []Format{SVG}})
	if err != nil {
		t.Fatal(err)
	}
	again, err := Render(t.Context(), r, []string{"car", "ranking"}, Options{Narrow: true, Formats: []Format{SVG}})
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range files {
		if !bytes.Equal(f.Data, again[i].Data) {
			t.Errorf("%s differs when it is drawn again", f.Name)
		}
		if !bytes.Contains(f.Data, []byte(`width="292.5pt"`)) {
			t.Errorf("%s: %.200s", f.Name, f.Data)
		}
		if car := strings.HasPrefix(f.Name, "car"); car != bytes.Contains(f.Data, []byte(`<metadata data-frame="`)) || car != bytes.Contains(f.Data, []byte(`data-from="-1" data-values="`)) {
			t.Errorf("%s: a line over time says where it lies: %v", f.Name, !car)
		}
	}
}
