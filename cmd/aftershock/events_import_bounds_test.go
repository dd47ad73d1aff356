//go:build unix

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"aftershock/events"
)

// wordsOf returns a title of eight words without a number, another for every i.
func wordsOf(i int) string {
	w := strings.Fields("chips model exports rules tariff ban market shares cloud memory power grid demand supply report guidance")
	var out []string
	for range 8 {
		out = append(out, w[i%16])
		i = i/16 + i*7%31
	}
	return strings.Join(out, " ")
}

// largeSources are sources of n items of every kind that is read, and of forms of them
// that cost most: all of one time, of one key, of one title, each with a remark of its own.
func largeSources() []struct {
	name string
	text func(n int) string
} {
	list := func(head, tail, sep string, item func(i int) string) func(n int) string {
		return func(n int) string {
			var b strings.Builder
			b.WriteString(head)
			for i := range n {
				if i > 0 {
					b.WriteString(sep)
				}
				b.WriteString(item(i))
			}
			b.WriteString(tail)
			return b.String()
		}
	}
	clock := func(i int) string {
		return time.Date(2020, 1, 1, 0, 0, 37*i, 0, time.UTC).Format(time.RFC3339)
	}
	accession := func(i int) string { return fmt.Sprintf("%010d-25-%06d", i, i%1_000_000) }
	ics := func(item func(i int) string) func(n int) string {
		return list("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "END:VCALENDAR\r\n", "", func(i int) string {
			return strings.ReplaceAll(item(i), "\n", "\r\n")
		})
	}
	feed := func(item func(i int) string) func(n int) string {
		return list(`{"version":"https://jsonfeed.org/version/1.1","items":[`, "]}", ",", item)
	}
	rss := func(item func(i int) string) func(n int) string {
		return list(`<rss version="2.0"><channel><title>c</title>`, "</channel></rss>", "\n", item)
	}
	return []struct {
		name string
		text func(n int) string
	}{
		{"feed.json", feed(func(i int) string {
			return fmt.Sprintf(`{"id":"%d","url":"https://x.example/a/%d","title":"Item %d falls","date_published":"%s","tags":["a","b"]}`, i, i, i, clock(i))
		})},
		{"one time.json", feed(func(i int) string {
			return fmt.Sprintf(`{"id":"k%d","title":"%s","date_published":"2025-01-27T10:00:00Z"}`, i, wordsOf(i))
		})},
		{"one key.json", feed(func(i int) string {
			return fmt.Sprintf(`{"id":"the same key","title":"%s","date_published":"%s"}`, wordsOf(i), clock(i))
		})},
		{"one title.json", feed(func(i int) string {
			return fmt.Sprintf(`{"id":"k%d","title":"Chips fall in New York","date_published":"2025-01-27T10:00:00Z"}`, i)
		})},
		{"list.json", list(`{"results":[`, "]}", ",", func(i int) string {
			return fmt.Sprintf(`{"id":"%d","article_url":"https://x.example/a/%d","title":"%s","published_utc":"%s","tickers":["NVDA","AMD"]}`, i, i, wordsOf(i), clock(i))
		})},
		{"gdelt.json", list(`{"articles":[`, "]}", ",", func(i int) string {
			return fmt.Sprintf(`{"url":"https://x%d.example/a","title":"%s","seendate":"20250127T%02d%02d00Z","domain":"x.example"}`, i, wordsOf(i), i/60%24, i%60)
		})},
		{"no titles.json", list(`{"articles":[{"title":"x","date":"2025-01-27"},`, "]}", ",", func(int) string { return `{"title":{},"date":[[]]}` })},
		{"search.json", list(`{"hits":{"hits":[`, "]}}", ",", func(i int) string {
			return fmt.Sprintf(`{"_id":"%s:a.htm","_source":{"ciks":["1"],"display_names":["X CORP  (XX, XX-PB)  (CIK 0000000001)"],"form":"8-K","adsh":"%s","file_date":"2025-01-28","items":["2.02"]}}`, accession(i), accession(i))
		})},
		{"earnings.json", list(`{"earningsCalendar":[`, "]}", ",", func(i int) string {
			return fmt.Sprintf(`{"date":"2025-02-26","epsActual":null,"epsEstimate":0.84,"hour":"amc","quarter":4,"symbol":"S%d","year":2025}`, i)
		})},
		{"earnings of one.json", list(`{"data":{"asOf":"Wed, Feb 26, 2025","rows":[`, "]}}", ",", func(i int) string {
			return fmt.Sprintf(`{"time":"time-after-hours","symbol":"S","name":"%s","fiscalQuarterEnding":"Jan/2025","epsForecast":"$0.84"}`, wordsOf(i))
		})},
		{"submissions.json", func(n int) string {
			column := func(f func(i int) string) string {
				return list("[", "]", ",", func(i int) string { return `"` + f(i) + `"` })(n)
			}
			same := func(s string) func(int) string { return func(int) string { return s } }
			return fmt.Sprintf(`{"cik":"1","name":"X","tickers":["XX"],"filings":{"recent":{"accessionNumber":%s,"filingDate":%s,"reportDate":%s,"acceptanceDateTime":%s,"form":%s,"items":%s}}}`,
				column(accession), column(same("2025-01-28")), column(same("2025-01-27")), column(func(i int) string { return fmt.Sprintf("2025-01-28T14:%02d:%02d.000Z", i/60%60, i%60) }), column(same("8-K")), column(same("2.02,9.01")))
		}},
		{"headers.txt", list("", "", "", func(i int) string {
			return fmt.Sprintf("<SEC-HEADER>\n<ACCEPTANCE-DATETIME>20250701163025\nACCESSION NUMBER:\t\t%s\nCONFORMED SUBMISSION TYPE:\t8-K\nITEM INFORMATION: Other Events\nCOMPANY CONFORMED NAME: X %d\n</SEC-HEADER>\n", accession(i), i)
		})},
		{"headers of other forms.txt", list("", "", "", func(i int) string {
			return fmt.Sprintf("<ACCEPTANCE-DATETIME>20250701163025\nACCESSION NUMBER: %s\nCONFORMED SUBMISSION TYPE: 4\n", accession(i))
		})},
		{"headers without numbers.txt", list("", "", "", func(int) string { return "<ACCEPTANCE-DATETIME>1\n" })},
		{"items of one header.txt", list("<ACCEPTANCE-DATETIME>20250701163025\nACCESSION NUMBER: 0000000001-25-000001\nCONFORMED SUBMISSION TYPE: 8-K\n", "", "", func(i int) string {
			return fmt.Sprintf("ITEM INFORMATION: strange %d\nITEM INFORMATION: 9.%d\n", i, i)
		})},
		{"rss.xml", rss(func(i int) string {
			return fmt.Sprintf(`<item><title>Item %d falls</title><link>https://x.example/%d</link><guid>g%d</guid><pubDate>Mon, 27 Jan 2025 10:00:00 EST</pubDate><category>a</category></item>`, i, i, i)
		})},
		{"rss of one key.xml", rss(func(i int) string {
			return fmt.Sprintf(`<item><title>%s</title><guid>the same</guid><pubDate>Mon, 27 Jan 2025 10:00:00 GMT</pubDate></item>`, wordsOf(i))
		})},
		{"categories.xml", rss(func(i int) string {
			if i == 0 {
				return `<item><title>Item falls</title><guid>g</guid><pubDate>Mon, 27 Jan 2025 10:00:00 GMT</pubDate></item><item><title>Other</title>`
			}
			return fmt.Sprintf(`<category>cat %d</category><category domain="ticker">T%d</category>`, i, i)
		})},
		{"pieces.xml", rss(func(i int) string {
			if i == 0 {
				return `<item><title>Item falls</title><pubDate>Mon, 27 Jan 2025 10:00:00 GMT</pubDate><category>`
			}
			return `<![CDATA[abc]]>`
		})},
		{"atom.xml", list(`<feed xmlns="http://www.w3.org/2005/Atom"><title>f</title>`, "</feed>", "", func(i int) string {
			return fmt.Sprintf(`<entry><id>urn:a:%d</id><title>Item %d falls</title><published>%s</published><updated>%s</updated></entry>`, i, i, clock(i), clock(i))
		})},
		{"filings.xml", list(`<feed xmlns="http://www.w3.org/2005/Atom">`, "</feed>", "", func(i int) string {
			return fmt.Sprintf(`<entry><title>F - X</title><updated>2025-01-27T16:31:00-05:00</updated><category scheme="https://www.sec.gov/" label="form type" term="F%d"/><id>urn:tag:sec.gov,2008:accession-number=%s</id></entry>`, i, accession(i))
		})},
		{"sitemap.xml", list(`<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">`, "</urlset>", "", func(i int) string {
			return fmt.Sprintf(`<url><loc>https://x.example/%d</loc><news:news><news:publication_date>2025-01-27</news:publication_date><news:title>%s</news:title></news:news></url>`, i, wordsOf(i))
		})},
		{"calendar.ics", ics(func(i int) string {
			return fmt.Sprintf("BEGIN:VEVENT\nUID:f%d\nDTSTART;TZID=America/New_York:20250129T140000\nSUMMARY:FOMC statement %d\nEND:VEVENT\n", i, i)
		})},
		{"one uid.ics", ics(func(i int) string {
			return fmt.Sprintf("BEGIN:VEVENT\nUID:f\nDTSTART;VALUE=DATE:20250129\nSUMMARY:FOMC %s\nEND:VEVENT\nBEGIN:VEVENT\nUID:f\nRECURRENCE-ID:20250129T14%02d00Z\nDTSTART:20250129T140000Z\nSUMMARY:FOMC\nEND:VEVENT\n", wordsOf(i), i%60)
		})},
		{"dates taken out.ics", func(n int) string {
			when := func(day int) func(i int) string {
				return func(i int) string { return time.Date(2000, 1, day+i, 14, 0, 0, 0, time.UTC).Format("20060102T150405Z") }
			}
			return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:r\r\nDTSTART:20000101T140000Z\r\nSUMMARY:x\r\nRDATE:" + list("", "", ",", when(1))(n) + "\r\nEXDATE:" + list("", "", ",", when(n/2))(n) + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
		}},
		{"zones.ics", ics(func(i int) string {
			return fmt.Sprintf("BEGIN:VTIMEZONE\nTZID:Z%d\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:u%d\nDTSTART;TZID=Z%d:20250129T140000\nSUMMARY:x %d\nEND:VEVENT\n", i, i, i, i)
		})},
		{"rules of one zone.ics", func(n int) string {
			return list("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTIMEZONE\r\nTZID:Z\r\n", "END:VTIMEZONE\r\n", "", func(i int) string {
				return "BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:STANDARD\r\n"
			})(n) + list("", "END:VCALENDAR\r\n", "", func(i int) string {
				return fmt.Sprintf("BEGIN:VEVENT\r\nUID:u%d\r\nDTSTART;TZID=Z:20250129T140000\r\nSUMMARY:x %d\r\nEND:VEVENT\r\n", i, i)
			})(n)
		}},
		{"headlines.csv", list("title,date,ticker\n", "", "", func(i int) string { return wordsOf(i) + ",2025-01-27,NVDA\n" })},
		{"bad rows.csv", list("title,date,ticker\na,2025-01-27,NVDA\n", "", "", func(i int) string { return fmt.Sprintf("x%d,nonsense,NVDA\n", i) })},
		{"quotes.csv", list("title,date,ticker\n", "", "", func(int) string { return "\"a\"b,2025-01-27,NVDA\n" })},
		{"tickers.csv", list("title,date,tickers\nx,2025-01-27,\"", "\"\n", " ", func(i int) string { return fmt.Sprintf("T%d", i) })},
		{"columns.csv", list("title,date,", "\nx,2025-01-27\n", ",", func(i int) string { return fmt.Sprintf("c%d", i) })},
		{"marks.html", list("<html><head><title>T</title>", "</head><body>x</body></html>", "", func(int) string {
			return `<meta property="article:published_time" content="2025-01-27"><script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2025-01-27"}</script><time datetime="2025-01-27">x</time>`
		})},
	}
}

// TestImportsGrowAsTheirSources: four times as much of a source takes less than nine
// times as long and as many bytes, and what is read of an item is no more than 3 kB.
func TestImportsGrowAsTheirSources(t *testing.T) {
	if testing.Short() {
		t.Skip("it reads 33 sources of thousands of items")
	}
	used := func() time.Duration {
		var u unix.Rusage
		if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	var m runtime.MemStats
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	t.Setenv("XDG_CACHE_HOME", dir)
	const few, many = 1000, 4000
	for _, c := range largeSources() {
		t.Run(c.name, func(t *testing.T) {
			measure := func(n int) (time.Duration, uint64) {
				name := filepath.Join(dir, c.name)
				if err := os.WriteFile(name, []byte(c.text(n)), 0o644); err != nil {
					t.Fatal(err)
				}
				var problems bytes.Buffer
				runtime.GC()
				runtime.ReadMemStats(&m)
				bytesBefore, before := m.TotalAlloc, used()
				status := run(t.Context(), []string{"events", "import", name}, strings.NewReader(""), io.Discard, &problems)
				took := used() - before
				runtime.ReadMemStats(&m)
				if status != statusOK && status != statusFailure || strings.Count(problems.String(), "\n") > 1100 {
					t.Errorf("status %d, %d lines, %.500s", status, strings.Count(problems.String(), "\n"), problems.String())
				}
				return took, m.TotalAlloc - bytesBefore
			}
			measure(10)
			t1, b1 := measure(few)
			t4, b4 := measure(many)
			t.Logf("%v and %v, %d and %d kB", t1, t4, b1>>10, b4>>10)
			if b4 > 9*b1 && b4 > 100<<20 {
				t.Errorf("%d items take %d MB, %d take %d MB", few, b1>>20, many, b4>>20)
			}
			// Titles of one time, of which each may be the other, are compared until
			// their number is too large.
			least := 300 * time.Millisecond
			if pairs := []string{"one time.json", "one key.json", "rss of one key.xml", "gdelt.json", "sitemap.xml", "headlines.csv", "earnings of one.json"}; slices.Contains(pairs, c.name) {
				least = 5 * time.Second
			}
			if t4 > 9*t1 && t4 > least {
				if t4, _ = measure(many); t4 > 9*t1 { // another process may have been in the way
					t.Errorf("%d items take %v, %d take %v", few, t1, many, t4)
				}
			}
			if b4 > many*150<<10 {
				t.Errorf("%d items take %d MB", many, b4>>20)
			}

			text := []byte(c.text(many))
			runtime.GC()
			runtime.ReadMemStats(&m)
			held := int64(m.HeapAlloc)
			b, err := recognise(&events.Source{Name: c.name, Text: text})
			runtime.GC()
			runtime.ReadMemStats(&m)
			if held = (int64(m.HeapAlloc) - held) / many; held > 3<<10 {
				t.Errorf("%d bytes are held of an item", held)
			}
			runtime.KeepAlive(b)
			runtime.KeepAlive(text)
			_ = err
		})
	}
}
