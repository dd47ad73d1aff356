package model

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
		return Design{Problem: "the study names no match of %s"}
	case match == security:
		return Design{Problem: "%s is named as its own match"}
	}
	return Design{Terms: []Term{{Series: SecurityReturn, Name: match}}, Forecast: 1}
}

// Estimate implements Model.
func (Matched) Estimate(s *Sample, e *Estimate) error { return difference(s, e) }
