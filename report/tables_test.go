package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"aftershock/analysis"
)

// written is a table read back from its CSV file.
type written struct {
	raw  string
	rows []map[string]string
}

func write(t *testing.T, r *analysis.Result, name string) written {
	t.Helper()
	for _, tab := range Tables(r) {
		if tab.Name != name {
			continue
		}
		var b bytes.Buffer
		if err := WriteCSV(&b, tab); err != nil {
			t.Fatal(err)
		}
		w := written{raw: b.String()}
		c := csv.NewReader(strings.NewReader(w.raw))
		c.FieldsPerRecord = len(tab.Columns)
		rows, err := c.ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, row := range rows[1:] {
			m := make(map[string]string)
			for i, col := range tab.Columns {
				if rows[0][i] != col.Name {
					t.Fatalf("%s: heading %q, want %q", name, rows[0][i], col.Name)
				}
				m[col.Name] = row[i]
				checkType(t, name, col, row[i])
			}
			w.rows = append(w.rows, m)
		}
		return w
	}
	t.Fatalf("no table %s", name)
	return written{}
}

func checkType(t *testing.T, table string, c Column, s string) {
	t.Helper()
	if s == "" {
		return
	}
	var err error
	switch c.Type {
	case Number:
		_, err = strconv.ParseFloat(s, 64)
		if strings.Contains(strings.ToLower(s), "nan") {
			t.Errorf("%s.%s: %q", table, c.Name, s)
		}
	case Integer:
		_, err = strconv.Atoi(s)
	case Boolean:
		_, err = strconv.ParseBool(s)
	case Date:
		_, err = time.Parse(time.DateOnly, s)
	}
	if err != nil {
		t.Errorf("%s.%s: %v", table, c.Name, err)
	}
}

func (w written) find(t *testing.T, where ...string) map[string]string {
	t.Helper()
	var found map[string]string
	for _, row := range w.rows {
		ok := true
		for i := 0; i < len(where); i += 2 {
			ok = ok && row[where[i]] == where[i+1]
		}
		if ok && found != nil {
			t.Fatalf("more than one row with %v", where)
		}
		if ok {
			found = row
		}
	}
	if found == nil {
		t.Fatalf("no row with %v", where)
	}
	return found
}

// exactly fails the test unless the field reads back to v; NaN is empty.
func exactly(t *testing.T, row map[string]string, column string, v float64) {
	t.Helper()
	s, ok := row[column]
	if !ok {
		t.Fatalf("no column %s", column)
	}
	if s == "" {
		if !math.IsNaN(v) {
			t.Errorf("%s is empty, want %v", column, v)
		}
		return
	}
	if got, err := strconv.ParseFloat(s, 64); err != nil || got != v {
		t.Errorf("%s = %s, want %v", column, s, v)
	}
}

// TestTablesHoldTheResult reads every file back and compares it with the result.
func TestTablesHoldTheResult(t *testing.T) {
	r := nasty()
	obs, ars, cars := write(t, r, "observations"), write(t, r, "abnormal_returns"), write(t, r, "cars")
	used, excluded := r.Counts()
	if excluded == 0 || len(obs.rows) != r.N() || len(ars.rows) != used*r.Study.EventWindow.Len() || len(cars.rows) != used*len(r.Study.CARWindows) {
		t.Fatalf("%d, %d, %d rows; %d observations used, %d excluded", len(obs.rows), len(ars.rows), len(cars.rows), used, excluded)
	}
	missing := 0
	for i := range r.N() {
		o := r.Observation(i)
		row := obs.find(t, "event_id", o.EventID, "security", o.Security)
		if row["session0"] != o.Session0.String() || row["used"] != strconv.FormatBool(o.Used()) || row["placement"] != string(o.Placement) || row["title"] != r.Catalog.Events[o.Event].Title {
			t.Errorf("observation %v", row)
		}
		d := r.Diagnostics(i)
		exactly(t, row, "durbin_watson", d.DurbinWatson)
		exactly(t, row, "arch_lm_p", d.ArchLMP)
		if !o.Used() {
			if row["reason"] != string(o.Exclusion.Reason) || row["detail"] != o.Exclusion.Detail() || row["reason"] == "" || row["m"] != "" || row["alpha"] != "" || row["sigma"] != "" {
				t.Errorf("excluded observation %v", row)
			}
			continue
		}
		exactly(t, row, "m", float64(o.Fit.M))
		exactly(t, row, "alpha", o.Fit.Coef[0])
		exactly(t, row, "se_beta", o.Fit.SE[1])
		exactly(t, row, "sigma", o.Fit.S)
		f := r.AbnormalReturns(i)
		for k := range f.AR {
			tau := r.Study.EventWindow.From + k
			row := ars.find(t, "event_id", o.EventID, "security", o.Security, "tau", strconv.Itoa(tau))
			for col, v := range map[string]float64{"return": f.Return[k], "expected": f.Expected[k], "ar": f.AR[k], "sar": f.SAR[k], "p": r.SessionTest(i, tau).P, "car": f.Path[k]} {
				exactly(t, row, col, v)
			}
			if math.IsNaN(f.AR[k]) {
				missing++
				if row["se"] != "" || row["date"] == "" {
					t.Errorf("session without a return: %v", row)
				}
			}
		}
		for w, win := range r.Study.CARWindows {
			row := cars.find(t, "event_id", o.EventID, "security", o.Security, "from", strconv.Itoa(win.From), "to", strconv.Itoa(win.To))
			exactly(t, row, "car", f.CAR[w])
			exactly(t, row, "bhar", f.BHAR[w])
			exactly(t, row, "p", r.WindowTest(i, w).P)
		}
	}
	if missing == 0 {
		t.Error("the fixture has no missing return")
	}
	if row := cars.find(t, "event_id", "labor-day", "security", "HALT", "from", "0", "to", "0"); row["car"] != "" || row["se"] != "" || row["p"] != "" {
		t.Errorf("CAR of a halted session: %v", row)
	}
	if row := obs.find(t, "event_id", "labor-day", "security", "HALT"); !strings.Contains(row["note"], "no return on sessions") {
		t.Errorf("note of a halted security: %q", row["note"])
	}
	if row := obs.find(t, "event_id", "half-day", "security", "BETA"); row["confounders"] != "" || row["confounders_event"] != "0" || row["confounders_estimation"] != "2" { // weekend, labor-day
		t.Errorf("confounders %q, %s in the event window, %s in the estimation window", row["confounders"], row["confounders_event"], row["confounders_estimation"])
	}

	avg, tst := write(t, r, "averages"), write(t, r, "tests")
	rows := 0
	for i := range r.Groups {
		g := &r.Groups[i]
		for _, a := range g.Averages {
			row := avg.find(t, "group_by", string(g.By), "group", g.Key, "tau", strconv.Itoa(a.Tau))
			exactly(t, row, "aar", a.AAR)
			exactly(t, row, "se_caar", a.CAARSE)
			exactly(t, row, "n", float64(a.N))
		}
		for k := range g.Windows {
			w := &g.Windows[k]
			for _, x := range w.Tests {
				rows++
				row := tst.find(t, "group_by", string(g.By), "group", g.Key, "from", strconv.Itoa(w.Window.From), "to", strconv.Itoa(w.Window.To), "test", x.Test)
				exactly(t, row, "n", float64(w.N))
				exactly(t, row, "n_missing", float64(len(w.Missing)))
				exactly(t, row, "caar", w.CAAR)
				exactly(t, row, "rbar", w.RBar)
				exactly(t, row, "statistic", x.Stat)
				exactly(t, row, "df2", x.Dist.DF2)
				exactly(t, row, "p", x.P)
				exactly(t, row, "p_normal", x.ByProduct("p_normal"))
				if row["null"] == "" || math.IsNaN(x.Stat) && row["note"] == "" {
					t.Errorf("test without hypothesis or reason: %v", row)
				}
			}
		}
	}
	if len(tst.rows) != rows || len(avg.rows) != len(r.Groups)*r.Study.EventWindow.Len() {
		t.Errorf("%d rows of tests, want %d; %d of averages, want %d", len(tst.rows), rows, len(avg.rows), len(r.Groups)*r.Study.EventWindow.Len())
	}
}

// TestNotesOfAnObservation: a row says nothing of other securities.
func TestNotesOfAnObservation(t *testing.T) {
	for _, r := range []*analysis.Result{nasty(), shipped()} {
		said := 0
		for _, row := range write(t, r, "observations").rows {
			for _, word := range strings.FieldsFunc(row["note"], func(c rune) bool { return strings.ContainsRune(" ,;:()", c) }) {
				if word != row["security"] && word != row["benchmark"] && r.Panel.Column(word) != nil {
					t.Errorf("%s, %s: the note is about %s: %s", row["event_id"], row["security"], word, row["note"])
				}
			}
			said += len(row["note"])
		}
		if said == 0 {
			t.Error("no observation has a note")
		}
	}
	row := write(t, crowded(t, 60), "observations").find(t, "event_id", "event-00004", "security", "A")
	if names := strings.Fields(row["confounders"]); len(names) != mostConfounders || names[0] != "event-00002@-2" || names[mostConfounders-1] != "event-00055@1" || row["confounders_event"] != "59" {
		t.Errorf("confounders %q, of %s", row["confounders"], row["confounders_event"])
	}
}

// TestCSVIsText: bytes, not spreadsheets, decide.
func TestCSVIsText(t *testing.T) {
	for _, tab := range Tables(nasty()) {
		w := write(t, nasty(), tab.Name)
		if again := write(t, nasty(), tab.Name); again.raw != w.raw {
			t.Errorf("%s: two writings differ", tab.Name)
		}
		if strings.Contains(w.raw, "NaN") || strings.Contains(w.raw, "Inf") || strings.Contains(w.raw, "\r") || !strings.HasSuffix(w.raw, "\n") {
			t.Errorf("%s: not as promised:\n%s", tab.Name, w.raw)
		}
	}
	obs := write(t, nasty(), "observations")
	for id, title := range map[string]string{"weekend": formula, "early-close": tagged, "evening": escape} {
		if !slices.ContainsFunc(obs.rows, func(row map[string]string) bool { return row["event_id"] == id && row["title"] == title }) {
			t.Errorf("title %q is not kept", title)
		}
	}
}

func TestCellFormat(t *testing.T) {
	for _, c := range []struct {
		cell Cell
		typ  Type
		want string
	}{
		{number(0.1), Number, "0.1"}, {number(-1.0 / 3), Number, "-0.3333333333333333"}, {number(5.5e-89), Number, "5.5e-89"},
		{number(math.NaN()), Number, ""}, {number(math.Inf(1)), Number, "INF"}, {number(math.Inf(-1)), Number, "-INF"}, {number(0), Number, "0"},
		{integer(-3), Integer, "-3"}, {number(math.NaN()), Integer, ""}, {boolean(true), Boolean, "true"}, {boolean(false), Boolean, "false"},
		{date(20115), Date, "2025-01-27"}, {date(math.MinInt32), Date, ""}, {text(`a "b"`), String, `a "b"`},
	} {
		if got := c.cell.Format(c.typ); got != c.want {
			t.Errorf("%v as %s: %q, want %q", c.cell, c.typ, got, c.want)
		}
	}
}

// TestDictionary holds docs/data-dictionary.md to the columns that are written.
func TestDictionary(t *testing.T) {
	var b bytes.Buffer
	if err := WriteDictionary(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "../docs/data-dictionary.md", b.Bytes())
	_, doc, _ := strings.Cut(b.String(), "\n## ")
	for _, tab := range Tables(shipped()) {
		seen := make(map[string]bool)
		for _, c := range tab.Columns {
			if seen[c.Name] || !strings.HasSuffix(c.Doc, ".") || c.Name != strings.ToLower(c.Name) {
				t.Errorf("%s.%s: twice, without a sentence, or not in lower case", tab.Name, c.Name)
			}
			seen[c.Name] = true
			if line := "| " + c.Name + " | " + string(c.Type) + " |"; !strings.Contains(doc, line) {
				t.Errorf("%s.%s is written but not in the dictionary; add it to byProducts", tab.Name, c.Name)
			}
		}
	}
}

func TestManifest(t *testing.T) {
	r := nasty()
	m := NewManifest(r)
	m.Program, m.Version, m.Clock = "aftershock", "v0", time.Date(2025, 6, 1, 12, 0, 0, 0, time.UTC)
	m.Configuration = map[string]any{"b": 1, "a": "<&>"}
	f, err := FileOf("cars.csv", strings.NewReader("abc"))
	if err != nil || f.Bytes != 3 || f.SHA256 != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" { // FIPS 180-2, appendix B.1
		t.Errorf("%+v, %v", f, err)
	}
	m.Outputs = append(m.Outputs, f)
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, testdata("manifest.json"), b.Bytes())
	var back Manifest
	if err := json.Unmarshal(b.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	c := back.Counts
	sum := 0
	for _, n := range c.ByReason {
		sum += n
	}
	if c.Used+c.Excluded != c.Observations || sum != c.Excluded || c.Observations != r.N() {
		t.Errorf("counts do not add up: %+v", c)
	}
}
