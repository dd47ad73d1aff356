package report

import (
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/parquet-go/parquet-go"
)

// writeParquet writes t as Apache Parquet: texts as UTF8, whole numbers as
// INT64, others as DOUBLE, dates as DATE. A missing value is null, in any
// column but those of the key.
func writeParquet(w io.Writer, t Table) error {
	p := parquet.NewWriter(w, parquetSchema(t), parquet.Compression(&parquet.Snappy))
	const batch = 1024
	rows := make([]parquet.Row, 0, batch)
	write := func() error {
		if _, err := w.Write(nil); err != nil { // rows wait in memory: is there still a reader?
			return err
		}
		_, err := p.WriteRows(rows)
		rows = rows[:0]
		return err
	}
	for row := range t.Rows {
		values := make(parquet.Row, len(row))
		for i, cell := range row {
			values[i] = parquetValue(cell, t.Columns[i].Type)
			level := 1
			if isKey(t, t.Columns[i]) {
				level = 0
				if values[i].IsNull() {
					return fmt.Errorf("%s: a row has no %s", t.Name, t.Columns[i].Name)
				}
			} else if values[i].IsNull() {
				level = 0
			}
			values[i] = values[i].Level(0, level, i)
		}
		if rows = append(rows, values); len(rows) == batch {
			if err := write(); err != nil {
				return err
			}
		}
	}
	if err := write(); err != nil {
		return err
	}
	return p.Close()
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

func parquetValue(c Cell, t Type) parquet.Value {
	switch {
	case c.Empty(t):
		return parquet.NullValue()
	case t == String:
		return parquet.ByteArrayValue([]byte(strings.ToValidUTF8(c.Text, "\uFFFD")))
	case t == Integer:
		return parquet.Int64Value(int64(c.Num))
	case t == Boolean:
		return parquet.BooleanValue(c.Num != 0)
	case t == Date:
		return parquet.Int32Value(int32(c.Num))
	}
	return parquet.DoubleValue(c.Num)
}
