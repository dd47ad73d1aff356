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
	"slices"
	"time"

	"github.com/gofrs/flock"
	"github.com/spf13/cobra"

	"aftershock/internal/sealed"
	"aftershock/internal/words"
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
	langFlag(cmd, flags)
	a.pricesFlag(cmd, flags)
	flags.add(cmd, "out", "output.dir", "output `directory`")
	cmd.Flags().BoolVar(&network, "network", false, "see whether Yahoo Finance can be reached")
	return cmd
}

// diagnosis is what doctor finds.
type diagnosis struct {
	in    *words.Language
	rows  [][3]string
	wrong []error // in English, as all on standard error
}

// fine says of what that it is in order: form is a phrase.
func (d *diagnosis) fine(what, form string, values ...any) {
	d.rows = append(d.rows, [3]string{d.in.Phrase("ok"), d.in.Phrase(what), d.in.Say(form, values...)})
}

// remark says of what something that is good to know.
func (d *diagnosis) remark(what, form string, values ...any) {
	d.rows = append(d.rows, [3]string{d.in.Phrase("note"), d.in.Phrase(what), d.in.Say(form, values...)})
}

// amiss says of what that it is wrong, and in another language than English what.
func (d *diagnosis) amiss(what, form string, values ...any) {
	text := d.in.Phrase("see below")
	if d.in != words.English {
		text = d.in.Say(form, slices.Clone(values)...)
	}
	d.rows = append(d.rows, [3]string{d.in.Phrase("WRONG"), d.in.Phrase(what), text})
	d.wrong = append(d.wrong, fmt.Errorf("%s: %s", what, words.English.Say(form, values...)))
}

func (a *app) doctor(cmd *cobra.Command, flags settingsFlags, network bool) error {
	if err := checkLang(flags["output.lang"].Value.String()); err != nil {
		return err
	}
	b := readBuild()
	c, err := a.configured(cmd, flags)
	d := &diagnosis{in: speaking(c, flags)}
	d.fine("program", "version %s, commit %s, %s on %s/%s", b.version, b.commit, b.goVersion, runtime.GOOS, runtime.GOARCH)
	var p *plan
	if err == nil {
		p, err = c.plan()
	}
	switch {
	case err != nil:
		d.amiss("configuration", "%s", err)
	case c.file == "":
		d.remark("configuration", "none: the defaults hold")
	default:
		d.fine("configuration", "%s", c.file)
	}
	if err == nil {
		a.examineEvents(d, c)
		a.examineOutput(d, c)
		a.examineStore(d, c, p)
	}
	a.examineCache(d)
	switch {
	case err != nil:
	case network:
		examineNetwork(cmd.Context(), d, c)
	case c.Prices.Source != yahooSource:
		d.fine("network", "not needed: prices come from %s", c.Prices.Source)
	case a.offline:
		d.remark("network", "off: prices are taken as they are stored")
	default:
		d.remark("network", "needed for prices; --network sees whether the service can be reached")
	}
	err = a.table(func(t io.Writer) {
		for _, row := range d.rows {
			fmt.Fprintf(t, "%s\t%s\t%s\n", row[0], row[1], row[2])
		}
	})
	return errors.Join(append(d.wrong, err)...)
}

// speaking is the language that a command prints in: that of the configuration, and
// where that cannot be read, of the flag or the environment.
func speaking(c *config, flags settingsFlags) *words.Language {
	if c != nil {
		return words.Of(c.Output.Lang)
	}
	if f := flags["output.lang"]; f != nil && f.Changed {
		return words.Of(f.Value.String())
	}
	return words.Of(os.Getenv(envName("output.lang")))
}

func (a *app) examineEvents(d *diagnosis, c *config) {
	cat, ids, err := c.catalog()
	if err != nil {
		d.amiss("events", "%s", err)
		return
	}
	d.fine("events", "%s: %s, %s of them studied", cat.Origin, d.in.Things(len(cat.Events), "event"), len(ids))
	for _, w := range cat.Warnings {
		d.remark("events", "%s", w)
	}
}

// examineOutput looks at the output directory.
func (a *app) examineOutput(d *diagnosis, c *config) {
	dir := c.path("output.dir", c.Output.Dir)
	if c.Output.Keep > 0 {
		dir = lastRun(dir, a.now())
	}
	o := newOutput(dir)
	_, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.remark("output", "%s is not there yet", dir)
		return
	case err != nil:
		d.amiss("output", "%s", err)
		return
	}
	if isHeld(o.lock.Path()) {
		d.remark("lock", "a run is at work in %s", dir)
		return
	}
	d.fine("lock", "no run is at work in %s", dir)
	if o.interrupted() {
		d.remark("output", "a run was interrupted in %s: the next command completes it, or takes it back", dir)
	}
	m, sealed, err := manifestOf(filepath.Join(dir, manifestName))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.remark("output", "%s holds no run", dir)
		return
	case err != nil:
		d.amiss("output", "%s", err)
		return
	case !sealed:
		d.amiss("output", "%s is not as the run wrote it, by its seal; run the study again", filepath.Join(dir, manifestName))
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
		d.amiss("output", "%s of %s files in %s are not as the run of %s left them; run the study again", changed, len(m.Outputs), dir, m.Clock.Format(time.RFC3339))
		return
	}
	d.fine("output", "%s holds the run of %s, whole: %s, %s used, %s excluded", dir, m.Clock.Format(time.RFC3339), d.in.Observations(m.Counts.Observations), m.Counts.Used, m.Counts.Excluded)
	if o.exchangeable() {
		d.fine("replacing", "a run replaces it in one step")
	} else {
		d.remark("replacing", "a run replaces its files one by one, by a journal (docs/outputs.md says why)")
	}
}

// isHeld reports whether another process holds the lock file called name.
func isHeld(name string) bool {
	if info, err := os.Lstat(name); err != nil || !info.Mode().IsRegular() {
		return false
	}
	l := flock.New(name, flock.SetFlag(os.O_RDONLY|sealed.OpenPlain)) // it may be another user's
	defer l.Close()
	locked, err := l.TryLock()
	return err == nil && !locked
}

// examineStore looks at the store of prices.
func (a *app) examineStore(d *diagnosis, c *config, _ *plan) {
	dir, err := c.storeDir()
	if err != nil {
		d.remark("store", "%s", err)
		return
	}
	s, err := store.New(store.Options{Dir: dir})
	if err != nil {
		d.amiss("store", "%s", err)
		return
	}
	symbols, err := s.Symbols(context.Background())
	if err != nil {
		d.amiss("store", "%s", err)
		return
	}
	if len(symbols) == 0 {
		d.remark("store", "%s is empty", c.shown(dir))
		return
	}
	oldest, stale := "", market.Date(0)
	for i, symbol := range symbols {
		info, err := s.Read(symbol)
		if err != nil {
			d.amiss("store", "%s; remove it, and fetch %s again", err, symbol)
			continue
		}
		bars := info.Series.Bars
		if last := bars[len(bars)-1].Date; i == 0 || oldest == "" || last < stale {
			oldest, stale = symbol, last
		}
	}
	d.fine("store", "%s: %s, the oldest up to %s (%s)", c.shown(dir), d.in.Securities(len(symbols)), stale, oldest)
	const week = 7
	if age := market.DateOf(a.now().UTC()) - stale; oldest != "" && age > week && c.source().service {
		d.remark("store", "%[1]s is {2:%[2]s day|%[2]s days} old: aftershock prices fetch brings it up to date", oldest, age)
	}
}

func (a *app) examineCache(d *diagnosis) {
	cache, err := os.UserCacheDir()
	if err != nil {
		d.remark("cache", "there is none (%s): calibrations are not kept, and --if-changed runs always", err)
		return
	}
	n := 0
	for _, sub := range []string{"calibrations", "runs"} {
		if entries, err := os.ReadDir(filepath.Join(cache, "aftershock", sub)); err == nil {
			n += len(entries)
		}
	}
	d.fine("cache", "%[1]s: {2:%[2]s record|%[2]s records} kept of calibrations and runs", (&config{}).shown(filepath.Join(cache, "aftershock")), n)
}

func examineNetwork(ctx context.Context, d *diagnosis, c *config) {
	address := "https://query2.finance.yahoo.com"
	if c.Prices.Yahoo.BaseURL != "" {
		address = c.Prices.Yahoo.BaseURL
	}
	u, err := url.Parse(address)
	if err != nil {
		d.amiss("network", "the address is none")
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
		d.amiss("network", "%s cannot be reached: %s", u.Hostname(), err)
		return
	}
	conn.Close()
	d.fine("network", "%s answers within %s", u.Hostname(), time.Since(begun).Round(time.Millisecond))
}
