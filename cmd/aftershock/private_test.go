package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aftershock/events"
	"aftershock/market"
)

// What a run leaves says neither where on a machine it was made nor whose it is.
func TestNothingPrivateLeaves(t *testing.T) {
	machine := filepath.Join(t.TempDir(), "box")
	home, data, work := filepath.Join(machine, "home", "alice"), filepath.Join(machine, "data", "vault"), filepath.Join(machine, "home", "alice", "work")
	if err := errors.Join(os.MkdirAll(work, 0o755), os.MkdirAll(data, 0o755), writePrices(filepath.Join(home, "prices"))); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", home)
	t.Setenv("XDG_CACHE_HOME", "")
	t.Chdir(work)
	events := filepath.Join(data, "events.csv")
	config := filepath.Join(work, "study.yaml")
	if err := errors.Join(
		os.WriteFile(events, []byte("id,date,title,securities,colour\nselloff,2025-01-27,The sell-off,NVDA AVGO,red\n"), 0o644),
		os.WriteFile(config, []byte("events: {file: "+events+"}\nprices: {source: csv, dir: "+filepath.Join(home, "prices")+", yahoo: {base_url: 'https://alice:sesame@example.org/x', user_agent: alice@example.org}}\nstudy: {benchmark: MU}\noutput: {formats: [text, html, csv, json, xlsx, markdown, latex]}\n"), 0o644),
	); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) {
		t.Helper()
		if status, _, problems := aftershock(t, args...); status != statusOK {
			t.Fatalf("%v: status %d, %s", args, status, problems)
		}
	}
	run("run", "--quiet", "--config", config, "--out", filepath.Join(machine, "out"))
	run("prices", "import", filepath.Join(home, "prices"), "--config", config)
	_, listed, _ := aftershock(t, "prices", "list", "--config", config, "--prices", "store")
	_, own, _ := aftershock(t, "prices", "list", "--config", config)
	all := map[string]string{"prices list of the store": listed, "prices list": own}
	if strings.Count(listed, "\n") < 3 {
		t.Errorf("listed %q", listed)
	}
	for _, dir := range []string{filepath.Join(machine, "out"), filepath.Join(home, ".cache")} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Name() == "runs" {
				return fs.SkipDir // of run --if-changed: it stays on the machine
			}
			if err == nil && !d.IsDir() {
				data, e := os.ReadFile(path)
				all[filepath.Base(path)], err = string(data), e
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(all) < 15 {
		t.Errorf("only %d files", len(all))
	}
	for name, text := range all {
		for _, secret := range []string{"alice", "sesame", "vault" + string(filepath.Separator) + "..", machine} {
			if i := strings.Index(text, secret); i >= 0 {
				t.Errorf("%s holds %q: …%s", name, secret, text[max(0, i-60):min(len(text), i+60)])
			}
		}
	}
}

// The folders of the machine are looked up once for a catalogue, not once an event.
func TestPublishLooksUpFoldersOnce(t *testing.T) {
	const n = 5000
	file := filepath.Join(t.TempDir(), "events.csv")
	c := &config{file: filepath.Join(t.TempDir(), "config.yaml")}
	var first string
	allocs := testing.AllocsPerRun(1, func() {
		cat := &events.Catalog{Origin: file, Events: make([]events.Event, n)}
		for i := range cat.Events {
			cat.Events[i].Origin = file + ":12"
		}
		c.publish(cat, &market.Panel{})
		first = cat.Events[0].Origin
	})
	if !strings.HasSuffix(first, "/events.csv:12") || filepath.IsAbs(first) {
		t.Errorf("the origin is %q", first)
	}
	if allocs > 4*n {
		t.Errorf("%.0f allocations for %d events", allocs, n)
	}
}
