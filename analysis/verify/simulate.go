package verify

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"aftershock/analysis"
	"aftershock/analysis/model"
	"aftershock/events"
	"aftershock/market"
)

// The simulated studies: estimation and event window, and the CAR windows.
const (
	simEstimation = 100
	simEvent      = 11
)

var simWindows = []analysis.Window{{From: 0, To: 0}, {From: 0, To: 4}, {From: 0, To: 10}}

// dating says how the event dates of one simulated study lie.
type dating struct {
	name  string
	step  int // sessions from one date to the next; 0: one date for all
	firms int // that share a date, where there are several; 0: one
}

// at is the date of observation i, counted from 0.
func (d dating) at(i int) int {
	if d.step == 0 {
		return 0
	}
	return i / max(1, d.firms)
}

// design is one simulated situation: N observations whose returns are
//
//	R_i = beta_i Rm + 0.02 (sqrt(rho) F + sqrt(1-rho) e_i), beta_i uniform on 0.5..1.5
//
// with Rm = 0.01 times, F and e_i independent standard normal draws, and on session
// 0 the effect of the date, 0 where nothing happened.
type design struct {
	n           int
	correlation float64 // rho
	dates       dating
	history     int     // sessions before the estimation window, for tests that look there
	sectors     int     // of the securities, in turn; the study takes correlations as 0 between them
	apart       bool    // sectors have an F each; false: one F for all
	effect      float64 // a decimal
	varies      float64 // standard deviation of the effect from date to date
	tilted      bool    // F has the loading 4 (beta_i - 1) in place of 1: what depends on beta moves together
	outside     bool    // beta_i is uniform on 1.5..2.5, that of donors on 0.5..1.5
	donors      int     // securities after the n that have no event, of which synthetic controls are made
}

// spread is the standard deviation of a simulated residual.
const spread = 0.02

// own is how many sessions of returns one observation has, sessions how many a
// replication spans.
func (d design) own() int      { return d.history + simEstimation + simEvent }
func (d design) sessions() int { return d.own() + d.dates.step*d.dates.at(d.n-1) }

// replication simulates replication r of the design: the benchmark's returns
// and, one after another, those of each observation's own estimation and event
// window. It is a function of its arguments alone.
func (d design) replication(seed uint64, r int) (benchmark, returns []float64) {
	rng := rand.New(rand.NewPCG(seed, uint64(r)<<32|uint64(d.history)<<20|uint64(d.n)<<12|uint64(d.dates.step)<<4|uint64(10*d.correlation)))
	own, span, factors, n := d.own(), d.sessions(), 1, d.n+d.donors
	if d.apart {
		factors = d.sectors
	}
	draw := make([]float64, span+n*own+factors*span)
	for k := range draw {
		draw[k] = rng.NormFloat64()
	}
	benchmark, factor := draw[:span:span], draw[len(draw)-factors*span:]
	returns = draw[span : len(draw)-factors*span]
	for k := range benchmark {
		benchmark[k] *= 0.01
	}
	common, single := math.Sqrt(d.correlation), math.Sqrt(1-d.correlation)
	for i := range n {
		beta := 0.5 + rng.Float64()
		if d.outside && i < d.n {
			beta++
		}
		loading := common
		if d.tilted {
			loading *= 4 * (beta - 1)
		}
		y, factor := returns[i*own:][:own], factor[i%factors*span:]
		for k, e := range y {
			s := k + d.dates.at(i)*d.dates.step
			y[k] = beta*benchmark[s] + spread*(loading*factor[s]+single*e)
		}
		if i < d.n {
			y[own-simEvent] += d.effectAt(seed, r, d.dates.at(i))
		}
	}
	return benchmark, returns
}

// effectAt is the effect of a date of replication r.
func (d design) effectAt(seed uint64, r, date int) float64 {
	if d.varies == 0 {
		return d.effect
	}
	return d.effect + d.varies*rand.New(rand.NewPCG(^seed, uint64(r)<<16|uint64(date))).NormFloat64()
}

// simStudy returns the study that is performed on the designs.
func simStudy(seed uint64, tests []analysis.Test, draws int) *analysis.Study {
	s := analysis.DefaultStudy()
	s.Name, s.Seed, s.Draws = "simulated", seed, draws
	s.EstimationWindow = analysis.Window{From: -simEstimation, To: -1}
	s.EventWindow = analysis.Window{From: 0, To: simEvent - 1}
	s.CARWindows, s.MinEstimation = simWindows, simEstimation
	s.Groups, s.Tests = []analysis.Grouping{analysis.ByCategory}, tests
	return s
}

// simulate performs replications [from, to) of the design as one study, in
// which each replication is a group of its own.
func (d design) simulate(ctx context.Context, study *analysis.Study, from, to int) (*analysis.Result, error) {
	cal, err := calendar(d.sessions())
	if err != nil {
		return nil, err
	}
	benchmark, returns := make([][]float64, to-from), make([][]float64, to-from)
	each(ctx, to-from, func(k int) {
		benchmark[k], returns[k] = d.replication(study.Seed, from+k)
	})
	if err := ctx.Err(); err != nil { // replications are missing
		return nil, err
	}
	panel := market.NewPanel(market.Simple, market.Skip)
	catalog := &events.Catalog{}
	var donors []string
	own := *study
	if study = &own; d.sectors > 0 {
		study.Correlation = analysis.SectorBlocks
	}
	for k := range returns {
		name := strconv.Itoa(from + k)
		if err := panel.AddColumn(&market.Column{Security: market.Security{Symbol: name}, Calendar: cal, Return: benchmark[k], Adjusted: true}); err != nil {
			return nil, err
		}
		for i := range d.n + d.donors {
			sec := market.Security{Symbol: name + "." + strconv.Itoa(i), Benchmark: name}
			if d.sectors > 0 {
				sec.Sector = strconv.Itoa(i % d.sectors)
			}
			first := d.dates.at(i) * d.dates.step
			y := returns[k][i*d.own():][:d.own()]
			if err := panel.AddColumn(&market.Column{Security: sec, Calendar: cal, First: first, Return: y, Adjusted: true}); err != nil {
				return nil, err
			}
			if i >= d.n {
				donors = append(donors, sec.Symbol)
				continue
			}
			target := events.Target{Symbol: sec.Symbol}
			if last := len(catalog.Events) - 1; i > 0 && d.dates.at(i) == d.dates.at(i-1) {
				catalog.Events[last].Targets = append(catalog.Events[last].Targets, target)
				continue
			}
			catalog.Events = append(catalog.Events, events.Event{
				ID: sec.Symbol, DateOnly: true, Time: cal.Date(first + d.history + simEstimation).Time(), Category: name, Targets: []events.Target{target},
			})
		}
	}
	if m, ok := study.Model.(model.Synthetic); ok {
		m.Donors = donors
		study.Model = m
	}
	return study.Run(ctx, catalog, panel, nil)
}

// calendar has n sessions, one a day.
func calendar(n int) (*market.Calendar, error) {
	dates := make([]market.Date, n)
	for k := range dates {
		dates[k] = market.NewDate(2000, 1, 1) + market.Date(k)
	}
	return market.CalendarFromDates("simulated", time.UTC, 16*60, dates)
}

// each calls do(k) for every k in [0, n) on as many goroutines as there are
// processors, until ctx is done.
func each(ctx context.Context, n int, do func(k int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for ctx.Err() == nil {
				k := int(next.Add(1)) - 1
				if k >= n {
					return
				}
				do(k)
			}
		})
	}
	wg.Wait()
}
