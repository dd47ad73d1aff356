package report

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"math"

	"aftershock/analysis"
)

// jsonFormat is raised when a reader of results.json would have to change.
const jsonFormat = 1

// studyJSON is a study as results.json spells it.
type studyJSON struct {
	Name          string   `json:"name"`
	Design        string   `json:"design"`
	Model         string   `json:"model"`
	Benchmark     string   `json:"benchmark"`
	Estimation    [2]int   `json:"estimation"`
	Event         [2]int   `json:"event"`
	Windows       [][2]int `json:"car"`
	MinEstimation int      `json:"min_estimation"`
	Returns       string   `json:"returns"`
	Missing       string   `json:"missing"`
	MissingEvent  string   `json:"missing_event"`
	Weights       string   `json:"weights"`
	Tests         []string `json:"tests"`
	Groups        []string `json:"groups"`
	Family        string   `json:"family"` // "": none
	Correction    string   `json:"correction"`
	Seed          uint64   `json:"seed"`
}

func studyOf(s *analysis.Study) studyJSON {
	pair := func(w analysis.Window) [2]int { return [2]int{w.From, w.To} }
	out := studyJSON{
		Name: s.Name, Design: cmp.Or(string(s.Subject), string(analysis.Returns)), Family: string(s.Family), Correction: string(s.Correction), Model: s.Model.Name(), Benchmark: s.Benchmark, Estimation: pair(s.EstimationWindow), Event: pair(s.EventWindow),
		MinEstimation: s.MinEstimation, Returns: string(s.Returns), Missing: string(s.Gaps), MissingEvent: string(s.MissingEvent),
		Weights: string(s.Weights), Seed: s.Seed, Windows: [][2]int{}, Tests: []string{}, Groups: []string{},
	}
	for _, w := range s.CARWindows {
		out.Windows = append(out.Windows, pair(w))
	}
	for _, t := range s.Tests {
		out.Tests = append(out.Tests, t.Name())
	}
	for _, g := range s.Groups {
		out.Groups = append(out.Groups, string(g))
	}
	return out
}

// noteJSON is a note as results.json spells it. What it is not about is absent.
type noteJSON struct {
	Code     string `json:"code"`
	Severity string `json:"severity"`
	EventID  string `json:"event_id,omitempty"`
	Security string `json:"security,omitempty"`
	Group    string `json:"group,omitempty"`
	Window   string `json:"window,omitempty"`
	Test     string `json:"test,omitempty"`
	Text     string `json:"text"`
}

// findingJSON is what the tests allow to be said of a group over one CAR window.
type findingJSON struct {
	Group    string           `json:"group"`
	Window   string           `json:"window"`
	Verdict  analysis.Reading `json:"verdict"`
	Leading  []leadJSON       `json:"leading"`
	Aside    []string         `json:"set_aside"`
	StandOut []standJSON      `json:"stand_out"`
}

type leadJSON struct {
	Question string  `json:"question"` // "past" or "spread"
	Test     string  `json:"test"`
	P        float64 `json:"p"`
}

type standJSON struct {
	EventID  string  `json:"event_id"`
	Security string  `json:"security"`
	CAR      float64 `json:"car"`
	P        float64 `json:"p"`
	Adjusted float64 `json:"p_holm"`
}

// findingsOf lists the findings of every group of two or more, by window.
func findingsOf(r *analysis.Result) []findingJSON {
	out := []findingJSON{}
	for i := range r.Groups {
		g := &r.Groups[i]
		if len(g.Members) < 2 {
			continue
		}
		for w := range g.Windows {
			f := r.Finding(g, w)
			x := findingJSON{Group: g.Name(), Window: f.Window.Window.String(), Verdict: f.Verdict, Leading: []leadJSON{}, Aside: []string{}, StandOut: []standJSON{}}
			for _, l := range []leadJSON{{Question: "past"}, {Question: "spread"}} {
				t := f.Past
				if l.Question == "spread" {
					t = f.Spread
				}
				if t != nil {
					l.Test, l.P = t.Test, t.P
					x.Leading = append(x.Leading, l)
				}
			}
			for _, t := range f.Aside {
				x.Aside = append(x.Aside, t.Test)
			}
			for _, s := range f.Outstanding() {
				o := r.Observation(s.Observation)
				car, _ := r.CAR(s.Observation, w)
				x.StandOut = append(x.StandOut, standJSON{o.EventID, o.Security, car, s.P, s.Adjusted})
			}
			out = append(out, x)
		}
	}
	return out
}

// writeJSON writes the study, its counts, its notes, its findings and its tables as one
// document, which docs/result.schema.json describes. A row is an object on a
// line of its own, its members in the order of the columns; a missing value is
// null and an infinity the text "INF" or "-INF", for which JSON has no numbers.
func writeJSON(w io.Writer, r *analysis.Result, tables []Table, _ string) error {
	b := bufio.NewWriter(w)
	member := func(name string, v any) error {
		data, err := json.MarshalIndent(v, "  ", "  ")
		b.WriteString(`  "` + name + `": `)
		b.Write(data)
		b.WriteString(",\n")
		return err
	}
	notes := make([]noteJSON, len(r.Notes))
	for i, n := range r.Notes {
		notes[i] = noteJSON{n.Code, string(n.Severity), n.EventID, n.Security, n.Group, n.Window, n.Test, n.Text()}
	}
	findings := findingsOf(r)
	b.WriteString("{\n")
	for _, m := range []struct {
		name  string
		value any
	}{{"format", jsonFormat}, {"study", studyOf(r.Study)}, {"counts", NewManifest(r).Counts}, {"notes", notes}, {"findings", findings}} {
		if err := member(m.name, m.value); err != nil {
			return err
		}
	}
	b.WriteString("  \"tables\": {")
	for i, t := range tables {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n    \"" + t.Name + "\": ")
		if err := b.Flush(); err != nil {
			return err
		}
		if err := jsonRows(w, t); err != nil {
			return err
		}
	}
	b.WriteString("\n  }\n}\n")
	return b.Flush()
}

// writeJSONRows writes the rows of t as an array, as they stand in results.json.
func writeJSONRows(w io.Writer, t Table) error {
	if err := jsonRows(w, t); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// opening makes the comma before the first element of an array its bracket.
type opening struct {
	w    io.Writer
	done bool
}

// Write implements io.Writer.
func (o *opening) Write(p []byte) (int, error) {
	if len(p) == 0 || o.done {
		return o.w.Write(p)
	}
	o.done = true
	if n, err := o.w.Write([]byte{'['}); err != nil {
		return n, err
	}
	n, err := o.w.Write(p[1:])
	return 1 + n, err
}

func jsonRows(w io.Writer, t Table) error {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		name, err := json.Marshal(c.Name)
		if err != nil {
			return err
		}
		names[i] = string(name) + ": "
	}
	o := &opening{w: w}
	err := writeBlocks(o, t, func(b *bytes.Buffer) func([]Cell) error {
		return func(row []Cell) error {
			for i, cell := range row {
				if i == 0 {
					b.WriteString(",\n{")
				} else {
					b.WriteString(", ")
				}
				b.WriteString(names[i])
				if err := jsonCell(b, cell, t.Columns[i].Type); err != nil {
					return err
				}
			}
			if row != nil {
				b.WriteByte('}')
			}
			return nil
		}
	})
	if err == nil && !o.done {
		_, err = io.WriteString(w, "[")
	}
	if err == nil {
		_, err = io.WriteString(w, "]")
	}
	return err
}

func jsonCell(b *bytes.Buffer, c Cell, t Type) error {
	switch {
	case c.Empty(t):
		b.WriteString("null")
	case t == String, t == Date, math.IsInf(c.Num, 0):
		value, err := json.Marshal(c.Format(t))
		b.Write(value)
		return err
	default:
		b.Write(c.appendTo(b.AvailableBuffer(), t))
	}
	return nil
}
