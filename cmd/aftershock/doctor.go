package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gofrs/flock"
	"github.com/spf13/cobra"

	"aftershock/internal/sealed"
	"aftershock/market"
	"aftershock/market/store"
)

func (a *app) doctorCommand() *cobra.Command {
	flags := make(settingsFlags)
	var network bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look at what the program stands on: versions, folders, locks, what is stale",
		Long: `Doctor looks at the configuration, the output directory, the store of prices and the
cache, says what it finds, and what to do where something is wrong. It changes
nothing, and uses the network only with --network, for one connection.

Exit status 1 says that something is wrong.`,
		Example: `  aftershock doctor
  aftershock doctor --config my-study.yaml --network`,
		Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.doctor(cmd, flags, network) },
	}
	a.pricesFlag(cmd, flags)
	flags.add(cmd, "out", "output.dir", "output `directory`")
	cmd.Flags().BoolVar(&network, "network", false, "see whether Yahoo Finance can be reached")
	return cmd
}

// diagnosis is what doctor finds.
type diagnosis struct {
	rows  [][3]string
	wrong []error
}

func (d *diagnosis) good(what, format string, args ...any) {
	d.rows = append(d.rows, [3]string{"ok", what, fmt.Sprintf(format, args...)})
}

func (d *diagnosis) note(what, format string, args ...any) {
	d.rows = append(d.rows, [3]string{"note", what, fmt.Sprintf(format, args...)})
}

func (d *diagnosis) bad(what, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	d.rows = append(d.rows, [3]string{"WRONG", what, "see below"})
	d.wrong = append(d.wrong, fmt.Errorf("%s: %s", what, text))
}

func (a *app) doctor(cmd *cobra.Command, flags settingsFlags, network bool) error {
	d := &diagnosis{}
	b := readBuild()
	d.good("program", "version %s, commit %s, %s on %s/%s", b.version, b.commit, b.goVersion, runtime.GOOS, runtime.GOARCH)
	c, err := a.configured(cmd, flags)
	var p *plan
	if err == nil {
		p, err = c.plan()
	}
	switch {
	case err != nil:
		d.bad("configuration", "%v", err)
	case c.file == "":
		d.note("configuration", "none: the defaults hold")
	default:
		d.good("configuration", "%s", c.file)
	}
	if err == nil {
		a.examineEvents(d, c)
		a.examineOutput(d, c)
		a.examineStore(d, c, p)
	}
	a.examineCache(d)
	if network && err == nil {
		examineNetwork(cmd.Context(), d, c)
	}
	err = a.table(func(t io.Writer) {
		for _, row := range d.rows {
			fmt.Fprintf(t, "%s\t%s\t%s\n", row[0], row[1], row[2])
		}
	})
	return errors.Join(append(d.wrong, err)...)
}

func (a *app) examineEvents(d *diagnosis, c *config) {
	cat, ids, err := c.catalog()
	if err != nil {
		d.bad("events", "%v", err)
		return
	}
	d.good("events", "%s: %s, %d of them studied", cat.Origin, plural(len(cat.Events), "event"), len(ids))
	for _, w := range cat.Warnings {
		d.note("events", "%s", w)
	}
}

// examineOutput looks at the output directory.
func (a *app) examineOutput(d *diagnosis, c *config) {
	dir := c.path("output.dir", c.Output.Dir)
	if c.Output.Keep > 0 {
		dir = filepath.Join(dir, latestName)
	}
	o := newOutput(dir)
	_, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.note("output", "%s is not there yet", dir)
		return
	case err != nil:
		d.bad("output", "%v", err)
		return
	}
	if isHeld(o.lock.Path()) {
		d.note("lock", "a run is at work in %s", dir)
		return
	}
	if o.interrupted() {
		d.note("output", "a run was interrupted in %s: the next command completes it, or takes it back", dir)
	}
	m, sealed, err := manifestOf(filepath.Join(dir, manifestName))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.note("output", "%s holds no run", dir)
		return
	case err != nil:
		d.bad("output", "%v", err)
		return
	case !sealed:
		d.bad("output", "%s is not as the run wrote it, by its seal; run the study again", filepath.Join(dir, manifestName))
		return
	}
	own, err := readManifest(filepath.Join(dir, manifestName))
	changed := 0
	for _, f := range m.Outputs {
		if err == nil && !own.holds(dir, f.Name) {
			changed++
		}
	}
	if changed > 0 {
		d.bad("output", "%d of %d files in %s are not as the run of %s left them; run the study again", changed, len(m.Outputs), dir, m.Clock.Format(time.RFC3339))
		return
	}
	d.good("output", "%s holds the run of %s, whole: %s, %d used, %d excluded", dir, m.Clock.Format(time.RFC3339), plural(m.Counts.Observations, "observation"), m.Counts.Used, m.Counts.Excluded)
	if o.exchangeable() {
		d.good("exchange", "a run replaces it in one step")
	} else {
		d.note("exchange", "a run replaces its files one by one, by a journal (docs/outputs.md says why)")
	}
}

// isHeld reports whether another process holds the lock file called name.
func isHeld(name string) bool {
	if info, err := os.Lstat(name); err != nil || !info.Mode().IsRegular() {
		return false
	}
	l := flock.New(name, flock.SetFlag(os.O_RDWR|sealed.OpenPlain))
	defer l.Close()
	locked, err := l.TryLock()
	return err == nil && !locked
}

// examineStore looks at the store of prices.
func (a *app) examineStore(d *diagnosis, c *config, _ *plan) {
	dir, err := c.storeDir()
	if err != nil {
		d.note("store", "%v", err)
		return
	}
	s, err := store.New(store.Options{Dir: dir})
	if err != nil {
		d.bad("store", "%v", err)
		return
	}
	symbols, err := s.Symbols(context.Background())
	if err != nil {
		d.bad("store", "%v", err)
		return
	}
	if len(symbols) == 0 {
		d.note("store", "%s is empty", c.shown(dir))
		return
	}
	oldest, stale := "", market.Date(0)
	for i, symbol := range symbols {
		info, err := s.Read(symbol)
		if err != nil {
			d.bad("store", "%v; remove it, and fetch %s again", err, symbol)
			continue
		}
		bars := info.Series.Bars
		if last := bars[len(bars)-1].Date; i == 0 || oldest == "" || last < stale {
			oldest, stale = symbol, last
		}
	}
	d.good("store", "%s: %s, the oldest up to %s (%s)", c.shown(dir), securitiesWord(len(symbols)), stale, oldest)
	const week = 7
	if age := market.DateOf(a.now().UTC()) - stale; oldest != "" && age > week && c.source().service {
		d.note("store", "%s is %d days old: aftershock prices fetch brings it up to date", oldest, age)
	}
}

func (a *app) examineCache(d *diagnosis) {
	cache, err := os.UserCacheDir()
	if err != nil {
		d.note("cache", "there is none (%v): calibrations are not kept, and --if-changed runs always", err)
		return
	}
	n := 0
	for _, sub := range []string{"calibrations", "runs"} {
		if entries, err := os.ReadDir(filepath.Join(cache, "aftershock", sub)); err == nil {
			n += len(entries)
		}
	}
	d.good("cache", "%s kept of calibrations and runs", plural(n, "record"))
}

func examineNetwork(ctx context.Context, d *diagnosis, c *config) {
	address := "https://query2.finance.yahoo.com"
	if c.Prices.Yahoo.BaseURL != "" {
		address = c.Prices.Yahoo.BaseURL
	}
	u, err := url.Parse(address)
	if err != nil {
		d.bad("network", "the address is none")
		return
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	dialer := net.Dialer{Timeout: 10 * time.Second}
	begun := time.Now()
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		d.bad("network", "%s cannot be reached: %v", u.Hostname(), err)
		return
	}
	conn.Close()
	d.good("network", "%s answers within %s", u.Hostname(), time.Since(begun).Round(time.Millisecond))
}
