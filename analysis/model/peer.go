package model

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
		return Design{Problem: "the study names no peers of %s"}
	}
	return Design{Terms: []Term{{Series: BasketReturn, Basket: &Basket{group, m.ByValue}}}, Forecast: 1}
}

// Estimate implements Model.
func (m Peer) Estimate(s *Sample, e *Estimate) error {
	if m.Market {
		return LeastSquares(s, e)
	}
	return difference(s, e)
}

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
