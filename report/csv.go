package report

import (
	"encoding/csv"
	"io"
)

// WriteCSV writes t as comma-separated values (RFC 4180, but lines end in \n):
// a line of column names, then the rows. UTF-8, no byte-order mark, missing
// values empty. A text is written as it is, also one that a spreadsheet would
// take for a formula.
func WriteCSV(w io.Writer, t Table) error {
	c := csv.NewWriter(w)
	record := make([]string, len(t.Columns))
	for i, col := range t.Columns {
		record[i] = col.Name
	}
	if err := c.Write(record); err != nil {
		return err
	}
	for row := range t.Rows {
		for i, cell := range row {
			record[i] = cell.Format(t.Columns[i].Type)
		}
		if err := c.Write(record); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}
