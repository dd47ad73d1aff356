package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"aftershock/events"
)

// TestKindsOfSources reads sources of our own making, of every kind: each line wanted is
// "time|precision|securities|category|status|title".
func TestKindsOfSources(t *testing.T) {
	rss := func(items string) string {
		return `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>c</title><pubDate>Mon, 27 Jan 2025 00:00:00 GMT</pubDate>` + items + `</channel></rss>`
	}
	submissions := func(tickers, times, dates, forms, items string) string {
		n := strings.Count(times, ",") + 1
		acc := make([]string, n)
		for i := range acc {
			acc[i] = fmt.Sprintf(`"0000000001-25-%06d"`, i+1)
		}
		return fmt.Sprintf(`{"cik":"1","name":"X Corp","tickers":[%s],"filings":{"recent":{"accessionNumber":[%s],"filingDate":[%s],"reportDate":[%s],"acceptanceDateTime":[%s],"form":[%s],"items":[%s]}}}`,
			tickers, strings.Join(acc, ","), dates, dates, times, forms, items)
	}
	ics := func(body string) string {
		return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//made for tests//EN\r\n" + strings.ReplaceAll(body, "\n", "\r\n") + "\r\nEND:VCALENDAR\r\n"
	}
	for _, c := range []struct {
		name, text string
		args       []string
		kind       string // a part of what is told of it
		want       []string
		told       string // a part of all that is told, doubts too
	}{
		{"rss no zone", rss(`<item><title>A</title><guid>1</guid><pubDate>Mon, 27 Jan 2025 09:30:00</pubDate></item>`), nil, "RSS 2.0",
			[]string{"2025-01-27T09:30:00|instant|||confirmed|A"}, "the time has no zone: session 0 is that of the date"},
		{"rss --zone", rss(`<item><title>A</title><guid>1</guid><pubDate>Mon, 27 Jan 2025 09:30:00</pubDate></item>`), []string{"--zone", "America/New_York"}, "RSS",
			[]string{"2025-01-27T14:30:00Z|instant|||confirmed|A"}, "America/New_York (by --zone)"},
		{"rss AST of Arabia", strings.Replace(rss(`<item><title>خبر</title><guid>1</guid><pubDate>Mon, 27 Jan 2025 09:30:00 AST</pubDate></item>`), "<title>c</title>", "<title>c</title><language>ar</language>", 1), nil, "RSS",
			[]string{"2025-01-27T06:30:00Z|instant|||confirmed|خبر"}, "Asia/Riyadh"},
		{"rss IST of nobody", rss(`<item><title>A</title><guid>1</guid><pubDate>Mon, 27 Jan 2025 09:30:00 IST</pubDate></item>`), nil, "RSS",
			[]string{"2025-01-27T09:30:00|instant|||confirmed|A"}, "IST may be Asia/Kolkata (+05:30) or Asia/Jerusalem (+02:00) or Europe/Dublin"},
		{"rss dc:date", rss(`<item><title>A</title><guid>1</guid><dc:date>2025-01-27T09:30:00+01:00</dc:date></item>`), nil, "RSS",
			[]string{"2025-01-27T08:30:00Z|instant|||confirmed|A"}, ""},
		{"rss year 20250", rss(`<item><title>A</title><guid>1</guid><pubDate>Mon, 27 Jan 20250 09:30:00 GMT</pubDate></item>`), nil, "RSS",
			[]string{"|unknown|||draft|A"}, "the year is 20250"},
		{"rss twice encoded", rss(`<item><title>Itâ€™s CafÃ© day</title><guid>1</guid><pubDate>Mon, 27 Jan 2025 09:30:00 GMT</pubDate></item>`), nil, "RSS",
			[]string{"2025-01-27T09:30:00Z|instant|||confirmed|It’s Café day"}, ""},
		{"rdf", `<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>c</title></channel><item rdf:about="https://x.example/1"><title>B</title><link>https://x.example/1</link><dc:date>2025-01-27T10:00:00Z</dc:date></item></rdf:RDF>`, nil, "RSS",
			[]string{"2025-01-27T10:00:00Z|instant|||confirmed|B"}, ""},
		{"atom published and updated", `<feed xmlns="http://www.w3.org/2005/Atom"><title>f</title><entry><id>a</id><title type="html">C &amp;amp; D</title><published>2025-01-27T10:00:00Z</published><updated>2025-01-29T10:00:00Z</updated></entry></feed>`, nil, "Atom",
			[]string{"2025-01-27T10:00:00Z|instant|||confirmed|C & D"}, ""},
		{"atom of EDGAR, forms", `<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>8-K - X</title><updated>2025-01-27T16:31:00-05:00</updated><category scheme="https://www.sec.gov/" label="form type" term="8-K"/><id>urn:tag:sec.gov,2008:accession-number=0000000001-25-000001</id></entry><entry><title>4 - X</title><updated>2025-01-27T16:32:00-05:00</updated><category scheme="https://www.sec.gov/" label="form type" term="4"/><id>urn:tag:sec.gov,2008:accession-number=0000000001-25-000002</id></entry></feed>`, []string{"--forms", "8-K"}, "Atom",
			[]string{"2025-01-27T21:31:00Z|instant||8-K|confirmed|8-K - X"}, ""},
		{"json feed 1.1", `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":7,"content_text":"No title here","date_modified":"2025-01-28T00:00:00Z"},{"id":"8","title":"T","date_published":"2025-01-27T10:00:00+09:00"}]}`, nil, "JSON Feed",
			[]string{"|unknown|||draft|No title here", "2025-01-27T01:00:00Z|instant|||confirmed|T"}, "only date_modified is given"},
		{"sitemap", `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://x.example/a</loc><news:news><news:publication_date>2025-01-27</news:publication_date><news:title>E</news:title><news:stock_tickers>NASDAQ:AMAT, LON:BARC</news:stock_tickers></news:news></url><url><loc>https://x.example/b</loc><lastmod>2025-01-27</lastmod></url></urlset>`, nil, "news sitemap",
			[]string{"2025-01-27|date|AMAT LON:BARC||confirmed|E"}, "1 addresses are no news"},
		{"gdelt json", `{"articles":[{"url":"https://x.example/a","title":"Chips , again","seendate":"20250127T143000Z","domain":"x.example"}]}`, nil, "GDELT DOC 2.0 (JSON)",
			[]string{"2025-01-27T14:30:00Z|minute|||confirmed|Chips , again"}, "upper bounds"},
		{"gdelt empty", `{}`, nil, "JSON", nil, "no events"},
		{"gdelt csv", "\ufeffURL,MobileURL,Date,Title\nhttps://x.example/a,,2025-01-27 14:30:00,Chips\n", nil, "GDELT DOC 2.0 (CSV)",
			[]string{"2025-01-27T14:30:00Z|minute|||confirmed|Chips"}, "UTC (by rule of GDELT)"},
		{"polygon", `{"results":[{"id":"p1","title":"P","published_utc":"2025-01-27T14:30:00Z","tickers":["NVDA","AMD"],"publisher":{"name":"Wire"},"article_url":"https://x.example/p"}],"next_url":"https://x"}`, nil, "news of Polygon",
			[]string{"2025-01-27T14:30:00Z|instant|NVDA AMD||confirmed|P"}, "incomplete"},
		{"alpaca", `{"news":[{"id":1,"headline":"H","created_at":"2025-01-27T14:30:00Z","updated_at":"2025-01-27T14:30:05Z","symbols":["TSLA"],"source":"benzinga","url":"https://x.example/1"}],"next_page_token":"abc"}`, nil, "news of Alpaca",
			[]string{"2025-01-27T14:30:00Z|instant|TSLA||confirmed|H"}, "incomplete"},
		{"benzinga", `[{"id":5,"created":"Mon, 27 Jan 2025 09:30:00 -0500","updated":"Mon, 27 Jan 2025 12:30:00 -0500","title":"B","channels":[{"name":"WIIM"}],"stocks":[{"name":"NVDA"}],"tags":[]}]`, nil, "news of Benzinga",
			[]string{"2025-01-27T14:30:00Z|instant|NVDA|WIIM|confirmed|B"}, "written after the move"},
		{"finnhub news", `[{"category":"company","datetime":1737988200,"headline":"F","id":9,"related":"NVDA","source":"Yahoo","url":"https://x.example/f"}]`, nil, "news of Finnhub",
			[]string{"2025-01-27T14:30:00Z|instant|NVDA|company|confirmed|F"}, "seconds since 1970"},
		{"alpha vantage news", `{"items":"1","feed":[{"title":"V","url":"https://x.example/v","time_published":"20250127T143000","ticker_sentiment":[{"ticker":"NVDA","relevance_score":"1"}]}]}`, nil, "news of Alpha Vantage",
			[]string{"2025-01-27T14:30:00|instant|NVDA||confirmed|V"}, "no zone"},
		{"newsapi", `{"status":"ok","totalResults":1,"articles":[{"source":{"id":null,"name":"BBC"},"title":"N","url":"https://x.example/n","publishedAt":"2025-01-27T14:30:00Z"}]}`, nil, "JSON list of news",
			[]string{"2025-01-27T14:30:00Z|instant|||confirmed|N"}, ""},
		{"csv, two columns of time", "Datum;Uhrzeit;Titel;Ticker\n27.01.2025;14:30;Chips fallen;NVDA\n", []string{"--zone", "Europe/Berlin"}, "table of headlines",
			[]string{"2025-01-27T13:30:00Z|minute|NVDA||confirmed|Chips fallen"}, ""},
		{"csv, column in UTC", "headline,published_utc,tickers\nChips,2025-01-27 14:30:05,\"NVDA, AMD\"\n", nil, "table",
			[]string{"2025-01-27T14:30:05Z|instant|NVDA AMD||confirmed|Chips"}, "by the name of the column"},
		{"csv, day first by the whole column", "title,date\nA,05/02/2025\nB,27/01/2025\n", nil, "table",
			[]string{"2025-02-05|date|||confirmed|A", "2025-01-27|date|||confirmed|B"}, ""},
		{"csv, midnights", "title,date,stock\nA,2025-01-27 00:00:00,NVDA\nB,2025-01-28 00:00:00,AMD\n", nil, "table",
			[]string{"2025-01-27|date|NVDA||confirmed|A", "2025-01-28|date|AMD||confirmed|B"}, "taken as dates"},
		{"csv, broken rows", "title,date\nA,2025-01-27\nB\n\"C,2025-01-28\nD,2025-01-29\n", nil, "table",
			[]string{"2025-01-27|date|||confirmed|A", "2025-01-29|date|||confirmed|D"}, "csv:3: 1 columns where the header has 2"},
		{"yfinance", "Earnings Date,EPS Estimate,Reported EPS,Surprise(%)\n2025-02-26 16:00:00-05:00,0.84,0.89,5.6\n2026-02-25 16:00:00-05:00,1.5,,\n", []string{"--security", "NVDA"}, "earnings dates of yfinance",
			[]string{"2025-02-26|date|NVDA|earnings|confirmed|NVDA results", "2026-02-25|date|NVDA|earnings|expected|NVDA results"}, "is a slot"},
		{"nasdaq", `{"data":{"asOf":"Wed, Feb 26, 2025","rows":[{"time":"time-after-hours","symbol":"NVDA","name":"NVIDIA Corporation","fiscalQuarterEnding":"Jan/2025","epsForecast":"$0.84","lastYearRptDt":"2/21/2024"}]}}`, nil, "earnings calendar of Nasdaq",
			[]string{"2025-02-26|date|NVDA|earnings|expected|NVIDIA Corporation"}, ""},
		{"nasdaq, none", `{"data":{"asOf":"Sat, Mar 1, 2025","rows":null},"message":null}`, nil, "JSON", nil, "no events"},
		{"finnhub", `{"earningsCalendar":[{"date":"2025-02-26","epsActual":null,"epsEstimate":0.84,"hour":"AMC","quarter":4,"symbol":"NVDA","year":2025},{"date":"2025-02-27","epsActual":1,"hour":"dmh","quarter":1,"symbol":"X","year":2025}]}`, nil, "earnings calendar of Finnhub",
			[]string{"2025-02-26|date|NVDA|earnings|expected|NVDA results", "2025-02-27|date|X|earnings|confirmed|X results"}, ""},
		{"finnhub, none", `{"earningsCalendar":[]}`, nil, "JSON", nil, "no events"},
		{"alpha vantage", "symbol,name,reportDate,fiscalDateEnding,estimate,currency,timeOfTheDay\r\nNVDA,NVIDIA Corp,2025-08-27,2025-07-31,1,USD,post-market\r\n", nil, "earnings calendar of Alpha Vantage",
			[]string{"2025-08-27|date|NVDA|earnings|expected|NVIDIA Corp"}, "after-close"},
		{"fmp", `[{"symbol":"NVDA","date":"2025-05-28","epsActual":0.96,"epsEstimated":0.93,"time":"amc","fiscalDateEnding":"2025-04-27"}]`, nil, "earnings calendar of FMP",
			[]string{"2025-05-28|date|NVDA|earnings|confirmed|NVDA results"}, ""},
		{"yahoo's own dates", "Symbol,Company,Earnings Date\nNVDA,NVIDIA Corporation,\"Feb 26, 2025, 4 PMEST\"\n", nil, "earnings calendar",
			[]string{"2025-02-26|date|NVDA|earnings|expected|NVIDIA Corporation"}, "after-close"},
		{"fomc", ics("BEGIN:VEVENT\nUID:f1\nDTSTART;TZID=\"Eastern Standard Time\":20250129T140000\nSUMMARY:FOMC statement\nEND:VEVENT\nBEGIN:VEVENT\nUID:f2\nDTSTART;VALUE=DATE:20250128\nDTEND;VALUE=DATE:20250130\nSUMMARY:FOMC meeting\nEND:VEVENT"), nil, "iCalendar",
			[]string{"2025-01-29T19:00:00Z|minute||macro|expected|FOMC statement", "2025-01-28|date||macro|expected|FOMC meeting"}, "the entry lasts until 2025-01-29"},
		{"ics series", ics("X-WR-TIMEZONE:America/New_York\nBEGIN:VEVENT\nUID:r\nDTSTART:20250307T083000\nRRULE:FREQ=MONTHLY;BYDAY=1FR;COUNT=3\nEXDATE:20250404T083000\nSUMMARY:Jobs\nEND:VEVENT\nBEGIN:VEVENT\nUID:r\nRECURRENCE-ID:20250502T083000\nDTSTART:20250502T100000\nSUMMARY:Jobs, moved\nEND:VEVENT\nBEGIN:VEVENT\nUID:x\nSTATUS:CANCELLED\nDTSTART:20250101T000000Z\nSUMMARY:Off\nEND:VEVENT"), nil, "iCalendar",
			[]string{"2025-03-07T13:30:00Z|minute|||expected|Jobs", "2025-05-02T14:00:00Z|minute|||expected|Jobs, moved"}, "1 entries are cancelled"},
		{"ics across the change of clocks", ics("BEGIN:VEVENT\nUID:w\nDTSTART;TZID=America/New_York:20250306T160000\nRRULE:FREQ=WEEKLY;COUNT=2\nSUMMARY:W\nEND:VEVENT"), nil, "iCalendar",
			[]string{"2025-03-06T21:00:00Z|minute|||expected|W", "2025-03-13T20:00:00Z|minute|||expected|W"}, ""},
		{"ics zone of nobody", ics("BEGIN:VEVENT\nUID:w\nDTSTART;TZID=Nowhere:20250306T160000\nSUMMARY:W\nEND:VEVENT"), nil, "iCalendar",
			[]string{"2025-03-06T16:00:00|minute|||expected|W"}, `zone \"Nowhere\" is neither known nor defined`},
		{"submissions: rules", submissions(`"XX","XX-PA"`, `"2025-01-29T23:10:00.000Z","2025-01-28T06:30:00.000Z","2025-01-27T18:10:00.000Z","2025-01-27T03:30:00.000Z"`, `"2025-01-30","2025-01-28","2025-01-28","2025-01-27"`, `"8-K","8-K","8-K","8-K/A"`, `"5.02","7.01","8.01","9.01"`), nil, "submissions of EDGAR",
			[]string{"2025-01-29T23:10:00Z|instant|XX|5.02|confirmed|X Corp 8-K", "2025-01-28T11:30:00Z|instant|XX|7.01|confirmed|X Corp 8-K", "2025-01-27T23:10:00Z|instant|XX|8.01|confirmed|X Corp 8-K", "2025-01-27T03:30:00Z|instant|XX|9.01|confirmed|X Corp 8-K/A"}, "fits neither clock"},
		{"submissions: one row, both clocks", submissions(`"XX"`, `"2025-01-28T14:20:00.000Z"`, `"2025-01-28"`, `"8-K"`, `"8.01"`), nil, "submissions",
			[]string{"2025-01-28T14:20:00Z|instant|XX|8.01|confirmed|X Corp 8-K"}, "undecided whether UTC or New York's clock"},
		{"submissions: no 8-K", submissions(`"XX"`, `"2025-01-28T22:20:00.000Z"`, `"2025-01-28"`, `"4"`, `""`), nil, "submissions", nil, "no filing of the forms asked for"},
		{"header", "<SEC-HEADER>0000000001-25-000001.hdr.sgml : 20250701\n<ACCEPTANCE-DATETIME>20250701163025\nACCESSION NUMBER:\t\t0000000001-25-000001\nCONFORMED SUBMISSION TYPE:\t8-K\nITEM INFORMATION:\t\tMaterial Cybersecurity Incidents\nITEM INFORMATION:\t\tOther Events\nFILED AS OF DATE:\t\t20250701\nFILER:\n\tCOMPANY DATA:\n\t\tCOMPANY CONFORMED NAME:\t\t\tX CORP\n\t\tCENTRAL INDEX KEY:\t\t\t0000000001\n</SEC-HEADER>\n<DOCUMENT>\n<TYPE>8-K\n", nil, "filing header",
			[]string{"2025-07-01T20:30:25Z|instant||1.05,8.01|confirmed|X CORP 8-K"}, "by rule of EDGAR"},
		{"full-text search", `{"hits":{"total":{"value":2},"hits":[{"_id":"0000000001-25-000001:a.htm","_source":{"ciks":["1"],"display_names":["X CORP  (XX, XX-PB)  (CIK 0000000001)"],"form":"8-K","adsh":"0000000001-25-000001","file_date":"2025-01-28","items":["2.02"],"period_ending":"2025-01-28"}},{"_id":"0000000001-25-000001:b.htm","_source":{"ciks":["1"],"display_names":["X CORP  (XX)  (CIK 0000000001)"],"form":"8-K","adsh":"0000000001-25-000001","file_date":"2025-01-28","items":["2.02"]}}]}}`, nil, "full-text search",
			[]string{"2025-01-28|date|XX|2.02|confirmed|X CORP 8-K"}, "further documents"},
		{"page", `<!DOCTYPE html><html lang="en"><head><title>The news | X</title><meta property="og:title" content="The news"><link rel="canonical" href="https://x.example/n"><script type="application/ld+json">{"@graph":[{"@type":"NewsArticle","datePublished":"2025-01-27T09:30:00-05:00"}]}</script></head><body>x</body></html>`, nil, "page",
			[]string{"2025-01-27T14:30:00Z|instant|||confirmed|The news"}, ""},
		{"page without any date", `<html><head><title>T</title></head><body>x</body></html>`, nil, "page", []string{"|unknown|||draft|T"}, "the item has no date"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			name := "source.csv"
			if err := os.WriteFile(name, []byte(c.text), 0o644); err != nil {
				t.Fatal(err)
			}
			f := importJSON(t, append([]string{name, "--keep-repeats"}, c.args...)...)
			told := strings.Join(append(f.Told, f.Rejected...), "\n")
			if !strings.Contains(told, name+": "+c.kind) {
				t.Errorf("%q is not told as %s", told, c.kind)
			}
			var got []string
			for _, e := range f.Events {
				got = append(got, strings.Join([]string{given(e.Time), e.Precision, strings.Join(e.Securities, " "), given(e.Category), given(e.Status), e.Title}, "|"))
				told += fmt.Sprintf("\n%q %s %s", e.Doubts, given(e.ZoneAssumed), e.Part)
			}
			if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
			if !strings.Contains(told, c.told) {
				t.Errorf("%q is not told:\n%s", c.told, told)
			}
		})
	}
}

// What is no news, or would cost too much, is refused in one line and in little time.
func TestHostileSources(t *testing.T) {
	big := func(unit string, n int) string { return strings.Repeat(unit, n/len(unit)) }
	for _, c := range []struct{ name, text, want string }{
		{"deep xml", "<rss><channel>" + strings.Repeat("<a>", 100_000), "nested deeper than 200"},
		{"deep items", `<rss version="2.0"><channel><item>` + strings.Repeat("<b>", 5000) + "</channel></rss>", "nested deeper than 200"},
		{"deep json", strings.Repeat("[", 200_000), "not JSON"},
		{"billion laughs", `<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><rss version="2.0"><channel><item><title>&b;&b;</title><guid>1</guid></item></channel></rss>`, ""},
		{"binary", "\x00\x01\x02\xff\xfe" + big("\x9c\x00\x7f", 300_000), ""},
		{"html of 50 MB", "<html><head><title>T</title></head><body>" + big("<p>words and words</p>", 50_000_000), ""},
		{"one tag of 50 MB", "<html><head><title>T</title><meta name='" + big("x", 50_000_000), ""},
		{"csv of one line", "title,date," + big("x", 20_000_000), ""},
		{"csv never closed", "title,date\n\"" + big("word\n", 3_000_000), ""},
		{"endless series", "BEGIN:VCALENDAR\nVERSION:2.0\n" + strings.Repeat("BEGIN:VEVENT\nUID:a\nDTSTART:20000101T000000Z\nRRULE:FREQ=DAILY\nSUMMARY:x\nEND:VEVENT\n", 20) + "END:VCALENDAR\n", ""},
		{"days that never come", "BEGIN:VCALENDAR\nVERSION:2.0\n" + strings.Repeat("BEGIN:VEVENT\nUID:a\nDTSTART:20000101T000000Z\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\nSUMMARY:x\nEND:VEVENT\n", 50) + "END:VCALENDAR\n", ""},
		{"rule that never comes", "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:a\nDTSTART:20000101T000000Z\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\nSUMMARY:x\nEND:VEVENT\nEND:VCALENDAR\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			text, _ := events.UTF8([]byte(c.text), "")
			b, err := recognise(&events.Source{Name: "x", Text: text})
			if (err == nil) == (b == nil) {
				t.Fatalf("%v, %v", b, err)
			}
			if err != nil && (strings.Contains(err.Error(), "\n") || len(err.Error()) > 1000) {
				t.Errorf("not one line: %.2000q", err)
			}
			if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v; want %s", err, c.want)
			}
			if b != nil && len(b.Events) > 100_000 {
				t.Errorf("%d events", len(b.Events))
			}
		})
	}
}
