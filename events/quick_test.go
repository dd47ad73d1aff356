package events

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// catalogue writes rows of events, into which odd things are put some of the time.
func catalogue(r *rand.Rand, rows int) string {
	comma := []string{",", ",", ";", "\t"}[r.IntN(4)]
	all := []string{"id", "date", "ticker1", "title", "time", "zone", "category", "source", "note", "hour", "colour", "title_ar", "precision", "ticker2", "after_close", "timestamp_utc"}
	r.Shuffle(len(all)-3, func(i, j int) { all[i+3], all[j+3] = all[j+3], all[i+3] })
	columns := all[r.IntN(2) : 2+r.IntN(len(all)-1)]
	columns = append([]string(nil), columns...)
	r.Shuffle(len(columns), func(i, j int) { columns[i], columns[j] = columns[j], columns[i] })
	timed := false
	for _, c := range columns {
		timed = timed || c == "time" || c == "timestamp_utc"
	}
	pick := func(s ...string) string { return s[r.IntN(len(s))] }
	end := pick("\n", "\n", "\r\n")
	odds := []int{5, 50, 1000}[r.IntN(3)]
	dates := r.IntN(4)
	date := func() string {
		y, m, d := 2015+r.IntN(8), 1+r.IntN(12), 1+r.IntN(28)
		switch {
		case r.IntN(odds) == 0:
			return pick("2020-02-30", "20200102", "2020-01-02 00:00:00", "2.1.2020", "1.13.2020", "", "2020", "0020-01-01", "2020-01-02T10:00", "soon", "1500-01-01", " 2020-01-02", "2020/01/02")
		case dates == 0:
			return fmt.Sprintf("%02d/%02d/%d", d, m, y)
		}
		return fmt.Sprintf("%d-%02d-%02d", y, m, d)
	}
	var b strings.Builder
	b.WriteString(strings.Join(columns, comma) + end)
	for k := range rows {
		for i, c := range columns {
			if i > 0 {
				b.WriteString(comma)
			}
			odd := r.IntN(odds) == 0
			s := ""
			switch c {
			case "id":
				if s = pick("e", "e-", "e_") + fmt.Sprint(k); odd {
					s = pick("", "e1", "-x", "é1", "a b", "E1", strings.Repeat("x", 101), "\"e\"\"9\"")
				}
			case "date":
				if s = date(); timed && r.IntN(2) == 0 {
					s = ""
				}
			case "time", "timestamp_utc":
				if s = date() + pick("", " 09:30", "T10:00"); odd {
					s = pick("09:30", "amc", "", "2020-01-02T14:30:00Z", "2020-01-02 09:30:05", "25:00", "after close")
				}
			case "zone":
				if s = pick("America/New_York", "UTC", "", "-05:00"); odd {
					s = pick("ET", "unknown", "Mars/Base", "EST")
				}
			case "ticker1", "ticker2":
				if s = pick("NVDA", "AMD", "SAP.DE", "BRK-B", "^GSPC", "", "005930.KS"); odd {
					s = pick("NASDAQ:NVDA", "NVDA:+", "NVDA, AMD", "NVDA AMD", "$NVDA", "Deutsche Bank", "(NVDA)", "NVDA:x", "N!", "Acme Inc. (NASDAQ: ACME)", "\"NVDA,AMD\"", "NVDA:CA")
				}
			case "title", "source", "category", "note":
				if s = pick("Results beat", "", "A", "guidance"); odd {
					s = pick("two  blanks", " x", "x ", "\u00e9t\u00e9", "\"a, b\"", "\"a\nb\"", "\"\"", "a\"b", "tab\there", "\x01", strings.Repeat("long ", 1100), "\"x\" y")
				}
			case "hour":
				s = pick("", "", "amc", "bmo", "dmh", "10:00", "x")
			case "colour":
				s = pick("", "red", "\u00a0", "a\rb")
			case "title_ar":
				s = pick("", "\u062e\u0628\u0631")
			case "precision":
				s = pick("", "", "minute", "date", "x")
			case "after_close":
				s = pick("", "", "true", "no", "x")
			}
			b.WriteString(s)
		}
		if r.IntN(odds) == 0 {
			b.WriteString(pick(comma, "\n", "\r", " ", "\"", comma+comma+comma, "\n"+comma+"\n"))
		}
		b.WriteString(end)
	}
	return strings.TrimSuffix(b.String(), pick("", "\n", "\r\n"))
}

// read reads a table quickly or with care; quick is how many events were made quickly.
func read(text string, careful bool) (c *Catalog, err error) {
	b := newBuilder("e.csv")
	b.careful = careful
	return b.readCSV(strings.NewReader(text))
}

func sameReading(t *testing.T, text string) (events int) {
	t.Helper()
	a, errA := read(text, false)
	b, errB := read(text, true)
	if fmt.Sprint(errA) != fmt.Sprint(errB) {
		t.Fatalf("%.3000q:\nquickly %.2000v\nwith care %.2000v", text, errA, errB)
	}
	if errA != nil {
		return 0
	}
	if !reflect.DeepEqual(a, b) {
		for i := range a.Events {
			if !reflect.DeepEqual(a.Events[i], b.Events[i]) {
				t.Fatalf("%.3000q:\nquickly %+v\nwith care %+v", text, a.Events[i], b.Events[i])
			}
		}
		t.Fatalf("%.3000q:\nquickly %+v\nwith care %+v", text, a, b)
	}
	return len(a.Events)
}

// Rows that need no care are read quickly: as those are that need it.
func TestQuick(t *testing.T) {
	r := rand.New(rand.NewPCG(18, 100))
	read := 0
	for range 6000 {
		if sameReading(t, catalogue(r, 1+r.IntN(40))) > 0 {
			read++
		}
	}
	if read < 600 {
		t.Errorf("%d of 6,000 tables could be read: the test is of little use", read)
	}
	for range 3 { // in parts
		sameReading(t, catalogue(r, 60_000))
	}
}

func FuzzQuick(f *testing.F) {
	r := rand.New(rand.NewPCG(100, 18))
	for range 40 {
		f.Add(catalogue(r, 1+r.IntN(8)))
	}
	f.Fuzz(func(t *testing.T, text string) { sameReading(t, text) })
}

func TestDay(t *testing.T) {
	read := 0
	for y := 1590; y < 2410; y++ {
		for m := 0; m < 14; m++ {
			for d := 0; d < 33; d++ {
				s := fmt.Sprintf("%04d-%02d-%02d", y, m, d)
				if got, ok := day(s); ok {
					read++
					if want, shown, err := (zones{}).moment(s, "", "", AutoOrder); err != nil || shown != Day || got != want {
						t.Fatalf("%s: %v, want %v %v %v", s, got, want, shown, err)
					}
				}
			}
		}
	}
	if want := 801 * 12 * 28; read != want {
		t.Errorf("%d days were read, want %d", read, want)
	}
}
