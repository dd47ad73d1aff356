package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"aftershock/analysis"
	"aftershock/internal/sealed"
	"aftershock/market"
)

// outcome is how a run ended, for those who watch over it. Its JSON is stable.
type outcome struct {
	Program      string      `json:"program"`
	Version      string      `json:"version"`
	Study        string      `json:"study"`
	Status       int         `json:"status"` // the exit status
	Message      string      `json:"message"`
	Clock        time.Time   `json:"clock"`
	Seconds      float64     `json:"seconds"`
	Unchanged    bool        `json:"unchanged"` // by --if-changed: nothing was to be done
	Events       int         `json:"events"`
	Observations int         `json:"observations"`
	Used         int         `json:"used"`
	Excluded     int         `json:"excluded"`
	LastPrice    market.Date `json:"last_price"` // the last session with a price of any security
	Command      string      `json:"command"`    // run, sweep, calibrate or fetch
}

// measured notes what was measured.
func (o *outcome) measured(r *analysis.Result) {
	if o == nil {
		return
	}
	o.Events, o.Observations, o.LastPrice = len(r.Catalog.Events), r.N(), market.NoDate
	if n := len(r.Study.EventIDs); n > 0 {
		o.Events = n
	}
	o.Used, o.Excluded = r.Counts()
	for _, c := range r.Panel.Columns {
		if c.Len() > 0 {
			o.LastPrice = max(o.LastPrice, c.Calendar.Date(c.Last()))
		}
	}
}

// watching performs what a command does, and tells those that the configuration
// names how it ended.
func (a *app) watching(cmd *cobra.Command, flags settingsFlags, do func() error) error {
	if a.shard.of > 0 { // one of several that are one
		return do()
	}
	c, err := a.configured(cmd, flags)
	if err != nil {
		return err
	}
	return a.watched(cmd.Context(), cmd.Name(), c, func(o *outcome) error {
		a.outcome = o
		return do()
	})
}

// watched performs a run, or another command, and tells those that the configuration names how it
// ended. What goes wrong with that is said, and does not change how it ended.
func (a *app) watched(ctx context.Context, command string, c *config, run func(o *outcome) error) error {
	b := readBuild()
	o := &outcome{Program: "aftershock", Version: b.version, Study: c.name(), LastPrice: market.NoDate, Command: command}
	begun := a.now()
	err := run(o)
	o.Status, o.Clock, o.Seconds = statusOf(ctx, err), a.now().UTC().Truncate(time.Second), a.now().Sub(begun).Seconds()
	if err != nil {
		o.Message = printable(shorten(err.Error(), c.homes()), longestMessage)
	}
	tell := context.WithoutCancel(ctx) // of an end by a signal too
	for _, w := range []struct {
		wanted bool
		what   string
		do     func() error
	}{
		{c.Job.Metrics != "", "job.metrics", func() error { return o.writeMetrics(o.metricsFile(c.path("job.metrics", c.Job.Metrics))) }},
		{len(c.Job.Command) > 0, "job.command", func() error { return o.call(tell, c.Job.Command) }},
		{c.Job.Webhook != "", "job.webhook", func() error { return o.post(tell, c.Job.Webhook) }},
	} {
		if w.wanted {
			if e := w.do(); e != nil {
				a.say("%s: %v", w.what, e)
			}
		}
	}
	return err
}

// metricsFile is the file of a command's metrics: that of a run has the configured
// name, the others stand beside it, so that one does not hide what became of another.
func (o *outcome) metricsFile(name string) string {
	if o.Command == "run" {
		return name
	}
	ext := filepath.Ext(name)
	return strings.TrimSuffix(name, ext) + "-" + o.Command + ext
}

// writeMetrics writes o as the textfile collector of Prometheus' node exporter
// reads it. What a run that failed does not know is left out.
func (o *outcome) writeMetrics(name string) error {
	var b bytes.Buffer
	labels := fmt.Sprintf("study=%q", o.Study)
	if o.Command != "run" {
		labels += fmt.Sprintf(",command=%q", o.Command)
	}
	gauge := func(name, help string, value float64) {
		fmt.Fprintf(&b, "# HELP aftershock_%s %s\n# TYPE aftershock_%s gauge\naftershock_%s{%s} %v\n", name, help, name, name, labels, value)
	}
	gauge("last_run_timestamp_seconds", "When the last run ended.", float64(o.Clock.Unix()))
	gauge("last_run_duration_seconds", "How long it took.", o.Seconds)
	gauge("last_run_status", "Its exit status.", float64(o.Status))
	gauge("last_run_unchanged", "1 where there was nothing to do.", map[bool]float64{true: 1}[o.Unchanged])
	if o.Observations > 0 {
		gauge("events", "Events studied.", float64(o.Events))
		gauge("observations", "Observations, used and excluded.", float64(o.Observations))
		gauge("observations_excluded", "Observations excluded.", float64(o.Excluded))
	}
	if o.LastPrice != market.NoDate {
		gauge("last_price_timestamp_seconds", "The last session with a price, at midnight UTC.", float64(o.LastPrice.Time().Unix()))
	}
	return writable(sealed.Replace(name, withData(b.Bytes())), "file")
}

// The bounds of what is called and waited for.
const (
	commandPatience = 30 * time.Second
	webhookPatience = 10 * time.Second
)

// call runs a command, without a shell, with o as JSON on its standard input.
func (o *outcome) call(ctx context.Context, command []string) error {
	data, err := json.Marshal(o)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, commandPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdin = bytes.NewReader(append(data, '\n'))
	cmd.WaitDelay = time.Second
	err = cmd.Run()
	if ctx.Err() != nil {
		return fmt.Errorf("%s took more than %s, and was ended", command[0], commandPatience)
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return fmt.Errorf("%s ended with exit status %d", command[0], exit.ExitCode())
	}
	return err
}

// post sends o as JSON. The address may hold a secret, and stands in no message.
func (o *outcome) post(ctx context.Context, address string) error {
	data, err := json.Marshal(o)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, webhookPatience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(data))
	if err != nil {
		return errors.New("that is no address")
	}
	req.Header.Set("Content-Type", "application/json")
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(req)
	var e *url.Error
	if errors.As(err, &e) {
		return fmt.Errorf("no answer: %w", e.Err)
	}
	if err != nil {
		return err
	}
	answer.Body.Close()
	if answer.StatusCode >= 300 {
		return fmt.Errorf("the answer is %s", answer.Status)
	}
	return nil
}

// checkJob finds what is wrong under job.
func (c *config) checkJob() {
	if u, err := url.Parse(c.Job.Webhook); c.Job.Webhook != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "") {
		c.bad("job.webhook", "that is no http or https address")
	}
	if len(c.Job.Command) > 0 {
		if _, err := exec.LookPath(c.Job.Command[0]); err != nil {
			c.bad("job.command", "%v", err)
		}
	}
	if c.Job.Metrics != "" {
		if info, err := os.Stat(c.path("job.metrics", c.Job.Metrics)); err == nil && !info.Mode().IsRegular() {
			c.bad("job.metrics", "%s is no file", c.Job.Metrics)
		}
	}
}
