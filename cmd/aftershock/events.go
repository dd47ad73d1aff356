package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"aftershock/analysis"
	"aftershock/events"
	"aftershock/internal/words"
	"aftershock/market"
)

func (a *app) eventsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "events",
		Short: "List events, check a catalogue, or import one",
		Args:  a.noCommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	flags := make(settingsFlags)
	list := &cobra.Command{
		Use:   "list [FILE]",
		Short: "List the events of a catalogue, with their session 0",
		Long: `List the events of a catalogue by date: that of the configuration, or FILE. Session 0 is
the first session at whose close the news could be in the price, on the exchange
of the study's benchmark. A star marks the events that the configuration selects.`,
		Example: `  aftershock events list
  aftershock events list my-events.csv --lang ar`,
		Args: arguments(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error { return a.eventsList(cmd, flags, args) },
	}
	langFlag(list, flags)
	checked := make(settingsFlags)
	var form string
	check := &cobra.Command{
		Use:   "check FILE",
		Short: "Check a catalogue, and report everything that is wrong with it",
		Long: `Check a catalogue (.yaml, .json or .csv). Every wrong row is reported with its
line, every column that nobody reads, and every security that the source of prices
does not have, with what may have been meant. Of a service on the network nothing
is asked. The exit status is 1 when a row is wrong, or when a security is not in
prices that the configuration or --prices names.

Then it tells what a mistake of an hour would change: session 0 of each event on
each exchange of its securities, an hour earlier and an hour later; for a date alone
the other side of the close; and what is worth a look: weekends, holidays, half-days,
news during a session, exchanges that differ, other events of a security within the
event window. With --format json all of it is printed for programs.`,
		Example: `  aftershock events check my-events.csv
  aftershock events check my-events.csv --prices my-prices
  aftershock events check my-events.csv --format json`,
		Args: arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error { return a.eventsCheck(cmd, checked, args[0], form) },
	}
	check.Flags().StringVar(&form, "format", "text", "`form` of what is printed: text or json")
	langFlag(check, checked)
	a.pricesFlag(check, checked)
	cmd.AddCommand(list, check, a.eventsImportCommand(), a.extractCommand())
	return cmd
}

func (a *app) eventsList(cmd *cobra.Command, flags settingsFlags, args []string) error {
	c, err := a.configured(cmd, flags)
	if err != nil {
		return err
	}
	p, err := c.plan()
	if err != nil {
		return err
	}
	var cat *events.Catalog
	var chosen []string
	if len(args) > 0 {
		cat, err = c.readEvents(args[0])
	} else {
		cat, chosen, err = c.catalog()
	}
	if err != nil {
		return err
	}
	for _, w := range cat.Warnings {
		a.say("%s", w)
	}
	l := words.Of(c.Output.Lang)
	cal := cmp.Or(p.calendar(p.security(p.study.Benchmark)), market.NYSE())
	return a.table(func(t io.Writer) {
		fmt.Fprintf(t, "\tID\t%s\t%s (%s)\t%s\n", l.Phrase("WHEN"), l.Phrase("SESSION 0"), l.Exchange(cal.Name()), heads(l, "CATEGORY", "SECURITIES", "TITLE"))
		for _, e := range byDate(cat.Events) {
			mark := ""
			if slices.Contains(chosen, e.ID) {
				mark = "*"
			}
			session := "-"
			if i, _, ex := analysis.Place(&e, cal); ex == nil {
				session = cal.Date(i).String()
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", mark, e.ID, when(l, &e), session, cmp.Or(e.Category, "-"), targets(l, &e), e.TitleIn(c.Output.Lang))
		}
	})
}

// byDate returns the events in the order of their times, those without a time last;
// of one time as the catalogue has them. An event of which the date alone is known
// stands before those of its date.
func byDate(list []events.Event) []events.Event {
	return slices.SortedStableFunc(slices.Values(list), func(a, b events.Event) int {
		if x, y := a.Timeless(), b.Timeless(); x != y {
			if x {
				return 1
			}
			return -1
		}
		return a.Time.Compare(b.Time)
	})
}

// when writes the time of e in its own zone.
func when(l *words.Language, e *events.Event) string {
	t, timed := e.Instant()
	switch {
	case e.Timeless():
		return l.Phrase("unknown")
	case e.Provenance != nil && e.Provenance.Clock != "":
		return t.Format(time.DateOnly) + " " + e.Provenance.Clock[:5] + " " + l.Phrase("zone unknown")
	case timed:
		return t.Format("2006-01-02 15:04 MST")
	case e.AfterClose:
		return t.Format(time.DateOnly) + " " + l.Phrase("after the close")
	}
	return t.Format(time.DateOnly)
}

// targets writes the securities of e with the signs expected.
func targets(l *words.Language, e *events.Event) string {
	var out []string
	for _, t := range e.Targets {
		switch t.Sign {
		case 1:
			t.Symbol += "+"
		case -1:
			t.Symbol += "-"
		}
		out = append(out, t.Symbol)
	}
	const shown = 4
	if len(out) > shown {
		out = append(out[:shown:shown], l.Say("and %s more", len(out)-shown))
	}
	return cmp.Or(strings.Join(out, " "), l.Phrase("all"))
}

func (a *app) eventsCheck(cmd *cobra.Command, flags settingsFlags, file, form string) error {
	if form != "text" && form != "json" {
		return usageError{fmt.Errorf("--format %q is not known; write text or json", form)}
	}
	c, err := a.configured(cmd, flags)
	if err != nil {
		return err
	}
	p, err := c.plan()
	if err != nil {
		return err
	}
	cat, err := c.readEvents(file)
	if err != nil {
		return err
	}
	for _, w := range cat.Warnings {
		a.say("%s", w)
	}
	unknown, source, err := a.unknownSecurities(cmd.Context(), c, p, cat)
	if err != nil {
		return err
	}
	t := p.timing(cat)
	if form == "json" {
		if err := t.json(a.stdout, file, unknown); err != nil {
			return err
		}
	}
	l := words.Of(c.Output.Lang)
	found := l.Things(len(cat.Events), "event")
	said := l.Say("%s: %s, nothing wrong", file, found)
	switch n := len(unknown); {
	case n > 0 && c.origin("prices.source") == fromDefault: // nobody chose the sample for this catalogue
		said = l.Say("%s: %s, nothing wrong; %s not in %s, which is the source of prices if none is named", file, found, l.Securities(n), source)
	case n > 0:
		for _, u := range unknown {
			a.say("%s", u)
		}
		return fmt.Errorf("%s: %s of %s not in %s", file, plural(n, "security"), plural(len(cat.Events), "event"), source)
	}
	if form == "json" {
		return nil
	}
	if _, err = fmt.Fprintln(a.stdout, said); err != nil {
		return err
	}
	return t.text(a, l)
}

// unknownSecurities lists the securities of cat that the configured source of
// prices does not have; none of a service.
func (a *app) unknownSecurities(ctx context.Context, c *config, p *plan, cat *events.Catalog) (list []string, source string, err error) {
	a.offline = true // a check asks nobody
	src, err := a.open(ctx, c, p, nil)
	if err != nil {
		return nil, "", err
	}
	s, err := c.spelling(ctx, p, src)
	if err != nil {
		return nil, "", err
	}
	return s.unknownSecurities(cat, src.Name()), src.Name(), nil
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	if stem, ok := strings.CutSuffix(what, "y"); ok {
		return fmt.Sprintf("%d %sies", n, stem)
	}
	return fmt.Sprintf("%d %ss", n, what)
}
