package plots

import (
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"aftershock/analysis"
	"aftershock/analysis/model"
	"aftershock/events"
	"aftershock/internal/words"
	"aftershock/market"
)

// facts are what stands under every chart: what was measured and how, and
// where the figures come from.
type facts struct {
	Used, Out  int      // observations, used and excluded
	Excluded   []string // "SMCI (short-estimation)"
	Model      string
	Benchmarks []string // that the model uses, each once
	Estimation analysis.Window
	Window     analysis.Window
	Returns    market.ReturnKind
	Weights    analysis.Weighting
	Sources    []string // of the prices, each once
}

// factsOf collects the facts of the observations obs.
func factsOf(r *analysis.Result, obs []int) facts {
	s := facts{Estimation: r.Study.EstimationWindow, Window: r.Study.EventWindow, Returns: r.Study.Returns, Model: r.Study.Model.Name(), Weights: r.Study.Weights}
	market := slices.ContainsFunc(r.Study.Model.Design("").Terms, func(t model.Term) bool { return t.Series == model.BenchmarkReturn })
	for _, i := range obs {
		o := r.Observation(i)
		if !o.Used() {
			s.Out++
			s.Excluded = append(s.Excluded, o.Security+" ("+string(o.Exclusion.Reason)+")")
			continue
		}
		s.Used++
		if market {
			s.Benchmarks = append(s.Benchmarks, o.Benchmark)
		}
		if c := r.Panel.Column(o.Security); c != nil && c.Origin != "" {
			s.Sources = append(s.Sources, shortened(c.Origin))
		}
	}
	s.Benchmarks, s.Sources = distinct(s.Benchmarks), distinct(s.Sources)
	return s
}

// shortened names a file by its own name and that of its folder where its origin
// is a whole path: where a folder lies on one machine is of no use on another.
func shortened(origin string) string {
	if !filepath.IsAbs(origin) {
		return origin
	}
	dir, name := filepath.Split(origin)
	return path.Join(filepath.Base(dir), name)
}

// subject is the event that a chart is about, with the facts of its
// observations.
type subject struct {
	facts
	headline
	Session0 days   // of the used observations, ascending, each once
	News     string // where the news was read
}

// subjectOf collects the facts of the event e, whose observations are obs.
func subjectOf(r *analysis.Result, e *events.Event, obs []int) subject {
	s := subject{facts: factsOf(r, obs), headline: headlineOf(e), News: e.Source}
	for _, i := range obs {
		if o := r.Observation(i); o.Used() {
			s.Session0 = append(s.Session0, o.Session0)
		}
	}
	slices.Sort(s.Session0)
	s.Session0 = slices.Compact(s.Session0)
	return s
}

func (s *subject) id() string      { return s.ID }
func (s *subject) about() []string { return []string{s.ID} }

// headline is an event's name, in the languages that charts speak.
type headline struct {
	ID     string
	Titles map[string]string // by language; "" where none is stated
}

func headlineOf(e *events.Event) headline {
	h := headline{e.ID, map[string]string{"": e.Title}}
	for _, lang := range slices.Sorted(maps.Keys(e.Titles)) {
		primary, _, _ := strings.Cut(strings.ToLower(lang), "-")
		if _, ok := words.Lookup(primary); ok && (h.Titles[primary] == "" || lang == primary) {
			h.Titles[primary] = e.Titles[lang]
		}
	}
	return h
}

// title returns the event's title, or its ID where it has none.
func (h *headline) title(lang string) string {
	primary, _, _ := strings.Cut(strings.ToLower(lang), "-")
	for _, t := range []string{h.Titles[primary], h.Titles[""]} {
		if strings.TrimSpace(t) != "" {
			return t
		}
	}
	return h.ID
}

// distinct returns the elements of list, each once, in order of appearance.
func distinct(list []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// dates returns session 0 as a date, or the first and the last of several.
func (s *subject) dates() string {
	switch n := len(s.Session0); n {
	case 0:
		return ""
	case 1:
		return s.Session0[0].String()
	default:
		return s.Session0[0].String() + " – " + s.Session0[n-1].String()
	}
}

// method returns the line that says what was measured, of which count says how
// many there are, and how.
func (s *facts) method(w *words.Language, count func(n int) string) string {
	n := count(s.Used)
	if s.Out > 0 {
		n += " (" + w.Say("%s of %s excluded", strconv.Itoa(s.Out), strconv.Itoa(s.Used+s.Out)) + ")"
	}
	parts := []string{n, w.Model(s.Model)}
	if len(s.Benchmarks) > 0 {
		parts = append(parts, w.Say("benchmark %s", strings.Join(some(s.Benchmarks, 4), ", ")))
	}
	parts = append(parts, w.Say("estimation window %s", window(s.Estimation)))
	if s.Returns != "" {
		parts = append(parts, w.Returns(s.Returns))
	}
	return strings.Join(parts, " · ")
}

// origins returns the line that says where the figures come from and, where it
// is not empty, the news; none where nothing is known.
func (s *facts) origins(w *words.Language, news string) []string {
	var from []string
	if len(s.Sources) > 0 {
		from = append(from, w.Say("Prices: %s", strings.Join(some(s.Sources, 2), "; ")))
	}
	if news != "" {
		from = append(from, w.Say("News: %s", clip(strings.TrimPrefix(news, "https://"), 90)))
	}
	if len(from) == 0 {
		return nil
	}
	return []string{strings.Join(from, " · ")}
}

// caption returns what stands under a chart of securities: the method, then
// what the chart has to say, what is missing from it and what was excluded, then the
// origins.
func (s *subject) caption(w *words.Language, say []string, missing []string) []string {
	out := []string{s.method(w, w.Securities)}
	say = slices.Clone(say)
	if len(missing) > 0 {
		say = append(say, w.Say("Without figures: %s.", strings.Join(some(missing, 6), ", ")))
	}
	if len(s.Excluded) > 0 {
		say = append(say, w.Say("Excluded: %s.", strings.Join(some(s.Excluded, 6), ", ")))
	}
	if len(say) > 0 {
		out = append(out, strings.Join(say, " "))
	}
	return append(out, s.origins(w, s.News)...)
}

// some returns the first n of list and, in place of the others, how many they
// are.
func some(list []string, n int) []string {
	if len(list) <= n {
		return list
	}
	return append(slices.Clone(list[:n]), "+"+strconv.Itoa(len(list)-n))
}
