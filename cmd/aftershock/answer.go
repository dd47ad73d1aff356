package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"aftershock/analysis"
	"aftershock/events"
	"aftershock/market"
	"aftershock/plots"
	"aftershock/report"
)

// An answer is what a command says that is not the report of a study: for people, as
// a page, as a document and in tables, the first of which is the answer itself.
type answer struct {
	name   string // of its files
	text   func(w io.Writer, o report.TextOptions) error
	html   func(w io.Writer, o report.HTMLOptions) error
	json   func(w io.Writer) error
	tables []report.Table
	charts func(ctx context.Context, o plots.Options) ([]plots.File, error)
}

// answerFlags are those of a command that gives an answer.
func (a *app) answerFlags(cmd *cobra.Command, flags settingsFlags) {
	flags.add(cmd, "out", "output.dir", "write the tables, the report and the charts to this `directory`; else the answer goes to standard output")
	flags.add(cmd, "format", "output.formats", "`list` of formats; without --out one of text, html, json, csv and the other formats of tables", formatNames()...)
	langFlag(cmd, flags)
	flags.add(cmd, "model", "study.model", "`model` of normal returns; see aftershock list models", modelNames()...)
	flags.add(cmd, "benchmark", "study.benchmark", "`symbol` of the market")
	flags.add(cmd, "estimation", "study.estimation", "estimation `window`, such as -270,-21")
	flags.add(cmd, "events", "events.file", "`catalogue` of events (.yaml, .json, .csv), or shipped")
	a.pricesFlag(cmd, flags)
}

// answering reads the configuration of a command that gives an answer. Windows are
// those of the command event, so that a session is measured as it measures it.
func (a *app) answering(cmd *cobra.Command, flags settingsFlags) (*config, *plan, error) {
	c, err := a.configured(cmd, flags)
	if err != nil {
		return nil, nil, err
	}
	for _, w := range c.Study.CAR {
		c.Study.Event.From = min(c.Study.Event.From, w.From)
		c.Study.Event.To = max(c.Study.Event.To, w.To)
	}
	c.Regression.Characteristics = nil
	p, err := c.plan()
	if err != nil {
		return nil, nil, err
	}
	if c.origin("output.dir") != fromFlag && c.origin("output.formats") == fromFlag && len(p.tables)+count(p.text)+count(p.html)+len(p.plot.Formats) != 1 {
		c.bad("output.formats", "standard output takes one format; choose one, or name a directory with --out")
	}
	return c, p, c.err()
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// everyEvent reads the whole catalogue, whatever the configuration selects of it.
func (c *config) everyEvent() (*events.Catalog, error) {
	if c.Events.File == "" {
		return &events.Catalog{}, nil
	}
	return c.readCatalog(c.path("events.file", c.Events.File))
}

// about is what the configuration knows of a security.
func (p *plan) about(symbol string) market.Security {
	s := p.configured[symbol]
	s.Symbol = symbol
	return s
}

// demand says what prices are needed to measure symbols, with others beside them
// that need not be there.
func (c *config) demand(p *plan, symbols, beside []string, days market.Span) error {
	e := events.Event{ID: "needs", DateOnly: true, Title: "needs"}
	var known []market.Security
	for _, s := range symbols {
		e.Targets = append(e.Targets, events.Target{Symbol: s})
		known = append(known, p.about(s))
	}
	if err := c.findNeedsOf(p, &events.Catalog{Events: []events.Event{e}}, known); err != nil {
		return err
	}
	for _, s := range beside {
		if !slices.ContainsFunc(p.needs.Securities, func(x market.Security) bool { return x.Symbol == s }) {
			p.needs.Securities = append(p.needs.Securities, p.about(s))
		}
	}
	if b := p.study.Benchmark; b != "" && !slices.ContainsFunc(p.needs.Securities, func(x market.Security) bool { return x.Symbol == b }) {
		p.needs.Securities = append(p.needs.Securities, p.about(b))
	}
	p.needs.Days = days
	return nil
}

func (c *config) findNeedsOf(p *plan, cat *events.Catalog, known []market.Security) (err error) {
	ids := p.study.EventIDs
	p.study.EventIDs = nil
	p.needs, err = p.study.Needs(cat, slices.Concat(p.known, p.securities, known)...)
	p.study.EventIDs = ids
	return c.blame(err)
}

// deliverAnswer writes an answer to the directory of --out, if there is one, and to
// stdout.
func (a *app) deliverAnswer(ctx context.Context, c *config, p *plan, src *prices, r *analysis.Result, x answer) error {
	out := ""
	if c.origin("output.dir") == fromFlag {
		out = c.Output.Dir
	}
	if out == "" && c.origin("output.formats") == fromFlag {
		return a.printAnswer(ctx, p, x)
	}
	if out != "" {
		o, err := openOutput(out)
		if err != nil {
			return err
		}
		defer o.close()
		files, err := x.files(ctx, p)
		if err != nil {
			return err
		}
		if err := a.deliver(ctx, o, c, p, src, r, files); err != nil {
			return err
		}
	}
	o := a.textOptions(p)
	o.Events = nil
	return x.text(until(ctx, a.stdout), o)
}

// printAnswer writes an answer to stdout in the one format that is asked for.
func (a *app) printAnswer(ctx context.Context, p *plan, x answer) error {
	w := until(ctx, a.stdout)
	switch {
	case p.html:
		page, err := x.page(ctx, p)
		if err != nil {
			return err
		}
		_, err = w.Write(page)
		return err
	case len(p.tables) == 1 && p.tables[0].Name == "json":
		return x.json(w)
	case len(p.tables) == 1:
		return p.tables[0].Table(w, x.tables[0])
	case len(p.plot.Formats) == 1:
		charts, err := x.charts(ctx, p.plot)
		if err != nil || len(charts) == 0 {
			return err
		}
		_, err = w.Write(charts[0].Data)
		return err
	}
	o := a.textOptions(p)
	o.Events = nil
	return x.text(w, o)
}

// page is the page of an answer with its charts.
func (x *answer) page(ctx context.Context, p *plan) ([]byte, error) {
	o := p.plot
	o.Formats = []plots.Format{plots.SVG}
	charts, err := x.charts(ctx, o)
	if err != nil {
		return nil, err
	}
	h := report.HTMLOptions{Lang: p.plot.Lang, Dark: darkColors()}
	for _, f := range charts {
		h.Charts = append(h.Charts, report.Chart{SVG: f.Data})
	}
	var b bytes.Buffer
	err = x.html(&b, h)
	return b.Bytes(), err
}

// files are those of an answer in the formats of p.
func (x *answer) files(ctx context.Context, p *plan) ([]file, error) {
	var files []file
	for _, f := range p.tables {
		if f.Name == "json" {
			files = append(files, file{x.name + ".json", x.json})
			continue
		}
		for _, t := range x.tables {
			files = append(files, file{t.Name + f.Ending, func(w io.Writer) error { return f.Table(w, t) }})
		}
	}
	if p.text {
		files = append(files, file{x.name + ".txt", func(w io.Writer) error { return x.text(w, report.TextOptions{Lang: p.plot.Lang}) }})
	}
	if p.html {
		page, err := x.page(ctx, p)
		if err != nil {
			return nil, err
		}
		files = append(files, made(x.name+".html", page))
	}
	if len(p.plot.Formats) > 0 {
		charts, err := x.charts(ctx, p.plot)
		if err != nil {
			return nil, err
		}
		files = append(files, chartFiles(charts)...)
	}
	return files, nil
}

// dayOf reads the value of a flag that is a day; NoDate for none.
func dayOf(flag, value string) (market.Date, error) {
	if value == "" {
		return market.NoDate, nil
	}
	d, err := market.ParseDate(strings.TrimSpace(value))
	if err != nil {
		return d, usageError{fmt.Errorf("--%s: %w", flag, err)}
	}
	return d, nil
}

// levelOf reads a level written as 0.05 or 5%.
func levelOf(value string) (float64, error) {
	number, percent := strings.CutSuffix(strings.TrimSpace(value), "%")
	var v float64
	if _, err := fmt.Sscanf(number+"\n", "%g\n", &v); err != nil {
		return 0, usageError{fmt.Errorf("--level: %q is not a level; write it as 5%% or 0.05", value)}
	}
	if percent {
		v /= 100
	}
	if !(v > 0 && v < 1) {
		return 0, usageError{fmt.Errorf("--level: %s lies outside 0 to 1; write it as 5%% or 0.05", value)}
	}
	return v, nil
}

// symbolsOf reads symbols from arguments, with commas between them or not, as the
// source writes them. Those that it has not are refused, but of a service.
func (a *app) symbolsOf(ctx context.Context, c *config, p *plan, src market.Source, args []string) ([]string, error) {
	s, err := c.spelling(ctx, p, src)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, arg := range args {
		for _, written := range strings.FieldsFunc(arg, func(r rune) bool { return r == ',' }) {
			written = strings.TrimSpace(written)
			symbol, ok := s.find(written)
			if !ok {
				near := events.Nearest(written, keysOf(s.have))
				if near != "" {
					near = "; did you mean " + near + "?"
				}
				return nil, fmt.Errorf("security %q is not in %s%s", written, src.Name(), near)
			}
			if symbol != written {
				a.say("%s is %s in %s", written, symbol, src.Name())
			}
			if !slices.Contains(out, symbol) {
				out = append(out, symbol)
			}
		}
	}
	return out, nil
}

func keysOf(m map[string]bool) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
