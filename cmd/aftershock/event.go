package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"aftershock/events"
	"aftershock/internal/words"
)

func (a *app) eventCommand() *cobra.Command {
	flags := make(settingsFlags)
	var q question
	cmd := &cobra.Command{
		Use:   "event TIME SYMBOL ...",
		Short: "Measure one event that is in no catalogue",
		Long: `Measure what one event did to one or more securities, and print the report.

TIME is a date (2025-01-27), or an instant: 2025-01-27T14:30:00Z, or
"2025-01-27 09:30" with --zone. News that came after the close of a date belongs
to the next session: say --after-close. A symbol may carry the sign expected,
NVDA:- or ORCL:+. The rest is taken from the configuration; nothing is written
without --out.`,
		Example: `  aftershock event 2025-01-27 NVDA AVGO TSM --benchmark SPY --window -1,1
  aftershock event 2025-02-26 NVDA --after-close --title "Nvidia's results"
  aftershock event "2025-01-27 09:30" NVDA --zone America/New_York --prices my-prices`,
		Args: arguments(cobra.MinimumNArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Time, q.Securities = args[0], args[1:]
			return a.oneEvent(cmd, flags, q)
		},
	}
	cmd.Flags().StringVar(&q.Zone, "zone", "", "`zone` of a time without an offset, such as America/New_York")
	cmd.Flags().BoolVar(&q.AfterClose, "after-close", false, "the news came after the close of the date")
	cmd.Flags().StringVar(&q.Title, "title", "", "what happened, for the report")
	flags.add(cmd, "window", "study.car", "`windows` of the cumulative abnormal returns, such as -1,1")
	flags.add(cmd, "out", "output.dir", "write the results to this `directory`, as run does")
	alias(cmd, "car", "window")
	chartFlags(cmd, flags)
	a.formatFlags(cmd, flags)
	langFlag(cmd, flags)
	studyFlags(cmd, flags)
	a.pricesFlag(cmd, flags)
	a.tellFlags(cmd)
	return cmd
}

// question is an event as a record of a catalogue in JSON.
type question struct {
	ID         string            `json:"id"`
	Time       string            `json:"time"`
	Zone       string            `json:"zone,omitempty"`
	AfterClose bool              `json:"after_close,omitempty"`
	Title      string            `json:"title,omitempty"`
	Titles     map[string]string `json:"titles,omitempty"`
	Securities []string          `json:"securities"`
}

func (a *app) oneEvent(cmd *cobra.Command, flags settingsFlags, q question) error {
	c, err := a.configured(cmd, flags)
	if err != nil {
		return err
	}
	for _, w := range c.Study.CAR { // the event window is there for these
		c.Study.Event.From = min(c.Study.Event.From, w.From)
		c.Study.Event.To = max(c.Study.Event.To, w.To)
	}
	c.Events.File = ""                                         // none is read
	c.Study.Name = words.Of(c.Output.Lang).Phrase("One event") // in the manifest as in the report
	c.Output.Moves = 0                                         // one event explains no others
	c.Regression.Characteristics = nil                         // that make one event differ from others
	p, err := c.plan()
	if err != nil {
		return err
	}
	cat, err := q.catalog()
	if err != nil {
		return err
	}
	p.study.Name = c.Study.Name
	p.study.EventIDs = []string{cat.Events[0].ID}
	out := ""
	if c.origin("output.dir") == fromFlag {
		out = c.Output.Dir
	}
	return a.perform(cmd.Context(), c, p, cat, out, true)
}

// catalog returns the catalogue with the one event. Its reader knows times,
// zones and signs, and what can be wrong with them.
func (q question) catalog() (*events.Catalog, error) {
	q.ID = "event"
	if q.Title == "" {
		const untitled = "News of %s"
		q.Title, q.Titles = fmt.Sprintf(untitled, q.Time), make(map[string]string)
		for _, tag := range words.Languages() {
			q.Titles[tag] = fmt.Sprintf(words.Of(tag).Phrase(untitled), q.Time)
		}
	}
	data, err := json.Marshal([]question{q})
	if err != nil {
		return nil, err
	}
	cat, err := events.ReadJSON("command line", bytes.NewReader(data))
	var wrong events.Errors
	if errors.As(err, &wrong) {
		var all []error
		for _, p := range wrong {
			all = append(all, fmt.Errorf("event: %s", p.What))
		}
		return nil, usageError{errors.Join(all...)}
	}
	return cat, err
}
