// Package columnar writes Apache Parquet files a column at a time.
//
// The columns of the library take values in boxes, which is most of the work of
// writing a million rows: three times as much as all of it for abnormal returns, a
// third more for CARs. And what writes any struct with any codec brings 2.4 MB of
// program with it. Pages, and the footer that describes them, are therefore made
// here, of the library's encodings and descriptions; its tests read them with the
// library.
package columnar

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"math"
	"math/bits"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/snappy"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding/plain"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// Kind is what a column holds.
type Kind int

// Kinds of columns.
const (
	Number  Kind = iota // DOUBLE
	Text                // BYTE_ARRAY of UTF-8, with a dictionary as long as it is worth it
	Integer             // INT64
	Boolean             // BOOLEAN
	Date                // INT32, days since 1970
)

// Column describes a column. One that is not required may be null.
type Column struct {
	Name     string
	Kind     Kind
	Required bool
}

// File is a file that is being written.
type File struct {
	w      io.Writer
	n      int64 // bytes written
	footer format.FileMetaData
}

const magic = "PAR1"

// Begin begins a file whose rows are called name.
func Begin(w io.Writer, name string, columns []Column) (*File, error) {
	f := &File{w: w, footer: format.FileMetaData{Version: 2, CreatedBy: parquet.DefaultWriterConfig().CreatedBy, KeyValueMetadata: thrift.Slice[format.KeyValue]{}}}
	root := format.SchemaElement{Name: name}
	root.NumChildren.Set(int32(len(columns)))
	f.footer.Schema = append(f.footer.Schema, root)
	for _, c := range columns {
		f.footer.Schema = append(f.footer.Schema, c.element())
		f.footer.ColumnOrders = append(f.footer.ColumnOrders, format.ColumnOrder{Value: new(format.TypeDefinedOrder)})
	}
	_, err := f.write([]byte(magic))
	return f, err
}

// element describes c in the schema.
func (c Column) element() format.SchemaElement {
	e := format.SchemaElement{Name: c.Name}
	e.Type.Set(c.physical())
	if c.Required {
		e.RepetitionType.Set(format.Required)
	} else {
		e.RepetitionType.Set(format.Optional)
	}
	switch c.Kind {
	case Text:
		e.ConvertedType.Set(deprecated.UTF8)
		e.LogicalType.Value = new(format.StringType)
	case Integer:
		e.TypeLength.Set(64)
		e.ConvertedType.Set(deprecated.Int64)
		e.LogicalType.Value = &format.IntType{BitWidth: 64, IsSigned: true}
	case Boolean:
		e.TypeLength.Set(1)
	case Date:
		e.TypeLength.Set(32)
		e.ConvertedType.Set(deprecated.Date)
		e.LogicalType.Value = new(format.DateType)
	default:
		e.TypeLength.Set(64)
	}
	return e
}

// physical is how the values of c are stored.
func (c Column) physical() format.Type {
	switch c.Kind {
	case Text:
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

func (f *File) write(p []byte) (int, error) {
	n, err := f.w.Write(p)
	f.n += int64(n)
	return n, err
}

// Write writes the rows of g as a row group.
func (f *File) Write(g *Group) error {
	if g.rows == 0 {
		return nil
	}
	group := format.RowGroup{NumRows: int64(g.rows), FileOffset: f.n, Ordinal: int16(min(len(f.footer.RowGroups), math.MaxInt16))}
	for _, c := range g.Columns {
		meta, err := c.writeTo(f, g.rows)
		if err != nil {
			return err
		}
		group.Columns = append(group.Columns, format.ColumnChunk{MetaData: meta})
		group.TotalByteSize += meta.TotalUncompressedSize
		group.TotalCompressedSize += meta.TotalCompressedSize
	}
	f.footer.RowGroups = append(f.footer.RowGroups, group)
	f.footer.NumRows += group.NumRows
	return nil
}

// Note puts an entry into the file's metadata.
func (f *File) Note(key, value string) {
	f.footer.KeyValueMetadata = append(f.footer.KeyValueMetadata, format.KeyValue{Key: key, Value: value})
}

// End writes the footer.
func (f *File) End() error {
	data, err := thrift.Marshal(new(thrift.CompactProtocol), &f.footer)
	if err != nil {
		return err
	}
	data = binary.LittleEndian.AppendUint32(data, uint32(len(data)))
	_, err = f.write(append(data, magic...))
	return err
}

// pageRows is how many rows a page has.
const pageRows = 1 << 13

// Group makes row groups, one after the other.
type Group struct {
	Columns []*Chunk
	Check   func() error // nil, or asked before pages are made: is the group still wanted?
	rows    int
}

// NewGroup returns an empty group of rows.
func NewGroup(columns []Column) *Group {
	g := new(Group)
	for _, c := range columns {
		x := &Chunk{Column: c, physical: c.physical(), levels: rle.Encoding{BitWidth: 1}}
		x.encoder = thrift.NewEncoder(new(thrift.CompactProtocol).NewWriter(&x.header))
		if c.Kind == Text {
			x.texts = make(map[string]int32)
		}
		g.Columns = append(g.Columns, x)
	}
	g.Reset()
	return g
}

// Reset empties the group.
func (g *Group) Reset() {
	g.rows = 0
	for _, c := range g.Columns {
		c.reset()
	}
}

// EndRow ends a row, to which each column has had a value or a null added.
func (g *Group) EndRow() error {
	if g.rows++; g.rows%pageRows == 0 {
		return g.flush(pageRows)
	}
	return nil
}

// End ends the group, before it is written.
func (g *Group) End() error { return g.flush(g.rows % pageRows) }

var values plain.Encoding

// extreme is a least or a greatest value.
type extreme struct {
	Text string
	Num  float64
}

// Chunk makes the pages of a column of a row group. Of each row it takes a value, by
// the method of its kind, or a null.
type Chunk struct {
	Column
	physical format.Type

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
	own      bool    // texts differ from row to row: they stand in the pages themselves
	flat     []byte  // those of the page
	low, top extreme // least and greatest value; NaN, and empty, where there is none

	pages   []byte // that are done
	literal bool   // they hardly shrink
	meta    format.ColumnMetaData
	levels  rle.Encoding
	raw     []byte
	packed  []byte
	header  bytes.Buffer
	encoder *thrift.Encoder
}

// flush ends the pages, which have n rows.
func (g *Group) flush(n int) error {
	if g.Check != nil {
		if err := g.Check(); err != nil {
			return err
		}
	}
	for _, c := range g.Columns {
		if err := c.flush(n); err != nil {
			return err
		}
	}
	return nil
}

func (c *Chunk) reset() {
	clear(c.texts)
	c.last, c.at, c.own = "", -1, false
	c.dict, c.pages, c.literal = c.dict[:0], c.pages[:0], false
	c.low, c.top = extreme{Num: math.NaN()}, extreme{Num: math.NaN()}
	c.meta = format.ColumnMetaData{Type: c.physical, Codec: format.Snappy, PathInSchema: thrift.Slice[string]{c.Name},
		Encoding: thrift.Slice[format.Encoding]{format.Plain, format.RLE}}
	if c.physical == format.ByteArray {
		c.meta.Encoding = append(c.meta.Encoding, format.RLEDictionary)
	}
}

// ones returns defined with a value in all of n rows that it does not reach.
func (c *Chunk) ones(n int) []byte {
	for len(c.defined) < n {
		c.defined = append(c.defined, 1)
	}
	return c.defined
}

// Null adds no value to column i.
func (g *Group) Null(i int) {
	c := g.Columns[i]
	c.defined = append(c.ones(g.rows%pageRows), 0)
}

// Number adds a value to a column of numbers.
func (c *Chunk) Number(v float64) { c.floats = append(c.floats, v) }

// Whole adds a value to a column of whole numbers, dates or truths.
func (c *Chunk) Whole(v int64) {
	switch c.physical {
	case format.Int64:
		c.longs = append(c.longs, v)
	case format.Int32:
		c.days = append(c.days, int32(v))
	default:
		if c.bits%8 == 0 {
			c.truths = append(c.truths, 0)
		}
		if v != 0 {
			c.truths[c.bits/8] |= 1 << (c.bits % 8)
		}
		c.bits++
		c.span(float64(v))
	}
}

// span widens the range of values to v.
func (c *Chunk) span(v float64) {
	if !(c.low.Num <= v) {
		c.low.Num = v
	}
	if !(c.top.Num >= v) {
		c.top.Num = v
	}
}

// Text adds a value to a column of texts.
func (c *Chunk) Text(s string) {
	if c.own {
		c.flat = c.text(c.flat, s)
		return
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
}

// text appends s to b and widens the range of texts to it. None is empty.
func (c *Chunk) text(b []byte, s string) []byte {
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
func (c *Chunk) flush(n int) (err error) {
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
	if !c.Required {
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
		c.packed = appendIndices(c.packed[:0], c.indices)
		c.own = 2*len(c.texts) > len(c.indices) && len(c.indices) == pageRows
	case format.Int64:
		c.packed, err = values.EncodeInt64(c.packed[:0], c.longs)
		for _, v := range c.longs {
			c.span(float64(v))
		}
	case format.Boolean:
		c.packed, err = values.EncodeBoolean(c.packed[:0], c.truths)
	case format.Int32:
		c.packed, err = values.EncodeInt32(c.packed[:0], c.days)
		for _, v := range c.days {
			c.span(float64(v))
		}
	default:
		c.packed, err = values.EncodeDouble(c.packed[:0], c.floats)
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

// page compresses raw and completes its header h. A column without texts is taken as
// it is if its first page has values and hardly shrinks: few measured numbers do. It
// still says that it is Snappy's, as parquet-go takes the codec of a column's first
// chunk for that of all.
func (c *Chunk) page(h format.PageHeader) (head, body []byte, err error) {
	if !c.literal {
		if c.packed, err = new(snappy.Codec).Encode(c.packed[:0], c.raw); err != nil {
			return nil, nil, err
		}
		c.literal = c.physical != format.ByteArray && len(c.pages) == 0 && len(c.raw) > pageRows && 10*len(c.packed) > 9*len(c.raw)
	}
	if c.literal {
		c.packed = literal(c.packed[:0], c.raw)
	}
	body = c.packed
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

// literal appends raw, which is not empty, to b in Snappy's format as one literal: its
// length, the tag of a literal with a length of four bytes, that less one.
func literal(b, raw []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(raw)))
	b = binary.LittleEndian.AppendUint32(append(b, 63<<2), uint32(len(raw)-1))
	return append(b, raw...)
}

// writeTo writes the dictionary and the pages, and returns their description.
func (c *Chunk) writeTo(f *File, rows int) (format.ColumnMetaData, error) {
	if c.physical == format.ByteArray {
		c.meta.DictionaryPageOffset = f.n
		c.raw = append(c.raw[:0], c.dict...)
		h := format.PageHeader{Type: format.DictionaryPage}
		h.DictionaryPageHeader = thrift.Null[format.DictionaryPageHeader]{Valid: true, V: format.DictionaryPageHeader{NumValues: int32(len(c.texts)), Encoding: format.Plain}}
		head, body, err := c.page(h)
		for _, part := range [][]byte{head, body} {
			if err == nil {
				_, err = f.write(part)
			}
		}
		if err != nil {
			return c.meta, err
		}
	}
	c.meta.DataPageOffset = f.n
	if c.meta.Statistics.NullCount < int64(rows) {
		c.meta.Statistics.MinValue, c.meta.Statistics.MaxValue = c.plain(c.low, -1), c.plain(c.top, 1)
	}
	_, err := f.write(c.pages)
	return c.meta, err
}

// plain is a value as statistics have it. Zero has the sign that makes the range
// hold both zeros.
func (c *Chunk) plain(v extreme, sign float64) []byte {
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

// appendIndices appends places in a dictionary to b: a byte that says how many bits each
// takes, then runs of equal ones and, eight by eight, the bits of others (Parquet's hybrid
// of run lengths and packed bits). The library's own choice of runs depends on what the
// processor can do, and so would the bytes of a file.
func appendIndices(b []byte, places []int32) []byte {
	most := int32(0)
	for _, v := range places {
		most = max(most, v)
	}
	width := bits.Len32(uint32(most))
	b = append(b, byte(width))
	for at := 0; at < len(places); {
		if n := equalFrom(places[at:]); n >= 8 {
			b = binary.AppendUvarint(b, uint64(n)<<1)
			for k := 0; k < width; k += 8 {
				b = append(b, byte(places[at]>>k))
			}
			at += n
			continue
		}
		end := at + 8
		for end < len(places) && equalFrom(places[end:]) < 8 {
			end += 8
		}
		packed := places[at:min(end, len(places))]
		b = binary.AppendUvarint(b, uint64((len(packed)+7)/8)<<1|1)
		held, n := uint64(0), 0 // bits that are not written yet
		for _, v := range packed {
			held |= uint64(v) << n
			for n += width; n >= 8; n -= 8 {
				b = append(b, byte(held))
				held >>= 8
			}
		}
		for left := (len(packed)+7)/8*8 - len(packed); left > 0; left-- {
			for n += width; n >= 8; n -= 8 {
				b = append(b, byte(held))
				held >>= 8
			}
		}
		at += len(packed)
	}
	return b
}

// equalFrom is how many places at the start are the same.
func equalFrom(places []int32) int {
	n := 1
	for n < len(places) && places[n] == places[0] {
		n++
	}
	return n
}
