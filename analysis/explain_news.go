package analysis

import (
	"cmp"
	"context"
	"math"
	"slices"

	"aftershock/analysis/stat"
	"aftershock/events"
	"aftershock/market"
)

// match lists the candidates of every move: the events whose session 0 for that
// security is the session, or the one before or after it, in the order of their
// parts; what is equal in all of them in the order of the catalogue.
func (x *explainer) match() {
	peers := make(map[int]map[string]bool)
	for k := range x.Moves {
		m := &x.Moves[k]
		col := x.columns[m.Security]
		near := peers[m.Security]
		if near == nil {
			near = make(map[string]bool)
			for _, p := range x.Securities[m.Security].Peers {
				near[p] = true
			}
			if col.Sector != "" {
				for _, c := range x.Panel.Columns {
					near[c.Symbol] = near[c.Symbol] || c.Sector == col.Sector
				}
			}
			peers[m.Security] = near
		}
		begin := len(x.Matches)
		for _, session := range [3]int{0, -1, 1} {
			for _, e := range eventsAt(x.placed[col.Calendar], m.index+session) {
				ev := &x.Catalog.Events[e.event]
				c := Match{Move: k, Event: int(e.event), Session: session, Relation: relation(ev, col.Symbol, x.Study.benchmarkOf(col), near)}
				for _, t := range ev.Targets {
					if t.Symbol == col.Symbol && t.Sign != 0 {
						c.Sign = -1
						if (m.AR > 0) == (t.Sign > 0) {
							c.Sign = 1
						}
					}
				}
				x.Matches = append(x.Matches, c)
			}
		}
		of := x.Matches[begin:]
		slices.SortStableFunc(of, func(a, b Match) int {
			return cmp.Or(cmp.Compare(a.Relation, b.Relation), cmp.Compare(a.Session*a.Session, b.Session*b.Session),
				cmp.Compare(precisionRank(&x.Catalog.Events[a.Event]), precisionRank(&x.Catalog.Events[b.Event])),
				cmp.Compare(-a.Sign, -b.Sign), cmp.Compare(a.Session, b.Session), cmp.Compare(a.Event, b.Event))
		})
		for i := range of {
			of[i].Order = i + 1
		}
	}
}

// relation says how an event is related to a security with the given peers.
func relation(e *events.Event, symbol, bench string, peers map[string]bool) Relation {
	best := NamesOther
	if len(e.Targets) == 0 {
		best = NamesMarket
	}
	for _, t := range e.Targets {
		switch {
		case t.Symbol == symbol:
			return NamesSecurity
		case peers[t.Symbol]:
			best = NamesPeer
		case t.Symbol == bench:
			best = min(best, NamesMarket)
		}
	}
	return best
}

// precisionRank orders the precisions, the finest first.
func precisionRank(e *events.Event) int {
	i := slices.Index([]events.Precision{events.Instant, events.Second, events.Minute, events.Approx, events.Day}, e.Precision)
	switch {
	case e.DateOnly:
		return 4
	case i < 0:
		return 2
	}
	return i
}

// maxShifts is how many shifts of the catalogue are looked at, at most.
const maxShifts = 9_999

// circle is the sessions of one security about the period, on which its news is
// moved around.
type circle struct {
	t2    []float64 // 0 where it is not measured
	known []bool
	move  []bool
	news  []int32 // sessions with news, in order
}

// tally of moves and news for one shift.
type coincided struct {
	both, with, sessions int // moves with news, measured sessions with news, measured sessions
	sumWith, sum         float64
}

func (c *coincided) ratio() float64 {
	return (c.sumWith / float64(c.with)) / ((c.sum - c.sumWith) / float64(c.sessions-c.with))
}

// at adds what moves and news have in common when the news comes s sessions later.
func (c *circle) at(s int, sum *coincided) {
	n := len(c.t2)
	for _, k := range c.news {
		i := (int(k) + s) % n
		if c.known[i] {
			sum.with++
			sum.sumWith += c.t2[i]
			if c.move[i] {
				sum.both++
			}
		}
	}
}

// coincide counts how often moves and news coincide, and how often they would by
// chance.
func (x *explainer) coincide() {
	circles := x.circles()
	least := math.MaxInt
	for i := range circles {
		least = min(least, len(circles[i].t2))
	}
	shifts := x.shifts(least)
	real := make([]coincided, len(circles))
	var whole coincided
	moves := make([]int, len(circles))
	for i := range circles {
		c, sum := &circles[i], &real[i]
		for k, known := range c.known {
			if known {
				sum.sessions++
				sum.sum += c.t2[k]
				if c.move[k] {
					moves[i]++
				}
			}
		}
		c.at(0, sum)
		whole.add(sum)
	}
	// Of each security, and of all, how many shifts are as far out.
	beyond := make([]int, len(circles))
	var beyondBoth, beyondRatio int
	type count struct {
		each        []int
		both, ratio int
	}
	const atOnce = 64
	parts := make([]count, (len(shifts)+atOnce-1)/atOnce)
	_ = parallel(context.Background(), len(parts), 1, nil, func(_ *workspace, b int) {
		p := count{each: make([]int, len(circles))}
		for _, s := range shifts[b*atOnce : min((b+1)*atOnce, len(shifts))] {
			total := coincided{sessions: whole.sessions, sum: whole.sum}
			for i := range circles {
				sum := coincided{sessions: real[i].sessions, sum: real[i].sum}
				circles[i].at(s, &sum)
				if asFar(sum.ratio(), real[i].ratio()) {
					p.each[i]++
				}
				total.both, total.with, total.sumWith = total.both+sum.both, total.with+sum.with, total.sumWith+sum.sumWith
			}
			if total.both >= whole.both {
				p.both++
			}
			if asFar(total.ratio(), whole.ratio()) {
				p.ratio++
			}
		}
		parts[b] = p
	})
	for _, p := range parts {
		beyondBoth, beyondRatio = beyondBoth+p.both, beyondRatio+p.ratio
		for i, n := range p.each {
			beyond[i] += n
		}
	}
	share := func(far int) float64 { return float64(1+far) / float64(1+len(shifts)) }
	row := func(name string, c *coincided, moves int) Coincidence {
		out := Coincidence{Security: name, Sessions: c.sessions, Moves: moves, NewsSessions: c.with, Both: c.both, P: nan, PRatio: nan,
			Expected: float64(moves) * float64(c.with) / float64(c.sessions), Share: c.sumWith / c.sum, ShareOfSessions: float64(c.with) / float64(c.sessions), Ratio: c.ratio(), Shifts: len(shifts)}
		return out
	}
	var sumMoves int
	var expected float64
	for i := range circles {
		c := row(x.Securities[i].Symbol, &real[i], moves[i])
		if c.NewsSessions > 0 {
			c.P = stat.HypergeometricUpper(c.Both, c.Sessions, c.Moves, c.NewsSessions)
			if c.Ratio == c.Ratio && len(shifts) > 0 {
				c.PRatio = share(beyond[i])
			}
		}
		sumMoves += moves[i]
		expected += c.Expected
		x.Coincidence = append(x.Coincidence, c)
	}
	if len(circles) > 1 {
		c := row("all", &whole, sumMoves)
		c.Expected = expected
		if c.NewsSessions > 0 && len(shifts) > 0 {
			c.P = share(beyondBoth)
			if c.Ratio == c.Ratio {
				c.PRatio = share(beyondRatio)
			}
		}
		x.Coincidence = append(x.Coincidence, c)
	}
}

func (c *coincided) add(o *coincided) {
	c.both, c.with, c.sessions, c.sumWith, c.sum = c.both+o.both, c.with+o.with, c.sessions+o.sessions, c.sumWith+o.sumWith, c.sum+o.sum
}

// asFar reports whether a ratio is as large as the observed one, equal but for
// rounding among them. One without a value is not.
func asFar(v, observed float64) bool { return v >= observed*(1-1e-12) }

// circles lays out the sessions from the first to the last that is measured of any
// security, on each security's calendar.
func (x *explainer) circles() (out []circle) {
	first, last := market.Date(math.MaxInt32), market.NoDate
	for i := range x.Securities {
		first, last = min(first, x.Securities[i].First), max(last, x.Securities[i].Last)
	}
	for i := range x.each {
		cal := x.columns[i].Calendar
		lo, hi := cal.Search(first), cal.Search(last+1)
		c := circle{t2: make([]float64, hi-lo), known: make([]bool, hi-lo), move: make([]bool, hi-lo)}
		for k := range x.each[i] {
			if f := &x.each[i][k]; f.measured {
				at := int(f.index) - lo
				c.known[at], c.move[at], c.t2[at] = true, f.isMove, f.t*f.t
			}
		}
		before := -1
		for _, e := range x.named[i] {
			if k := int(e.index); k >= lo && k < hi && k != before {
				before = k
				c.news = append(c.news, int32(k-lo))
			}
		}
		out = append(out, c)
	}
	return out
}

// shifts lists those by which the catalogue is moved on a circle of n sessions: all,
// or as many as maxShifts drawn from the study's seed.
func (x *explainer) shifts(n int) []int {
	out := make([]int, 0, max(0, n-1))
	for s := 1; s < n; s++ {
		out = append(out, s)
	}
	if len(out) <= maxShifts {
		return out
	}
	seed := stat.Stream(x.Study.Seed, "explain")
	for k := range maxShifts { // the first of a shuffle
		j := k + int(stat.Word(seed, 0, uint64(k))%uint64(len(out)-k))
		out[k], out[j] = out[j], out[k]
	}
	out = out[:maxShifts]
	slices.Sort(out)
	return out
}

// findUnmoved lists the events that named a security and did not move it.
func (x *explainer) findUnmoved() {
	for i := range x.named {
		lo, _ := x.span(i)
		for _, e := range x.named[i] {
			k := int(e.index) - lo
			if k < 0 || k >= len(x.each[i]) || !x.each[i][k].measured || x.each[i][k].isMove {
				continue
			}
			f := &x.each[i][k]
			df := float64(f.df)
			x.Unmoved = append(x.Unmoved, Unmoved{Security: i, Event: int(e.event), Date: x.columns[i].Calendar.Date(int(e.index)), AR: f.ar, SE: f.se, T: f.t, P: f.p,
				Least: (stat.StudentQuantile(0.975, df) + stat.StudentQuantile(0.8, df)) * f.se})
		}
	}
}

// drift averages what followed the moves, with news and without.
func (x *explainer) drift() {
	var with, without []float64
	for k := range x.Moves {
		m := &x.Moves[k]
		if m.After != m.After {
			continue
		}
		v := math.Copysign(1, m.AR) * m.After
		if len(m.Events) > 0 {
			with = append(with, v)
		} else {
			without = append(without, v)
		}
	}
	of := func(v []float64) Drift {
		d := Drift{N: len(v), Mean: stat.Mean(v), P: nan}
		if n := float64(len(v)); n > 1 {
			if sd := stat.Deviation(v); sd > 0 {
				d.P, _, _ = stat.StudentT(n - 1).PValues(d.Mean * math.Sqrt(n) / sd)
			}
		}
		return d
	}
	x.With, x.Without = of(with), of(without)
}
