package report

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"iter"
	"math"
	"reflect"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// writeParquet writes t as Apache Parquet: texts as UTF8, whole numbers as
// INT64, others as DOUBLE, dates as DATE. A missing value is null, in any
// column but those of the key. A block of rows is a row group.
//
// The columns of the library take values in boxes, which is most of the work of
// writing a million rows: three times as much as all of it for abnormal returns, a
// third more for CARs. Pages are therefore made here, of its encodings; what
// describes them, the footer, is that of the file without rows that it writes.
// TestParquet reads them with the library.
func writeParquet(w io.Writer, t Table) error {
	footer, err := parquetFooter(t)
	if err != nil {
		return err
	}
	out := &counted{w: w}
	if _, err := io.WriteString(out, parquetMagic); err != nil {
		return err
	}
	check := func() error {
		_, err := w.Write(nil) // rows wait in memory: is there still a reader?
		return err
	}
	err = inOrder(t.inBlocks(), check, func() (func(iter.Seq[[]Cell]) error, func() error) {
		g := newRowGroup(t)
		if t.blocks == nil {
			g.check = check
		}
		return g.fill, func() error { return g.writeTo(out, footer) }
	})
	if err != nil {
		return err
	}
	data, err := thrift.Marshal(new(thrift.CompactProtocol), footer)
	if err != nil {
		return err
	}
	data = binary.LittleEndian.AppendUint32(data, uint32(len(data)))
	_, err = out.Write(append(data, parquetMagic...))
	return err
}

const parquetMagic = "PAR1"

// parquetFooter returns what describes a file of t without rows.
func parquetFooter(t Table) (*format.FileMetaData, error) {
	var empty bytes.Buffer
	if err := parquet.NewWriter(&empty, parquetSchema(t)).Close(); err != nil {
		return nil, err
	}
	f, err := parquet.OpenFile(bytes.NewReader(empty.Bytes()), int64(empty.Len()))
	if err != nil {
		return nil, err
	}
	return f.Metadata(), nil
}

// counted counts the bytes written to w.
type counted struct {
	w io.Writer
	n int64
}

// Write implements io.Writer.
func (c *counted) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// pageRows is how many rows a page has.
const pageRows = 1 << 13

// rowGroup makes row groups, one after the other.
type rowGroup struct {
	table   Table
	rows    int
	columns []*columnChunk
	check   func() error // of a row group of unknown length: is it still wanted?
}

// columnChunk makes the pages of a column of a row group.
type columnChunk struct {
	Column
	physical format.Type
	required bool

	// The page that is filled.
	defined []byte // by row: 1 where there is a value; shorter where there is one to the end
	floats  []float64
	longs   []int64
	days    []int32
	truths  []byte // eight a byte
	bits    int    // in truths
	indices []int32

	texts    map[string]int32 // index in the dictionary
	last     string           // text, of index at: most are those of the row before
	at       int32
	dict     []byte
	own      bool   // texts differ from row to row: they stand in the pages themselves
	flat     []byte // those of the page
	low, top Cell   // least and greatest value; NaN, and empty, where there is none

	pages   []byte // that are done
	meta    format.ColumnMetaData
	levels  rle.Encoding
	indexes rle.DictionaryEncoding
	raw     []byte
	packed  []byte
	header  bytes.Buffer
	encoder *thrift.Encoder
}

func newRowGroup(t Table) *rowGroup {
	g := &rowGroup{table: t}
	for _, c := range t.Columns {
		x := &columnChunk{Column: c, physical: physicalType(c.Type), required: isKey(t, c), levels: rle.Encoding{BitWidth: 1}}
		x.encoder = thrift.NewEncoder(new(thrift.CompactProtocol).NewWriter(&x.header))
		if c.Type == String {
			x.texts = make(map[string]int32)
		}
		g.columns = append(g.columns, x)
	}
	return g
}

// fill encodes rows.
func (g *rowGroup) fill(rows iter.Seq[[]Cell]) error {
	g.rows = 0
	for _, c := range g.columns {
		c.reset()
	}
	for row := range rows {
		for i, c := range g.columns {
			if v := row[i].Num; c.physical == format.Double && v == v { // most are
				c.floats = append(c.floats, v)
				continue
			}
			if c.add(&row[i]) {
				continue
			}
			if c.required {
				return fmt.Errorf("%s: a row has no %s", g.table.Name, c.Name)
			}
			c.defined = append(c.ones(g.rows%pageRows), 0)
		}
		if g.rows++; g.rows%pageRows == 0 {
			if err := g.flush(pageRows); err != nil {
				return err
			}
		}
	}
	return g.flush(g.rows % pageRows)
}

// flush ends the pages, which have n rows.
func (g *rowGroup) flush(n int) error {
	if g.check != nil {
		if err := g.check(); err != nil {
			return err
		}
	}
	for _, c := range g.columns {
		if err := c.flush(n); err != nil {
			return err
		}
	}
	return nil
}

// writeTo writes the row group and records it in footer.
func (g *rowGroup) writeTo(w *counted, footer *format.FileMetaData) error {
	if g.rows == 0 {
		return nil
	}
	group := format.RowGroup{NumRows: int64(g.rows), FileOffset: w.n, Ordinal: int16(min(len(footer.RowGroups), math.MaxInt16))}
	for _, c := range g.columns {
		meta, err := c.writeTo(w, g.rows)
		if err != nil {
			return err
		}
		group.Columns = append(group.Columns, format.ColumnChunk{MetaData: meta})
		group.TotalByteSize += meta.TotalUncompressedSize
		group.TotalCompressedSize += meta.TotalCompressedSize
	}
	footer.RowGroups = append(footer.RowGroups, group)
	footer.NumRows += group.NumRows
	return nil
}

// physicalType is how values of a type are stored.
func physicalType(t Type) format.Type {
	switch t {
	case String:
		return format.ByteArray
	case Integer:
		return format.Int64
	case Boolean:
		return format.Boolean
	case Date:
		return format.Int32
	}
	return format.Double
}

func (c *columnChunk) reset() {
	clear(c.texts)
	c.last, c.at, c.own = "", -1, false
	c.dict, c.pages = c.dict[:0], c.pages[:0]
	c.low, c.top = Cell{Num: math.NaN()}, Cell{Num: math.NaN()}
	c.meta = format.ColumnMetaData{Type: c.physical, Codec: format.Snappy, PathInSchema: thrift.Slice[string]{c.Name},
		Encoding: thrift.Slice[format.Encoding]{format.Plain, format.RLE}}
	if c.physical == format.ByteArray {
		c.meta.Encoding = append(c.meta.Encoding, format.RLEDictionary)
	}
}

// ones returns defined with a value in all of n rows that it does not reach.
func (c *columnChunk) ones(n int) []byte {
	for len(c.defined) < n {
		c.defined = append(c.defined, 1)
	}
	return c.defined
}

// add adds a value, and reports whether it is one.
func (c *columnChunk) add(cell *Cell) bool {
	v := cell.Num
	switch c.physical {
	case format.ByteArray:
		return c.addText(cell.Text)
	case format.Double:
		return false // fill takes the others
	case format.Int64:
		if v != v {
			return false
		}
		c.longs = append(c.longs, int64(v))
	case format.Int32:
		if v != v {
			return false
		}
		c.days = append(c.days, int32(v))
	default:
		if v != v {
			return false
		}
		if c.bits%8 == 0 {
			c.truths = append(c.truths, 0)
		}
		if v != 0 {
			c.truths[c.bits/8] |= 1 << (c.bits % 8)
		}
		c.bits++
		c.span(v)
	}
	return true
}

// span widens the range of values to v.
func (c *columnChunk) span(v float64) {
	if !(c.low.Num <= v) {
		c.low.Num = v
	}
	if !(c.top.Num >= v) {
		c.top.Num = v
	}
}

func (c *columnChunk) addText(s string) bool {
	if s == "" {
		return false
	}
	if c.own {
		c.flat = c.text(c.flat, s)
		return true
	}
	if s != c.last || c.at < 0 {
		at, ok := c.texts[s]
		if !ok {
			at = int32(len(c.texts))
			c.texts[s] = at
			c.dict = c.text(c.dict, s)
		}
		c.last, c.at = s, at
	}
	c.indices = append(c.indices, c.at)
	return true
}

// text appends s to b and widens the range of texts to it. None is empty.
func (c *columnChunk) text(b []byte, s string) []byte {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if c.low.Text == "" || s < c.low.Text {
		c.low.Text = s
	}
	if s > c.top.Text {
		c.top.Text = s
	}
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(s))), s...)
}

// flush ends a page, which has n rows.
func (c *columnChunk) flush(n int) (err error) {
	if n == 0 {
		return nil
	}
	nulls := 0
	for _, d := range c.defined {
		nulls += 1 - int(d)
	}
	c.meta.NumValues += int64(n)
	c.meta.Statistics.NullCount += int64(nulls)
	c.raw = c.raw[:0]
	if !c.required {
		c.raw = append(c.raw, 0, 0, 0, 0)
		switch nulls {
		case 0, n: // one run
			level := byte(1)
			if nulls > 0 {
				level = 0
			}
			c.raw = append(binary.AppendUvarint(c.raw, uint64(n)<<1), level)
		default:
			if c.packed, err = c.levels.EncodeLevels(c.packed[:0], c.ones(n)); err != nil {
				return err
			}
			c.raw = append(c.raw, c.packed...)
		}
		binary.LittleEndian.PutUint32(c.raw, uint32(len(c.raw)-4))
	}
	encoding := format.Plain
	switch c.physical {
	case format.ByteArray:
		if c.own {
			c.packed = append(c.packed[:0], c.flat...)
			break
		}
		encoding = format.RLEDictionary
		c.packed, err = c.indexes.EncodeInt32(c.packed[:0], c.indices)
		c.own = 2*len(c.texts) > len(c.indices) && len(c.indices) == pageRows
	case format.Int64:
		c.packed, err = parquet.Plain.EncodeInt64(c.packed[:0], c.longs)
		for _, v := range c.longs {
			c.span(float64(v))
		}
	case format.Boolean:
		c.packed, err = parquet.Plain.EncodeBoolean(c.packed[:0], c.truths)
	case format.Int32:
		c.packed, err = parquet.Plain.EncodeInt32(c.packed[:0], c.days)
		for _, v := range c.days {
			c.span(float64(v))
		}
	default:
		c.packed, err = parquet.Plain.EncodeDouble(c.packed[:0], c.floats)
		for _, v := range c.floats {
			c.span(v)
		}
	}
	if err != nil {
		return err
	}
	c.raw = append(c.raw, c.packed...)
	c.defined, c.floats, c.longs, c.days, c.truths, c.indices, c.flat = c.defined[:0], c.floats[:0], c.longs[:0], c.days[:0], c.truths[:0], c.indices[:0], c.flat[:0]
	c.bits = 0
	h := format.PageHeader{Type: format.DataPage}
	h.DataPageHeader = thrift.Null[format.DataPageHeader]{Valid: true, V: format.DataPageHeader{
		NumValues: int32(n), Encoding: encoding, DefinitionLevelEncoding: format.RLE, RepetitionLevelEncoding: format.RLE}}
	head, body, err := c.page(h)
	c.pages = append(append(c.pages, head...), body...)
	return err
}

// page compresses raw and completes its header h. A column without texts stays as
// it is if its first page has values and hardly shrinks: few measured numbers do.
func (c *columnChunk) page(h format.PageHeader) (head, body []byte, err error) {
	if c.meta.Codec == format.Snappy {
		if c.packed, err = parquet.Snappy.Encode(c.packed[:0], c.raw); err != nil {
			return nil, nil, err
		}
		if c.physical != format.ByteArray && len(c.pages) == 0 && len(c.raw) > pageRows && 10*len(c.packed) > 9*len(c.raw) {
			c.meta.Codec = format.Uncompressed
		}
	}
	body = c.packed
	if c.meta.Codec == format.Uncompressed {
		body = c.raw
	}
	h.UncompressedPageSize, h.CompressedPageSize = int32(len(c.raw)), int32(len(body))
	h.CRC = int32(crc32.ChecksumIEEE(body))
	c.header.Reset()
	if err := c.encoder.Encode(&h); err != nil {
		return nil, nil, err
	}
	c.meta.TotalUncompressedSize += int64(c.header.Len() + len(c.raw))
	c.meta.TotalCompressedSize += int64(c.header.Len() + len(body))
	return c.header.Bytes(), body, nil
}

// writeTo writes the dictionary and the pages, and returns their description.
func (c *columnChunk) writeTo(w *counted, rows int) (format.ColumnMetaData, error) {
	if c.physical == format.ByteArray {
		c.meta.DictionaryPageOffset = w.n
		c.raw = append(c.raw[:0], c.dict...)
		h := format.PageHeader{Type: format.DictionaryPage}
		h.DictionaryPageHeader = thrift.Null[format.DictionaryPageHeader]{Valid: true, V: format.DictionaryPageHeader{NumValues: int32(len(c.texts)), Encoding: format.Plain}}
		head, body, err := c.page(h)
		for _, part := range [][]byte{head, body} {
			if err == nil {
				_, err = w.Write(part)
			}
		}
		if err != nil {
			return c.meta, err
		}
	}
	c.meta.DataPageOffset = w.n
	if c.meta.Statistics.NullCount < int64(rows) {
		c.meta.Statistics.MinValue, c.meta.Statistics.MaxValue = c.plain(c.low, -1), c.plain(c.top, 1)
	}
	_, err := w.Write(c.pages)
	return c.meta, err
}

// plain is a value as statistics have it. Zero has the sign that makes the range
// hold both zeros.
func (c *columnChunk) plain(v Cell, sign float64) []byte {
	switch c.physical {
	case format.ByteArray:
		return []byte(v.Text)
	case format.Int64:
		return binary.LittleEndian.AppendUint64(nil, uint64(int64(v.Num)))
	case format.Boolean:
		return []byte{byte(v.Num)}
	case format.Int32:
		return binary.LittleEndian.AppendUint32(nil, uint32(int32(v.Num)))
	}
	if v.Num == 0 {
		v.Num = math.Copysign(0, sign)
	}
	return binary.LittleEndian.AppendUint64(nil, math.Float64bits(v.Num))
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
