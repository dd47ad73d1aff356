package model

import (
	"fmt"
	"slices"
)

// ModelOptions are what a study may say about its model beside the name. A
// field that is zero is not said.
type Options struct {
	Factors      []string            // factors: names of factors of the panel
	Excess       bool                // factors: explain the return less the risk-free rate
	Lags         int                 // dimson, fowler-rorke: lags and leads of the market; 0 means 1
	Peers        []string            // peer: the group
	PeersOf      map[string][]string // peer: groups of single securities
	PeerWeights  string              // peer: equal or value; "" means equal
	PeerMarket   bool                // peer: as the regressor of the market model
	Donors       []string            // synthetic: the pool
	Ridge        bool                // synthetic: weights augmented by ridge
	OtherSectors bool                // synthetic: without donors of the security's own sector
	Sectors      map[string]string   // synthetic: the sectors of securities and donors, for OtherSectors
	Matches      map[string]string   // matched: the match, by security
}

// NewModel returns the model called name with its options.
//
// Errors, each a *OptionError that names the option: no such model, an option
// that the model does not have, an option that it needs and lacks, a symbol
// that is empty or named twice, a security that is its own match, weights
// that are neither equal nor value, negative lags.
func New(name string, o Options) (Model, error) {
	m, ok := ByName(name)
	if !ok {
		return nil, &OptionError{"model", fmt.Sprintf("no model is called %q; `list models` shows them", name)}
	}
	for _, opt := range []struct {
		name   string
		said   bool
		models []string
		needed bool
	}{
		{"factors", len(o.Factors) > 0, []string{"factors"}, true},
		{"excess", o.Excess, []string{"factors"}, false},
		{"lags", o.Lags != 0, []string{"dimson", "fowler-rorke"}, false},
		{"peers", len(o.Peers) > 0 || len(o.PeersOf) > 0, []string{"peer"}, true},
		{"peer_weights", o.PeerWeights != "", []string{"peer"}, false},
		{"peer_market", o.PeerMarket, []string{"peer"}, false},
		{"donors", len(o.Donors) > 0, []string{"synthetic"}, true},
		{"ridge", o.Ridge, []string{"synthetic"}, false},
		{"other_sectors", o.OtherSectors, []string{"synthetic"}, false},
		{"matches", len(o.Matches) > 0, []string{"matched"}, true},
	} {
		has := slices.Contains(opt.models, name)
		if opt.said && !has {
			return nil, &OptionError{"model." + opt.name, fmt.Sprintf("the model %s has no such option; leave it out", name)}
		}
		if has && opt.needed && !opt.said {
			return nil, &OptionError{"model." + opt.name, fmt.Sprintf("the model %s needs it; name at least one", name)}
		}
	}
	if err := listed("factors", o.Factors); err != nil {
		return nil, err
	}
	if err := listed("peers", o.Peers); err != nil {
		return nil, err
	}
	if err := listed("donors", o.Donors); err != nil {
		return nil, err
	}
	for _, security := range sortedKeys(o.PeersOf) {
		if err := listed("peers", o.PeersOf[security]); err != nil {
			return nil, err
		}
		if len(without(o.PeersOf[security], security)) == 0 {
			return nil, &OptionError{"model.peers", fmt.Sprintf("the group of %s has no other security; name at least one", security)}
		}
	}
	for _, security := range sortedKeys(o.Matches) {
		if match := o.Matches[security]; match == "" || match == security {
			return nil, &OptionError{"model.matches", fmt.Sprintf("%s needs another security as its match", security)}
		}
	}
	if o.PeerWeights != "" && o.PeerWeights != equalWeights && o.PeerWeights != valueWeights {
		return nil, &OptionError{"model.peer_weights", fmt.Sprintf("%q; use %s or %s", o.PeerWeights, equalWeights, valueWeights)}
	}
	if o.Lags < 0 {
		return nil, &OptionError{"model.lags", fmt.Sprintf("%d; use 1 or more", o.Lags)}
	}
	switch m := m.(type) {
	case Factors:
		if name == "factors" {
			m.Series, m.Excess = o.Factors, o.Excess
		}
		return m, nil
	case Dimson:
		m.Lags = o.Lags
		return m, nil
	case Peer:
		return Peer{o.Peers, o.PeersOf, o.PeerWeights == valueWeights, o.PeerMarket}, nil
	case Synthetic:
		return Synthetic{o.Donors, o.Ridge, o.OtherSectors, o.Sectors}, nil
	case Matched:
		return Matched{o.Matches}, nil
	}
	return m, nil
}

// listed reports an empty or repeated name in the list of an option.
func listed(option string, names []string) error {
	for i, n := range names {
		if n == "" {
			return &OptionError{"model." + option, fmt.Sprintf("entry %d is empty; name it or leave it out", i+1)}
		}
		if slices.Contains(names[:i], n) {
			return &OptionError{"model." + option, n + " is named twice; name it once"}
		}
	}
	return nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// OptionError says which option of a model makes no sense, and why.
type OptionError struct {
	Field   string // as in the configuration: "model", "model.peers"
	Problem string // what is wrong and what to do
}

// Error implements error.
func (e *OptionError) Error() string { return e.Field + ": " + e.Problem }

const equalWeights, valueWeights = "equal", "value"

// OptionsOf returns the options by which New makes m again from its name.
func OptionsOf(m Model) Options {
	switch m := m.(type) {
	case Factors:
		if m.Name() == "factors" { // the others have their own
			return Options{Factors: m.Series, Excess: m.Excess}
		}
	case Dimson:
		return Options{Lags: m.Lags}
	case Peer:
		o := Options{Peers: m.Peers, PeersOf: m.PeersOf, PeerMarket: m.Market}
		if m.ByValue {
			o.PeerWeights = valueWeights
		}
		return o
	case Synthetic:
		return Options{Donors: m.Donors, Ridge: m.Ridge, OtherSectors: m.OtherSectors, Sectors: m.Sectors}
	case Matched:
		return Options{Matches: m.Matches}
	}
	return Options{}
}
