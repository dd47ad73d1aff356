package events

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

// A long catalogue is read in parts: into the same events, and with the same
// words where something is wrong, as from beginning to end.
func TestCSVParts(t *testing.T) {
	var long strings.Builder
	long.WriteString("id,time,zone,title,category,tags,securities,note\n")
	for k := range 40_000 {
		title := fmt.Sprintf("News %d", k)
		switch k % 7 {
		case 1:
			title = fmt.Sprintf(`"Of ""several"", %d"`, k)
		case 3:
			title = fmt.Sprintf("\"In\ntwo\r\nlines, %d\"", k)
		case 5:
			title = ""
		}
		zone := []string{"UTC", "America/New_York", "-05:00"}[k%3]
		end := "\n"
		if k%11 == 0 {
			end = "\r\n\n"
		}
		fmt.Fprintf(&long, "e%d,2021-%02d-%02d %02d:30,%s,%s,c%d,\"x, y\",NVDA:- S%d,\"%s\"%s", k, 1+k%12, 1+k%28, 3+k%20, zone, title, k%5, k%3000, strings.Repeat("Ω\n", k%9), end)
	}
	whole := strings.TrimSuffix(long.String(), "\n")
	cut := strings.Index(whole, "\ne20000,") + 1
	for name, data := range map[string]string{
		"whole":         whole,
		"used twice":    whole + "\nE17,2021-01-04,,,,,,",
		"wrong row":     whole[:cut] + "f,2021-02-30,,,,,,\n" + whole[cut:],
		"short row":     whole[:cut] + "f,2021-02-03\n" + whole[cut:],
		"open quote":    whole[:cut] + `f,2021-02-03,,"open,,,,` + "\n" + whole[cut:],
		"bare quote":    whole[:cut] + `f,2021-02-03,,5" disk,,,,` + "\n" + whole[cut:],
		"two bare ones": whole[:cut] + `f,2021-02-03,,5" or 3" disk,,,,` + "\n" + whole[cut:],
		"cut off":       whole + "\nf,2021-02",
	} {
		if len(data) < 3*partSize {
			t.Fatalf("%d bytes are no long catalogue", len(data))
		}
		got, gotErr := ReadCSV("long.csv", strings.NewReader(data))
		b := newBuilder("long.csv")
		header, body, _ := strings.Cut(data, "\n")
		b.rows(b.header(strings.Split(header, ","), 1), csvPart{[]byte(body), 2, ','})
		want, wantErr := b.catalog()
		parts := newBuilder("long.csv")
		if parts.inParts(b.header(strings.Split(header, ","), 1), csvPart{[]byte(body), 2, ','}) != (wantErr == nil) {
			t.Errorf("%s: the parts say otherwise than %.300v", name, wantErr)
		}
		if fmt.Sprint(gotErr) != fmt.Sprint(wantErr) {
			t.Errorf("%s: %.300v, want %.300v", name, gotErr, wantErr)
		}
		if (gotErr == nil) != (name == "whole") {
			t.Errorf("%s: %.300v", name, gotErr)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: another catalogue", name)
		}
	}
}

// What is reserved for events goes by rows that may be some: not by the lines of a text
// that is never closed, nor by empty lines, of which a small file has millions.
func TestReserved(t *testing.T) {
	const head = "date,title\n2025-01-27,One\n"
	const lines = 2_000_000
	for what, text := range map[string]string{
		"a quote that is not closed": head + "2025-01-28,\"Two\n" + strings.Repeat("x\n", lines),
		"empty lines":                head + strings.Repeat("\n", lines),
		"empty cells":                head + strings.Repeat(",\n", lines),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Read("e.csv", strings.NewReader(text))
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > 32*uint64(len(text)) {
			t.Errorf("%s: %d MB were asked for, for %d MB; %v", what, got>>20, len(text)>>20, err)
		}
	}
	for text, want := range map[string]int{"a,b\n\n,\nc,d": 2, "a,\"b\n\n\nc\"\nd,e\n": 2, "\n\n": 0, "": 0, "a,\"b\nc\nd\n": 0, "a,\"\"\"b\n\"\n": 1} {
		if got := (csvPart{[]byte(text), 1, ','}).mostRows(2); got != want {
			t.Errorf("%q may have %d rows, want %d", text, got, want)
		}
	}
}
