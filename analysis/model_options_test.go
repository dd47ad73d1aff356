package analysis

import (
	"errors"
	"reflect"
	"testing"
)

func TestNewModel(t *testing.T) {
	for _, c := range []struct {
		name string
		o    ModelOptions
		want Model
	}{
		{"market", ModelOptions{}, MarketModel{}},
		{"ff3", ModelOptions{}, FamaFrench3},
		{"factors", ModelOptions{Factors: []string{"oil", "gas"}, Excess: true}, Factors{Series: []string{"oil", "gas"}, Excess: true}},
		{"dimson", ModelOptions{Lags: 3}, Dimson{Lags: 3}},
		{"fowler-rorke", ModelOptions{}, Dimson{FowlerRorke: true}},
		{"peer", ModelOptions{Peers: []string{"A", "B"}, PeerWeights: ValueWeights, PeerMarket: true}, Peer{Peers: []string{"A", "B"}, ByValue: true, Market: true}},
		{"synthetic", ModelOptions{Donors: []string{"A"}}, Synthetic{[]string{"A"}}},
		{"matched", ModelOptions{Matches: map[string]string{"A": "B"}}, Matched{map[string]string{"A": "B"}}},
		{"egarch", ModelOptions{}, GARCH{EGARCH}},
	} {
		m, err := NewModel(c.name, c.o)
		if err != nil || !reflect.DeepEqual(m, c.want) || m.Name() != c.name {
			t.Errorf("%s: %#v, %v", c.name, m, err)
		}
	}
	for _, c := range []struct {
		name  string
		o     ModelOptions
		field string
	}{
		{"markte", ModelOptions{}, "model"},
		{"market", ModelOptions{Lags: 1}, "model.lags"},
		{"ff3", ModelOptions{Factors: []string{"oil"}}, "model.factors"},
		{"ff3", ModelOptions{Excess: true}, "model.excess"},
		{"factors", ModelOptions{}, "model.factors"},
		{"factors", ModelOptions{Factors: []string{"oil", "oil"}}, "model.factors"},
		{"factors", ModelOptions{Factors: []string{""}}, "model.factors"},
		{"dimson", ModelOptions{Lags: -1}, "model.lags"},
		{"peer", ModelOptions{}, "model.peers"},
		{"peer", ModelOptions{PeersOf: map[string][]string{"A": {"A"}}}, "model.peers"},
		{"peer", ModelOptions{Peers: []string{"A"}, PeerWeights: PrecisionWeights}, "model.peer_weights"},
		{"market", ModelOptions{PeerWeights: EqualWeights}, "model.peer_weights"},
		{"market", ModelOptions{PeerMarket: true}, "model.peer_market"},
		{"synthetic", ModelOptions{}, "model.donors"},
		{"synthetic", ModelOptions{Donors: []string{"A", "A"}}, "model.donors"},
		{"matched", ModelOptions{}, "model.matches"},
		{"matched", ModelOptions{Matches: map[string]string{"A": "A"}}, "model.matches"},
	} {
		_, err := NewModel(c.name, c.o)
		var spec *SpecError
		if !errors.As(err, &spec) || spec.Field != c.field || spec.Problem == "" {
			t.Errorf("%s %+v: %v, want an error of %s", c.name, c.o, err, c.field)
		}
	}
}
