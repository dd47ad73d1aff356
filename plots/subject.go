package plots

import (
	"slices"
	"strconv"
	"strings"

	"aftershock/analysis"
	"aftershock/events"
	"aftershock/market"
)

// subject is what a chart of one event says beside its figures.
type subject struct {
	event      *events.Event
	session0   []market.Date // of the used observations, ascending, each once
	used       int
	excluded   []string // "SMCI (short-estimation)"
	model      string
	benchmarks []string // that the model uses, each once
	estimation analysis.Window
	window     analysis.Window
	returns    market.ReturnKind
	sources    []string // of the prices, each once
}

// subjectOf collects the facts of the event whose observations are obs.
func subjectOf(r *analysis.Result, e *events.Event, obs []int) subject {
	s := subject{event: e, estimation: r.Study.Estimation, window: r.Study.Event, returns: r.Study.Returns, model: r.Study.Model.Name()}
	market := slices.ContainsFunc(r.Study.Model.Design("").Terms, func(t analysis.Term) bool { return t.Series == analysis.BenchmarkReturn })
	for _, i := range obs {
		o := &r.Observations[i]
		if !o.Used() {
			s.excluded = append(s.excluded, o.Security+" ("+string(o.Exclusion.Reason)+")")
			continue
		}
		s.used++
		s.session0 = append(s.session0, o.Session0)
		if market {
			s.benchmarks = append(s.benchmarks, o.Benchmark)
		}
		if c := r.Panel.Column(o.Security); c != nil && c.Origin != "" {
			s.sources = append(s.sources, c.Origin)
		}
	}
	slices.Sort(s.session0)
	s.session0 = slices.Compact(s.session0)
	s.benchmarks, s.sources = distinct(s.benchmarks), distinct(s.sources)
	return s
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

// title returns the event's title, or its ID where it has none.
func (s *subject) title(lang string) string {
	if t := s.event.TitleIn(lang); strings.TrimSpace(t) != "" {
		return t
	}
	return s.event.ID
}

// dates returns session 0 as a date, or the first and the last of several.
func (s *subject) dates() string {
	switch n := len(s.session0); n {
	case 0:
		return ""
	case 1:
		return s.session0[0].String()
	default:
		return s.session0[0].String() + " – " + s.session0[n-1].String()
	}
}

// facts returns the paragraphs that stand under every chart of the event: what
// was measured and how, and where the figures come from.
func (s *subject) facts(w *words) (method string, sources []string) {
	model, ok := w.models[s.model]
	if !ok {
		model = w.isolate(s.model)
	}
	n := w.securities(s.used)
	if len(s.excluded) > 0 {
		n += " (" + w.say(w.excluded, strconv.Itoa(len(s.excluded)), strconv.Itoa(s.used+len(s.excluded))) + ")"
	}
	parts := []string{n, model}
	if len(s.benchmarks) > 0 {
		parts = append(parts, w.say(w.benchmark, strings.Join(some(s.benchmarks, 4), ", ")))
	}
	parts = append(parts, w.say(w.estimation, window(s.estimation)))
	if r, ok := w.returns[s.returns]; ok {
		parts = append(parts, r)
	}
	method = strings.Join(parts, " · ")
	var from []string
	if len(s.sources) > 0 {
		from = append(from, w.say(w.prices, strings.Join(some(s.sources, 2), "; ")))
	}
	if s.event.Source != "" {
		from = append(from, w.say(w.news, clip(strings.TrimPrefix(s.event.Source, "https://"), 90)))
	}
	if len(from) > 0 {
		sources = []string{strings.Join(from, " · ")}
	}
	return method, sources
}

// some returns the first n of list and, in place of the others, how many they
// are.
func some(list []string, n int) []string {
	if len(list) <= n {
		return list
	}
	return append(slices.Clone(list[:n]), "+"+strconv.Itoa(len(list)-n))
}
