package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"aftershock/internal/words"
	"aftershock/market"
	"aftershock/market/csvfile"
)

// checking is how prices are checked.
type checking struct {
	threshold, tolerance float64
	until, against       string
	json                 bool
}

func (a *app) pricesCheckCommand() *cobra.Command {
	flags := make(settingsFlags)
	var o checking
	check := &cobra.Command{
		Use:   "check [SYMBOL ...]",
		Short: "Look for what is wrong in prices",
		Long: `Look for what is wrong in the prices of the configured source, of yahoo in what is
stored: gaps against the exchange's sessions and bars on days that are none,
histories that end early or stand still, zero volumes, opens and closes outside
high and low, jumps without a corporate action, splits that the prices are not
adjusted for, moves that the next session undoes, rows copied from the session
before, closes that repeat in every security of an exchange at once.

A price that is wrong and plausible shows only beside another source's: give a
folder of price files to --against, and every return that differs is reported.

Exit status 0: nothing wrong. What is unusual but confirmed, such as a jump with
several times the usual volume, is listed with a question mark and does not count.`,
		Example: `  aftershock prices check
  aftershock prices check NVDA --prices my-prices --threshold 0.15
  aftershock prices check --prices yahoo --against my-prices --json`,
		RunE: func(cmd *cobra.Command, symbols []string) error {
			c, p, err := a.planned(cmd, flags)
			if err != nil {
				return err
			}
			return a.pricesCheck(cmd.Context(), c, p, symbols, o)
		},
	}
	langFlag(check, flags)
	a.pricesFlag(check, flags)
	f := check.Flags()
	f.BoolVar(&o.json, "json", false, "write JSON")
	f.Float64Var(&o.threshold, "threshold", 0.25, "`return` that is a jump, a decimal")
	f.StringVar(&o.until, "until", "", "`date` that histories must reach (default today for a store, elsewhere that which most reach)")
	f.StringVar(&o.against, "against", "", "`directory` of price files to compare returns with")
	f.Float64Var(&o.tolerance, "tolerance", 0.0005, "largest `difference` of two returns that agree, a decimal")
	return check
}

// checkResult is what a check has found; its JSON is stable.
type checkResult struct {
	Source     string           `json:"source"`
	Securities int              `json:"securities"`
	Sessions   int              `json:"sessions"`
	Until      market.Date      `json:"until"`
	Threshold  float64          `json:"threshold"`
	Against    string           `json:"against,omitempty"`
	Compared   int              `json:"compared"` // securities that Against has too
	Problems   int              `json:"problems"`
	Unusual    int              `json:"unusual"`
	Findings   []market.Finding `json:"findings"`
}

func (a *app) pricesCheck(ctx context.Context, c *config, p *plan, symbols []string, o checking) error {
	until := market.NoDate
	if o.until != "" {
		var err error
		if until, err = market.ParseDate(o.until); err != nil {
			return usageError{fmt.Errorf("--until: %w", err)}
		}
	}
	if !(o.threshold > 0) || !(o.tolerance > 0) {
		return usageError{errors.New("--threshold and --tolerance must be above 0")}
	}
	src, err := a.stored(ctx, c, p)
	if err != nil {
		return err
	}
	var other *csvfile.Dir
	if o.against != "" {
		if other, err = csvfile.Open(o.against, c.csvOptions()); err != nil {
			return err
		}
	}
	if symbols, err = named(ctx, src, symbols); err != nil {
		return err
	}
	r := checkResult{Source: src.Name(), Securities: len(symbols), Until: until, Threshold: o.threshold, Against: o.against, Findings: []market.Finding{}}
	histories := make([]*market.Series, 0, len(symbols))
	for _, symbol := range symbols {
		s, err := src.Series(ctx, symbol, c.Prices.From, c.Prices.To)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			r.Findings = append(r.Findings, market.Finding{Symbol: symbol, Code: market.Unreadable, Problem: true, Date: market.NoDate, Last: market.NoDate, Text: err.Error()})
			continue
		}
		r.Sessions += len(s.Bars)
		histories = append(histories, s)
	}
	if r.Until == market.NoDate {
		r.Until = a.expected(c, histories)
	}
	cals, _, wrong := market.SessionsOf(histories, func(s *market.Series) market.Security { return p.security(s.Symbol) }, p.calendar)
	for i, s := range histories {
		cal := cals[i]
		if cal != nil && wrong[i] != nil {
			r.Findings = append(r.Findings, market.Finding{Symbol: s.Symbol, Code: market.NoSession, Problem: true, Date: s.Bars[0].Date, Last: s.Bars[len(s.Bars)-1].Date, Sessions: len(s.Bars), Text: wrong[i].Error()})
		}
		if cal == nil {
			r.Findings = append(r.Findings, market.Finding{Symbol: s.Symbol, Code: market.NoCalendar, Date: market.NoDate, Last: market.NoDate,
				Text: "the sessions of its exchange are not known; gaps are not looked for"})
		}
		r.Findings = append(append(r.Findings, s.Findings...), market.Check(s, cal, market.CheckOptions{Threshold: o.threshold, Until: r.Until})...)
		if other == nil || len(s.Bars) == 0 {
			continue
		}
		second, err := other.Series(ctx, s.Symbol, s.Bars[0].Date, s.Bars[len(s.Bars)-1].Date)
		switch {
		case err == nil:
			r.Compared++
			r.Findings = append(r.Findings, market.Compare(s, second, o.against, o.tolerance)...)
		case !errors.Is(err, market.ErrUnknownSymbol):
			return err
		}
	}
	r.Findings = append(r.Findings, market.CheckSame(histories)...)
	for cal, list := range byCalendar(histories, cals) {
		r.Findings = append(r.Findings, market.CheckTogether(cal.Name(), list)...)
	}
	slices.SortStableFunc(r.Findings, func(a, b market.Finding) int {
		return cmp.Or(cmp.Compare(a.Symbol, b.Symbol), cmp.Compare(a.Date, b.Date), cmp.Compare(a.Code, b.Code))
	})
	concerned := make(map[string]bool)
	for _, f := range r.Findings {
		if f.Problem {
			r.Problems++
			concerned[f.Symbol] = true
		}
	}
	r.Unusual = len(r.Findings) - r.Problems
	if err := a.writeCheck(words.Of(c.Output.Lang), &r, o.json); err != nil {
		return err
	}
	if r.Problems > 0 {
		return fmt.Errorf("%s in the prices of %d of %s", plural(r.Problems, "problem"), len(concerned), securitiesWord(r.Securities))
	}
	return nil
}

func (a *app) writeCheck(l *words.Language, r *checkResult, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(a.stdout)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	return a.table(func(t io.Writer) {
		if len(r.Findings) > 0 {
			fmt.Fprintln(t, heads(l, "SYMBOL", "DATE", "SESSIONS", "FINDING", "DETAIL"))
		}
		for _, f := range r.Findings {
			mark := ""
			if !f.Problem {
				mark = "?"
			}
			fmt.Fprintf(t, "%s\t%s\t%d\t%s%s\t%s\n", f.Symbol, cmp.Or(f.Date.String(), "-"), f.Sessions, f.Code, mark, detail(l, &f))
		}
		looked := l.Securities(r.Securities)
		if r.Against != "" {
			looked = l.Say("%s (%s compared with %s)", looked, r.Compared, r.Against)
		}
		fmt.Fprintln(t, l.Say("%[1]s, %[2]s: {3:%[3]s problem|%[3]s problems}, %[4]s unusual", looked, l.Things(r.Sessions, "session"), r.Problems, r.Unusual))
	})
}

// detail says what a check has found, in English where l has no words for it.
func detail(l *words.Language, f *market.Finding) string {
	if f.Form == "" || l == words.English {
		return l.Isolate(f.Text)
	}
	return l.Issue(f.Issue())
}

// expected returns the day that histories should reach: today in a store, in
// files of the past that which half of them reach.
func (a *app) expected(c *config, histories []*market.Series) market.Date {
	if c.source().service {
		return market.DateOf(a.now().UTC()) - 1 // today's session may not have ended
	}
	var last []market.Date
	for _, s := range histories {
		if n := len(s.Bars); n > 0 {
			last = append(last, s.Bars[n-1].Date)
		}
	}
	if len(last) == 0 {
		return market.NoDate
	}
	slices.Sort(last)
	return last[len(last)/2]
}

// byCalendar groups histories by the sessions of their exchange. Indices are
// left out: they do not trade.
func byCalendar(histories []*market.Series, cals []*market.Calendar) map[*market.Calendar][]*market.Series {
	out := make(map[*market.Calendar][]*market.Series)
	for i, s := range histories {
		if cals[i] != nil && s.Symbol[0] != '^' {
			out[cals[i]] = append(out[cals[i]], s)
		}
	}
	return out
}
