package model

import (
	"errors"
	"reflect"
	"testing"

	"aftershock/analysis/stat"
)

func TestNewModel(t *testing.T) {
	for _, c := range []struct {
		name string
		o    Options
		want Model
	}{
		{"market", Options{}, MarketModel{}},
		{"ff3", Options{}, FamaFrench3},
		{"factors", Options{Factors: []string{"oil", "gas"}, Excess: true}, Factors{Series: []string{"oil", "gas"}, Excess: true}},
		{"dimson", Options{Lags: 3}, Dimson{Lags: 3}},
		{"fowler-rorke", Options{}, Dimson{FowlerRorke: true}},
		{"peer", Options{Peers: []string{"A", "B"}, PeerWeights: "value", PeerMarket: true}, Peer{Peers: []string{"A", "B"}, ByValue: true, Market: true}},
		{"synthetic", Options{Donors: []string{"A"}}, Synthetic{Donors: []string{"A"}}},
		{"synthetic", Options{Donors: []string{"A"}, Ridge: true, OtherSectors: true, Sectors: map[string]string{"A": "x"}}, Synthetic{Donors: []string{"A"}, Ridge: true, OtherSectors: true, Sectors: map[string]string{"A": "x"}}},
		{"matched", Options{Matches: map[string]string{"A": "B"}}, Matched{map[string]string{"A": "B"}}},
		{"egarch", Options{}, GARCH{stat.EGARCH}},
	} {
		m, err := New(c.name, c.o)
		if err != nil || !reflect.DeepEqual(m, c.want) || m.Name() != c.name {
			t.Errorf("%s: %#v, %v", c.name, m, err)
		}
	}
	for _, c := range []struct {
		name  string
		o     Options
		field string
	}{
		{"markte", Options{}, "model"},
		{"market", Options{Lags: 1}, "model.lags"},
		{"ff3", Options{Factors: []string{"oil"}}, "model.factors"},
		{"ff3", Options{Excess: true}, "model.excess"},
		{"factors", Options{}, "model.factors"},
		{"factors", Options{Factors: []string{"oil", "oil"}}, "model.factors"},
		{"factors", Options{Factors: []string{""}}, "model.factors"},
		{"dimson", Options{Lags: -1}, "model.lags"},
		{"peer", Options{}, "model.peers"},
		{"peer", Options{PeersOf: map[string][]string{"A": {"A"}}}, "model.peers"},
		{"peer", Options{Peers: []string{"A"}, PeerWeights: "precision"}, "model.peer_weights"},
		{"market", Options{PeerWeights: "equal"}, "model.peer_weights"},
		{"market", Options{PeerMarket: true}, "model.peer_market"},
		{"synthetic", Options{}, "model.donors"},
		{"synthetic", Options{Donors: []string{"A", "A"}}, "model.donors"},
		{"market", Options{Ridge: true}, "model.ridge"},
		{"peer", Options{Peers: []string{"A"}, OtherSectors: true}, "model.other_sectors"},
		{"matched", Options{}, "model.matches"},
		{"matched", Options{Matches: map[string]string{"A": "A"}}, "model.matches"},
	} {
		_, err := New(c.name, c.o)
		var spec *OptionError
		if !errors.As(err, &spec) || spec.Field != c.field || spec.Problem == "" {
			t.Errorf("%s %+v: %v, want an error of %s", c.name, c.o, err, c.field)
		}
	}
}

// Every model is made again from its name and its options.
func TestOptionsOf(t *testing.T) {
	for _, m := range Models {
		var o Options
		switch m.Name() {
		case "factors":
			o = Options{Factors: []string{"smb"}, Excess: true}
		case "dimson", "fowler-rorke":
			o = Options{Lags: 3}
		case "peer":
			o = Options{Peers: []string{"A", "B"}, PeersOf: map[string][]string{"C": {"A"}}, PeerWeights: "value", PeerMarket: true}
		case "synthetic":
			o = Options{Donors: []string{"A", "B"}, Ridge: true, OtherSectors: true, Sectors: map[string]string{"A": "x"}}
		case "matched":
			o = Options{Matches: map[string]string{"A": "B"}}
		}
		first, err := New(m.Name(), o)
		if err != nil {
			t.Fatal(err)
		}
		again, err := New(first.Name(), OptionsOf(first))
		if err != nil || !reflect.DeepEqual(again, first) {
			t.Errorf("%s: %+v of %+v is made again as %+v, %v", m.Name(), first, o, again, err)
		}
	}
}
