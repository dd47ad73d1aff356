package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"aftershock/internal/sealed"
	"aftershock/market"
	"aftershock/report"
)

// A runRecord says, in the user's cache folder, what the run in a directory was
// made of, so that run --if-changed need not read it again.
type runRecord struct {
	Program       string      `json:"program"` // version and commit
	Configuration string      `json:"configuration"`
	Manifest      string      `json:"manifest"` // its seal
	Clock         time.Time   `json:"clock"`
	Until         market.Date `json:"until"` // of a service: the last day that was asked for
	Inputs        []runInput  `json:"inputs"`
}

// runInput is an input as it was when the run ended.
type runInput struct {
	Path     string    `json:"path"`
	Bytes    int64     `json:"bytes"`
	Modified time.Time `json:"modified"`
	SHA256   string    `json:"sha256"`
}

const recordKind = "run 1"

// recordFile is where the record of the run in dir is kept.
func recordFile(dir string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(dir))
	return filepath.Join(cache, "aftershock", "runs", hex.EncodeToString(sum[:16])+".sealed"), nil
}

// settingsSum tells two configurations apart, secrets and where they stand too.
func (c *config) settingsSum() string {
	data, err := json.Marshal(c.settings)
	if err != nil {
		return "" // plain values
	}
	file, _ := filepath.Abs(c.file)
	sum := sha256.Sum256(append(data, file...))
	return hex.EncodeToString(sum[:])
}

func programText() string {
	b := readBuild()
	return b.version + " " + b.commit + " " + b.goVersion
}

// record keeps what the run in dir was made of. Without it the next run is made
// again, so that what goes wrong does no harm.
func (a *app) record(c *config, p *plan, dir string) error {
	name, err := recordFile(dir)
	if err != nil {
		return err
	}
	m, whole, err := manifestOf(filepath.Join(dir, manifestName))
	if err != nil || !whole {
		return fmt.Errorf("the manifest is not as the run wrote it: %w", err)
	}
	r := runRecord{Program: programText(), Configuration: c.settingsSum(), Manifest: m.Seal, Clock: m.Clock, Until: market.NoDate}
	if c.source().service && !a.offline {
		r.Until = c.days(p).To
	}
	for i, path := range p.inputs {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if path, err = filepath.Abs(path); err != nil {
			return err
		}
		r.Inputs = append(r.Inputs, runInput{path, info.Size(), info.ModTime(), m.Inputs[i].SHA256})
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	err = sealed.Write(name, recordKind, func(w io.Writer) error { return json.NewEncoder(w).Encode(r) })
	thin(filepath.Dir(name), mostRecords)
	return err
}

// unchanged reports whether dir holds the run that c would make, and when that was
// made: the program, the configuration and the inputs are as they were, and so is
// what the run left.
func (a *app) unchanged(ctx context.Context, c *config, dir string) (since time.Time, ok bool) {
	if finishInterrupted(dir) != nil {
		return since, false
	}
	name, err := recordFile(dir)
	if err != nil {
		return since, false
	}
	var r runRecord
	if sealed.Read(name, recordKind, func(in io.Reader) error { return json.NewDecoder(in).Decode(&r) }) != nil {
		return since, false
	}
	m, whole, err := manifestOf(filepath.Join(dir, manifestName))
	if err != nil || !whole || m.Seal != r.Manifest || r.Program != programText() || r.Configuration != c.settingsSum() {
		return since, false
	}
	if r.Clock.After(a.now()) {
		return since, false // by a clock that went wrong
	}
	if r.Until != market.NoDate && r.Until >= market.DateOf(r.Clock) {
		return since, false // there may be sessions since
	}
	for _, f := range m.Outputs {
		info, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(f.Name)))
		if err != nil || info.Size() != f.Bytes {
			return since, false
		}
	}
	for _, in := range r.Inputs {
		if ctx.Err() != nil || !in.same() {
			return since, false
		}
	}
	return r.Clock, true
}

// same reports whether the input is as it was.
func (in runInput) same() bool {
	info, err := os.Stat(in.Path)
	if err != nil || !info.Mode().IsRegular() || info.Size() != in.Bytes {
		return false
	}
	if info.ModTime().Equal(in.Modified) {
		return true
	}
	f, err := os.Open(in.Path)
	if err != nil {
		return false
	}
	defer f.Close()
	is, err := report.FileOf("", f)
	return err == nil && is.SHA256 == in.SHA256
}
