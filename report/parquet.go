package report

import (
	"fmt"
	"io"
	"iter"

	"aftershock/internal/columnar"
)

// writeParquet writes t as Apache Parquet: texts as UTF8, whole numbers as
// INT64, others as DOUBLE, dates as DATE. A missing value is null, in any
// column but those of the key. A block of rows is a row group.
func writeParquet(w io.Writer, t Table) error {
	columns := make([]columnar.Column, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = columnar.Column{Name: c.Name, Kind: kindOf(c.Type), Required: isKey(t, c)}
	}
	out, err := columnar.Begin(w, t.Name, columns)
	if err != nil {
		return err
	}
	check := func() error {
		_, err := w.Write(nil) // rows wait in memory: is there still a reader?
		return err
	}
	err = inOrder(t.inBlocks(), check, func() (func(iter.Seq[[]Cell]) error, func() error) {
		g := columnar.NewGroup(columns)
		if t.blocks == nil {
			g.Check = check
		}
		return func(rows iter.Seq[[]Cell]) error { return fillGroup(g, t.Name, rows) }, func() error { return out.Write(g) }
	})
	if err != nil {
		return err
	}
	return out.End()
}

// fillGroup makes a row group of the rows of the table called name.
func fillGroup(g *columnar.Group, name string, rows iter.Seq[[]Cell]) error {
	g.Reset()
	for row := range rows {
		for i, c := range g.Columns {
			switch v := row[i].Num; {
			case c.Kind == columnar.Number && v == v: // most are
				c.Number(v)
			case c.Kind == columnar.Text && row[i].Text != "":
				c.Text(row[i].Text)
			case c.Kind != columnar.Number && c.Kind != columnar.Text && v == v:
				c.Whole(int64(v))
			case c.Required:
				return fmt.Errorf("%s: a row has no %s", name, c.Name)
			default:
				g.Null(i)
			}
		}
		if err := g.EndRow(); err != nil {
			return err
		}
	}
	return g.End()
}

func kindOf(t Type) columnar.Kind {
	switch t {
	case String:
		return columnar.Text
	case Integer:
		return columnar.Integer
	case Boolean:
		return columnar.Boolean
	case Date:
		return columnar.Date
	}
	return columnar.Number
}
