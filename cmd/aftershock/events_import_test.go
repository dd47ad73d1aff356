package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"aftershock/events"
)

// recordedNews holds real recorded sources with what a right import of each gives.
const recordedNews = "../../../shared/data/news"

// importFixtures holds sources of our own making.
const importFixtures = "testdata/import"

// importedEvent is an event as --format json writes it.
type importedEvent struct {
	ID          string   `json:"id"`
	Title       string   `json:"title"`
	Time        *string  `json:"time"`
	Precision   string   `json:"precision"`
	ZoneGiven   *string  `json:"zone_given"`
	ZoneAssumed *string  `json:"zone_assumed"`
	RawTime     *string  `json:"raw_time"`
	Part        string   `json:"part"`
	Securities  []string `json:"securities"`
	Category    *string  `json:"category"`
	Status      *string  `json:"status"`
	Source      *string  `json:"source"`
	UpperBound  *string  `json:"upper_bound"`
	Alternative *string  `json:"alternative"`
	Doubts      []string `json:"doubts"`
	Coverage    struct {
		Count   int
		Sources []string
	} `json:"coverage"`
}

type importedFile struct {
	Events   []importedEvent
	Rejected []string
	Told     []string
}

// importJSON imports by the program itself.
func importJSON(t *testing.T, args ...string) importedFile {
	t.Helper()
	var out, errs bytes.Buffer
	a := append([]string{"events", "import", "--format", "json"}, args...)
	if status := run(t.Context(), a, strings.NewReader(""), &out, &errs); status != statusOK {
		t.Fatalf("%v: status %d\n%s", a, status, errs.String())
	}
	var f importedFile
	if err := json.Unmarshal(out.Bytes(), &f); err != nil {
		t.Fatal(err)
	}
	return f
}

func given(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// TestRecordedNews meets expected.json file by file.
func TestRecordedNews(t *testing.T) {
	news, err := filepath.Abs(recordedNews)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(news, "expected.json"))
	if err != nil {
		t.Skipf("the recorded news are not beside the repository: %v", err)
	}
	t.Chdir(t.TempDir()) // away from any config.yaml
	var all map[string]struct {
		Events, Groups, Rejected int
		First                    struct {
			Title, Time, Category, ID *string
			Precision                 string
			ZoneAssumed               *string `json:"zone_assumed"`
			Tickers                   []string
		}
		Alternative string `json:"alternative"`
		UpperBound  string `json:"upper_bound"`
		Part        string
		See         string
		Check       map[string]struct{ Written, True string }
	}
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	back := news
	checked := 0
	for name, want := range all {
		if want.See != "" {
			continue // of the articles
		}
		file := filepath.Join(back, name)
		if _, err := os.Stat(file); err != nil {
			t.Logf("%s is not there", name)
			continue
		}
		checked++
		t.Run(name, func(t *testing.T) {
			got := importJSON(t, file, "--keep-repeats")
			if len(got.Events) != want.Events {
				t.Errorf("%d events, want %d", len(got.Events), want.Events)
			}
			if len(got.Rejected) != want.Rejected {
				t.Errorf("%d rejected, want %d: %v", len(got.Rejected), want.Rejected, got.Rejected)
			}
			if want.Groups > 0 {
				if g := importJSON(t, file); len(g.Events) != want.Groups {
					t.Errorf("%d stories, want %d", len(g.Events), want.Groups)
				}
			}
			for accession, c := range want.Check {
				written, err1 := time.Parse(time.RFC3339, c.Written)
				right, err2 := time.Parse(time.RFC3339, c.True)
				if err1 != nil || err2 != nil {
					t.Fatal(err1, err2)
				}
				f := importJSON(t, file, "--forms", "all")
				i := slices.IndexFunc(f.Events, func(e importedEvent) bool { return e.ID == accession })
				if i < 0 || given(f.Events[i].Time) != right.Format(time.RFC3339) || written.Equal(right) {
					t.Errorf("%s: not at %s", accession, right)
				}
			}
			if want.Events == 0 || len(got.Events) == 0 {
				return
			}
			e := got.Events[0]
			if norm(e.Title) != norm(given(want.First.Title)) {
				t.Errorf("title %q, want %q", e.Title, given(want.First.Title))
			}
			if given(e.Time) != given(want.First.Time) || e.Precision != want.First.Precision {
				t.Errorf("time %q, %s; want %q, %s", given(e.Time), e.Precision, given(want.First.Time), want.First.Precision)
			}
			if !slices.Equal(e.Securities, want.First.Tickers) {
				t.Errorf("securities %v, want %v", e.Securities, want.First.Tickers)
			}
			if given(e.Category) != given(want.First.Category) {
				t.Errorf("category %q, want %q", given(e.Category), given(want.First.Category))
			}
			if id := strings.ReplaceAll(strings.TrimSpace(given(want.First.ID)), "&amp;", "&"); id != "" && e.ID != id && !strings.HasPrefix(e.ID, id) {
				t.Errorf("id %q, want %q", e.ID, id)
			}
			if (e.ZoneAssumed == nil) != (want.First.ZoneAssumed == nil) || !strings.HasPrefix(zoneOf(given(e.ZoneAssumed)), zoneOf(given(want.First.ZoneAssumed))) {
				t.Errorf("zone assumed %q, want %q", given(e.ZoneAssumed), given(want.First.ZoneAssumed))
			}
			if e.Part != want.Part {
				t.Errorf("part %q, want %q", e.Part, want.Part)
			}
			if want.Alternative != given(e.Alternative) && want.Alternative != "" {
				t.Errorf("alternative %q, want %q", given(e.Alternative), want.Alternative)
			}
			if want.UpperBound != "" && given(e.UpperBound) != want.UpperBound {
				t.Errorf("upper bound %q, want %q", given(e.UpperBound), want.UpperBound)
			}
		})
	}
	if checked == 0 {
		t.Skip("none of the recorded news is there")
	}
}

func norm(s string) string { return strings.Join(strings.Fields(s), " ") }

// zoneOf returns the zone itself of what is said of it.
func zoneOf(s string) string {
	s, _, _ = strings.Cut(s, ",")
	s, _, _ = strings.Cut(s, " (")
	return s
}

// What EDGAR writes with a Z may be New York's clock: all rows of the recorded files.
func TestRecordedFilings(t *testing.T) {
	dir, err := filepath.Abs(recordedNews + "/edgar")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the recorded filings are not beside the repository: %v", err)
	}
	t.Chdir(t.TempDir())
	for file, newYork := range map[string]func(i int, e importedEvent) bool{
		"submissions-nvda-mixed-clock.json": func(_ int, e importedEvent) bool {
			return strings.HasPrefix(given(e.RawTime), "2026-02-25") || strings.HasPrefix(given(e.RawTime), "2026-03-04")
		},
		"submissions-aapl-newyork-z.json":  func(int, importedEvent) bool { return true },
		"submissions-tsla-2026-utc-z.json": func(int, importedEvent) bool { return false },
		"submissions-tsla-page-001.json":   func(int, importedEvent) bool { return false },
		"submissions-owner-utc-z.json":     func(int, importedEvent) bool { return false },
	} {
		f := importJSON(t, filepath.Join(dir, file), "--forms", "all", "--keep-repeats")
		if len(f.Events) < 7 {
			t.Errorf("%s: %d filings", file, len(f.Events))
		}
		for i, e := range f.Events {
			isNewYork := strings.HasPrefix(given(e.ZoneAssumed), "America/New_York")
			if isNewYork != newYork(i, e) {
				t.Errorf("%s: %s %s taken as %s", file, e.ID, given(e.RawTime), given(e.ZoneAssumed))
			}
		}
	}
	// A header settles the clock of the row that it is the header of.
	f := importJSON(t, filepath.Join(dir, "submissions-aapl-newyork-z.json"), filepath.Join(dir, "hdr-form4-0000320193-22-000061.txt"), "--forms", "4")
	if len(f.Events) != 1 || given(f.Events[0].Time) != "2022-05-06T22:30:57Z" || !strings.Contains(given(f.Events[0].ZoneAssumed), "header") && !strings.Contains(given(f.Events[0].ZoneAssumed), "by rule of EDGAR") {
		t.Errorf("%+v", f.Events)
	}
}

// Importing again, from a file that was written anew on another clock, changes times and
// adds nothing.
func TestReimportedFilings(t *testing.T) {
	t.Chdir(t.TempDir())
	const form = `{"cik":"1","name":"X Corp","tickers":["XX"],"filings":{"recent":{"accessionNumber":["0000000001-24-000002","0000000001-24-000001"],
"filingDate":["2024-05-02","2024-02-01"],"reportDate":["2024-05-02","2024-02-01"],"acceptanceDateTime":[%s],"form":["8-K","8-K"],"items":["2.02,9.01","2.02,9.01"]}}}`
	write := func(times string) {
		if err := os.WriteFile("s.json", []byte(strings.Replace(form, "%s", times, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(`"2024-05-02T16:30:21.000Z","2024-02-01T16:30:30.000Z"`) // New York's
	one := importJSON(t, "s.json", "--out", "-")
	write(`"2024-05-02T20:30:21.000Z","2024-02-01T21:30:30.000Z"`)
	two := importJSON(t, "s.json", "--out", "-")
	for i := range one.Events {
		if given(one.Events[i].Time) != given(two.Events[i].Time) {
			t.Errorf("%s and %s", given(one.Events[i].Time), given(two.Events[i].Time))
		}
	}
	write(`"2024-05-02T20:30:21.000Z","2024-02-01T21:30:30.000Z"`)
	var out, errs bytes.Buffer
	if s := run(t.Context(), []string{"events", "import", "s.json", "--out", "c.yaml"}, nil, &out, &errs); s != statusOK {
		t.Fatal(errs.String())
	}
	write(`"2024-05-02T21:30:21.000Z","2024-02-01T21:30:30.000Z"`)
	errs.Reset()
	out.Reset()
	if s := run(t.Context(), []string{"events", "import", "s.json", "--out", "c.yaml"}, nil, &out, &errs); s != statusOK {
		t.Fatal(errs.String())
	}
	if !strings.Contains(out.String(), "0 events added, 1 updated, 1 known already") || !strings.Contains(errs.String(), "updated: 0000000001-24-000002: its time is 2024-05-02T21:30:21Z now, was 2024-05-02T20:30:21Z") {
		t.Errorf("%s%s", out.String(), errs.String())
	}
}

// A catalogue's comments and what its author wrote by hand outlive an import.
func TestImportKeepsWhatIsThere(t *testing.T) {
	t.Chdir(t.TempDir())
	const mine = "# mine\n- id: deepseek # a note\n  time: 2025-01-20T12:19:44Z\n  title: Mine\n"
	if err := os.WriteFile("c.yaml", []byte(mine), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("f.xml", []byte(`<rss version="2.0"><channel><item><guid>g1</guid><title>A piece of news</title><pubDate>Mon, 20 Jan 2025 09:00:00 EST</pubDate></item></channel></rss>`), 0o644); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		var out, errs bytes.Buffer
		if s := run(t.Context(), []string{"events", "import", "f.xml", "--out", "c.yaml"}, nil, &out, &errs); s != statusOK {
			t.Fatal(errs.String())
		}
	}
	got, err := os.ReadFile("c.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(got), mine) || strings.Count(string(got), "id: g1") != 1 {
		t.Errorf("%s", got)
	}
	cat, err := events.Read("c.yaml", bytes.NewReader(got))
	if err != nil || len(cat.Events) != 2 || cat.Events[1].When() != "2025-01-20T14:00:00Z" {
		t.Errorf("%v %v", cat, err)
	}
}

// What a week of a feed of 500 items costs: seven imports of which each brings a seventh anew.
func BenchmarkWeekOfAFeed(b *testing.B) {
	b.Chdir(b.TempDir())
	day := func(d int) {
		var x strings.Builder
		x.WriteString(`<rss version="2.0"><channel>`)
		for i := range 500 {
			n := d*71 + i
			at := time.Date(2025, 1, 6, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * 20 * time.Minute)
			x.WriteString("<item><guid>https://example.org/" + time.Duration(n).String() + "</guid><title>Firm " + strings.Repeat(string(rune('a'+n%26)), 1+n%7) + " tells of its matter number " + time.Duration(n*7919).String() + "</title><pubDate>" + at.Format(time.RFC1123Z) + "</pubDate></item>")
		}
		x.WriteString("</channel></rss>")
		if err := os.WriteFile("f.xml", []byte(x.String()), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		os.Remove("c.yaml")
		for d := range 7 {
			b.StopTimer()
			day(d)
			b.StartTimer()
			var out, errs bytes.Buffer
			if s := run(b.Context(), []string{"events", "import", "f.xml", "--out", "c.yaml"}, nil, &out, &errs); s != statusOK {
				b.Fatal(errs.String())
			}
		}
	}
	if info, err := os.Stat("c.yaml"); err == nil {
		b.ReportMetric(float64(info.Size()), "B/catalogue")
	}
}

// Over HTTP: only where it is asked for, as a guest that says whom to write to, and nothing
// twice. What goes wrong is one line, and leaves the catalogue as it was.
func TestImportOverHTTP(t *testing.T) {
	fixture, err := os.ReadFile(importFixtures + "/feed.xml")
	if err != nil {
		t.Fatal(err)
	}
	var asked, whole atomic.Int64
	var agent atomic.Value
	mux := http.NewServeMux()
	mux.HandleFunc("/feed.xml", func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		agent.Store(r.UserAgent())
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		whole.Add(1)
		w.Write(fixture)
	})
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/feed.xml", http.StatusFound) })
	mux.HandleFunc("/cut", func(w http.ResponseWriter, _ *http.Request) { w.Write(fixture[:len(fixture)/2]) })
	mux.HandleFunc("/gone", http.NotFound)
	mux.HandleFunc("/text", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("busy, come again")) })
	server := httptest.NewServer(mux)
	defer server.Close()

	t.Chdir(t.TempDir())
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("AFTERSHOCK_IMPORT_RATE", "50")
	feed := server.URL + "/feed.xml"
	for i, args := range [][]string{{"--url", feed}, {feed, "--url"}, {"--url=" + feed}, {"--url", server.URL + "/moved"}} {
		out := perform(t, statusOK, append([]string{"events", "import", "--out", "c.yaml", "--contact", "me@example.org"}, args...)...)
		if want := []string{"3 events added", "0 events added", "0 events added", "0 events added"}[i]; !strings.Contains(out, want) {
			t.Errorf("%v: %s", args, out)
		}
	}
	if a, _ := agent.Load().(string); !strings.HasPrefix(a, "aftershock/") || !strings.HasSuffix(a, "(me@example.org)") {
		t.Errorf("as %q", a)
	}
	if asked.Load() != 4 || whole.Load() != 2 { // at its own address, and where /moved leads
		t.Errorf("asked %d times, given whole %d times", asked.Load(), whole.Load())
	}
	before, err := os.ReadFile("c.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"/cut": "not RSS that can be read", "/gone": "404 Not Found", "/text": "the kind of source is not known"} {
		var out, errs bytes.Buffer
		if s := run(t.Context(), []string{"events", "import", "--url", server.URL + path, "--out", "c.yaml"}, nil, &out, &errs); s != statusFailure || !strings.Contains(errs.String(), want) || strings.Count(errs.String(), "\n") != 1 {
			t.Errorf("%s: %d %s", path, s, errs.String())
		}
	}
	after, err := os.ReadFile("c.yaml")
	if err != nil || !bytes.Equal(before, after) {
		t.Error("a failed import changed the catalogue")
	}
}
