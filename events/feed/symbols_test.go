package feed

import (
	"strings"
	"testing"

	"aftershock/events"
)

// TestSymbols: securities of news are taken by their symbols, wherever a source has
// them beside names and numbers.
func TestSymbols(t *testing.T) {
	rss := func(item string) string {
		return `<?xml version="1.0"?><rss version="2.0"><channel><title>c</title><link>http://a</link><description>d</description><item><title>Acme cuts outlook</title><link>http://a/1</link><pubDate>Fri, 15 Nov 2024 21:05 GMT</pubDate>` + item + `</item></channel></rss>`
	}
	for _, c := range []struct{ name, text, want string }{
		{"a press wire", rss(`<category domain="https://a/rss/stock">Nasdaq:ACME</category><category domain="https://a/rss/ISIN">US0000000001</category>`), "ACME"},
		{"a number alone", rss(`<category domain="https://a/rss/ISIN">US0378331005</category>`), "US0378331005"},
		{"entities", `{"data":[{"title":"Acme cuts outlook","published_at":"2024-11-15T21:05:00Z","entities":[{"symbol":"ACME","name":"Acme Inc"}]}]}`, "ACME"},
		{"a document a line", `{"title":"Acme cuts outlook","published":"2024-11-15T21:05:00Z","tickers":["ACME"]}` + "\n" + `{"title":"Beta hires","published":"2024-11-20T21:05:00Z","tickers":["BETA"]}` + "\n", "ACME BETA"},
		{"FNSPID", "Date,Article_title,Stock_symbol,Url\n2024-11-15 21:05:00 UTC,Acme cuts outlook,ACME,http://a/1\n", "ACME"},
	} {
		b, err := Read(&events.Source{Name: "x", Text: []byte(c.text)})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var got []string
		for _, e := range b.Events {
			for _, target := range e.Targets {
				got = append(got, target.Symbol)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
	}
	if _, err := events.Object([]byte(`{"a":1} x`)); err == nil {
		t.Error("what is no JSON behind a document is taken")
	}
}
