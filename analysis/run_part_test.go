package analysis

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"aftershock/analysis/model"
	"aftershock/events"
	"aftershock/market"
)

// dump writes every figure of r to the bit, those that reports ask for among them.
func dump(r *Result) string {
	var b strings.Builder
	x := r.Reader()
	for i := range r.N() {
		o := r.Observation(i)
		fmt.Fprintln(&b, o.EventID, o.Security, o.Session0, o.Fit, o.Exclusion, r.AbnormalReturns(i))
		for w := range r.Study.CARWindows {
			if r.N() < 100 {
				low, high := x.PlaceboInterval(i, w)
				fmt.Fprintln(&b, x.ObservationTests(i, w), low, high)
			}
		}
	}
	for i := range r.Groups {
		fmt.Fprintf(&b, "%+v\n", r.Groups[i])
		for w := range r.Study.CARWindows {
			fmt.Fprintln(&b, r.AverageInterval(&r.Groups[i], w))
		}
	}
	fmt.Fprintln(&b, r.Corrected, r.Contrasts, r.Notes)
	return b.String()
}

// stored is p after it was written and read.
func stored(t testing.TB, p *Part) *Part {
	t.Helper()
	data, err := p.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	q := new(Part)
	if err := q.UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	if again, err := q.MarshalBinary(); err != nil || !bytes.Equal(again, data) {
		t.Fatalf("a part changes when it is stored: %v", err)
	}
	return q
}

// partsOf computes the parts of a study, the last first, by one worker or by one
// for each.
func partsOf(t testing.TB, s *Study, c *events.Catalog, p *market.Panel, of int, one bool) (parts []*Part) {
	t.Helper()
	w, err := s.NewWorker(c, p)
	if err != nil {
		t.Fatal(err)
	}
	w.Placebo = true
	for i := of; i >= 1; i-- {
		var x *Part
		if one {
			x, err = w.Part(t.Context(), i, of, nil)
		} else {
			x, err = s.RunPart(t.Context(), c, p, i, of, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, stored(t, x))
	}
	return parts
}

// mustStretch compares what shares say of the observations that they make rows of with
// what the whole says, by one worker or by one for each.
func mustStretch(t *testing.T, whole *Result, of int, one bool) {
	t.Helper()
	s := whole.Study
	say := func(r *Result, i int) string {
		x, o := r.Reader(), r.Observation(i)
		out := fmt.Sprintln(o.EventID, o.Security, o.Session0, o.Fit, o.Exclusion, x.AbnormalReturns(i), x.Diagnostics(i))
		out += fmt.Sprintln(r.Halves(i))
		out += fmt.Sprintln(r.Regime(i), r.MidSession(i), r.Trimmed(i))
		for w := range s.CARWindows {
			low, high := x.PlaceboInterval(i, w)
			out += fmt.Sprintln(x.ObservationTests(i, w), low, high, x.Seen(i, w))
		}
		return out
	}
	var w *Worker
	at := 0
	for i := 1; i <= of; i++ {
		var err error
		if w == nil || !one {
			if w, err = s.NewWorker(whole.Catalog, whole.Panel); err != nil {
				t.Fatal(err)
			}
			w.Placebo = true
		}
		if _, err := w.Part(t.Context(), i, of, nil); err != nil {
			t.Fatal(err)
		}
		r, lo, hi, ok, err := w.Stretch(t.Context(), i, of)
		if err != nil || !ok || lo != at || hi < lo {
			t.Fatalf("share %d of %d: observations %d to %d after %d, %t, %v", i, of, lo, hi, at, ok, err)
		}
		at = hi
		for k := lo; k < hi; k++ {
			if is, want := say(r, k), say(whole, k); is != want {
				t.Fatalf("share %d of %d, observation %d: %s", i, of, k, firstDifference(want, is))
			}
		}
	}
	if at != whole.N() {
		t.Fatalf("%d shares have %d observations of %d", of, at, whole.N())
	}
	if _, _, _, _, err := w.Stretch(t.Context(), of+1, of); err == nil {
		t.Error("there is a share too many")
	}
}

func mustMerge(t testing.TB, s *Study, c *events.Catalog, p *market.Panel, parts []*Part) *Result {
	t.Helper()
	r, err := s.Merge(t.Context(), c, p, parts)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// firstDifference shows where two dumps part.
func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for k := range min(len(x), len(y)) {
		if x[k] != y[k] {
			at := 0
			for at < min(len(x[k]), len(y[k])) && x[k][at] == y[k][at] {
				at++
			}
			at = max(0, at-200)
			return fmt.Sprintf("line %d: ...%.400s\n     and: ...%.400s", k, x[k][at:], y[k][at:])
		}
	}
	return "their lengths"
}

// Parts join into what one run gives: every test, resampled ones too, families,
// contrasts, on the small fixture with its gaps, exclusions and repeats.
func TestParts(t *testing.T) {
	n := newNasty(t)
	for what, change := range map[string]func(s *Study){
		"market":          func(s *Study) {},
		"market-adjusted": func(s *Study) { s.Model = model.MarketAdjusted{} },
		"zero":            func(s *Study) { s.MissingEvent, s.Weights = ZeroMissing, PrecisionWeights },
		"garch":           func(s *Study) { s.Model, s.Tests = model.GARCH{}, DefaultTests() },
		"huber": func(s *Study) {
			s.Model, s.Tests = model.Huber{}, DefaultTests()
			s.Tests = append(s.Tests, Placebo{})
		},
		"families": func(s *Study) {
			s.Family, s.Correction, s.Draws = SecurityFamily, RomanoWolfCorrection, 60
		},
		"trimmed":  func(s *Study) { s.Confounders = TrimConfounders },
		"no tests": func(s *Study) { s.Tests = nil },
		"no group": func(s *Study) { s.Groups = nil },
	} {
		t.Run(what, func(t *testing.T) {
			s := n.study()
			s.Tests, s.Draws, s.Groups = Tests, 199, Groupings
			change(s)
			p := n.panel(t, market.Simple, nil)
			ran := mustRun(t, s, n.catalog, p)
			mustStretch(t, ran, 3, false)
			mustStretch(t, ran, 40, true)
			whole := dump(ran)
			for _, of := range []int{1, 2, 3, 7, 40} { // 40: more parts than observations
				if testing.Short() && of != 3 {
					continue
				}
				parts := partsOf(t, s, n.catalog, p, of, of != 3)
				if asked := of != 3 && s.runs(Placebo{}); asked != slices.ContainsFunc(parts, func(x *Part) bool { return len(x.Placed) > 0 }) {
					t.Errorf("%d parts: placebo tests of observations are asked for: %t", of, asked)
				}
				if joined := dump(mustMerge(t, s, n.catalog, p, parts)); joined != whole {
					t.Errorf("%d parts joined differ from one run: %s", of, firstDifference(whole, joined))
				}
			}
		})
	}
}

// Groups of many blocks, which several shares have, join as well: with and without
// gaps, of one date and of many, of rows that lie by event and by security. Their sums
// come from the parts: what is left to compute is counted.
func TestSharedGroups(t *testing.T) {
	tests := append(DefaultTests(), Bootstrap{}, BHARSkewness{})
	for what, change := range map[string]func(p *market.Panel) *events.Catalog{
		"many dates": func(p *market.Panel) *events.Catalog { return benchCatalog(p, 3*block) },
		"gaps": func(p *market.Panel) *events.Catalog {
			for k := range 12 {
				p.Columns[3+5*k].Return[280+31*k] = nan
			}
			return benchCatalog(p, 3*block)
		},
		"scattered": func(p *market.Panel) *events.Catalog {
			c := benchCatalog(p, 3*block)
			out := &events.Catalog{}
			for _, e := range c.Events {
				for k, to := range e.Targets {
					e := e
					e.ID, e.Targets, e.Category = fmt.Sprint(e.ID, to.Symbol), []events.Target{to}, fmt.Sprint("c", k%2)
					out.Events = append(out.Events, e)
				}
			}
			return out
		},
	} {
		t.Run(what, func(t *testing.T) {
			p := benchPanel(t, 150, 700)
			c := change(p)
			for k := range c.Events {
				if c.Events[k].Category == "" {
					c.Events[k].Category = fmt.Sprint("c", k%3)
				}
			}
			s := DefaultStudy()
			s.Benchmark, s.EstimationWindow, s.MinEstimation = "INDEX", Window{-140, -21}, 100
			s.EventWindow, s.CARWindows, s.Tests, s.Draws = Window{-3, 5}, []Window{{0, 1}, {-1, 5}}, tests, 60
			if what == "scattered" {
				s.Groups = []Grouping{BySecurity, ByCategory, All}
			}
			whole := mustRun(t, s, c, p)
			if whole.scattered != (what == "scattered") {
				t.Fatal("the fixture is not what it is called")
			}
			want := dump(whole)
			if what != "gaps" {
				mustStretch(t, whole, 2, false)
				mustStretch(t, whole, 3, true)
			}
			for _, of := range []int{1, 2, 3, 7} {
				if testing.Short() && of != 3 {
					continue
				}
				parts := partsOf(t, s, c, p, of, true)
				if joined := dump(mustMerge(t, s, c, p, parts)); joined != want {
					t.Errorf("%d parts joined differ from one run: %s", of, firstDifference(want, joined))
				}
				kinds := make(map[string]int)
				for _, x := range parts {
					for _, g := range x.Shared {
						for _, y := range g.Sums {
							kinds[strings.Fields(y.Kind)[0]]++
						}
					}
				}
				if of > 1 && (kinds["ranks"] == 0 || kinds["pairs"]+kinds["meetings"] == 0 || kinds["bootstrap"] == 0 || kinds["bhar-skewness"] == 0 || kinds["residuals"] == 0) {
					t.Errorf("%d parts share %v", of, kinds)
				}
			}
		})
	}
}

// A group of one date that several shares have: the residual sums of its blocks.
func TestSharedDate(t *testing.T) {
	for _, gap := range []bool{false, true} {
		p := benchPanel(t, 2*block+100, 330)
		if gap {
			for k := range 40 {
				p.Columns[3+50*k].Return[100+k] = nan
			}
		}
		cal, first := p.Columns[0].Calendar, p.Columns[0].First
		c := &events.Catalog{Events: []events.Event{{ID: "one", DateOnly: true, Time: cal.Date(first+300).In(time.UTC, 0)}}}
		for _, col := range p.Columns[1:] {
			c.Events[0].Targets = append(c.Events[0].Targets, events.Target{Symbol: col.Symbol})
		}
		s := DefaultStudy()
		s.Benchmark, s.EstimationWindow, s.Groups = "INDEX", Window{-140, -21}, []Grouping{ByEvent, All}
		s.Tests, s.Draws = append(DefaultTests(), Placebo{}), 24
		want := dump(mustRun(t, s, c, p))
		parts := partsOf(t, s, c, p, 3, true)
		if joined := dump(mustMerge(t, s, c, p, parts)); joined != want {
			t.Errorf("gaps: %t: parts joined differ from one run: %s", gap, firstDifference(want, joined))
		}
		if len(parts[0].Shared) != 2 || len(parts[0].Shared[0].Sums) == 0 {
			t.Errorf("nothing is shared: %d", len(parts[0].Shared))
		}
	}
}

// What merge computes of a group that several shares have is what no part has: a
// sum of a part that is changed changes the result.
func TestSumsComeFromParts(t *testing.T) {
	p := benchPanel(t, 150, 700)
	c := benchCatalog(p, 3*block)
	s := DefaultStudy()
	s.Benchmark, s.EstimationWindow, s.Groups = "INDEX", Window{-140, -21}, []Grouping{All}
	want := dump(mustRun(t, s, c, p))
	for _, kind := range []string{"ranks", "residuals", "meetings"} {
		parts := partsOf(t, s, c, p, 2, true)
		changed := 0
		for _, x := range parts {
			for _, g := range x.Shared {
				for _, y := range g.Sums {
					if y.Kind == kind {
						for k := range y.Values {
							y.Values[k] *= 1.5
						}
						changed++
					}
				}
			}
		}
		if changed == 0 || dump(mustMerge(t, s, c, p, parts)) == want {
			t.Errorf("%s: %d were changed, and the result was not", kind, changed)
		}
		for _, x := range parts { // what is missing is computed
			for g := range x.Shared {
				x.Shared[g].Sums = slices.DeleteFunc(x.Shared[g].Sums, func(y Sums) bool { return y.Kind == kind })
			}
		}
		if got := dump(mustMerge(t, s, c, p, parts)); got != want {
			t.Errorf("without %s: %s", kind, firstDifference(want, got))
		}
	}
}

// Where fits are dear, shares carry the refits of pseudo-dates too: those of placebo, of
// groups that lie in one share and in several, and those of families.
func TestRefitsComeFromParts(t *testing.T) {
	n := newNasty(t)
	p := n.panel(t, market.Simple, nil)
	s := n.study()
	s.Model, s.Tests, s.Draws, s.Groups = model.Huber{}, []Test{StudentTest{}, Bootstrap{}, Placebo{}}, 24, Groupings
	s.Family, s.Correction = SecurityFamily, RomanoWolfCorrection
	want := dump(mustRun(t, s, n.catalog, p))
	for _, kind := range []string{"placebo", familyDraws} {
		parts := partsOf(t, s, n.catalog, p, 3, kind == "placebo")
		if joined := dump(mustMerge(t, s, n.catalog, p, parts)); joined != want {
			t.Errorf("parts joined differ from one run: %s", firstDifference(want, joined))
		}
		values := 0
		for _, x := range parts {
			for _, g := range x.Shared {
				for _, y := range g.Sums {
					if y.Kind == kind {
						values += len(y.Values)
						for k := range y.Values {
							y.Values[k] = 3*y.Values[k] + 1
						}
					}
				}
			}
		}
		if values == 0 || dump(mustMerge(t, s, n.catalog, p, parts)) == want {
			t.Errorf("%s: %d were changed, and the result was not", kind, values)
		}
	}
	w, err := s.NewWorker(n.catalog, p)
	if err != nil {
		t.Fatal(err)
	}
	d := w.duty(1, 3)
	if len(d.whole) == 0 || len(d.common) == 0 {
		t.Errorf("%d groups of one share, %d of several", len(d.whole), len(d.common))
	}
}

func TestWrongParts(t *testing.T) {
	n := newNasty(t)
	ctx, s, p := context.Background(), n.study(), n.panel(t, market.Simple, nil)
	s.Tests = nil
	part := func(s *Study, i, of int) *Part {
		x, err := s.RunPart(ctx, n.catalog, p, i, of, nil)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	other := n.study()
	other.Tests, other.CARWindows = nil, []Window{{0, 0}}
	costly := n.study()
	costly.Tests, costly.Model = nil, model.Huber{}
	cut := part(costly, 1, 1)
	cut.Figures[3] = cut.Figures[3][1:]
	moved := part(costly, 1, 1)
	moved.First = 1
	strange := part(s, 1, 1)
	strange.Groups[0].N++
	beyond := part(s, 1, 1)
	beyond.Placed = []PartPlacebo{{Row: 1 << 20}}
	for _, x := range []struct {
		what  string
		study *Study
		parts []*Part
	}{
		{"given twice", s, []*Part{part(s, 1, 2), part(s, 1, 2)}},
		{"is one of 2", s, []*Part{part(s, 1, 2)}},
		{"another study: it has 3", s, []*Part{{Index: 1, Of: 1, Rows: 3}}},
		{"windows", s, []*Part{part(other, 1, 1)}},
		{"windows", costly, []*Part{cut}},
		{"windows", costly, []*Part{moved}},
		{"another study", s, []*Part{strange}},
		{"another study", s, []*Part{beyond}},
		{"no part", s, nil},
	} {
		if _, err := x.study.Merge(ctx, n.catalog, p, x.parts); err == nil || !strings.Contains(err.Error(), x.what) {
			t.Errorf("%s: %v", x.what, err)
		}
	}
	if _, err := s.RunPart(ctx, n.catalog, p, 3, 2, nil); err == nil {
		t.Error("share 3 of 2")
	}
}

// A part that was changed and sealed again joins to some result or is refused.
func TestChangedParts(t *testing.T) {
	n := newNasty(t)
	p := n.panel(t, market.Simple, nil)
	for _, m := range []model.Model{model.MarketModel{}, model.Huber{}} {
		s := n.study()
		s.Model, s.Tests, s.Draws, s.Groups = m, []Test{StudentTest{}, KPBMP{}, Joint{}, Placebo{}}, 24, Groupings
		data, err := partsOf(t, s, n.catalog, p, 1, true)[0].MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		joined := 0
		for k := 30; k < len(data); k += 1 + len(data)/150 {
			for _, x := range []byte{0xff, 0x01} {
				own, part := bytes.Clone(data), new(Part)
				own[k] ^= x
				if part.UnmarshalBinary(own) != nil {
					continue
				}
				if r, err := s.Merge(t.Context(), n.catalog, p, []*Part{part}); err == nil {
					joined++
					_ = dump(r)
				}
			}
		}
		if joined == 0 {
			t.Errorf("%s: every change was found", m.Name())
		}
	}
}

// Bytes that are no part are refused.
func TestPartBytes(t *testing.T) {
	n := newNasty(t)
	s := n.study()
	s.Model = model.Huber{}
	x, err := s.RunPart(t.Context(), n.catalog, n.panel(t, market.Simple, nil), 1, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	data, err := x.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	for k := 0; k < len(data); k += 1 + len(data)/500 {
		if new(Part).UnmarshalBinary(data[:k]) == nil {
			t.Fatalf("the first %d of %d bytes are a part", k, len(data))
		}
		own := bytes.Clone(data)
		own[k] ^= 0xff
		_ = new(Part).UnmarshalBinary(own) // does not panic
	}
	if new(Part).UnmarshalBinary(append(data, 0)) == nil {
		t.Error("a byte too many")
	}
	deep := Sentence{Code: "x"}
	for range 100 {
		deep = Sentence{"x", []any{deep}}
	}
	bottomless := &Part{Excluded: []PartExclusion{{Exclusion: Exclusion{Args: []any{deep}}}}}
	if data, err := bottomless.MarshalBinary(); err != nil || new(Part).UnmarshalBinary(data) == nil {
		t.Errorf("sentences without end: %v", err)
	}
	if _, err := (&Part{Excluded: []PartExclusion{{Exclusion: Exclusion{Args: []any{struct{}{}}}}}}).MarshalBinary(); err == nil {
		t.Error("a value of an unknown kind")
	}
}
