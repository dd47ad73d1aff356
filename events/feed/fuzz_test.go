package feed

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"aftershock/events"
)

// FuzzRead: whatever the bytes, an error or events that a catalogue can hold and give back.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"title,date,ticker\nA,2025-01-27,NVDA\n", `<html><meta name="date" content="2025-01-27"><title>x</title>`, `{"version":"https://jsonfeed.org/version/1","items":[{"id":1}]}`} {
		f.Add([]byte(s))
	}
	for _, pattern := range []string{"../../cmd/aftershock/testdata/import/feed.xml", "../../../shared/data/news/feeds/*", "../../../shared/data/news/gdelt/*.json", "../../../shared/data/news/news-json/*", "../../../shared/data/news/headlines/*"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range files {
			if data, err := os.ReadFile(name); err == nil && len(data) < 25_000 {
				f.Add(data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		text, _ := events.UTF8(data, "")
		b, err := Read(&events.Source{Name: "x", Text: text})
		if (b == nil) == (err == nil) {
			t.Fatalf("%v, %v", b, err)
		}
		if err != nil {
			return
		}
		gathered, _ := events.DefaultGathering.Gather(b.Events)
		c := &events.Catalog{}
		events.DefaultGathering.Merge(c, gathered)
		if len(c.Events) == 0 {
			return
		}
		var yaml, csv, json bytes.Buffer
		for ext, w := range map[string]*bytes.Buffer{".yaml": &yaml, ".csv": &csv, ".json": &json} {
			switch ext {
			case ".yaml":
				err = events.WriteYAML(w, c)
			case ".csv":
				err = events.WriteCSV(w, c)
			default:
				err = events.WriteImport(w, c, true, nil, nil)
			}
			if err != nil {
				t.Fatalf("%s: %v", ext, err)
			}
			back, err := events.Read("back"+ext, bytes.NewReader(w.Bytes()))
			if err != nil {
				t.Fatalf("%s: %v\n%s", ext, err, w.String())
			}
			if len(back.Events) != len(c.Events) {
				t.Fatalf("%s: %d events of %d", ext, len(back.Events), len(c.Events))
			}
			for i := range back.Events {
				if was, is := &c.Events[i], &back.Events[i]; is.When() != was.When() || is.ID != was.ID || is.Key() != was.Key() {
					t.Fatalf("%s: %q (%q) at %s, was %q (%q) at %s", ext, is.ID, is.Key(), is.When(), was.ID, was.Key(), was.When())
				}
			}
		}
	})
}
