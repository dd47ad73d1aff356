package analysis_test

import (
	"context"
	"fmt"
	"math"
	"time"

	"aftershock/analysis"
	"aftershock/events"
	"aftershock/market"
)

// A share that follows its market with beta 2, and falls by a tenth more than
// that on the day of the news.
func ExampleStudy_Run() {
	var sessions []market.Session
	for d := market.NewDate(2024, 1, 1); len(sessions) < 60; d++ {
		if w := d.Weekday(); w != time.Saturday && w != time.Sunday {
			sessions = append(sessions, market.Session{Date: d, Close: 16 * 60})
		}
	}
	cal, _ := market.NewCalendar("demo", time.UTC, 16*60, sessions)
	index := &market.Series{Symbol: "INDEX"}
	share := &market.Series{Symbol: "SHARE"}
	p, q := 100.0, 50.0
	for t, s := range sessions {
		m := 0.01 * math.Sin(float64(t*t))
		e := 0.002 * math.Cos(float64(3*t*t))
		if t == 50 {
			e = -0.1
		}
		p, q = p*(1+m), q*(1+2*m+e)
		index.Bars = append(index.Bars, market.Bar{Date: s.Date, Close: p, AdjClose: p, Volume: math.NaN()})
		share.Bars = append(share.Bars, market.Bar{Date: s.Date, Close: q, AdjClose: q, Volume: math.NaN()})
	}
	panel := market.NewPanel(market.Simple, market.Skip)
	for _, s := range []*market.Series{index, share} {
		if err := panel.AddSeries(s, market.Security{}, cal); err != nil {
			fmt.Println(err)
			return
		}
	}
	news := &events.Catalog{Events: []events.Event{{
		ID:      "news",
		Time:    sessions[50].Date.In(time.UTC, 10*60),
		Targets: []events.Target{{Symbol: "SHARE"}},
	}}}

	study := analysis.DefaultStudy()
	study.Benchmark = "INDEX"
	study.EstimationWindow = analysis.Window{From: -45, To: -6}
	study.EventWindow = analysis.Window{From: -5, To: 5}
	study.CARWindows = []analysis.Window{{From: 0, To: 0}, {From: -1, To: 1}}
	study.MinEstimation = 30
	result, err := study.Run(context.Background(), news, panel, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	o := result.Observation(0)
	t := result.SessionTest(0, 0)
	fmt.Printf("%s, session 0 on %s: beta %.2f from %d sessions\n", o.Security, o.Session0, o.Fit.Coef[1], o.Fit.M)
	fmt.Printf("AR %.3f, t(%.0f) = %.0f\n", result.AbnormalReturns(0).AR[5], t.Dist.DF1, t.Stat)
	// Output:
	// SHARE, session 0 on 2024-03-11: beta 1.99 from 40 sessions
	// AR -0.100, t(38) = -68
}
