package parquetfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"aftershock/market"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"
	"github.com/parquet-go/parquet-go/format"
)

// Recover turns a panic into an error when it is deferred: parquet-go panics on
// some files that are damaged.
func Recover(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("it cannot be decoded: %v", r)
	}
}

// Open opens a file of size bytes without its indexes. The library makes room for
// as long a footer as the file claims to have, up to 4 GiB, and for pages as long as
// they claim to be: what is longer than the file, and what unpacks to more than pages
// are, is refused before.
func Open(r io.ReaderAt, size int64, more ...parquet.FileOption) (*parquet.File, error) {
	const tail = 8 // the length of the footer, and PAR1
	var end [tail]byte
	if size >= tail {
		if _, err := r.ReadAt(end[:], size-tail); err != nil && err != io.EOF {
			return nil, err
		}
		if n := int64(binary.LittleEndian.Uint32(end[:])); n > size-tail {
			return nil, fmt.Errorf("its footer is said to have %d bytes, the file has %d", n, size)
		}
	}
	f, err := parquet.OpenFile(r, size, append([]parquet.FileOption{parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true)}, more...)...)
	if err != nil {
		return nil, err
	}
	return f, checkPages(f)
}

// ReadColumn calls read for the part of the column called name in each row
// group, with the range of rows that it holds.
func ReadColumn(f *parquet.File, name string, read func(c parquet.ColumnChunk, at, end int) error) error {
	leaf, ok := f.Schema().Lookup(name)
	if !ok {
		return fmt.Errorf("no column %s", name)
	}
	at := 0
	for _, g := range f.RowGroups() {
		end := at + int(g.NumRows())
		if err := read(g.ColumnChunks()[leaf.ColumnIndex], at, end); err != nil {
			return fmt.Errorf("column %s: %w", name, err)
		}
		at = end
	}
	return nil
}

// readPages calls read for each page of a column, with the part of dst that
// its rows belong to. It fails unless the pages have exactly len(dst) rows.
func readPages[T any](c parquet.ColumnChunk, dst []T, read func(parquet.Page, []T) error) error {
	pages := c.Pages()
	defer pages.Close()
	for {
		p, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		n := int(p.NumRows())
		if n > len(dst) || int64(n) != p.NumValues() {
			return errors.New("it has more values than rows")
		}
		err = read(p, dst[:n])
		parquet.Release(p)
		if err != nil {
			return err
		}
		dst = dst[n:]
	}
	if len(dst) > 0 {
		return fmt.Errorf("it lacks %d rows", len(dst))
	}
	return nil
}

// ReadFloats reads a column of numbers; null is NaN.
func ReadFloats(c parquet.ColumnChunk, dst []float64) error {
	if _, ok := logical(c.Type()).(*format.DecimalType); ok {
		return errors.New("it holds decimals; write it as DOUBLE")
	}
	return readPages(c, dst, func(p parquet.Page, dst []float64) error {
		v, index := pageValues(p)
		levels, null := p.DefinitionLevels(), math.NaN()
		switch c.Type().Kind() {
		case parquet.Double:
			scatter(dst, v.Double(), index, levels, null, func(x float64) float64 { return x })
		case parquet.Float:
			scatter(dst, v.Float(), index, levels, null, func(x float32) float64 { return float64(x) })
		case parquet.Int32:
			scatter(dst, v.Int32(), index, levels, null, func(x int32) float64 { return float64(x) })
		case parquet.Int64:
			scatter(dst, v.Int64(), index, levels, null, func(x int64) float64 { return float64(x) })
		default:
			return fmt.Errorf("it is of type %s, not of numbers", c.Type())
		}
		return nil
	})
}

// ReadTexts reads a column of any type as it stands in a CSV file: numbers by their
// shortest digits, days as 2006-01-02, null as an empty text.
func ReadTexts(c parquet.ColumnChunk, dst []string) error {
	_, days := logical(c.Type()).(*format.DateType)
	return readPages(c, dst, func(p parquet.Page, dst []string) error {
		values, buf := p.Values(), make([]parquet.Value, 1<<10)
		for len(dst) > 0 {
			n, err := values.ReadValues(buf[:min(len(buf), len(dst))])
			for i, v := range buf[:n] {
				switch {
				case v.IsNull():
					dst[i] = ""
				case days && v.Kind() == parquet.Int32:
					dst[i] = market.Date(v.Int32()).String()
				case v.Kind() == parquet.Double:
					dst[i] = strconv.FormatFloat(v.Double(), 'g', -1, 64)
				case v.Kind() == parquet.Float:
					dst[i] = strconv.FormatFloat(float64(v.Float()), 'g', -1, 32)
				default:
					dst[i] = v.String()
				}
			}
			if dst = dst[n:]; err != nil && !(errors.Is(err, io.EOF) && len(dst) == 0) {
				return err
			}
			if n == 0 && len(dst) > 0 {
				return errors.New("it has fewer values than rows")
			}
		}
		return nil
	})
}

// ReadDates reads a column of days: DATE, TIMESTAMP (its day in UTC), a whole
// number of the form 20060102, or text of the form 2006-01-02. Null, and a
// number that is no date, is market.NoDate.
func ReadDates(c parquet.ColumnChunk, dst []market.Date) error {
	const null = market.NoDate
	t := c.Type()
	number := dayOfNumber
	switch l := logical(t).(type) {
	case *format.DateType:
		number = func(x int64) market.Date { return market.Date(x) }
	case *format.TimestampType:
		day := int64(24 * time.Hour / l.Unit.Value.Duration())
		number = func(x int64) market.Date { return market.Date((x - (x%day+day)%day) / day) }
	}
	return readPages(c, dst, func(p parquet.Page, dst []market.Date) error {
		v, index := pageValues(p)
		levels := p.DefinitionLevels()
		switch t.Kind() {
		case parquet.Int32:
			scatter(dst, v.Int32(), index, levels, null, func(x int32) market.Date { return number(int64(x)) })
		case parquet.Int64:
			scatter(dst, v.Int64(), index, levels, null, number)
		case parquet.ByteArray:
			text, offsets := v.ByteArray()
			days := make([]market.Date, max(len(offsets)-1, 0))
			for i := range days {
				var err error
				if days[i], err = market.ParseDate(string(text[offsets[i]:offsets[i+1]])); err != nil {
					return err
				}
			}
			scatter(dst, days, index, levels, null, func(d market.Date) market.Date { return d })
		default:
			return fmt.Errorf("it is of type %s, not of dates", t)
		}
		return nil
	})
}

func logical(t parquet.Type) format.LogicalTypeValue {
	if l := t.LogicalType(); l != nil {
		return l.Value
	}
	return nil
}

// dayOfNumber returns the day that x of the form 20060102 means.
func dayOfNumber(x int64) market.Date {
	y, m, d := int(x/10000), time.Month(x/100%100), int(x%100)
	if y < 1 || y > 9999 || m < 1 || m > 12 || d < 1 || d > 31 {
		return market.NoDate
	}
	return market.NewDate(y, m, d)
}

// pageValues returns the values of p that are not null, and for a page of
// indices into a dictionary the dictionary's values and the indices.
func pageValues(p parquet.Page) (v encoding.Values, index []int32) {
	if d := p.Dictionary(); d != nil {
		indices := p.Data()
		return d.Page().Data(), indices.Int32()
	}
	return p.Data(), nil
}

// scatter writes the values of one page to the rows of dst that are not null,
// and null to the others.
func scatter[S, D any](dst []D, src []S, index []int32, levels []byte, null D, convert func(S) D) {
	k := 0
	for i := range dst {
		if len(levels) > 0 && levels[i] == 0 {
			dst[i] = null
			continue
		}
		j := k
		if index != nil {
			j = int(index[k])
		}
		dst[i] = convert(src[j])
		k++
	}
}

// readIDs reads a column of securities, text or whole numbers, into indices of
// the names that it returns; null is -1.
func readIDs(c parquet.ColumnChunk, dst []int32) (names []string, err error) {
	text, number := newIndex[string](), newIndex[int64]()
	err = readPages(c, dst, func(p parquet.Page, dst []int32) error {
		v, index := pageValues(p)
		levels := p.DefinitionLevels()
		switch c.Type().Kind() {
		case parquet.Int32:
			scatter(dst, v.Int32(), index, levels, -1, func(x int32) int32 { return number.of(int64(x)) })
		case parquet.Int64:
			scatter(dst, v.Int64(), index, levels, -1, number.of)
		case parquet.ByteArray:
			data, offsets := v.ByteArray()
			ids := make([]int32, max(len(offsets)-1, 0))
			for i := range ids {
				ids[i] = text.of(string(data[offsets[i]:offsets[i+1]]))
			}
			scatter(dst, ids, index, levels, -1, func(id int32) int32 { return id })
		default:
			return fmt.Errorf("it is of type %s, not of text or whole numbers", c.Type())
		}
		return nil
	})
	if text.keys != nil {
		return text.keys, err
	}
	for _, x := range number.keys {
		names = append(names, strconv.FormatInt(x, 10))
	}
	return names, err
}

// index numbers keys in the order in which they come.
type index[K comparable] struct {
	byKey map[K]int32
	keys  []K
	last  int32 // of the last key: most rows are of the security of the row before
}

func newIndex[K comparable]() *index[K] { return &index[K]{byKey: make(map[K]int32)} }

func (x *index[K]) of(key K) int32 {
	if len(x.keys) > 0 && x.keys[x.last] == key {
		return x.last
	}
	i, ok := x.byKey[key]
	if !ok {
		i = int32(len(x.keys))
		x.byKey[key] = i
		x.keys = append(x.keys, key)
	}
	x.last = i
	return i
}
