package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"math"
	"slices"
	"time"

	"aftershock/analysis"
	"aftershock/market"
)

// Manifest says how the files of a run came about: enough to repeat it, and to
// see whether a repetition gave the same. It is the only file that holds a
// clock time.
type Manifest struct {
	Program       string     `json:"program"`
	Version       string     `json:"version"`
	Clock         time.Time  `json:"clock"` // when the run ended
	Study         string     `json:"study"`
	Model         string     `json:"model"`
	Seed          uint64     `json:"seed"`
	Configuration any        `json:"configuration"` // as the run read it, every default filled in
	Counts        Counts     `json:"counts"`
	Catalog       string     `json:"catalog"` // where the events were read
	Prices        string     `json:"prices"`  // the source of prices
	Factors       []Factors  `json:"factors"`
	Calendars     []Calendar `json:"calendars"`
	Securities    []Coverage `json:"securities"` // in the order of the panel
	Notes         []string   `json:"notes"`      // what the readers of catalogue and prices left out or doubt
	Charts        Charts     `json:"charts"`
	Inputs        []File     `json:"inputs"`
	Outputs       []File     `json:"outputs"` // all but the manifest itself
	Seal          string     `json:"seal"`    // the SHA-256 of the manifest with an empty seal, by which a change of it shows
}

// Counts counts events and observations: Used + Excluded = Observations.
type Counts struct {
	Events       int            `json:"events"`
	Observations int            `json:"observations"`
	Used         int            `json:"used"`
	Excluded     int            `json:"excluded"`
	ByReason     map[string]int `json:"excluded_by_reason"`
}

// Charts counts the pictures of a run.
type Charts struct {
	Drawn   int    `json:"drawn"`
	LeftOut int    `json:"left_out"`       // that the run could have drawn
	More    string `json:"more,omitempty"` // how to get those
}

// Calendar is one exchange's sessions as the run took them.
type Calendar struct {
	Name     string      `json:"name"`
	Zone     string      `json:"zone"`
	First    market.Date `json:"first"`
	Last     market.Date `json:"last"`
	Sessions int         `json:"sessions"`
}

// Coverage is what the run had of one security, and from where.
type Coverage struct {
	Symbol   string      `json:"symbol"`
	Name     string      `json:"name,omitempty"`
	Calendar string      `json:"calendar"`
	First    market.Date `json:"first"` // first and last session with a price
	Last     market.Date `json:"last"`
	Sessions int         `json:"sessions"` // from First to Last
	Missing  int         `json:"missing"`  // sessions after First without a return
	Adjusted bool        `json:"adjusted"` // for dividends too
	Origin   string      `json:"origin"`
}

// Factors is a file of factor returns as the run took it.
type Factors struct {
	File    string      `json:"file"`
	Vintage string      `json:"vintage"` // the edition that the file states; "" where it states none
	Unit    string      `json:"unit"`    // of the file's numbers: percent or decimal
	Names   []string    `json:"names"`
	First   market.Date `json:"first"`
	Last    market.Date `json:"last"`
	Days    int         `json:"days"`
}

// File names a file, its size and its contents' SHA-256.
type File struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// FileOf reads contents to its end and describes it as the file called name.
func FileOf(name string, contents io.Reader) (File, error) {
	h := sha256.New()
	n, err := io.Copy(h, contents)
	return File{Name: name, Bytes: n, SHA256: hex.EncodeToString(h.Sum(nil))}, err
}

// NewManifest returns the manifest of r without what only the program knows:
// Program, Version, Clock, Configuration, Prices, Factors, Inputs, Outputs.
func NewManifest(r *analysis.Result) *Manifest {
	m := &Manifest{
		Study: r.Study.Name, Model: r.Study.Model.Name(), Seed: r.Study.Seed, Catalog: r.Catalog.Origin,
		Counts: Counts{Events: len(r.Catalog.Events), Observations: r.N(), ByReason: map[string]int{}},
		Notes:  append([]string{}, r.Catalog.Warnings...),
		Inputs: []File{}, Outputs: []File{}, Factors: []Factors{}, Calendars: []Calendar{}, Securities: []Coverage{},
	}
	m.Counts.Used, m.Counts.Excluded = r.Counts()
	for i := range r.N() {
		if r.Used(i) {
			continue
		}
		if x := r.Observation(i).Exclusion; x != nil {
			m.Counts.ByReason[string(x.Reason)]++
		}
	}
	for _, is := range r.Panel.Issues {
		m.Notes = append(m.Notes, is.Symbol+" "+is.Date.String()+": "+is.Text())
	}
	for _, c := range r.Panel.Calendars() {
		k := Calendar{Name: c.Name(), Zone: c.Zone().String(), First: market.NoDate, Last: market.NoDate, Sessions: c.Len()}
		if n := c.Len(); n > 0 {
			k.First, k.Last = c.Date(0), c.Date(n-1)
		}
		m.Calendars = append(m.Calendars, k)
	}
	for _, c := range r.Panel.Columns {
		v := Coverage{Symbol: c.Symbol, Name: c.Name, Calendar: c.Calendar.Name(), First: market.NoDate, Last: market.NoDate,
			Sessions: c.Len(), Adjusted: c.Adjusted, Origin: c.Origin}
		if c.Len() > 0 {
			v.First, v.Last = c.Calendar.Date(c.First), c.Calendar.Date(c.Last())
			for _, x := range c.Return[1:] {
				if math.IsNaN(x) {
					v.Missing++
				}
			}
		}
		m.Securities = append(m.Securities, v)
	}
	return m
}

// Write writes m, sealed, as indented JSON; equal manifests give equal bytes.
func (m *Manifest) Write(w io.Writer) error {
	open := *m
	open.Seal = ""
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(&open); err != nil {
		return err
	}
	sum := sha256.Sum256(b.Bytes())
	data := b.Bytes()
	at := bytes.LastIndex(data, []byte(noSeal)) + len(noSeal) - 1
	_, err := w.Write(slices.Concat(data[:at], []byte(hex.EncodeToString(sum[:])), data[at:]))
	return err
}

// noSeal is how an empty seal is written.
const noSeal = `"seal": ""`

// ReadManifest reads what Write wrote. sealed reports whether it is as it was
// written; manifests of releases before 0.2 had no seal.
//
// Errors: data is no JSON, or no manifest of this program.
func ReadManifest(data []byte) (m *Manifest, sealed bool, err error) {
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, false, err
	}
	if m == nil || m.Program != "aftershock" {
		return nil, false, errors.New("it is not a manifest of aftershock")
	}
	if len(m.Seal) != 2*sha256.Size {
		return m, false, nil
	}
	seal := []byte(noSeal[:len(noSeal)-1] + m.Seal + `"`)
	at := bytes.LastIndex(data, seal)
	if at < 0 {
		return m, false, nil
	}
	sum := sha256.Sum256(slices.Concat(data[:at], []byte(noSeal), data[at+len(seal):]))
	return m, hex.EncodeToString(sum[:]) == m.Seal, nil
}
