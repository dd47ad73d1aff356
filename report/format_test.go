package report

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"html"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"aftershock/analysis"
)

// output returns the file of a run called name.
func output(t *testing.T, r *analysis.Result, name string) []byte {
	t.Helper()
	for _, f := range Formats {
		for _, o := range f.Outputs(r, nil, "en", nil) {
			if o.Name == name {
				var b bytes.Buffer
				if err := o.Write(&b); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				return b.Bytes()
			}
		}
	}
	t.Fatalf("no format has a file %s", name)
	return nil
}

// hostile are titles as a news feed may bring them.
var hostile = []string{
	tagged, formula, escape, mixed, "+1", "-2+3", "@SUM(A1)", "'quoted' \"twice\" `thrice`", `back\slash \\ \n C:\new`,
	`&%$#_{}~^ [x] *y* <b> | ! ?`, "tab\tand\nnewline\r\nand return", "Nobody knows it 🚀👩‍🚀", strings.Repeat("300 characters ", 20),
	"_x0041_x0042_ and _x000D_", "[in brackets", "*in asterisks*", "--dashes--", "https://example.org/ www.example.org a@example.org",
	"]]>", "# heading", "1. item", "a,b;c", " blanks around ", "بِسْمِ 12.5% (R1)", "null", "NaN", "TRUE", "0700", "1e5", "2025-01-27", "\ufeffmark", "\x00\x01\x7f\ufffe",
}

// hostileTable is a table of observations with those titles, and with numbers
// that have a form of their own in many formats.
func hostileTable() Table {
	t := Tables(nasty())[0]
	title := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == "title" })
	alpha := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == "alpha" })
	session0 := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == "session0" })
	rows := t.Rows
	numbers := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1), 5e-324, 1e300, -1.0 / 3, 1e21, 1e-5}
	t.blocks = nil
	t.Rows = func(yield func([]Cell) bool) {
		for row := range rows {
			for i, s := range hostile {
				row[title] = text(s)
				row[alpha] = number(numbers[i%len(numbers)])
				row[session0] = number([]float64{20115, -30000, math.NaN(), 0}[i%4])
				if !yield(row) {
					return
				}
			}
			return
		}
	}
	return t
}

func written1(t *testing.T, format string, tab Table) []byte {
	t.Helper()
	f, ok := FormatByName(format)
	if !ok {
		t.Fatalf("no format %s", format)
	}
	var b bytes.Buffer
	if err := f.Table(&b, tab); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestOutputs: names are unique, writing twice gives the same, and every format
// can write every table alone.
func TestOutputs(t *testing.T) {
	seen := make(map[string]bool)
	for _, f := range Formats {
		if g, ok := FormatByName(f.Name); !ok || g.Name != f.Name || !strings.HasSuffix(f.About, ".") {
			t.Errorf("format %+v", f)
		}
		for _, o := range f.Outputs(nasty(), nil, "en", nil) {
			if seen[o.Name] {
				t.Errorf("%s: two files of that name", o.Name)
			}
			seen[o.Name] = true
			var a, b bytes.Buffer
			if err := o.Write(&a); err != nil {
				t.Fatal(err)
			}
			if err := o.Write(&b); err != nil {
				t.Fatal(err)
			}
			if a.Len() == 0 || !bytes.Equal(a.Bytes(), b.Bytes()) {
				t.Errorf("%s: %d bytes, then %d, not the same", o.Name, a.Len(), b.Len())
			}
			if err := o.Write(broken{}); err == nil {
				t.Errorf("%s: a full disk was not noticed", o.Name)
			}
		}
		for _, tab := range Tables(nasty()) {
			if len(written1(t, f.Name, tab)) == 0 {
				t.Errorf("%s of %s is empty", f.Name, tab.Name)
			}
			empty := tab
			empty.Rows, empty.blocks = func(func([]Cell) bool) {}, nil
			if len(written1(t, f.Name, empty)) == 0 {
				t.Errorf("%s of %s without rows is empty", f.Name, tab.Name)
			}
		}
	}
}

// broken is a full disk.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestHostileCSV(t *testing.T) {
	tab := hostileTable()
	rows, err := csv.NewReader(bytes.NewReader(written1(t, "csv", tab))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range hostile {
		// a reader of RFC 4180 may take \r\n within quotes for \n
		if got := rows[i+1][1]; got != strings.ReplaceAll(s, "\r\n", "\n") {
			t.Errorf("title %q is %q", s, got)
		}
	}
}

func TestHostileJSON(t *testing.T) {
	data := written1(t, "json", hostileTable())
	if bytes.Contains(data, []byte("<")) {
		t.Error("markup within JSON would be markup in a page that holds it")
	}
	var rows []map[string]any
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	for i, s := range hostile {
		if rows[i]["title"] != s {
			t.Errorf("title %q is %q", s, rows[i]["title"])
		}
	}
	for i, want := range []any{nil, "INF", "-INF", 0.0, 0.0, 5e-324, 1e300, -1.0 / 3, 1e21, 1e-5} {
		if rows[i]["alpha"] != want {
			t.Errorf("alpha %v, want %v", rows[i]["alpha"], want)
		}
	}
}

// TestHostileMarkdown: every row has its cells, and what is shown is the title.
func TestHostileMarkdown(t *testing.T) {
	data := string(written1(t, "markdown", hostileTable()))
	lines := strings.Split(strings.TrimSuffix(data, "\n"), "\n")
	if len(lines) != len(hostile)+2 {
		t.Fatalf("%d lines, want %d", len(lines), len(hostile)+2)
	}
	pipe := regexp.MustCompile(`(?:^|[^\\])(?:\\\\)*\|`)
	backslash := regexp.MustCompile(`\\([!-/:-@\[-` + "`" + `{-~])`)
	want := len(pipe.FindAllString(lines[0], -1))
	special := regexp.MustCompile("(?:^|[^\\\\])(?:\\\\\\\\)*[<>`*_\\[\\]~$!#]")
	for i, line := range lines[2:] {
		if got := len(pipe.FindAllString(line, -1)); got != want {
			t.Errorf("%d cells, want %d: %s", got-1, want-1, line)
		}
		if strings.ContainsAny(line, "<>") || special.MatchString(strings.ReplaceAll(line, "&#64;", "")) || regexp.MustCompile(`[^\\]://|www\.`).MatchString(line) {
			t.Errorf("markup in %s", line)
		}
		cell := strings.Split(line, " | ")[1]
		if shown := html.UnescapeString(backslash.ReplaceAllString(cell, "$1")); shown != clean(hostile[i]) {
			t.Errorf("title %q is shown as %q", hostile[i], shown)
		}
	}
}

// TestHostileLaTeX: the letters that TeX takes for commands are those that the
// writer put there, and what is set is the title.
func TestHostileLaTeX(t *testing.T) {
	data := string(written1(t, "latex", hostileTable()))
	_, body, _ := strings.Cut(data, "\\endfoot\n")
	lines := strings.Split(body, "\n")
	commands := strings.NewReplacer(
		`\textbackslash{}`, `\`, `\{`, "{", `\}`, "}", `\&`, "&", `\%`, "%", `\$`, "$", `\#`, "#", `\_`, "_", `\textasciitilde{}`, "~",
		`\textasciicircum{}`, "^", `\textless{}`, "<", `\textgreater{}`, ">", `\textbar{}`, "|", `\char34{}`, `"`, `\textasciigrave{}`, "`",
		`\kern0pt`, "", "{[}", "[", "{*}", "*",
		// what must not stand alone
		`\`, "", "{", "", "}", "", "%", "", "$", "", "#", "", "_", "", "~", "", "^", "", "&", "", "[", "", "*", "", "<", "", `"`, "", "--", "", "''", "")
	for i, s := range hostile {
		cell := strings.Split(lines[i], " & ")[1]
		if set := commands.Replace(cell); set != clean(s) {
			t.Errorf("title %q is set as %q, from %s", s, set, cell)
		}
		if !strings.HasSuffix(lines[i], ` \\`) || strings.HasPrefix(lines[i], "[") || strings.HasPrefix(lines[i], "*") {
			t.Errorf("row %s", lines[i])
		}
	}
}

// sheetXML is a sheet as Excel reads it.
type sheetXML struct {
	View struct {
		RightToLeft bool `xml:"rightToLeft,attr"`
	} `xml:"sheetViews>sheetView"`
	Rows []struct {
		R     int `xml:"r,attr"`
		Cells []struct {
			R       string    `xml:"r,attr"`
			S       int       `xml:"s,attr"`
			T       string    `xml:"t,attr"`
			V       string    `xml:"v"`
			Text    string    `xml:"is>t"`
			Formula *struct{} `xml:"f"`
		} `xml:"c"`
	} `xml:"sheetData>row"`
}

// sheets reads a workbook back: its sheets by their names, by way of the
// workbook's relations and content types.
func sheets(t *testing.T, data []byte) (names []string, out map[string]sheetXML) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	decode := func(name string, v any) {
		f, err := z.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := xml.NewDecoder(f).Decode(v); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	var types struct {
		Override []struct {
			PartName string `xml:",attr"`
		}
	}
	decode("[Content_Types].xml", &types)
	for _, o := range types.Override {
		if _, err := z.Open(strings.TrimPrefix(o.PartName, "/")); err != nil {
			t.Error(err)
		}
	}
	type relations struct {
		Relationship []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:",attr"`
		}
	}
	var top, rels relations
	decode("_rels/.rels", &top)
	decode("xl/_rels/workbook.xml.rels", &rels)
	targets := make(map[string]string)
	for _, r := range rels.Relationship {
		targets[r.ID] = "xl/" + r.Target
		if _, err := z.Open("xl/" + r.Target); err != nil {
			t.Error(err)
		}
	}
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	decode(top.Relationship[0].Target, &book)
	out = make(map[string]sheetXML)
	for _, s := range book.Sheets {
		var x sheetXML
		decode(targets[s.ID], &x)
		names, out[s.Name] = append(names, s.Name), x
	}
	return names, out
}

// fromExcel undoes Excel's way to write characters that XML does not have.
func fromExcel(s string) string {
	return regexp.MustCompile(`_x([0-9A-Fa-f]{4})_`).ReplaceAllStringFunc(s, func(m string) string {
		n, _ := strconv.ParseUint(m[2:6], 16, 16)
		return string(rune(n))
	})
}

// checkSheet compares a sheet, from row first on, with the rows of a table.
func checkSheet(t *testing.T, x sheetXML, tab Table, rows [][]Cell) {
	t.Helper()
	if len(x.Rows) != len(rows)+1 {
		t.Fatalf("%s: %d rows, want %d", tab.Name, len(x.Rows), len(rows)+1)
	}
	for i, c := range x.Rows[0].Cells {
		if c.Text != tab.Columns[i].Name || c.S != headStyle {
			t.Errorf("%s: heading %q", tab.Name, c.Text)
		}
	}
	for k, row := range rows {
		got := x.Rows[k+1]
		if got.R != k+2 {
			t.Errorf("%s: row %d is numbered %d", tab.Name, k+2, got.R)
		}
		next := 0
		for i, cell := range row {
			typ := tab.Columns[i].Type
			if cell.Empty(typ) {
				continue
			}
			c := got.Cells[next]
			next++
			if want := columnLetters(i) + strconv.Itoa(k+2); c.R != want {
				t.Fatalf("%s: cell %s, want %s", tab.Name, c.R, want)
			}
			want, have := cell.Format(typ), c.V
			switch {
			case c.Formula != nil:
				t.Errorf("%s %s is a formula", tab.Name, c.R)
			case c.T == "inlineStr":
				have = fromExcel(c.Text)
				if typ != String && !math.IsInf(cell.Num, 0) && !(typ == Date && cell.Num < -25508) {
					t.Errorf("%s %s is text: %q", tab.Name, c.R, have)
				}
				if c.S != textStyle {
					t.Errorf("%s %s: a text would become a formula when it is edited", tab.Name, c.R)
				}
			case typ == Boolean && c.T == "b":
				have = map[string]string{"0": "false", "1": "true"}[c.V]
			case typ == Date && c.S == dateStyle:
				n, _ := strconv.Atoi(c.V)
				have = time.Date(1899, 12, 30+n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
			case typ == String || typ == Boolean || typ == Date || c.T != "":
				t.Errorf("%s %s has type %q", tab.Name, c.R, c.T)
			}
			if have != want {
				t.Errorf("%s %s is %q, want %q", tab.Name, c.R, have, want)
			}
		}
		if next != len(got.Cells) {
			t.Errorf("%s: row %d has %d cells, want %d", tab.Name, k+2, len(got.Cells), next)
		}
	}
}

func rowsOf(tab Table) (out [][]Cell) {
	for row := range tab.Rows {
		out = append(out, slices.Clone(row))
	}
	return out
}

func TestWorkbook(t *testing.T) {
	names, book := sheets(t, output(t, nasty(), "tables.xlsx"))
	tables := Tables(nasty())
	tables = append(tables, columnsTable(tables))
	for i, tab := range tables {
		if names[i] != tab.Name || book[tab.Name].View.RightToLeft {
			t.Errorf("sheet %s, want %s from left to right", names[i], tab.Name)
		}
		checkSheet(t, book[tab.Name], tab, rowsOf(tab))
	}
	if len(names) != len(tables) {
		t.Errorf("sheets %v", names)
	}
	tab := hostileTable()
	_, book = sheets(t, written1(t, "xlsx", tab))
	checkSheet(t, book["observations"], tab, rowsOf(tab))

	xlsx, _ := FormatByName("xlsx")
	var b bytes.Buffer
	if err := xlsx.Outputs(nasty(), nil, "ar", nil)[0].Write(&b); err != nil {
		t.Fatal(err)
	}
	if _, book = sheets(t, b.Bytes()); !book["cars"].View.RightToLeft {
		t.Error("an Arabic workbook opens from left to right")
	}
}

// TestWorkbookLimits: more rows than a sheet holds go to another, and a cell
// holds so much text and no more.
func TestWorkbookLimits(t *testing.T) {
	tab := hostileTable()
	rows := rowsOf(tab)
	var b bytes.Buffer
	x := newWorkbook(&b, false)
	x.maxRows = 11
	if err := x.write([]Table{tab}); err != nil {
		t.Fatal(err)
	}
	names, book := sheets(t, b.Bytes())
	for i, name := range names {
		if want := "observations" + []string{"", " 2", " 3", " 4"}[i]; name != want {
			t.Errorf("sheet %q, want %q", name, want)
		}
		checkSheet(t, book[name], tab, rows[10*i:min(10*i+10, len(rows))])
	}
	if len(names) != (len(rows)+9)/10 {
		t.Errorf("sheets %q of %d rows", names, len(rows))
	}

	for _, c := range []struct {
		s    string
		n    int
		want string
	}{{"abcde", 5, "abcde"}, {"abcdef", 5, "abcd…"}, {"ab🚀🚀", 6, "ab🚀🚀"}, {"ab🚀🚀x", 6, "ab🚀…"}, {"ééé", 3, "ééé"}} {
		if got := clipUTF16(c.s, c.n); got != c.want {
			t.Errorf("%q in %d: %q, want %q", c.s, c.n, got, c.want)
		}
	}
	for i, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 51: "AZ", 52: "BA", 701: "ZZ", 702: "AAA", 16383: "XFD"} {
		if got := columnLetters(i); got != want {
			t.Errorf("column %d is %s, want %s", i, got, want)
		}
	}
}

// TestParquet reads every table back: its columns in order, their types, and
// every value.
func TestParquet(t *testing.T) {
	for _, tab := range append(Tables(nasty()), hostileTable()) {
		data := written1(t, "parquet", tab)
		f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range tab.Columns {
			field := f.Schema().Fields()[i]
			want := map[Type]string{String: "STRING", Integer: "INT(64,true)", Number: "DOUBLE", Boolean: "BOOLEAN", Date: "DATE"}[c.Type]
			if field.Name() != c.Name || field.Type().String() != want || field.Optional() == isKey(tab, c) {
				t.Errorf("%s: column %s %s optional %t, want %s %s", tab.Name, field.Name(), field.Type(), field.Optional(), c.Name, want)
			}
		}
		want := rowsOf(tab)
		got := make([]parquet.Row, len(want)+1)
		n, err := parquet.NewReader(bytes.NewReader(data)).ReadRows(got)
		if n != len(want) || err != nil && err != io.EOF {
			t.Fatalf("%s: %d rows, want %d: %v", tab.Name, n, len(want), err)
		}
		for k, row := range want {
			for i, cell := range row {
				v, c := got[k][i], tab.Columns[i]
				same := v.IsNull() == cell.Empty(c.Type)
				if same && !v.IsNull() {
					switch c.Type {
					case String:
						same = string(v.ByteArray()) == cell.Text
					case Integer:
						same = v.Int64() == int64(cell.Num)
					case Boolean:
						same = v.Boolean() == (cell.Num != 0)
					case Date:
						same = v.Int32() == int32(cell.Num)
					default:
						same = v.Double() == cell.Num
					}
				}
				if !same {
					t.Errorf("%s row %d, %s: %v, want %q", tab.Name, k, c.Name, v, cell.Format(c.Type))
				}
			}
		}
	}
	gap := hostileTable()
	rows := gap.Rows
	gap.Rows = func(yield func([]Cell) bool) {
		for row := range rows {
			row[0] = text("")
			if !yield(row) {
				return
			}
		}
	}
	if err := writeParquet(io.Discard, gap); err == nil || err.Error() != "observations: a row has no event_id" {
		t.Errorf("a row without its key: %v", err)
	}
}

// TestPrinted: what is printed is among the columns, and is what it was, rounded.
func TestPrinted(t *testing.T) {
	for _, tab := range Tables(shipped()) {
		if len(printed[tab.Name]) == 0 {
			t.Errorf("nothing of %s is printed", tab.Name)
		}
		for _, name := range printed[tab.Name] {
			if !slices.ContainsFunc(tab.Columns, func(c Column) bool { return c.Name == name }) {
				t.Errorf("%s has no column %s to print", tab.Name, name)
			}
		}
	}
	for _, c := range []struct {
		column Column
		cell   Cell
		want   string
	}{
		{Column{Name: "car", Type: Number, Unit: "return"}, number(-0.13364), "-13.36"},
		{Column{Name: "car", Type: Number, Unit: "return"}, number(-0.00001), "0.00"},
		{Column{Name: "car", Type: Number, Unit: "return"}, number(math.NaN()), ""},
		{Column{Name: "p", Type: Number}, number(3e-7), "<0.0001"},
		{Column{Name: "sq_p_lower", Type: Number}, number(0.04996), "0.0500"},
		{Column{Name: "t", Type: Number}, number(-5.2), "-5.200"},
		{Column{Name: "coefficient", Type: Number}, number(-0.0023456), "-0.00235"},
		{Column{Name: "t", Type: Number}, number(0), "0.000"},
		{Column{Name: "t", Type: Number}, number(math.Inf(-1)), "-INF"},
		{Column{Name: "t", Type: Number}, number(-1e21), "-1.000e+21"},
		{Column{Name: "df", Type: Number}, number(248), "248"},
		{Column{Name: "n", Type: Integer}, number(12), "12"},
		{Column{Name: "title", Type: String}, text(escape), "Red [31malert [0m and a second line"},
	} {
		if got := rounded(c.cell, c.column); got != c.want {
			t.Errorf("%s %v: %q, want %q", c.column.Name, c.cell, got, c.want)
		}
	}
	want := "| deepseek-selloff | NVDA | 0 | 0 | -13.36 |"
	if got := string(output(t, shipped(), "tables.md")); !strings.Contains(got, want) {
		t.Errorf("tables.md has no row %s", want)
	}
	want = `deepseek-selloff & NVDA & 0 & 0 & $-$13.36 & `
	if got := string(output(t, shipped(), "cars.tex")); !strings.Contains(got, want) {
		t.Errorf("cars.tex has no row %s", want)
	}
}
