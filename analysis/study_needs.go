package analysis

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"aftershock/analysis/model"
	"aftershock/events"
	"aftershock/market"
)

// Needs is the data that a study takes: what to load before it is run.
type Needs struct {
	// Securities are those that are studied and those that explain the returns
	// of others, each once, in the order in which they are first named.
	Securities []market.Security
	// Regressors holds the symbols among them that explain the returns of
	// others; without one of these nothing that it explains can be measured.
	Regressors map[string]bool
	// Factors are the names of the factors, the risk-free rate first.
	Factors []string
	Days    market.Span // see Study.Days
}

// Needs lists the data that the study of the events of catalog takes. known is
// what is known of securities; of one that is given twice the last counts, and of
// one that is not given only the symbol is known.
//
// Errors: an event names no securities and the study none either; the model needs
// a market, and the study has no benchmark (a *SpecError).
func (s *Study) Needs(catalog *events.Catalog, known ...market.Security) (*Needs, error) {
	about := make(map[string]market.Security, len(known))
	for _, sec := range known {
		about[sec.Symbol] = sec
	}
	n := &Needs{Regressors: make(map[string]bool), Factors: FactorsOf(s.Model), Days: s.Days(catalog)}
	seen := make(map[string]bool)
	add := func(symbol string) {
		if !seen[symbol] {
			seen[symbol] = true
			sec := about[symbol]
			sec.Symbol = symbol
			n.Securities = append(n.Securities, sec)
		}
	}
	studied, own := s.needed(catalog), false // own: those of the study are in
	for i := range catalog.Events {
		e := &catalog.Events[i]
		if !studied(e.ID) {
			continue
		}
		if len(e.Targets) == 0 && len(s.Securities) == 0 {
			return nil, fmt.Errorf("%s: event %s names no securities, and the configuration none under securities; name them in one of the two", e.Origin, e.ID)
		}
		for _, t := range e.Targets {
			add(t.Symbol)
		}
		if len(e.Targets) == 0 && !own {
			own = true
			for _, symbol := range s.Securities {
				add(symbol)
			}
		}
	}
	for _, c := range s.Contrasts {
		for _, side := range []Side{c.First, c.Second} {
			if side.Event != "" {
				for _, symbol := range side.Securities {
					add(symbol)
				}
			}
		}
	}
	for _, sec := range slices.Clone(n.Securities) {
		symbols, err := s.regressors(sec)
		if err != nil {
			return nil, err
		}
		for _, symbol := range symbols {
			n.Regressors[symbol] = true
			add(symbol)
		}
	}
	return n, nil
}

// needed returns which events are studied, or contrasted.
func (s *Study) needed(catalog *events.Catalog) func(id string) bool {
	studied := chosen(s.EventIDs, catalog)
	return func(id string) bool {
		return studied(id) || slices.ContainsFunc(s.Contrasts, func(v Versus) bool { return v.First.Event == id })
	}
}

// regressors lists the symbols that explain the returns of sec.
func (s *Study) regressors(sec market.Security) ([]string, error) {
	var out []string
	for _, t := range s.Model.Design(sec.Symbol).Terms {
		switch t.Series {
		case model.BenchmarkReturn:
			symbol := cmp.Or(sec.Benchmark, s.Benchmark)
			if symbol == "" {
				return nil, refuse("benchmark", "is empty, and the model %s needs a market; name its symbol, such as SPY", s.Model.Name())
			}
			out = append(out, symbol)
		case model.BasketReturn:
			out = append(out, t.Basket.Symbols...)
		case model.SecurityReturn:
			if t.Name != "" {
				out = append(out, t.Name)
			}
		}
	}
	return out, nil
}

// Days returns the days that hold the windows of the studied events of catalog
// (of three days two are sessions, or more, and holidays of weeks come on top) and
// three years more before them, for the test placebo; all days, where no event is
// studied.
func (s *Study) Days(catalog *events.Catalog) market.Span {
	first, last := market.Date(math.MaxInt32), market.NoDate
	studied := s.needed(catalog)
	for i := range catalog.Events {
		if e := &catalog.Events[i]; studied(e.ID) {
			day := market.DateOf(e.Time.UTC())
			first, last = min(first, day), max(last, day)
		}
	}
	if last == market.NoDate {
		return market.Span{}
	}
	const holidays, more = 21, 3
	days := func(sessions int) market.Date { return market.Date(sessions*3/2 + holidays) }
	return market.Span{
		From: market.NewDate((first-days(-s.EstimationWindow.From)).Year()-more, 1, 1),
		To:   last + days(s.EventWindow.To),
	}
}

// Around returns the days that hold the windows about the sessions of a period, both
// days of it included; what is open of the period is open of the days.
func (s *Study) Around(from, to market.Date) market.Span {
	const holidays = 21
	out := market.Span{From: market.NoDate, To: market.NoDate}
	if said(from) {
		out.From = from - market.Date(-s.EstimationWindow.From*3/2+holidays)
	}
	if said(to) {
		out.To = to + market.Date(max(5, s.EventWindow.To)*3/2+holidays)
	}
	return out
}

// FactorsOf lists the factors that m takes, the risk-free rate first.
func FactorsOf(m model.Model) []string {
	var out []string
	d := m.Design("")
	excess := d.Excess
	for _, t := range d.Terms {
		excess = excess || t.Excess
		if t.Series == model.FactorReturn && !slices.Contains(out, t.Name) {
			out = append(out, t.Name)
		}
	}
	if excess && !slices.Contains(out, model.RiskFree) {
		out = slices.Insert(out, 0, model.RiskFree)
	}
	return out
}

// said reports whether a day of a period is given.
func said(d market.Date) bool { return d != market.NoDate && d != 0 }
