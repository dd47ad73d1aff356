package report

import (
	"bytes"
	"encoding/csv"
	"io"
	"iter"
)

// WriteCSV writes t as comma-separated values (RFC 4180, but lines end in \n):
// a line of column names, then the rows. UTF-8, no byte-order mark, missing
// values empty. A text is written as it is, also one that a spreadsheet would
// take for a formula.
func WriteCSV(w io.Writer, t Table) error {
	names := make([]string, len(t.Columns))
	for i, col := range t.Columns {
		names[i] = col.Name
	}
	c := csv.NewWriter(w)
	if err := c.Write(names); err != nil {
		return err
	}
	c.Flush()
	if err := c.Error(); err != nil {
		return err
	}
	return writeBlocks(w, t, func(b *bytes.Buffer) func(row []Cell) error {
		c, record := csv.NewWriter(b), make([]string, len(t.Columns))
		var numbers []byte
		ends := make([]int, len(t.Columns))
		return func(row []Cell) error {
			if row == nil {
				c.Flush()
				return c.Error()
			}
			numbers = numbers[:0]
			for i, cell := range row {
				if t.Columns[i].Type != String {
					numbers = cell.appendTo(numbers, t.Columns[i].Type)
				}
				ends[i] = len(numbers)
			}
			text, from := string(numbers), 0 // one text for all numbers of the row
			for i, cell := range row {
				record[i] = cell.Text
				if t.Columns[i].Type != String {
					record[i] = text[from:ends[i]]
				}
				from = ends[i]
			}
			return c.Write(record)
		}
	})
}

// writeBlocks writes rows as text, made on all processors. newWriter returns
// what writes a row to b, and is called with nil at the end of a block.
func writeBlocks(w io.Writer, t Table, newWriter func(b *bytes.Buffer) func(row []Cell) error) error {
	blocks := t.inBlocks()
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
