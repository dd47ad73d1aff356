package analysis

import "slices"

// Peer takes the mean return of a group of peers as normal, the security itself
// never among them. The mean is over the peers that have a return on the
// session, weighted equally or by market value at the close before. It is
// subtracted as market-adjusted subtracts the benchmark:
//
//	AR = R - mean(R_peers), s^2 the variance of that difference, M-1, K = 1
//
// or with Market serves as the regressor of the market model.
type Peer struct {
	Peers   []string            // the group
	PeersOf map[string][]string // by security, where it has a group of its own
	ByValue bool
	Market  bool
}

// Name implements Model.
func (Peer) Name() string { return "peer" }

// About implements Model.
func (m Peer) About() string {
	if m.Market {
		return "what the mean return of a group of peers, times the security's usual sensitivity to it, would have given"
	}
	return "the mean return of a group of peers"
}

// Paper implements Model.
func (Peer) Paper() string { return "Brown and Warner (1980); Barber and Lyon (1997)" }

// Coefs implements Model.
func (m Peer) Coefs() []string {
	if m.Market {
		return MarketModel{}.Coefs()
	}
	return nil
}

// Design implements Model.
func (m Peer) Design(security string) Design {
	group, ok := m.PeersOf[security]
	if !ok {
		group = m.Peers
	}
	if group = without(group, security); len(group) == 0 {
		return Design{Problem: "the study names no peers of " + security}
	}
	return Design{Terms: []Term{{Series: BasketReturn, Basket: &Basket{group, m.ByValue}}}, Forecast: 1}
}

// Estimate implements Model.
func (m Peer) Estimate(s *Sample, e *Estimate) *Exclusion {
	if m.Market {
		return leastSquares(s, e)
	}
	return difference(s, e)
}

// Matched takes the return of one matched security as normal:
//
//	AR = R - R_match, s^2 the variance of that difference, M-1, K = 1
//
// Barber and Lyon (1997); Lyon, Barber, Tsai (1999).
type Matched struct {
	Matches map[string]string // the match, by security
}

// Name implements Model.
func (Matched) Name() string { return "matched" }

// About implements Model.
func (Matched) About() string { return "the return of one matched security" }

// Paper implements Model.
func (Matched) Paper() string { return "Barber and Lyon (1997); Lyon, Barber, Tsai (1999)" }

// Coefs implements Model.
func (Matched) Coefs() []string { return nil }

// Design implements Model.
func (m Matched) Design(security string) Design {
	match, ok := m.Matches[security]
	switch {
	case !ok:
		return Design{Problem: "the study names no match of " + security}
	case match == security:
		return Design{Problem: security + " is named as its own match"}
	}
	return Design{Terms: []Term{{Series: SecurityReturn, Name: match}}, Forecast: 1}
}

// Estimate implements Model.
func (Matched) Estimate(s *Sample, e *Estimate) *Exclusion { return difference(s, e) }

// without returns symbols in their order, each once, less one of them.
func without(symbols []string, one string) []string {
	var out []string
	for _, s := range symbols {
		if s != one && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
