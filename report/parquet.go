package report

import (
	"fmt"
	"io"
	"iter"
	"reflect"
	"strings"

	"github.com/parquet-go/parquet-go"
)

// writeParquet writes t as Apache Parquet: texts as UTF8, whole numbers as
// INT64, others as DOUBLE, dates as DATE. A missing value is null, in any
// column but those of the key. A block of rows is a row group.
func writeParquet(w io.Writer, t Table) error {
	p := parquet.NewWriter(w, parquetSchema(t), parquet.Compression(&parquet.Snappy))
	check := func() error {
		_, err := w.Write(nil) // rows wait in memory: is there still a reader?
		return err
	}
	err := inOrder(t.inBlocks(), check, func() (func(iter.Seq[[]Cell]) error, func() error) {
		g := newRowGroup(p, t)
		if t.blocks == nil {
			g.check = check
		}
		return g.fill, g.commit
	})
	if err != nil {
		return err
	}
	return p.Close()
}

// rowGroup writes row groups, one after the other.
type rowGroup struct {
	table   Table
	out     *parquet.ConcurrentRowGroupWriter
	columns []parquetColumn
	check   func() error // of a row group of unknown length: is it still wanted?
}

// parquetColumn holds the next values of a column.
type parquetColumn struct {
	Column
	required bool
	values   []parquet.Value
	text     string        // of value
	value    parquet.Value // the last that was no number: most are those of the row before
}

// rowBatch is how many values are handed to a column at a time.
const rowBatch = 512

func newRowGroup(p *parquet.Writer, t Table) *rowGroup {
	g := &rowGroup{table: t, out: p.BeginRowGroup(), columns: make([]parquetColumn, len(t.Columns))}
	for i, c := range t.Columns {
		g.columns[i] = parquetColumn{Column: c, required: isKey(t, c), values: make([]parquet.Value, 0, rowBatch)}
	}
	return g
}

// fill encodes rows.
func (g *rowGroup) fill(rows iter.Seq[[]Cell]) (err error) {
	n := 0
	for row := range rows {
		for i := range g.columns {
			c := &g.columns[i]
			if c.required && row[i].Empty(c.Type) {
				return fmt.Errorf("%s: a row has no %s", g.table.Name, c.Name)
			}
			c.values = append(c.values, c.of(row[i], i))
		}
		if n++; n%rowBatch == 0 {
			if err := g.flush(); err != nil {
				return err
			}
		}
	}
	if err := g.flush(); err != nil {
		return err
	}
	return g.out.Flush()
}

func (g *rowGroup) flush() error {
	if g.check != nil {
		if err := g.check(); err != nil {
			return err
		}
	}
	columns := g.out.ColumnWriters()
	for i := range g.columns {
		c := &g.columns[i]
		if _, err := columns[i].WriteRowValues(c.values); err != nil {
			return err
		}
		c.values = c.values[:0]
	}
	return nil
}

// commit writes what fill encoded.
func (g *rowGroup) commit() error {
	_, err := g.out.Commit()
	return err
}

// of returns a cell as a value of the column, which is column i of the file.
func (c *parquetColumn) of(cell Cell, i int) parquet.Value {
	defined := 1
	if c.required {
		defined = 0
	}
	switch {
	case cell.Empty(c.Type):
		return parquet.NullValue().Level(0, 0, i)
	case c.Type == Number:
		return parquet.DoubleValue(cell.Num).Level(0, defined, i)
	case c.Type == Integer:
		return parquet.Int64Value(int64(cell.Num)).Level(0, defined, i)
	case c.Type == Boolean:
		return parquet.BooleanValue(cell.Num != 0).Level(0, defined, i)
	case c.Type == Date:
		return parquet.Int32Value(int32(cell.Num)).Level(0, defined, i)
	}
	if cell.Text != c.text || c.value.IsNull() {
		c.text = cell.Text
		c.value = parquet.ByteArrayValue([]byte(strings.ToValidUTF8(c.text, "\uFFFD"))).Level(0, defined, i)
	}
	return c.value
}

// parquetSchema makes the schema from a struct type: the groups of the library
// know no order of columns but that of the alphabet.
func parquetSchema(t Table) *parquet.Schema {
	fields := make([]reflect.StructField, len(t.Columns))
	for i, c := range t.Columns {
		tag := c.Name
		if !isKey(t, c) {
			tag += ",optional"
		}
		var typ reflect.Type
		switch c.Type {
		case String:
			typ, tag = reflect.TypeFor[string](), tag+",dict"
		case Integer:
			typ = reflect.TypeFor[int64]()
		case Boolean:
			typ = reflect.TypeFor[bool]()
		case Date:
			typ, tag = reflect.TypeFor[int32](), tag+",date"
		default:
			typ = reflect.TypeFor[float64]()
		}
		fields[i] = reflect.StructField{Name: fmt.Sprintf("Column%d", i), Type: typ, Tag: reflect.StructTag(`parquet:"` + tag + `"`)}
	}
	return parquet.NewSchema(t.Name, parquet.SchemaOf(reflect.New(reflect.StructOf(fields)).Interface()))
}
