package events

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/text/encoding/charmap"
)

// same compares catalogues by what was read, not by where.
var same = cmp.Options{
	cmpopts.IgnoreFields(Event{}, "Origin"),
	cmpopts.IgnoreFields(Catalog{}, "Origin", "Warnings"),
	cmpopts.EquateEmpty(),
	cmp.Comparer(func(a, b time.Time) bool { return a.Format(time.RFC3339Nano) == b.Format(time.RFC3339Nano) }),
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return t
}

// The same three events in every format.
var three = &Catalog{Events: []Event{
	{
		ID: "r1", Time: at("2025-01-20T12:19:44Z"), Precision: Second, Confidence: "high",
		Title: "R1 released", Titles: map[string]string{"en": "R1 released", "ar": "إطلاق R1"},
		Category: "ai-product", Tags: []string{"deepseek", "open-weights"},
		Targets: []Target{{"NVDA", -1}, {"BRK-B", 0}, {"005930.KS", 1}, {"^GSPC", 0}, {"TRUE", 0}, {"1E5", 0}},
		Source:  "github.com", Note: "a holiday, \"Martin Luther King Day\"",
	},
	{
		ID: "app", Time: at("2025-01-26T00:00:00Z"), DateOnly: true, AfterClose: true, Precision: Day,
		Title: "App first",
	},
	{
		ID: "open", Time: at("2025-01-27T09:30:00-05:00"), Precision: Approx,
		Title: "open",
	},
}}

const (
	threeYAML = `events:
  - id: r1
    time: 2025-01-20T12:19:44Z
    confidence: high
    titles:
      ar: إطلاق R1
      en: R1 released
    category: ai-product
    tags: [deepseek, open-weights]
    securities: [NVDA:-, BRK-B, {symbol: 005930.KS, sign: +1}, ^GSPC, TRUE, 1E5]
    source: github.com
    note: a holiday, "Martin Luther King Day"
  - {id: app, time: 2025-01-26, after_close: yes, title: App first}
  - id: open
    date: 2025-01-27
    time: 09:30
    zone: America/New_York
    precision: approx
    note:
`
	threeJSON = `[
	{"id": "r1", "time": "2025-01-20T12:19:44Z", "confidence": "high",
	 "titles": {"ar": "\u0625\u0637\u0644\u0627\u0642 R1", "en": "R1 released"}, "category": "ai-product",
	 "tags": "deepseek open-weights",
	 "securities": ["NVDA:-", "BRK-B", {"symbol": "005930.KS", "sign": 1}, "^GSPC", "TRUE", "1E5"],
	 "source": "github.com", "note": "a holiday, \"Martin Luther King Day\""},
	{"id": "app", "time": "2025-01-26", "after_close": true, "title": "App first"},
	{"id": "open", "date": "2025-01-27", "time": "09:30", "zone": "-05:00", "precision": "approx", "note": null}
]`
	threeCSV = "\ufeffTickers,Time Zone,ID,Timestamp,After close,precision,confidence,Title_EN,title-ar,Headline,type,Tags,URL,Notes\r\n" +
		"\"NVDA:-, BRK-B;005930.KS:+1|^GSPC TRUE 1E5\",,r1,2025-01-20 12:19:44+00:00,,,high,R1 released,إطلاق R1,,ai-product,deepseek; open-weights,github.com,\"a holiday, \"\"Martin Luther King Day\"\"\"\r\n" +
		",,app,2025-01-26,TRUE,,,,,App first,,,,\r\n" +
		",America/New_York,open,2025-01-27T09:30,false,Approx,,,,,,,,\r\n" +
		",,,,,,,,,,,,,\r\n"
)

func TestFormats(t *testing.T) {
	for name, in := range map[string]string{"a.yaml": threeYAML, "a.YML": threeYAML, "a.json": threeJSON, "a.csv": threeCSV} {
		c, err := Read(name, strings.NewReader(in))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d := cmp.Diff(three, c, same); d != "" {
			t.Errorf("%s: (-want +got)\n%s", name, d)
		}
		if len(c.Warnings) > 0 || c.Origin != name {
			t.Errorf("%s: origin %q, warnings %q", name, c.Origin, c.Warnings)
		}
	}
}

func TestOrigin(t *testing.T) {
	for name, in := range map[string]string{
		"a.yaml": "# events\n\n- id: a\n  time: 2025-01-27\n  note: |\n    two\n    lines\n- id: b\n  time: 2025-01-28\n",
		"a.json": "[\n\n{\"id\": \"a\", \"time\": \"2025-01-27\",\n\n\"title\": \"x\"},\n\n\n{\"id\": \"b\", \"date\": \"2025-01-28\"}]",
		"a.csv":  "id,note,date\n\na,\"two\n\nlines,\n\",2025-01-27\nb,,2025-01-28\n",
	} {
		c, err := Read(name, strings.NewReader(in))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := []string{name + ":3", name + ":8"}
		if name == "a.csv" {
			want[1] = name + ":7"
		}
		if got := []string{c.Events[0].Origin, c.Events[1].Origin}; !slices.Equal(got, want) {
			t.Errorf("origins %q, want %q", got, want)
		}
	}
}

// Messages are part of what the program promises: each says where, what, and
// what to do.
func TestErrors(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"a.txt", "", "a.txt: the kind of file is not known; name it .yaml, .json or .csv"},
		{"a.yaml", "", "a.yaml: no events; give at least one, with an id and a date or time"},
		{"a.json", " \n", "a.json: no events; give at least one, with an id and a date or time"},
		{"a.csv", "id,time\n", "a.csv: no events; give at least one, with an id and a date or time"},
		{"a.csv", "", "a.csv: no events; give at least one, with an id and a date or time"},
		{"a.yaml", "events: []\n", "a.yaml: no events; give at least one, with an id and a date or time"},
		{"a.csv", "id,time\na,2025-01-27\nb,\xff\n", "a.csv:3: not UTF-8 text; save the file as UTF-8"},

		{"a.yaml", "- id: a\n  time: [2025\n", "a.yaml:2: not YAML: did not find expected ',' or ']'"},
		{"a.yaml", "- id: a\n  title: b: c\n", "a.yaml:2: not YAML: mapping values are not allowed in this context"},
		{"a.yaml", "- id: @a\n", "a.yaml:1: not YAML: found character that cannot start any token"},
		{"a.yaml", "- id: a\n  time: *when\n", "a.yaml: not YAML: unknown anchor 'when' referenced"},
		{"a.yaml", "- id: a\n  time: 2025-01-27\n---\n- id: b\n", "a.yaml:3: a second document begins here; put all events into one list"},
		{"a.yaml", "- id: a\n  time: 2025-01-27\n---\n- id: @b\n", "a.yaml:4: not YAML: found character that cannot start any token"},
		{"a.yaml", "evnts: []\n", `a.yaml:1: unknown key "evnts"; did you mean events?`},
		{"a.yaml", "{}\n", "a.yaml:1: no events; write them as a list under the key events"},
		{"a.yaml", "a\n", `a.yaml:1: events must be a list; begin each with "- id: ..."`},
		{"a.yaml", "- a\n", "a.yaml:1: an event must have keys and values, such as id: deepseek-r1"},
		{"a.yaml", "- id: a\n  time: 2025-01-27\n  catgory: x\n", `a.yaml:3: unknown key "catgory"; did you mean category?`},
		{"a.yaml", "- id: a\n  time: 2025-01-27\n  tickers: [NVDA]\n", `a.yaml:3: unknown key "tickers"; write securities`},
		{"a.yaml", "- id: a\n  time: 2025-01-27\n  Title: x\n", `a.yaml:3: unknown key "Title"; write title`},
		{"a.yaml", "- id: a\n  time: 2025-01-27\n  xyzzy: x\n", `a.yaml:3: unknown key "xyzzy"; the keys of an event are id, date, time, hour, zone, after_close, precision, confidence, title, titles, category, tags, securities, source, note`},
		{"a.yaml", "- ident: a\n  time: 2025-01-27\n", `a.yaml:1: unknown key "ident"; the keys of an event are id, date, time, hour, zone, after_close, precision, confidence, title, titles, category, tags, securities, source, note`},
		{"a.yaml", "- id: a\n  time: 2025-01-27\n  id: b\n", `a.yaml:3: key "id" was already given on line 1; remove one`},
		{"a.yaml", "- id: a\n  time: 2025-01-27\n  [x]: b\n", "a.yaml:3: a key of an event must be a word"},
		{"a.yaml", "- id: a\n  time: 2025-01-27\n  title: [x]\n", "a.yaml:3: title must be one text here"},
		{"a.yaml", "- id: a\n  time: 2025-01-27\n  titles: x\n", "a.yaml:3: titles must be languages with their titles, such as {en: ..., ar: ...}; for one alone write title"},
		{"a.yaml", "- id: a\n  time: 2025-01-27\n  titles:\n    english: x\n", `a.yaml:4: titles: "english" is not a language; write its code, such as en, ar or zh-Hant`},
		{"a.yaml", "- id: a\n  time: 2025-01-27\n  titles:\n    en: x\n    EN: y\n", `a.yaml:5: titles: language "en" is given twice; remove one`},
		{"a.yaml", "- id: a\n  time: 2025-01-27\n  title: x\n  titles: {und: y}\n", "a.yaml:3: title and titles: und both give the title of no stated language; remove one"},
		{"a.yaml", "- id: a\n  time: 2025-01-27\n  tags: [chip makers]\n", `a.yaml:3: tag "chip makers" is not one word; join its words, as in chip-makers`},
		{"a.yaml", "- id: a\n  time: 2025-01-27\n  tags: [x, x]\n", `a.yaml:3: tag "x" is given twice; remove one`},
		{"a.yaml", "- id: a\n  time: 2025-01-27\n  securities:\n  - NVDA\n  - AMD:-\n  - NVDA:+\n", "a.yaml:6: security NVDA is given twice; remove one"},
		{"a.yaml", "- id: a\n  time: 2025-01-27\n  securities:\n  - {symbol: NVDA, sgn: -1}\n", `a.yaml:4: unknown key "sgn"; did you mean sign?`},
		{"a.yaml", "- id: a\n  time: 2025-01-27\n  securities:\n  - {symbol: NVDA, sign: -2}\n", `a.yaml:4: security "NVDA": sign "-2" cannot be read; write + or - for the reaction expected, or leave it out`},
		{"a.yaml", "- id: a\n  time: 2025-01-27\n  securities: NVDA ARM:AMD\n", `a.yaml:3: security "ARM": sign "AMD" cannot be read; write + or - for the reaction expected, or leave it out`},
		{"a.yaml", "- id: a\n  time: 2025-01-27\n  securities: [BRK/B]\n", `a.yaml:3: security "BRK/B" is not a symbol; write it as the source of prices does, such as NVDA, BRK-B, 005930.KS or ^GSPC`},
		{"a.csv", "id,time,securities\na,2025-01-27,NVDA:\n", `a.csv:2: security "NVDA": sign ":" cannot be read; write + or - for the reaction expected, or leave it out`},
		{"a.csv", "id,time\na," + strings.Repeat("x", 1000) + "\n", `a.csv:2: time "` + strings.Repeat("x", 59) + `…" cannot be read; write 2025-01-27, 2025-01-27T14:30:00Z, or 2025-01-27 09:30 with a zone`},
		{"a.yaml", "- time: 2025-01-27\n", "a.yaml:1: id is missing; give the event a short unique name, such as deepseek-r1"},
		{"a.yaml", "- id: ../a b\n  time: 2025-01-27\n", `a.yaml:1: id "../a b": use at most 100 letters, digits, '-', '_' and '.', and begin with a letter or a digit`},
		{"a.yaml", "- id: a\n  time: 2025-01-27\n  title: \"a\\eb\"\n", "a.yaml:3: title holds a control character (U+001B); remove it"},

		{"a.yaml", "- id: a\n  time: 2025-01-27\n  title: \"a\\u202eb\"\n", "a.yaml:3: title holds a control character (U+202E); remove it"},
		{"a.csv", "id,time,category\na,2025-01-27,\u2066x\n", "a.csv:2: category holds a control character (U+2066); remove it"},

		{"a.json", "[{\"id\": \"a\",\n\"time\": \"2025-01-27\",\n}]", "a.json:3: not JSON: invalid character '}' looking for beginning of object key string"},
		{"a.json", "[{\"id\": \"a\",\n\"time\": \"2025-01-27\"", "a.json:2: not JSON: the file ends too early; it may be cut off here"},
		{"a.json", "[{\"id\": \"a\",\n\"time\": \"2025-01-27\"}]\n[]", "a.json:3: not JSON: something follows the end of the list"},
		{"a.json", strings.Repeat("[", 1e6), "a.json:1: not JSON: nested too deeply for a catalogue"},
		{"a.json", "[\n{\"id\": \"a\",\n\"time\": \"2025-01-27\",\n\"securities\": [null]}]", `a.json:4: security "" is not a symbol; write it as the source of prices does, such as NVDA, BRK-B, 005930.KS or ^GSPC`},

		{"a.csv", "a,2025-01-27\n", "a.csv:1: no column is called time or date; the first row must name the columns, such as id,time,title,securities; it reads \"a,2025-01-27\""},
		{"a.csv", "time,ticker\n2024-09-10 16:05 EST,NVDA\n", `a.csv:2: time "2024-09-10 16:05 EST": EST is written in September, when the clocks of America/New_York showed EDT: if the writer meant them, it was 2024-09-10T20:05:00Z; write its offset instead`},
		{"a.csv", "time,ticker\n2024-11-16 02:35 IST,NVDA\n", `a.csv:2: time "2024-11-16 02:35 IST": IST may be Asia/Kolkata (+05:30) or Asia/Jerusalem (+02:00) or Europe/Dublin (+00:00); write its offset instead`},
		{"a.csv", "id,time,id\na,2025-01-27,b\n", `a.csv:1: column "id" appears twice; rename or remove one`},
		{"a.csv", "id,time,title\na,2025-01-27,x\nb,2025-01-", "a.csv:3: 2 columns where the header has 3; add the missing ones, empty if need be; the file may be cut off here"},
		{"a.csv", "id,time,title\na,2025-01-27\nb,2025-01-28,x\n", "a.csv:2: 2 columns where the header has 3; add the missing ones, empty if need be"},
		{"a.csv", "id,time,title\na,2025-01-27,x, y\n", "a.csv:2: 4 columns where the header has 3; put quotes around a text that contains ','"},
		{"a.csv", "id,time,title\na,2025-01-27,x\nb,2025-01-28,\"cut\noff", "a.csv:3: a quoted text that begins in this row is never closed; add the closing quote, or fetch the file again if it is cut off"},
		{"a.csv", "id,time,title\na,2025-01-27,\"x\" y\nb,bad,z\n", `a.csv:2: text after a closing quote (character 16); write a quote inside a quoted text as ""` +
			"\na.csv:3: time \"bad\" cannot be read; write 2025-01-27, 2025-01-27T14:30:00Z, or 2025-01-27 09:30 with a zone"},
		{"a.csv", "id,time,title\na,2025-01-27,the \"x\"\n", `a.csv:2: a quote inside a text without quotes (character 18); put the text in quotes and write the quote as ""`},
		{"a.csv", "id,\"time\na,2025", "a.csv:1: a quoted text that begins in this row is never closed; add the closing quote, or fetch the file again if it is cut off"},
		{"a.csv", "id,time,note,precision\na,2025-01-27,\"two\nlines\",hour\n", `a.csv:3: precision "hour" is not known; write one of second, minute, approx, date`},
		{"a.csv", "id,time,after_close\na,2025-01-27,AMC\n", `a.csv:2: after_close "AMC" cannot be read; write true or false`},

		// All in one go, by line; both lines of a duplicate, also in other letters.
		{"a.csv", "id,time,precision\nR1,2025-01-27,\nb,2025-13-01,minut\nr1,2025-01-28,\n,,\n,2025-01-29,\n", `a.csv:3: time "2025-13-01" does not exist; write year-month-day and hours 0 to 23, such as 2025-01-27 or 2025-01-27T14:30:00Z` +
			"\na.csv:4: id \"r1\" is already used on line 2; give one of the two another" +
			"\na.csv:6: id is missing; give the event a short unique name, such as deepseek-r1"},
	} {
		_, err := Read(tt.name, strings.NewReader(tt.in))
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s %.60q:\n got %v\nwant %s", tt.name, tt.in, err, tt.want)
		}
	}
}

// TestFormsOfTables reads one event as tables of many makes write it.
func TestFormsOfTables(t *testing.T) {
	cp1251, _ := charmap.Windows1251.NewEncoder().String("Дата;Тикер;Заголовок\n18.11.2024;ACME;Новость дня\n")
	cp1252, _ := charmap.Windows1252.NewEncoder().String("Datum;Kürzel;Titel\n18.11.2024;ACME;Übernahme geplatzt\n")
	utf16 := "\xff\xfe"
	for _, r := range "date\tticker\ttitle\n2024-11-18\tACME\tNews\n" {
		utf16 += string([]byte{byte(r), 0})
	}
	for name, text := range map[string]string{
		"Spanish": "Fecha;Título;Símbolo\n18/11/2024;Noticia;ACME\n", "Italian": "Data;Titolo;Simbolo\n18/11/2024;Notizia;ACME\n", "Portuguese": "Data;Título;Ativo\n18/11/2024;Notícia;ACME\n",
		"Arabic": "التاريخ,الرمز,العنوان\n2024-11-18,ACME,خبر\n", "Chinese": "日期,代码,标题\n2024-11-18,ACME,新闻\n", "Japanese": "日付,銘柄コード,見出し\n2024/11/18,ACME,ニュース\n", "Korean": "날짜,종목코드,제목\n2024-11-18,ACME,뉴스\n",
		"Turkish": "Tarih;Hisse;Başlık\n18.11.2024;ACME;Haber\n", "Polish": "Data;Spółka;Tytuł\n18.11.2024;ACME;Wiadomość\n", "Russian, Windows-1251": cp1251, "German, Windows-1252": cp1252, "UTF-16": utf16,
		"pipes": "CIK|Company Name|Form Type|Date Filed|Ticker\n123|Acme Inc|8-K|2024-11-18|ACME\n", "Hebrew": "תאריך,כותרת,סימול\n18/11/2024,חדשה,ACME\n", "Vietnamese": "Ngày,Tiêu đề,Mã CK\n18/11/2024,Tin,ACME\n",
		"Taiwan": "日期,代號,主旨\n113/11/18,ACME,公告\n", "I/B/E/S": "TICKER,OFTIC,ANNDATS,HEADLINE\nAC1,ACME,20241118,x\n", "carriage returns": "date,ticker,title\r2024-11-18,ACME,News\r",
		"marks without width": "date,ticker,title\n2024-11-18,\u200bACME,News\n", "Capital IQ": "Announced Date,Ticker,Headline\n2024-11-18,NasdaqGS:ACME,Acme Lowers Guidance\n",
		"a comment":    "# my events\n\ndate,ticker,title\n2024-11-18,ACME,News\n",
		"numbered":     "#,date,ticker,title\n1,2024-11-18,ACME,News\n",
		"titles":       "My events,,\nas of today,,\n\ndate,ticker,title\n2024-11-18,ACME,News\n",
		"sep":          "sep=;\ndate;ticker;title\n2024-11-18;ACME;News\n",
		"a name":       "date,company,title\n2024-11-18,Acme Inc. (NASDAQ: ACME),News\n",
		"a cashtag":    "date,ticker,title\n2024-11-18,$ACME,News\n",
		"a serial":     "date,ticker,title\n45614,ACME,News\n",
		"midnights":    "datetime,ticker,title\n2024-11-18 00:00:00,ACME,News\n",
		"a call":       "Date,Symbol,Call Time,Event\n2024-11-18,ACME,Before Market Open,Results\n",
		"a session":    "Date,Symbol,Session,Event\n2024-11-18,ACME,bmo,Results\n",
		"two columns":  "date,ticker1,ticker2,title\n2024-11-18,ACME,,News\n",
		"other fields": "date,ticker,session,title\n2024-11-18,ACME,2024-11-19,News\n",
	} {
		c, err := Read("a.csv", strings.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(c.Events) != 1 || c.Events[0].Time.Format(time.DateOnly) != "2024-11-18" || !c.Events[0].DateOnly || len(c.Events[0].Targets) != 1 || c.Events[0].Targets[0].Symbol != "ACME" || c.Events[0].Title == "" {
			t.Errorf("%s: %+v", name, c.Events)
		}
	}
	c, err := Read("a.csv", strings.NewReader("# two\ndate,ticker1,ticker2,session\n2024-11-18,ACME,BETA,amc\n2024-11-18,ACME & BETA,,amc\n2024-11-18,BETA and ACME,,\n"))
	if err != nil {
		t.Fatal(err)
	}
	if e := c.Events; len(e) != 3 || len(e[0].Targets) != 2 || len(e[1].Targets) != 2 || len(e[2].Targets) != 2 || !e[0].AfterClose || e[2].AfterClose || e[0].Origin != "a.csv:3" {
		t.Errorf("%+v", e)
	}
	for text, want := range map[string]string{
		"PK\x03\x04\x14": "a.csv: it is a workbook",
		"# x\n\ndate,ticker\n2024-11-18,ACME\nbad,ACME\n":      `a.csv:5: time "bad" cannot be read`,
		"\xc8\xd5\xc6\xda,\xb4\xfa\xc2\xeb\n2024-11-18,ACME\n": "a.csv:1: not UTF-8 text, and no column is called time or date in windows-1251; save the file as UTF-8",
	} {
		if _, err := Read("a.csv", strings.NewReader(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// TestEmbargo takes the end of an embargo for the time of news, where it is the later one.
func TestEmbargo(t *testing.T) {
	c, err := Read("a.csv", strings.NewReader("published,embargo_until,title,ticker\n2024-11-15T10:00:00Z,2024-11-15T21:05:00Z,A,ACME\n2024-11-15T10:00:00Z,2024-11-15T09:00:00Z,B,ACME\n2024-11-15T10:00:00Z,,C,ACME\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range c.Events {
		got = append(got, e.Time.UTC().Format("15:04"))
	}
	if strings.Join(got, " ") != "21:05 10:00 10:00" || len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0], `where "embargo_until" is later than the time`) {
		t.Errorf("%v, %v", got, c.Warnings)
	}
	if _, err := Read("a.csv", strings.NewReader("published,embargo_until,title,ticker\n2024-11-15T10:00:00Z,soon,A,ACME\n")); err == nil || !strings.Contains(err.Error(), `a.csv:2: time "soon" cannot be read`) {
		t.Error(err)
	}
}

// TestListed reads securities that are written with their exchange.
func TestListed(t *testing.T) {
	for in, want := range map[string]string{
		"NASDAQ:NVDA": "NVDA", "NYSE: BRK.B": "BRK.B", "LON:BP/": "BP.L", "LSE:VOD": "VOD.L", "ETR:SAP": "SAP.DE", "HKG:5": "0005.HK", "KRX:005930": "005930.KS", "TYO:8035.T": "8035.T", "HKG:0011": "0011.HK",
		"TSE:7203": "7203.T", "TSE:285A": "285A.T", "TSE:SHOP": "SHOP.TO",
		"NASDAQ:NVDA:+": "NVDA", "NVDA:+": "", "NVDA": "", "NSE:-": "", "ARM:AMD": "",
	} {
		if got, ok := Listed(in); got != want || ok != (want != "") {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"BP (LON: BP)": "BP.L", "SAP SE (ETR: SAP)": "SAP.DE", "Acme Inc. (NASDAQ: ACME)": "ACME", "Acme (Pink Sheets: ACME)": "ACME", "Acme (ACME)": "ACME", "ACME, INC. (ACME)": "ACME", "NVDA, AMD (TSM)": "NVDA AMD TSM"} {
		got := symbols(text{in, 1})
		if len(got) > 1 {
			for _, x := range got[1:] {
				got[0].s += " " + x.s
			}
			got = got[:1]
		}
		if len(got) != 1 || got[0].s != want {
			t.Errorf("%s: %v, want %s", in, got, want)
		}
	}
	c, err := Read("a.csv", strings.NewReader("id,time,securities\na,2025-01-27,NASDAQ:NVDA NYSE:TSM:- AMD:+\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(c.Events[0].Targets); got != "[{NVDA 0} {TSM -1} {AMD 1}]" {
		t.Error(got)
	}
}

func TestErrorsUnwrap(t *testing.T) {
	_, err := Read("a.csv", strings.NewReader("id,time\na,x\nb,y\n"))
	var list Errors
	var first Problem
	if !errors.As(err, &list) || len(list) != 2 || list[1].Line != 3 || !errors.As(err, &first) || first.Line != 2 {
		t.Errorf("got %#v", err)
	}
}

func TestLineEnds(t *testing.T) {
	for name, in := range map[string]string{
		"a.json": `[{"id": "a", "time": "2025-01-27", "title": "two\r\nlines", "note": "two\r\nlines"}]`,
		"a.csv":  "id,time,title,note\r\na,2025-01-27,\"two\r\nlines\",\"two\r\nlines\"\r\n",
		"a.yaml": "- id: a\r\n  time: 2025-01-27\r\n  title: two\r\n    lines\r\n  note: |\r\n    two\r\n    lines\r\n",
	} {
		c, err := Read(name, strings.NewReader(in))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if e := c.Events[0]; e.Title != "two lines" || e.Note != "two\nlines" {
			t.Errorf("%s: title %q, note %q", name, e.Title, e.Note)
		}
	}
}

func TestWarnings(t *testing.T) {
	c, err := Read("a.csv", strings.NewReader("id;catgory;url;Source;date;first_us_session;\na;x;u;s;2025-01-27;2025-01-28;\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`a.csv:1: column "catgory" is not read (did you mean category?)`,
		`a.csv:1: column "url" is not read: "Source" gives the source`,
		`a.csv:1: column "first_us_session" is not read`,
		`a.csv:1: column "" is not read`,
	}
	if d := cmp.Diff(want, c.Warnings); d != "" {
		t.Error(d)
	}
	if e := c.Events[0]; e.Source != "s" || e.Category != "" {
		t.Errorf("got %+v", e)
	}
}

func TestRoundTrip(t *testing.T) {
	shipped, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []*Catalog{three, shipped} {
		checkRoundTrip(t, c)
	}
}

func checkRoundTrip(t *testing.T, c *Catalog) {
	t.Helper()
	for ext, write := range writers {
		var out bytes.Buffer
		if err := write(&out, c); err != nil {
			t.Fatalf("%s: %v", ext, err)
		}
		again, err := Read("a"+ext, bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatalf("%s: %v\n%s", ext, err, &out)
		}
		if d := cmp.Diff(c, again, same); d != "" {
			t.Fatalf("%s: (-written +read)\n%s\n%s", ext, d, &out)
		}
		var twice bytes.Buffer
		if err := write(&twice, again); err != nil || !bytes.Equal(out.Bytes(), twice.Bytes()) {
			t.Fatalf("%s: written twice, %v:\n%s\n%s", ext, err, &out, &twice)
		}
	}
}

func TestGoldenCSV(t *testing.T) {
	var out bytes.Buffer
	if err := WriteCSV(&out, three); err != nil {
		t.Fatal(err)
	}
	const want = `id,time,zone,after_close,precision,confidence,title,title_ar,title_en,category,tags,securities,source,note
r1,2025-01-20T12:19:44Z,,false,second,high,R1 released,إطلاق R1,R1 released,ai-product,deepseek open-weights,NVDA:- BRK-B 005930.KS:+ ^GSPC TRUE 1E5,github.com,"a holiday, ""Martin Luther King Day"""
app,2025-01-26,,true,date,,App first,,,,,,,
open,2025-01-27T09:30:00-05:00,,false,approx,,open,,,,,,,
`
	if d := cmp.Diff(want, out.String()); d != "" {
		t.Error(d)
	}
}

// closed are the days between Monday and Friday on which the NYSE did not trade
// and on which, or the night before which, a test's event falls.
var closed = []string{"2025-01-20"}

// firstSession is the first NYSE session whose close, at 16:00, comes after the
// news; a date alone belongs to its own session.
func firstSession(t *testing.T, e *Event) string {
	ny, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	d := e.Date()
	late := e.AfterClose
	if instant, ok := e.Instant(); ok {
		local := instant.In(ny)
		d = time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC)
		late = local.Hour() >= 16
	}
	shut := func() bool {
		return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday || slices.Contains(closed, d.Format(time.DateOnly))
	}
	if late && !shut() {
		d = d.AddDate(0, 0, 1)
	}
	for shut() {
		d = d.AddDate(0, 0, 1)
	}
	return d.Format(time.DateOnly)
}

// sharedEvents reads the events that the project was given, with the session
// that each is known to belong to.
func sharedEvents(t *testing.T) (*Catalog, map[string]string) {
	name := filepath.Join("..", "..", "shared", "data", "events.csv")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Skipf("the shared events are not beside this checkout: %v", err)
	}
	c, err := Read(filepath.Base(name), bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	// The session's column is not part of an event: read under another name, it is its category.
	header, rest, _ := strings.Cut(string(data), "\n")
	header = strings.Replace(strings.Replace(header, "category", "x", 1), "first_us_session", "category", 1)
	s, err := Read("sessions.csv", strings.NewReader(header+"\n"+rest))
	if err != nil {
		t.Fatal(err)
	}
	sessions := map[string]string{}
	for _, e := range s.Events {
		sessions[e.ID] = e.Category
	}
	return c, sessions
}

// The rule that precision leaves an instant alone puts all of the shared events
// into their known sessions; taking the date alone would not (2025-05-13T20:00Z,
// precision date, belongs to the 14th).
func TestSharedEvents(t *testing.T) {
	c, sessions := sharedEvents(t)
	if len(c.Events) != 35 || len(sessions) != 35 {
		t.Fatalf("%d events, want 35", len(c.Events))
	}
	for i := range c.Events {
		e := &c.Events[i]
		if got := firstSession(t, e); got != sessions[e.ID] {
			t.Errorf("%s at %s: session %s, want %s", e.ID, e.Time, got, sessions[e.ID])
		}
		if e.Titles["ar"] == "" || e.Titles["und"] != e.Title || len(e.Targets) == 0 || e.Confidence == "" || e.Source == "" {
			t.Errorf("%s: something was not read: %+v", e.ID, e)
		}
	}
	want := []string{`events.csv:1: column "first_us_session" is not read`, `events.csv:1: column "us_phase" is not read`}
	if d := cmp.Diff(want, c.Warnings); d != "" {
		t.Error(d)
	}
	e := c.Events[len(c.Events)-17]
	if e.ID != "deepseek-r1" || !e.Time.Equal(at("2025-01-20T12:19:44Z")) || len(e.Targets) != 15 || e.Precision != Second || e.Category != "ai-product" || e.Titles["ar"] != "إطلاق نموذج ديب سيك R1 مفتوح الأوزان" {
		t.Errorf("got %+v", e)
	}
	checkRoundTrip(t, c)
}

// The bytes of a catalogue do not depend on how many events are written at a time.
func TestWriteYAMLInParts(t *testing.T) {
	c, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	var many Catalog
	var want bytes.Buffer
	for i := range 150 {
		e := c.Events[i%len(c.Events)]
		e.ID = fmt.Sprintf("%s-%d", e.ID, i)
		many.Events = append(many.Events, e)
		if err := WriteYAML(&want, &Catalog{Events: []Event{e}}); err != nil {
			t.Fatal(err)
		}
	}
	var got bytes.Buffer
	if err := WriteYAML(&got, &many); err != nil || !bytes.Equal(got.Bytes(), want.Bytes()) {
		t.Errorf("%d bytes are other than %d, %v", got.Len(), want.Len(), err)
	}
}
