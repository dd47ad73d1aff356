package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"aftershock/events"
	"aftershock/market"
)

// symbolKey is what two ways to write one symbol have in common: BRK.B, brk-b and
// BRK/B are one.
func symbolKey(symbol string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if r == ' ' || r == '/' || r == '.' || r == '_' {
			return '-'
		}
		return r
	}, symbol))
}

// A spelling finds the symbols of a source of prices by what people write.
type spelling struct {
	have    map[string]bool
	byKey   map[string]string             // "": of several
	byName  map[string]string             // of those with a name, in lower case
	names   func() (*events.Names, error) // read when a symbol is not found otherwise
	service bool                          // symbols that it has not may be there
}

// spelling returns how the symbols of src are found; nil where they cannot be listed.
func (c *config) spelling(ctx context.Context, p *plan, src market.Source) (*spelling, error) {
	list, err := src.Symbols(ctx)
	if err != nil {
		return nil, err
	}
	s := &spelling{have: setOf(list), byKey: make(map[string]string, len(list)), byName: make(map[string]string), service: c.source().service}
	for _, symbol := range list {
		key := symbolKey(symbol)
		if _, twice := s.byKey[key]; twice {
			symbol = ""
		}
		s.byKey[key] = symbol
	}
	for symbol, sec := range p.configured {
		if sec.Name != "" {
			s.byName[strings.ToLower(sec.Name)] = symbol
		}
	}
	s.names = sync.OnceValues(events.ShippedNames)
	return s, nil
}

// find returns the symbol that written means, and whether the source may have it.
func (s *spelling) find(written string) (symbol string, ok bool) {
	if s.have[written] {
		return written, true
	}
	if symbol := s.byKey[symbolKey(written)]; symbol != "" {
		return symbol, true
	}
	if symbol, listed := events.Listed(written); listed {
		if s.have[symbol] {
			return symbol, true
		}
		if symbol := s.byKey[symbolKey(symbol)]; symbol != "" {
			return symbol, true
		}
		if s.service {
			return symbol, true
		}
	}
	if symbol := s.byName[strings.ToLower(written)]; symbol != "" && (s.have[symbol] || s.service) {
		return symbol, true
	}
	if names, err := s.names(); err == nil { // the table ships with the program
		if e, ok := names.ByName(written); ok && e.Symbol != "" && (s.have[e.Symbol] || s.service) {
			return e.Symbol, true
		}
	}
	if s.service && !strings.Contains(written, " ") {
		return strings.ToUpper(written), true
	}
	return written, false
}

// respell gives the securities of cat the symbols that src has them under, and
// says what it took for what.
func (a *app) respell(ctx context.Context, c *config, p *plan, src market.Source, cat *events.Catalog) (changed bool, err error) {
	s, err := c.spelling(ctx, p, src)
	if err != nil {
		return false, err
	}
	taken := make(map[string]string)
	var order []string
	for i := range cat.Events {
		e := &cat.Events[i]
		if !slices.ContainsFunc(e.Targets, func(t events.Target) bool { return !s.have[t.Symbol] }) {
			continue
		}
		targets := make([]events.Target, 0, len(e.Targets))
		kept := make(map[string]bool, len(e.Targets))
		for _, t := range e.Targets {
			if symbol, ok := s.find(t.Symbol); ok && symbol != t.Symbol {
				if taken[t.Symbol] == "" {
					order = append(order, t.Symbol)
				}
				taken[t.Symbol] = symbol
				t.Symbol = symbol
			}
			if !kept[t.Symbol] {
				targets, kept[t.Symbol] = append(targets, t), true
			}
		}
		e.Targets = targets
	}
	if len(order) == 0 {
		return false, nil
	}
	const shown = 5
	var said []string
	for _, written := range order[:min(shown, len(order))] {
		said = append(said, fmt.Sprintf("%s is %s", written, taken[written]))
	}
	if len(order) > shown {
		said = append(said, fmt.Sprintf("and %d more", len(order)-shown))
	}
	a.say("%s: securities are written as %s has them: %s", cat.Origin, src.Name(), strings.Join(said, ", "))
	return true, nil
}

// unknownSecurities lists the securities of cat that src has not under any
// spelling, each with the line where it stands first and what may have been meant.
func (s *spelling) unknownSecurities(cat *events.Catalog, source string) []string {
	var out []string
	seen := make(map[string]bool)
	have := slices.Sorted(maps.Keys(s.have))
	for i := range cat.Events {
		for _, t := range cat.Events[i].Targets {
			if seen[t.Symbol] {
				continue
			}
			seen[t.Symbol] = true
			if _, ok := s.find(t.Symbol); !ok {
				near := ""
				if n := events.Nearest(t.Symbol, have); n != "" {
					near = fmt.Sprintf("; did you mean %s?", n)
				}
				out = append(out, fmt.Sprintf("%s: security %q is not in %s%s", cat.Events[i].Origin, t.Symbol, source, near))
			}
		}
	}
	return out
}
