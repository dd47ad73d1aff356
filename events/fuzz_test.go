package events

import (
	"bytes"
	"encoding/csv"
	"io"
	"testing"
)

var writers = map[string]func(io.Writer, *Catalog) error{".csv": WriteCSV, ".yaml": WriteYAML, ".json": WriteJSON}

// Whatever the bytes, a reader returns an error or a catalogue that every
// writer can write and every reader read back.
func fuzz(f *testing.F, name string, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Read(name, bytes.NewReader(data))
		if (c == nil) == (err == nil) {
			t.Fatalf("catalogue %v, error %v", c, err)
		}
		if err == nil {
			checkRoundTrip(t, c)
		}
	})
}

func FuzzReadYAML(f *testing.F) {
	fuzz(f, "a.yaml", threeYAML, "- &a {id: *a}", "- {id: 1E5, date: 2025-01-27, <<: {}}", "- id: a\n  time: 1883-11-18 12:30\n  zone: America/New_York\n")
}

func FuzzReadJSON(f *testing.F) {
	fuzz(f, "a.json", threeJSON, `{"events": [{"id": "\ud83d\ude00", "date": "2025-01-27", "tags": null}]}`, "[[[", `[{"id":"a","time":"1900-01-01T00:00:00+00:20","zone":"Europe/Amsterdam"}]`)
}

func FuzzReadCSV(f *testing.F) {
	fuzz(f, "a.csv", threeCSV, "id;date\na;2025-01-27\n", "id\tdate\ttitle_id\ttitle_zh_hant\na\t2025-01-27\t\"x\ny\"\tz\n", "id,date,x\n\"a,2025")
}

// FuzzRow tries single values, which bytes seldom reach.
func FuzzRow(f *testing.F) {
	f.Add("a", "2025-01-27", "09:30", "America/New_York", "", "approx", "high", "x", "س", "c", "t u", "NVDA:- ^GSPC", "s", "two\nlines")
	f.Add("b", "", "2025-01-27", "", "yes", "date", "", "", "", "", "", "", "", "")
	f.Add("c", "", "1883-11-18 12:30:00.5", "America/New_York", "", "", "", "null", "~", "true", "1e5", "TRUE:+1", "- x", ": y #")
	f.Fuzz(func(t *testing.T, id, date, clock, zone, after, precision, confidence, title, ar, category, tags, securities, source, note string) {
		var in bytes.Buffer
		out := csv.NewWriter(&in)
		out.Write([]string{"id", "date", "time", "zone", "after_close", "precision", "confidence", "title", "title_ar", "category", "tags", "securities", "source", "note"})
		out.Write([]string{id, date, clock, zone, after, precision, confidence, title, ar, category, tags, securities, source, note})
		out.Flush()
		c, err := Read("a.csv", &in)
		if (c == nil) == (err == nil) {
			t.Fatalf("catalogue %v, error %v", c, err)
		}
		if err == nil {
			checkRoundTrip(t, c)
		}
	})
}
