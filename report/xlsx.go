package report

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"aftershock/analysis"
	"aftershock/internal/pattern"
)

// A workbook is five small parts of XML beside its sheets (ECMA-376, part 1,
// SpreadsheetML). They are written here because the library for it (excelize)
// would add a fifth to the program, for formulas, encryption and drawings that
// tables do not have, and writes sheets in an order that differs from run to run.

// Limits of a sheet in Excel.
const (
	maxRows = 1 << 20
	maxText = 32767 // UTF-16 code units of a cell
)

// writeWorkbook writes a sheet a table, and one that explains the columns.
func writeWorkbook(w io.Writer, _ *analysis.Result, tables []Table, lang string) error {
	return newWorkbook(w, lang == "ar").write(append(tables[:len(tables):len(tables)], columnsTable(tables)))
}

// writeSheet writes a workbook of one table.
func writeSheet(w io.Writer, t Table) error {
	return newWorkbook(w, false).write([]Table{t})
}

// columnsTable is the data dictionary of tables as a table.
func columnsTable(tables []Table) Table {
	return Table{
		Name:    "columns",
		Columns: []Column{{Name: "table", Type: String}, {Name: "column", Type: String}, {Name: "type", Type: String}, {Name: "unit", Type: String}, {Name: "meaning", Type: String}},
		Rows: func(yield func([]Cell) bool) {
			for _, t := range tables {
				for _, c := range t.Columns {
					if !yield([]Cell{text(t.Name), text(c.Name), text(string(c.Type)), text(c.Unit), text(c.Doc)}) {
						return
					}
				}
			}
		},
	}
}

// workbook is an xlsx file being written.
type workbook struct {
	zip         *zip.Writer
	rightToLeft bool
	maxRows     int // of a sheet; further rows go to another
	sheets      []string
}

func newWorkbook(w io.Writer, rightToLeft bool) *workbook {
	return &workbook{zip: zip.NewWriter(w), rightToLeft: rightToLeft, maxRows: maxRows}
}

func (x *workbook) write(tables []Table) error {
	for _, t := range tables {
		if err := x.table(t); err != nil {
			return err
		}
	}
	var types, rels, sheets strings.Builder
	for i, name := range x.sheets {
		n := i + 1
		fmt.Fprintf(&types, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`, n)
		fmt.Fprintf(&rels, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, n, relationships, n)
		fmt.Fprintf(&sheets, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, escapeXML(name), n, n)
	}
	for _, part := range []struct{ name, content string }{
		{"xl/styles.xml", stylesPart},
		{"xl/workbook.xml", fmt.Sprintf(workbookPart, relationships, sheets.String())},
		{"xl/_rels/workbook.xml.rels", fmt.Sprintf(workbookRels, rels.String(), len(x.sheets)+1, relationships)},
		{"_rels/.rels", fmt.Sprintf(packageRels, relationships)},
		{"[Content_Types].xml", fmt.Sprintf(contentTypes, types.String())},
	} {
		w, err := x.zip.Create(part.name)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, xml.Header+part.content); err != nil {
			return err
		}
	}
	return x.zip.Close()
}

const relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

const contentTypes = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>%s</Types>`

const packageRels = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="%s/officeDocument" Target="xl/workbook.xml"/></Relationships>`

const workbookRels = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s<Relationship Id="rId%d" Type="%s/styles" Target="styles.xml"/></Relationships>`

const workbookPart = `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="%s"><sheets>%s</sheets></workbook>`

// The styles of cells, by their place in cellXfs of stylesPart.
const (
	plainStyle = iota
	headStyle  // bold
	dateStyle  // 2006-01-02
	textStyle  // stays text when it is edited, also if it begins with =
)

const stylesPart = `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`

// table writes the rows of t to a sheet, and to further ones as each is full.
func (x *workbook) table(t Table) error {
	var b *bufio.Writer
	rows, part := 0, 0
	open := func() error {
		part++
		name := t.Name
		if part > 1 {
			name += " " + strconv.Itoa(part)
		}
		x.sheets = append(x.sheets, name)
		w, err := x.zip.Create(fmt.Sprintf("xl/worksheets/sheet%d.xml", len(x.sheets)))
		if err != nil {
			return err
		}
		b = bufio.NewWriter(w)
		b.WriteString(xml.Header + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView`)
		if x.rightToLeft {
			b.WriteString(` rightToLeft="1"`)
		}
		b.WriteString(` workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>`)
		for i, c := range t.Columns {
			width := 12
			if c.Type == String {
				width = 24
			}
			fmt.Fprintf(b, `<col min="%d" max="%d" width="%d" customWidth="1"/>`, i+1, i+1, width)
		}
		b.WriteString(`</cols><sheetData><row r="1">`)
		for i, c := range t.Columns {
			writeText(b, columnLetters(i)+"1", headStyle, c.Name)
		}
		b.WriteString("</row>")
		rows = 1
		return nil
	}
	finish := func() error {
		fmt.Fprintf(b, `</sheetData><autoFilter ref="A1:%s%d"/></worksheet>`, columnLetters(len(t.Columns)-1), rows)
		return b.Flush()
	}
	if err := open(); err != nil {
		return err
	}
	letters := make([]string, len(t.Columns))
	for i := range letters {
		letters[i] = columnLetters(i)
	}
	for row := range t.Rows {
		if rows == x.maxRows {
			if err := finish(); err != nil {
				return err
			}
			if err := open(); err != nil {
				return err
			}
		}
		rows++
		n := strconv.Itoa(rows)
		b.WriteString(`<row r="` + n + `">`)
		for i, cell := range row {
			writeCell(b, letters[i]+n, cell, t.Columns[i].Type)
		}
		if _, err := b.WriteString("</row>"); err != nil {
			return err
		}
	}
	return finish()
}

// writeCell writes a cell with the type that it has, none where it is empty.
func writeCell(b *bufio.Writer, ref string, c Cell, t Type) {
	const epoch = 25569          // 1970-01-01 in days since Excel's 1899-12-30
	const march1900 = 61 - epoch // before it Excel counts a day that there was not
	value := func(kind string, style int, v string) {
		fmt.Fprintf(b, `<c r="%s"%s s="%d"><v>%s</v></c>`, ref, kind, style, v)
	}
	switch {
	case c.Empty(t):
	case t == Boolean:
		value(` t="b"`, plainStyle, strconv.FormatFloat(c.Num, 'f', 0, 64))
	case t == Date && c.Num >= march1900:
		value("", dateStyle, strconv.FormatFloat(c.Num+epoch, 'f', 0, 64))
	case t == String, t == Date, math.IsInf(c.Num, 0):
		writeText(b, ref, textStyle, c.Format(t))
	default:
		value("", plainStyle, c.Format(t))
	}
}

func writeText(b *bufio.Writer, ref string, style int, s string) {
	fmt.Fprintf(b, `<c r="%s" s="%d" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, ref, style, escapeXML(clipUTF16(s, maxText)))
}

// clipUTF16 shortens s to n UTF-16 code units, the last of them an ellipsis.
func clipUTF16(s string, n int) string {
	if len(s) <= n {
		return s
	}
	units, end := 0, 0
	for i, r := range s {
		if units < n {
			end = i
		}
		if units += utf16.RuneLen(r); units > n {
			return s[:end] + "…"
		}
	}
	return s
}

// escaped is what stands for a character by its number in a text of Excel.
var escaped = pattern.New(`^_x[0-9A-Fa-f]{4}_`)

// escapeXML writes s for XML. Characters that XML does not have are written in
// Excel's own way, _x001B_, and text that looks like one is kept from being read
// as one.
func escapeXML(s string) string {
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	var b strings.Builder
	for i, r := range s {
		switch {
		case r < ' ' && r != '\n' && r != '\t', r == 0xFFFE, r == 0xFFFF:
			fmt.Fprintf(&b, "_x%04X_", r)
		case r == '_' && escaped.MatchString(s[i:]):
			b.WriteString("_x005F_")
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// columnLetters returns A for column 0, AA for column 26.
func columnLetters(i int) string {
	s := ""
	for i++; i > 0; i = (i - 1) / 26 {
		s = string(rune('A'+(i-1)%26)) + s
	}
	return s
}
