package article

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"aftershock/events"
)

const recorded = "../../../shared/data/news"

func shipped(t testing.TB) (*events.Names, *events.Catalog) {
	t.Helper()
	n, err := events.ShippedNames()
	if err != nil {
		t.Fatal(err)
	}
	c, err := events.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	return n, c
}

func day(t testing.TB, s string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// found writes the dates of a sentence: span=first..last, what is fiscal in braces,
// after the close or before the opening, what counts from another, the doubt.
func found(all []Date) string {
	var out []string
	for _, d := range all {
		s := d.Text + "="
		if !d.Open() {
			s += d.From.Format(time.DateOnly)
			if !d.To.Equal(d.From) {
				s += ".." + d.To.Format(time.DateOnly)
			}
		}
		if d.Fiscal != nil {
			s += fmt.Sprint(*d.Fiscal)
		}
		if d.AfterClose {
			s += " AMC"
		}
		if d.BeforeOpen {
			s += " BMO"
		}
		if d.Anchor >= 0 {
			s += " anch"
		}
		out = append(out, s+string(d.Doubt))
	}
	return strings.Join(out, " | ")
}

func named(all []events.Mention) string {
	var out []string
	for _, m := range all {
		if m.Entity.Symbol != "" {
			out = append(out, m.Text+"="+m.Entity.Symbol)
		} else {
			out = append(out, m.Text+"=("+m.Entity.Name+")")
		}
	}
	return strings.Join(out, " | ")
}

func TestSentences(t *testing.T) {
	names, _ := shipped(t)
	for _, c := range ownSentences {
		a := Read(c.text, Options{Published: day(t, c.published), Names: names})
		if len(a.Sentences) != 1 {
			t.Errorf("%s: %d sentences", c.text, len(a.Sentences))
			continue
		}
		s := a.Sentences[0]
		if got := found(s.Dates); got != c.dates {
			t.Errorf("%s (read on %s)\n got dates %s\nwant dates %s", c.text, c.published, got, c.dates)
		}
		if got := named(s.Mentions); got != c.names {
			t.Errorf("%s\n got names %s\nwant names %s", c.text, got, c.names)
		}
		if s.Event != c.event {
			t.Errorf("%s: event %v", c.text, s.Event)
		}
	}
}

// TestLabelled measures the sentences that people have labelled.
func TestLabelled(t *testing.T) {
	f, err := os.Open(filepath.Join(recorded, "gold.jsonl"))
	if err != nil {
		t.Skipf("no labelled sentences beside the project: %v", err)
	}
	defer f.Close()
	names, _ := shipped(t)
	scores, misses, err := Score("gold.jsonl", f, names)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en", "ar"} {
		s := scores[lang]
		if s == nil {
			t.Fatalf("no sentences in %s", lang)
		}
		for _, m := range []struct {
			what      string
			got, want float64
		}{{"precision of dates", s.Dates.Precision, 0.95}, {"recall of dates", s.Dates.Recall, 0.95}, {"precision of companies", s.Companies.Precision, 0.97}, {"recall of companies", s.Companies.Recall, 0.93}, {"F1 of events", s.Events.F1, 0.85}} {
			if m.got < m.want {
				t.Errorf("%s: %s is %.3f, below %.2f", lang, m.what, m.got, m.want)
			}
		}
		t.Logf("%s: dates %.3f/%.3f, companies %.3f/%.3f, events F1 %.3f", lang, s.Dates.Precision, s.Dates.Recall, s.Companies.Precision, s.Companies.Recall, s.Events.F1)
	}
	for _, m := range misses {
		t.Logf("%+v", m)
	}
}

// TestScoreCounts holds the measures to a file whose answers are known: a wrong
// day, a name that is missed, one too many, what is optional, no event.
func TestScoreCounts(t *testing.T) {
	names, _ := shipped(t)
	lines := []string{
		`{"id":"a","lang":"en","published":"2025-01-28","text":"Nvidia fell on Monday.","dates":[{"text":"Monday","at":[15,21],"start":"2025-01-27","end":"2025-01-27"}],"entities":[{"text":"Nvidia","at":[0,6],"ticker":"NVDA","name":"Nvidia"}],"event":true}`,
		`{"id":"b","lang":"en","published":"2025-01-28","text":"Hoolimo fell on Monday.","dates":[{"text":"Monday","at":[16,22],"start":"2025-01-26","end":"2025-01-26"}],"entities":[{"text":"Hoolimo","at":[0,7],"ticker":"HOOL","name":"Hoolimo"}],"event":true}`,
		`{"id":"c","lang":"en","published":"2025-01-28","text":"OpenAI fell on Monday and Intel rose.","dates":[{"text":"Monday","at":[15,21],"start":"2025-01-01","end":"2025-01-01","optional":true}],"entities":[{"text":"OpenAI","at":[0,6],"ticker":null,"name":"OpenAI"}],"event":false}`,
	}
	scores, misses, err := Score("own.jsonl", strings.NewReader(strings.Join(lines, "\n\n")), names)
	if err != nil {
		t.Fatal(err)
	}
	s := scores["en"]
	if got, want := fmt.Sprint(s.Dates.Right, s.Dates.Found, s.Dates.Labelled), "1 2 2"; got != want {
		t.Errorf("dates %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(s.Companies.Right, s.Companies.Found, s.Companies.Labelled), "2 3 3"; got != want {
		t.Errorf("companies %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(s.Events.Right, s.Events.Found, s.Events.Labelled), "2 3 2"; got != want {
		t.Errorf("events %s, want %s", got, want)
	}
	if s.Companies.Precision != 2.0/3 || s.Companies.Recall != 2.0/3 || len(misses) != 5 {
		t.Errorf("%+v, misses %+v", s.Companies, misses)
	}
	for text, want := range map[string]string{"": "no labelled sentences", "{": "own.jsonl:1: not a labelled sentence", `{"id":"a","text":"x","lang":"en","published":"today"}`: "is not a date", `{"id":"a","published":"2025-01-28"}`: "text and lang"} {
		if _, _, err := Score("own.jsonl", strings.NewReader(text), names); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// TestSeedArticle reads the article that the project began with.
func TestSeedArticle(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(recorded, "articles", "seed-ar.txt"))
	if err != nil {
		t.Skipf("no recorded articles beside the project: %v", err)
	}
	type label struct {
		Name  string
		Spans [][2]int
	}
	var want struct {
		Companies, Products []label
		Statements          []struct {
			Text       *string
			Starts     int `json:"sentence_starts"`
			Start, End *string
			Catalogue  []string
		}
		Matches []string `json:"catalogue_matches"`
	}
	data, err := os.ReadFile(filepath.Join(recorded, "articles", "seed-ar.expected.json"))
	if err != nil {
		t.Skip(err)
	}
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	names, catalog := shipped(t)
	a := Read(string(text), Options{Published: day(t, "2025-02-05"), Names: names, Catalog: catalog})

	at := map[int]*Sentence{} // by its first code point
	var spans [][2]int        // of names, in code points
	var matched []string
	for i := range a.Sentences {
		s := &a.Sentences[i]
		from := utf8.RuneCount(text[:s.Start])
		at[from] = s
		for _, m := range s.Mentions {
			start := from + utf8.RuneCountInString(s.Text[:m.Start])
			spans = append(spans, [2]int{start, start + utf8.RuneCountInString(m.Text)})
		}
		if s.Match != nil {
			matched = append(matched, s.Match.ID)
		}
	}
	labelled := 0
	for _, l := range slices.Concat(want.Companies, want.Products) {
		for _, x := range l.Spans {
			labelled++
			if !slices.ContainsFunc(spans, func(s [2]int) bool { return s[0] < x[1] && x[0] < s[1] }) {
				t.Errorf("%s at %v is not found", l.Name, x)
			}
		}
	}
	if labelled < 30 || len(spans) > labelled {
		t.Errorf("%d names found, %d labelled", len(spans), labelled)
	}
	for _, w := range want.Statements {
		s := at[w.Starts]
		if s == nil {
			t.Errorf("no sentence begins at %d", w.Starts)
			continue
		}
		if w.Text != nil && !slices.ContainsFunc(s.Dates, func(d Date) bool {
			return strings.Contains(*w.Text, d.Text) && d.From.Format(time.DateOnly) == *w.Start && d.To.Format(time.DateOnly) == *w.End
		}) {
			t.Errorf("%s: dates %s, want %s from %s to %s", s.Text, found(s.Dates), *w.Text, *w.Start, *w.End)
		}
		got := ""
		if s.Match != nil {
			got = s.Match.ID
		}
		if strings.Join(w.Catalogue, " ") != got {
			t.Errorf("%s: matched with %q, want %q", s.Text, got, w.Catalogue)
		}
	}
	slices.Sort(matched)
	slices.Sort(want.Matches)
	if !slices.Equal(matched, want.Matches) {
		t.Errorf("matched %q, want %q", matched, want.Matches)
	}
}

// TestUnpublished: without the day of publication nothing relative is resolved.
func TestUnpublished(t *testing.T) {
	for text, want := range map[string]string{
		"It fell yesterday and on Monday.":                "yesterday=no-publication | Monday=no-publication",
		"It fell on 27 January 2025 and in January.":      "27 January 2025=2025-01-27 | January=no-publication",
		"تراجع السهم الأسبوع الماضي وفي 3 مارس 2025":      "الأسبوع الماضي=no-publication | 3 مارس 2025=2025-03-03",
		"It rose in 2024 and in the third quarter, again": "2024=2024-01-01..2024-12-31 | the third quarter=no-publication",
	} {
		if got := found(Dates(text, time.Time{}, false)); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestOddDates(t *testing.T) {
	for text, want := range map[string]string{
		"It was opened on 27 January 20250.":           "27 January 20250=year-range",
		"It fell on Tuesday, 27 January 2025.":         "Tuesday, 27 January 2025=2025-01-27weekday",
		"It was 31 February 2025.":                     "31 February 2025=no-such-day",
		"في 27 يناير/شباط 2025":                        "27 يناير/شباط 2025=2025-01-27months-differ",
		"Version 2.0.25 of 10.1.2 costs $2025 or 24/7": "",
		"He may march on Sundays.":                     "",
		"3 December 2024 martial law":                  "3 December 2024=2024-12-03",
		"٢٧/١/٢٠٢٥ الاثنين":                            "٢٧/١/٢٠٢٥=2025-01-27 | الاثنين=2025-01-27",
		"29 رمضان 1446":                                "29 رمضان 1446=2025-03-29",
		"1 Ramadan 9999":                               "1 Ramadan 9999=year-range",
	} {
		if got := found(Dates(text, day(t, "2025-01-28"), false)); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// TestHijri: feasts whose days are known.
func TestHijri(t *testing.T) {
	for _, c := range []struct {
		y, m, d int
		want    string
	}{{1446, 10, 1, "2025-03-30"}, {1445, 9, 1, "2024-03-11"}, {1446, 12, 10, "2025-06-06"}, {1447, 1, 1, "2025-06-26"}, {1444, 10, 1, "2023-04-21"}, {1318, 1, 1, "1900-04-30"}} {
		if got, _, ok := fromHijri(c.y, c.m, c.d); !ok || got.Format(time.DateOnly) != c.want {
			t.Errorf("%d-%d-%d is %v %v, want %s", c.y, c.m, c.d, got, ok, c.want)
		}
	}
	for _, bad := range [][3]int{{1317, 1, 1}, {1501, 1, 1}, {1446, 13, 1}, {1446, 1, 31}, {1446, 0, 1}, {1446, 1, 0}} {
		if _, _, ok := fromHijri(bad[0], bad[1], bad[2]); ok {
			t.Errorf("%v exists", bad)
		}
	}
}

func TestSentenceEnds(t *testing.T) {
	for text, want := range map[string]string{
		"Apple Inc. fell 1.5%. Dr. A. Smith said so. U.S. firms rose.": "Apple Inc. fell 1.5%.¶Dr. A. Smith said so.¶U.S. firms rose.",
		"قال: «نعم.» ثم مضى. هل عاد؟ لا!":                              "قال: «نعم.»¶ثم مضى.¶هل عاد؟¶لا!",
		"a line\nand another\r\n\r\nend":                               "a line¶and another¶end",
		"":                                                             "",
	} {
		var out []string
		for _, s := range sentences(text) {
			out = append(out, text[s[0]:s[1]])
		}
		if got := strings.Join(out, "¶"); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// TestLongText: a text without an end costs no more than its length.
func TestLongText(t *testing.T) {
	names, catalog := shipped(t)
	start := time.Now()
	text := strings.Repeat("Nvidia 1/1/1 Monday 2025 الاثنين 5 6 7 may ", 2*MaxText/44)
	a := Read(text, Options{Published: day(t, "2025-01-28"), Names: names, Catalog: catalog})
	if !a.Cut {
		t.Error("a text beyond the limit is not said to be cut")
	}
	if took := time.Since(start); took > 2*time.Minute {
		t.Errorf("took %v", took)
	} else {
		t.Logf("took %v for %d bytes, %d sentences", took, MaxText, len(a.Sentences))
	}
}

func FuzzRead(f *testing.F) {
	names, whole := shipped(f)
	catalog := &events.Catalog{Events: whole.Events[:2]} // each is looked through for every text
	for i, c := range ownSentences {
		if i%5 == 0 && len(c.text) <= 160 { // short ones: long seeds are shortened for minutes before anything is tried
			f.Add(c.text)
		}
	}
	f.Add("\xff\xfe 27 يناير/كانون الثاني ٢٠٢٥م")
	f.Add("99/99/9999 1.1.1 2025-13-40 q5 fy0 the 99th of may 00/00/0000")
	f.Fuzz(func(t *testing.T, text string) {
		for _, published := range []time.Time{{}, time.Date(2025, 1, 28, 0, 0, 0, 0, time.UTC)} {
			for _, s := range Read(text, Options{Published: published, Names: names, Catalog: catalog}).Sentences {
				if text[s.Start:s.End] != s.Text {
					t.Fatalf("sentence %q is not at %d:%d", s.Text, s.Start, s.End)
				}
				end := 0
				for _, d := range s.Dates {
					if d.Start < end || d.End <= d.Start || d.End > len(s.Text) || d.Text != s.Text[d.Start:d.End] || d.Precision == "" || d.To.Before(d.From) {
						t.Fatalf("date %+v of %q", d, s.Text)
					}
					if !d.Open() && (d.From.Year() < firstYear-1 || d.To.Year() > lastYear+1) {
						t.Fatalf("date %+v of %q", d, s.Text)
					}
					end = d.End
				}
			}
		}
	})
}
