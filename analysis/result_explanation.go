package analysis

import (
	"math"

	"aftershock/events"
	"aftershock/market"
)

// Whose says whose a move is: the verdict on it.
type Whose string

// The verdicts. A figure is abnormal where its q, that of the own part where its p,
// is at most the level.
const (
	NoMove     Whose = "none"          // neither the return nor the abnormal return is abnormal
	MarketMove Whose = "market"        // the return is abnormal, by the constant mean; less the market's part it is not
	SectorMove Whose = "sector"        // the abnormal return is; less the peers' part it is not
	OwnMove    Whose = "own"           // the rest is abnormal as well
	OwnOrPeers Whose = "own-or-sector" // the abnormal return is, and no peers are known that could tell
)

// Move is one measured session of one security. Returns are decimals.
type Move struct {
	Security     int // index into Explanation.Securities
	Date         market.Date
	Return       float64
	Expected     float64 // by the study's model
	AR, SE, T    float64 // AR = Return - Expected
	DF           float64
	P, Q         float64
	RawP, RawQ   float64 // of the return by the constant mean
	M            int
	Market       float64 // alpha + beta Rm; NaN where there are no peers to part by
	Peers        float64 // gamma u, u the mean return of the peers less its own market model's
	Own          float64 // the rest
	OwnSE, OwnP  float64 // of the own part: its forecast error, M-3 degrees of freedom
	Verdict      Whose
	Events       []int // named it, and have their session 0 here: indices into Catalog.Events
	After        float64
	AfterSE      float64 // CAR(1,5) and its error; NaN where its window is not complete
	index, place int     // of the session: in its calendar, in the security's measured sessions
}

// Notable reports whether a session that is no move has p of one in a thousand.
func (m *Move) Notable() bool { return m.P <= notable }

// notable is the p value from which on a session is worth a look though its q is not.
const notable = 0.001

// Relation says how an event is related to a security.
type Relation int

// The relations, the nearest first.
const (
	NamesSecurity Relation = iota
	NamesPeer              // names a peer, or a security of its sector
	NamesMarket            // names the benchmark, or nobody
	NamesOther
)

// String returns the relation as in matches.csv.
func (r Relation) String() string { return [...]string{"security", "peer", "market", "other"}[r] }

// Match is a catalogued event near a move, with the parts by which candidates are
// ordered: relation, session, precision, sign.
type Match struct {
	Move     int // index into Explanation.Moves
	Event    int // index into Catalog.Events
	Order    int // among the candidates of the move, from 1
	Relation Relation
	Session  int // its session 0 less that of the move: 0, -1 (the session before), 1 (after)
	Sign     int // +1: the move has the expected sign; -1: the opposite; 0: none is stated
}

// Coincidence is how often moves and news coincide in one security, or in all.
type Coincidence struct {
	Security        string // "all" for all
	Sessions        int    // measured
	Moves           int
	NewsSessions    int // session 0 of an event that names the security
	Both            int
	Expected        float64 // of Both, were news placed at random: Moves NewsSessions / Sessions
	P               float64 // P(as many or more): hypergeometric; for all by shifts of the catalogue
	Share           float64 // sum of t^2 over the sessions with news over that of all
	ShareOfSessions float64
	Ratio           float64 // mean t^2 with news over mean t^2 without
	PRatio          float64 // by shifts of the catalogue
	Shifts          int     // how many
}

// Unmoved is an event that named a security and did not move it.
type Unmoved struct {
	Security int // index into Explanation.Securities
	Event    int // index into Catalog.Events
	Date     market.Date
	AR, SE   float64
	T, P     float64
	Least    float64 // the least effect that would have been seen, in four cases of five: (t_0.975 + t_0.8) SE
}

// Drift is what followed the moves of one kind, in the direction of the move.
type Drift struct {
	N    int     // moves with a complete CAR(1,5)
	Mean float64 // of sign(AR) CAR(1,5)
	P    float64 // of the mean, by its own spread; NaN for fewer than two
}

// Explained is how one security fared.
type Explained struct {
	Symbol   string
	Sector   string
	Peers    []string // by which its moves are parted
	Period   int      // sessions of the period
	Measured int
	First    market.Date // measured
	Last     market.Date
	Named    int        // catalogued events that name it
	Apart    bool       // its benchmark closes on another clock: returns of one date do not cover the same hours
	Why      *Exclusion // of a session that is not measured; nil: all are
}

// Explanation are the moves of securities, and the news that may lie behind them.
type Explanation struct {
	Study       *Study
	Catalog     *events.Catalog
	Panel       *market.Panel
	Spec        ExplainSpec
	Securities  []Explained
	Measured    int    // sessions of all securities: the family of q
	Moves       []Move // q at most the level, by security and date
	Notables    []Move // p at most 0.001 beyond these
	ByMarket    []Move // with a verdict of the market, and of which the rest has p above the level too
	Sessions    []Move // every measured session, with ExplainSpec.All
	Matches     []Match
	Coincidence []Coincidence
	Unmoved     []Unmoved
	With        Drift // of moves with news
	Without     Drift

	work *explainer
}

// Series returns the abnormal returns of the measured sessions of a security (an
// index into Securities), and the sessions.
func (x *Explanation) Series(i int) (dates []market.Date, ar []float64) {
	for k := range x.work.each[i] {
		if f := &x.work.each[i][k]; f.measured {
			dates, ar = append(dates, x.work.columns[i].Calendar.Date(int(f.index))), append(ar, f.ar)
		}
	}
	return dates, ar
}

// Outside returns the days from the first to the last event of the catalogue, and
// how many moves lie outside of them: none of these could have news.
func (x *Explanation) Outside() (first, last market.Date, moves int) {
	first, last = market.Date(math.MaxInt32), market.NoDate
	for i := range x.Catalog.Events {
		if e := &x.Catalog.Events[i]; !e.Timeless() {
			d := market.DateOf(e.Time.UTC())
			first, last = min(first, d), max(last, d)
		}
	}
	if last == market.NoDate {
		return market.NoDate, market.NoDate, 0
	}
	const next = 4 // days to the session of an event at most, but for long holidays
	for k := range x.Moves {
		if d := x.Moves[k].Date; d < first || d > last+next {
			moves++
		}
	}
	return first, last, moves
}

// News returns the measured sessions of a security with news, in order.
func (x *Explanation) News(i int) []market.Date {
	var out []market.Date
	lo, _ := x.work.span(i)
	for _, e := range x.work.named[i] {
		k := int(e.index) - lo
		if k < 0 || k >= len(x.work.each[i]) || !x.work.each[i][k].measured {
			continue
		}
		if d := x.work.columns[i].Calendar.Date(int(e.index)); len(out) == 0 || out[len(out)-1] != d {
			out = append(out, d)
		}
	}
	return out
}

// ExplainSpec says which moves are looked for.
type ExplainSpec struct {
	Securities []string
	From, To   market.Date         // the period, both days in it; zero or NoDate: from the first, to the last session that can be measured
	Level      float64             // at which a move is one; 0 means 0.05
	Correction Correction          // of the p values of all sessions: BHCorrection, which "" means, or BYCorrection
	Peers      map[string][]string // by security; of one without: the securities of its sector
	All        bool                // keep every measured session, see Explanation.Sessions

	lenient bool // what cannot be measured is passed over
}
