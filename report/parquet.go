package report

import (
	"fmt"
	"io"
	"iter"
	"reflect"
	"slices"
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
	cells   []Cell // of the next rows, one row after the other
	columns []parquetColumn
	values  []parquet.Value
	check   func() error // of a row group of unknown length: is it still wanted?
}

// parquetColumn makes the values of a column.
type parquetColumn struct {
	Column
	index, defined int
	null           parquet.Value
	text           string        // of value
	value          parquet.Value // the last text: most are those of the row before
}

// rowBatch is how many rows are handed to the columns at a time.
const rowBatch = 64

func newRowGroup(p *parquet.Writer, t Table) *rowGroup {
	g := &rowGroup{table: t, out: p.BeginRowGroup(), columns: make([]parquetColumn, len(t.Columns)),
		cells: make([]Cell, 0, rowBatch*len(t.Columns)), values: make([]parquet.Value, rowBatch)}
	for i, c := range t.Columns {
		g.columns[i] = parquetColumn{Column: c, index: i, null: parquet.NullValue().Level(0, 0, i)}
		if !isKey(t, c) {
			g.columns[i].defined = 1
		}
	}
	return g
}

// fill encodes rows.
func (g *rowGroup) fill(rows iter.Seq[[]Cell]) error {
	for row := range rows {
		if g.cells = append(g.cells, row...); len(g.cells) == cap(g.cells) {
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

// flush hands the rows to the columns.
func (g *rowGroup) flush() error {
	if g.check != nil {
		if err := g.check(); err != nil {
			return err
		}
	}
	if len(g.cells) == 0 {
		return nil
	}
	columns := g.out.ColumnWriters()
	values := g.values[:len(g.cells)/len(columns)]
	for i := range g.columns {
		c := &g.columns[i]
		c.read(values, g.cells[i:], len(columns))
		if c.defined == 0 && slices.ContainsFunc(values, parquet.Value.IsNull) {
			return fmt.Errorf("%s: a row has no %s", g.table.Name, c.Name)
		}
		if _, err := columns[i].WriteRowValues(values); err != nil {
			return err
		}
	}
	g.cells = g.cells[:0]
	return nil
}

// commit writes what fill encoded.
func (g *rowGroup) commit() error {
	_, err := g.out.Commit()
	return err
}

// read makes values of every stride-th cell.
func (c *parquetColumn) read(values []parquet.Value, cells []Cell, stride int) {
	k := 0
	if c.Type == String {
		for j := range values {
			values[j] = c.ofText(cells[k].Text)
			k += stride
		}
		return
	}
	for j := range values {
		v := cells[k].Num
		k += stride
		if v != v {
			values[j] = c.null
			continue
		}
		switch c.Type {
		case Integer:
			values[j] = parquet.Int64Value(int64(v)).Level(0, c.defined, c.index)
		case Boolean:
			values[j] = parquet.BooleanValue(v != 0).Level(0, c.defined, c.index)
		case Date:
			values[j] = parquet.Int32Value(int32(v)).Level(0, c.defined, c.index)
		default:
			values[j] = parquet.DoubleValue(v).Level(0, c.defined, c.index)
		}
	}
}

func (c *parquetColumn) ofText(text string) parquet.Value {
	if text == "" {
		return c.null
	}
	if text != c.text {
		c.text = text
		c.value = parquet.ByteArrayValue([]byte(strings.ToValidUTF8(text, "\uFFFD"))).Level(0, c.defined, c.index)
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
