package report

import (
	"bytes"
	"io"
	"iter"
	"unicode"
	"unicode/utf8"

	"aftershock/internal/shortest"
)

// WriteCSV writes t as comma-separated values (RFC 4180, but lines end in \n):
// a line of column names, then the rows. UTF-8, no byte-order mark, missing
// values empty. A text is written as it is, also one that a spreadsheet would
// take for a formula.
func WriteCSV(w io.Writer, t Table) error {
	if _, err := w.Write(csvHead(t)); err != nil {
		return err
	}
	return writeBlocks(w, t, func(b *bytes.Buffer) func(row []Cell) error {
		fields := fieldsOf(t)
		return func(row []Cell) error {
			if row == nil {
				return nil
			}
			b.Write(append(fields(b.AvailableBuffer(), row), '\n'))
			return nil
		}
	})
}

// csvHead is the line of column names.
func csvHead(t Table) (head []byte) {
	for i, col := range t.Columns {
		head = appendField(appendComma(head, i), col.Name)
	}
	return append(head, '\n')
}

// fieldsOf returns what appends the first cells of a row to a line.
func fieldsOf(t Table) func(line []byte, row []Cell) []byte {
	last := make([]repeated, len(t.Columns)) // texts and dates are often those of the row before
	for i := range last {
		last[i].texts, last[i].dates, last[i].numbers = t.Columns[i].Type == String, t.Columns[i].Type == Date, t.Columns[i].Type == Number
	}
	return func(line []byte, row []Cell) []byte {
		for i := range row {
			line = appendComma(line, i)
			cell, f := &row[i], &last[i]
			switch {
			case f.texts:
				if cell.Text != f.text {
					f.text, f.out = cell.Text, appendField(f.out[:0], cell.Text)
				}
				line = append(line, f.out...)
			case cell.Num != cell.Num: // no value
			case f.numbers && cell.Num-cell.Num == 0: // this and the rest hold nothing to quote; here, a finite number
				line = shortest.Append(line, cell.Num)
			case f.dates:
				if cell.Num != f.num || f.out == nil {
					f.num, f.out = cell.Num, cell.appendTo(f.out[:0], Date)
				}
				line = append(line, f.out...)
			default:
				line = cell.appendTo(line, t.Columns[i].Type)
			}
		}
		return line
	}
}

// repeated is what a column has, what it had in the row before, and how that is written.
type repeated struct {
	texts, dates, numbers bool

	text string
	num  float64
	out  []byte
}

func appendComma(b []byte, column int) []byte {
	if column > 0 {
		b = append(b, ',')
	}
	return b
}

// appendField appends s as [csv.Writer] writes it: in quotes where it has a comma, a
// quote or an end of line, begins with a space, or is \., which ends the data for
// PostgreSQL.
func appendField(b []byte, s string) []byte {
	first, _ := utf8.DecodeRuneInString(s)
	quoted := unicode.IsSpace(first) || s == `\.`
	for i := 0; i < len(s) && !quoted; i++ {
		switch s[i] {
		case ',', '"', '\r', '\n':
			quoted = true
		}
	}
	if !quoted {
		return append(b, s...)
	}
	b = append(b, '"')
	for i := range len(s) {
		if s[i] == '"' {
			b = append(b, '"')
		}
		b = append(b, s[i])
	}
	return append(b, '"')
}

// writeBlocks writes rows as text, made on all processors. newWriter returns
// what writes a row to b, and is called with nil at the end of a block.
func writeBlocks(w io.Writer, t Table, newWriter func(b *bytes.Buffer) func(row []Cell) error) error {
	blocks := t.inParts()
	check := func() error {
		_, err := w.Write(nil) // is there still a reader?
		return err
	}
	return inOrder(blocks, check, func() (func(iter.Seq[[]Cell]) error, func() error) {
		const most = 1 << 16 // of a text that need not wait for others
		var b bytes.Buffer
		write := newWriter(&b)
		pass := func() error {
			_, err := b.WriteTo(w)
			return err
		}
		fill := func(rows iter.Seq[[]Cell]) error {
			for row := range rows {
				if err := write(row); err != nil {
					return err
				}
				if len(blocks) == 1 && b.Len() >= most {
					if err := pass(); err != nil {
						return err
					}
				}
			}
			return write(nil)
		}
		return fill, pass
	})
}
