package events

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"
)

// imported is a catalogue as imports write it: an instant with a place, a clock of no zone,
// a date after the close, a draft, symbols of other exchanges, coverage.
func imported() *Catalog {
	b := (&Source{Name: "x.xml"}).Batch("test")
	ny := time.FixedZone("", -5*3600)
	_ = ny
	b.Add(Item{Key: "https://example.org/news/1?a=1&b=2", Title: "One", Stamp: Reading{}.Stamp("Wed, 15 Jan 2025 09:30:11 EST"), Securities: []string{"NVDA", "NVDA:CA", "LON:BP/"}, Source: "https://example.org/news/1", Tags: []string{"a b"}})
	b.Add(Item{Key: "uid;x:1@y", Title: "ثان", Lang: "ar", Stamp: Reading{}.Stamp("2025-01-15T09:30:00"), Status: Expected})
	b.Add(Item{Title: "Three results", Stamp: Reading{}.Stamp("2025-01-15"), Part: PastClose, Securities: []string{"AMD"}, Category: "earnings", Status: Expected})
	b.Add(Item{Key: "draft", Title: "Four", Stamp: Reading{}.Stamp("27 Jan 20250"), Bound: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)})
	b.Events[0].Provenance.Coverage = []Coverage{{"k2", "One, again", "https://b.example/2", "2025-01-15T14:40:00Z"}}
	b.Events[0].Provenance.Other = time.Date(2025, 1, 15, 13, 30, 11, 0, time.UTC)
	return &Catalog{Events: b.Events, Origin: "x.xml"}
}

func TestImportedCatalogueIsReadBack(t *testing.T) {
	c := imported()
	for ext, write := range writers {
		var b bytes.Buffer
		if err := write(&b, c); err != nil {
			t.Fatal(err)
		}
		again(t, ext, b.Bytes(), c)
	}
	for _, whole := range []bool{true, false} {
		var b bytes.Buffer
		if err := WriteImport(&b, c, whole, Errors{{"x.xml", 3, "bad"}}, []string{"told"}); err != nil {
			t.Fatal(err)
		}
		again(t, ".json", b.Bytes(), c)
		for _, want := range []string{`"id": "https://example.org/news/1?a=1&b=2"`, `"time": "2025-01-15T14:30:11Z"`, `"time": "2025-01-15T09:30:00"`, `"time": null`, `"precision": "unknown"`, `"zone_given": "EST"`, `"count": 1`} {
			if !strings.Contains(b.String(), want) {
				t.Errorf("no %s in\n%s", want, b.String())
			}
		}
	}
}

func again(t *testing.T, ext string, data []byte, c *Catalog) {
	t.Helper()
	got, err := Read("y"+ext, bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%s: %v\n%s", ext, err, data)
	}
	for i := range c.Events {
		a, b := c.Events[i], got.Events[i]
		p, q := *a.Provenance, *b.Provenance
		p.scheduled, p.distinct, p.Rewritten = false, "", false
		if q.Key == "" {
			q.Key = p.Key
			if p.Key != "" && p.Key != a.ID {
				t.Errorf("%s: event %d lost its key %q", ext, i, p.Key)
			}
		}
		if !reflect.DeepEqual(p, q) {
			t.Errorf("%s: event %d: provenance\n%+v, want\n%+v", ext, i, q, p)
		}
		if !a.Time.Equal(b.Time) || a.ID != b.ID || a.DateOnly != b.DateOnly || a.AfterClose != b.AfterClose || a.Precision != b.Precision || a.Title != b.Title || !reflect.DeepEqual(a.Targets, b.Targets) || !reflect.DeepEqual(a.Tags, b.Tags) {
			t.Errorf("%s: event %d:\n%+v, want\n%+v", ext, i, b, a)
		}
	}
}

func TestCataloguesByHandDoNotBear(t *testing.T) {
	for text, want := range map[string]string{
		"- {id: a, time: 2025-01-15, status: maybe}":                        "status \"maybe\" is not known",
		"- {id: a, time: 2025-01-15, part: noon}":                           "part \"noon\" is not known",
		"- {id: a, precision: unknown}":                                     "time is missing",
		"- {id: a, precision: unknown, status: draft, time: 2025-01-15}":    "leave one of them out",
		"- {id: a, time: 2025-01-15, zone: unknown}":                        "clock of an unknown zone",
		"- {id: a, time: 2025-01-15, upper_bound: soon}":                    "upper_bound \"soon\"",
		"- {id: a, time: 2025-01-15, status: expected, coverage: [1]}":      "must have keys and values",
		"- {id: a, time: 2025-01-15 09:30, status: expected}":               "no zone",
		"- {id: a b, time: 2025-01-15}":                                     "id \"a b\"",
		"- {id: a, time: 2025-01-15, securities: ['NVDA:x']}":               "sign \"x\"",
		"- {id: a, time: 2025-01-15 09:30, zone: unknown, precision: date}": "does not go with",
	} {
		if _, err := Read("a.yaml", strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %s", text, err, want)
		}
	}
	// Columns of other meaning stay unread.
	c, err := Read("a.csv", strings.NewReader("id,date,status,key\na,2025-01-15,final,7\n"))
	if err != nil || len(c.Warnings) != 2 || c.Events[0].Provenance != nil {
		t.Errorf("%v, %v", c, err)
	}
}

func TestLikeness(t *testing.T) {
	for _, c := range []struct {
		a, b  string
		alike bool
	}{
		{"Nvidia shares fall 17% after DeepSeek - Reuters", "NVIDIA shares fall 17 % after DeepSeek", true},
		{"Google Stock : Alphabet Unveils Redesigned , AI - Powered Shopping", "Google stock: Alphabet unveils redesigned, AI-powered shopping", true},
		{"Analyst upgrades Apple to buy on demand", "Analyst downgrades Apple to buy on demand", false},
		{"Stocks That Hit 52-Week Highs On Friday", "Stocks That Hit 52-Week Highs On Wednesday", false},
		{"UBS raises Agilent price target to $88", "UBS raises Agilent price target to $87", false},
		{"أسهم إنفيديا تهبط بعد إطلاق ديب سيك", "أسهم إنفيديا تهبط بعد إطلاق ديب سيك نموذجه", true},
		{"Oil prices surge on Iran", "Fed holds rates steady", false},
		{"谷歌直面分拆危机", "谷歌直面分拆危机", true},
	} {
		if got := Likeness(c.a, c.b); (got >= DefaultGathering.Alike) != c.alike {
			t.Errorf("%q and %q: %.2f", c.a, c.b, got)
		}
		if Likeness(c.a, c.b) != Likeness(c.b, c.a) || Likeness(c.a, c.a) != 1 {
			t.Errorf("%q: not symmetric", c.a)
		}
	}
}

// story makes items of lines "time|key|title|securities|source".
func story(lines ...string) []Event {
	b := (&Source{Name: "s"}).Batch("test")
	for _, l := range lines {
		f := strings.Split(l, "|")
		b.Add(Item{Key: f[1], Title: f[2], Stamp: Reading{}.Stamp(f[0]), Securities: strings.Fields(f[3]), Source: f[4]})
	}
	return b.Events
}

func TestGather(t *testing.T) {
	in := story(
		"2025-01-27T14:40:00Z|k1|Nvidia tumbles as DeepSeek shakes AI trade|NVDA|https://a.example/1",
		"2025-01-27T14:31:00Z|k2|Nvidia tumbles as DeepSeek shakes AI trade - Reuters|NVDA|https://b.example/1",
		"2025-01-27T20:00:00Z|k3|Nvidia tumbles as DeepSeek shakes AI trade|AMD|https://c.example/1",
		"2025-01-29T15:00:00Z|k4|Nvidia tumbles as DeepSeek shakes AI trade|NVDA|https://d.example/1",
		"2025-01-28T09:00:00Z|k5|Nvidia tumbles as DeepSeek shakes AI trade|NVDA|https://e.example/1",
		"2025-01-27T14:40:00Z|k1|Nvidia tumbles as DeepSeek shakes AI trade|NVDA|https://a.example/1",
		"|k6|Nvidia tumbles as DeepSeek shakes AI trade|NVDA|https://f.example/1",
	)
	out, by := DefaultGathering.Gather(in)
	same, repeats := by.Same, by.Repeats
	if len(out) != 4 || same != 1 || repeats != 2 {
		t.Fatalf("%d events, %d the same, %d repeats: %+v", len(out), same, repeats, out)
	}
	e := out[0]
	if e.When() != "2025-01-27T14:31:00Z" || len(e.Provenance.Coverage) != 2 || e.ID != "k2" {
		t.Errorf("%s at %s with %v", e.ID, e.When(), e.Provenance.Coverage)
	}
	if d := strings.Join(e.Provenance.Doubts, ";"); !strings.Contains(d, "differ by 18 h 29 min") {
		t.Errorf("doubts %q", d)
	}
	keep := DefaultGathering
	keep.KeepRepeats = true
	if out, _ := keep.Gather(in); len(out) != len(in) || out[5].ID == out[0].ID {
		t.Errorf("%d events of %d kept", len(out), len(in))
	}
}

// A preview and a page that was rewritten bear times before the news.
func TestEarliestCredibleTime(t *testing.T) {
	in := story(
		"2016-12-14T06:02:15Z|p|Fed lifts rates, sees faster pace of hikes||https://a.example/1",
		"2016-12-14T19:00:05Z|q|Fed lifts rates, sees faster pace of hikes - CNBC||https://b.example/1",
	)
	in[0].Provenance.Rewritten = true
	out, _ := DefaultGathering.Gather(in)
	if len(out) != 1 || out[0].When() != "2016-12-14T19:00:05Z" || !strings.Contains(strings.Join(out[0].Provenance.Doubts, ";"), "preview or was rewritten") {
		t.Errorf("%+v", out)
	}
}

func TestMergeIsIdempotent(t *testing.T) {
	in := story(
		"2025-01-27T14:40:00Z|k1|Nvidia tumbles as DeepSeek shakes AI trade|NVDA|https://a.example/1",
		"2025-01-27T14:51:00Z|k2|Nvidia tumbles as DeepSeek shakes AI trade|NVDA|https://b.example/1",
		"2025-02-01T14:51:00Z|k3|Another thing altogether happened there|AMD|https://b.example/2",
	)
	g := DefaultGathering
	first, _ := g.Gather(in)
	c := &Catalog{}
	if m := g.Merge(c, first); m.Added != 2 || len(c.Events) != 2 {
		t.Fatalf("%+v", m)
	}
	var before bytes.Buffer
	if err := WriteYAML(&before, c); err != nil {
		t.Fatal(err)
	}
	// Read back, imported again: nothing changes.
	c, err := ReadYAML("c.yaml", bytes.NewReader(before.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	second, _ := g.Gather(in)
	m := g.Merge(c, second)
	var after bytes.Buffer
	if err := WriteYAML(&after, c); err != nil {
		t.Fatal(err)
	}
	if m.Added+len(m.Updated)+m.Repeats != 0 || len(m.Changed) != 0 || after.String() != before.String() {
		t.Errorf("%+v\n%s\n%s", m, before.String(), after.String())
	}
	// Another wire joins the coverage; an earlier one gives its time.
	m = g.Merge(c, story("2025-01-27T14:20:00Z|k9|Nvidia tumbles as DeepSeek shakes AI trade|NVDA|https://z.example/1"))
	if e := c.Events[0]; m.Added != 0 || m.Repeats != 1 || e.When() != "2025-01-27T14:20:00Z" || e.ID != "k1" || len(e.Provenance.Coverage) != 2 || len(m.Updated) != 1 {
		t.Errorf("%+v %+v %+v", m, e, e.Provenance)
	}
	// A changed time is an update, told.
	m = g.Merge(c, story("2025-02-01T18:51:00Z|k3|Another thing altogether happened there|AMD|https://b.example/2"))
	if len(m.Updated) != 1 || m.Added != 0 || !strings.Contains(m.Updated[0], "k3: its time is 2025-02-01T18:51:00Z now, was 2025-02-01T14:51:00Z") {
		t.Errorf("%+v", m)
	}
}

func TestFilingConfirmsWhatACalendarExpects(t *testing.T) {
	b := (&Source{Name: "c"}).Batch("calendar")
	for _, day := range []string{"2024-08-21", "2024-11-19"} {
		b.Add(Item{Title: "NVIDIA Corp", Category: "earnings", Securities: []string{"NVDA"}, Stamp: Reading{}.Stamp(day), Status: Expected, Scheduled: true, Key: "NVDA results " + day})
	}
	c := &Catalog{}
	DefaultGathering.Merge(c, b.Events)
	f := (&Source{Name: "f"}).Batch("filing")
	f.Add(Item{Key: "0001045810-24-000262", Title: "NVIDIA CORP 8-K", Category: "2.02,9.01", Tags: []string{"8-K", "item-2.02"}, Securities: []string{"NVDA"}, Stamp: Reading{}.Stamp("2024-08-28T20:21:16Z"), Distinct: "edgar"})
	m := DefaultGathering.Merge(c, f.Events)
	e := c.Events[0]
	if m.Added != 0 || len(m.Updated) != 1 || e.Status() != Confirmed || e.When() != "2024-08-28T20:21:16Z" || c.Events[1].Status() != Expected || !strings.Contains(m.Updated[0], "7 days off") {
		t.Errorf("%+v %+v", m, e.Provenance)
	}
	if m := DefaultGathering.Merge(c, f.Events); m.Unchanged != 1 || m.Added != 0 {
		t.Errorf("again: %+v", m)
	}
}

func TestUTF8(t *testing.T) {
	arabic := "تحديث نسخ التداول يونيو"
	in1256 := []byte{0xca, 0xcd, 0xcf, 0xed, 0xcb, 0x20, 0xe4, 0xd3, 0xce, 0x20, 0xc7, 0xe1, 0xca, 0xcf, 0xc7, 0xe6, 0xe1, 0x20, 0xed, 0xe6, 0xe4, 0xed, 0xe6}
	in1251 := []byte{0xcd, 0xee, 0xe2, 0xee, 0xf1, 0xf2, 0xe8, 0x20, 0xe4, 0xed, 0xff}
	join := func(head string, b []byte) []byte { return append([]byte(head), b...) }
	for _, c := range []struct {
		name      string
		data      []byte
		transport string
		want      string
		told      string
	}{
		{"true", join(`<?xml version="1.0" encoding="windows-1256"?>`, in1256), "", arabic, ""},
		{"lies: utf-8", join(`<?xml version="1.0" encoding="utf-8"?>`, in1256), "", arabic, "windows-1256"},
		{"lies: latin", join(`<?xml version="1.0" encoding="iso-8859-1"?>`, in1256), "", arabic, "windows-1256"},
		{"lies: 1256", []byte(`<?xml version="1.0" encoding="windows-1256"?>` + arabic), "", arabic, "is UTF-8"},
		{"says nothing", in1251, "", "Новости дня", "windows-1251"},
		{"header", in1251, "windows-1251", "Новости дня", ""},
		{"bom", []byte("\xef\xbb\xbfx"), "", "x", ""},
		{"utf-16", []byte("\xff\xfea\x00b\x00"), "", "ab", ""},
		{"latin true", join(`<?xml version="1.0" encoding="iso-8859-1"?>`, []byte("f\xfcr M\xe4rz")), "", "für März", ""},
		{"ascii", []byte(`<?xml version="1.0" encoding="iso-8859-1"?>x`), "", "x", ""},
	} {
		got, told := UTF8(c.data, c.transport)
		if !strings.HasSuffix(string(got), c.want) {
			t.Errorf("%s: %q (%v)", c.name, got, told)
		}
		if s := strings.Join(told, ";"); (s == "") != (c.told == "") || !strings.Contains(s, c.told) {
			t.Errorf("%s: told %q", c.name, s)
		}
	}
	for in, want := range map[string]string{"electâ€™s plan": "elect’s plan", "CafÃ© au lait": "Café au lait", "Ø§Ù„": "ال", "plain": "plain", "Âge": "Âge", "für": "für"} {
		if got, _ := Untwice(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzUTF8(f *testing.F) {
	f.Add([]byte(`<?xml version="1.0" encoding="windows-1256"?>`+"\xca\xcd"), "")
	f.Add([]byte("\xff\xfe\x00"), "utf-16")
	f.Fuzz(func(t *testing.T, data []byte, transport string) {
		text, _ := UTF8(data, transport)
		if !strings.HasPrefix(transport, "utf") && len(text) > 4*len(data)+4 {
			t.Fatalf("%d bytes of %d", len(text), len(data))
		}
		Untwice(string(text))
	})
}

func FuzzTable(f *testing.F) {
	f.Add([]byte("title,date\na,2025-01-01\n\"b,2025\nc,2025-01-02\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		b := (&Source{Name: "x"}).Batch("")
		header, records := Table(data, b)
		for _, r := range records {
			if len(r.Names) != len(header) {
				t.Fatal("a record of another header")
			}
		}
	})
}
