package report

import (
	"iter"
	"math"
	"slices"
	"strconv"

	"aftershock/internal/shortest"
	"aftershock/market"
)

// Table is one of the tables of a finished study, whatever file it will be
// written to.
type Table struct {
	Name    string // file name without its ending
	Title   string // one sentence: what a row is
	Columns []Column
	// Rows yields the rows in order, one cell a column. The slice is
	// overwritten by the next row.
	Rows iter.Seq[[]Cell]
	// blocks, where there are any, yield the same rows, the first those that come
	// first; several can be gone through at once. So do parts, some to a block.
	blocks, parts []iter.Seq[[]Cell]
	some          int

	units   int // that rows are of, such as observations
	per     int // rows of one, about
	between func(lo, hi int) iter.Seq[[]Cell]
	// said, of a table whose last column holds notes, yields for every row of the units
	// [lo, hi) what the whole study says of it. The rest of that cell, which stands
	// behind it, or before it where ownFirst is true, and all other cells are known of
	// an observation by itself.
	said     func(lo, hi int) iter.Seq[string]
	ownFirst bool
}

// blockRows is about how many rows a block has: enough for the row group of a
// Parquet file, few enough that as many blocks as there are processors take
// little memory.
const blockRows = 1 << 16

// partRows is about how many rows a part has, whose text stays in the cache of a
// processor from its writing to the disk.
const partRows = 1 << 11

// of makes the rows of t those of n units, such as observations, of about per
// rows each. rows yields those of the units [lo, hi).
func (t *Table) of(n, per int, rows func(lo, hi int) iter.Seq[[]Cell]) {
	t.units, t.per, t.between = n, per, rows
	t.stretch(0, n)
}

// stretch leaves of the rows of t those of the units [from, to).
func (t *Table) stretch(from, to int) {
	t.blocks, t.parts = nil, nil
	size, part := max(1, blockRows/max(1, t.per)), max(1, partRows/max(1, t.per))
	t.some = (size + part - 1) / part
	for lo := from; lo < to; lo += size {
		hi := min(lo+size, to)
		t.blocks = append(t.blocks, t.between(lo, hi))
		for k := lo; k < hi; k += part {
			t.parts = append(t.parts, t.between(k, min(k+part, hi)))
		}
	}
	t.Rows = inTurn(t.blocks)
}

// inTurn yields the rows of one block after the other.
func inTurn(blocks []iter.Seq[[]Cell]) iter.Seq[[]Cell] {
	return func(yield func([]Cell) bool) {
		for _, block := range blocks {
			for row := range block {
				if !yield(row) {
					return
				}
			}
		}
	}
}

// watch has step called after each block of t, if it is not nil, and returns how
// many there are.
func (t *Table) watch(step func()) int {
	if step == nil || len(t.blocks) == 0 {
		return len(t.blocks)
	}
	watched := func(rows iter.Seq[[]Cell]) iter.Seq[[]Cell] {
		return func(yield func([]Cell) bool) {
			rows(yield)
			step()
		}
	}
	blocks, parts := slices.Clone(t.blocks), slices.Clone(t.parts)
	for k := range blocks {
		blocks[k] = watched(blocks[k])
		last := min((k+1)*t.some, len(parts)) - 1
		parts[last] = watched(parts[last])
	}
	t.blocks, t.parts, t.Rows = blocks, parts, inTurn(blocks)
	return len(blocks)
}

// inBlocks returns the rows of t in blocks: one, where t knows none.
func (t *Table) inBlocks() []iter.Seq[[]Cell] {
	if t.blocks == nil {
		return []iter.Seq[[]Cell]{t.Rows}
	}
	return t.blocks
}

// inParts returns the rows of t in parts: one, where t knows none.
func (t *Table) inParts() []iter.Seq[[]Cell] {
	if t.blocks == nil {
		return []iter.Seq[[]Cell]{t.Rows}
	}
	return t.parts
}

// Type is the type of a column, named as in a Frictionless table schema.
type Type string

// The types of columns.
const (
	String  Type = "string"
	Integer Type = "integer"
	Number  Type = "number"
	Boolean Type = "boolean"
	Date    Type = "date"
)

// Column describes one column of a table.
type Column struct {
	Name string
	Type Type
	Unit string // "" where there is none
	Doc  string // what it means, and when it is empty
}

// Cell is one value. Its column's type says which field counts: Text for a
// String; Num for all others, where NaN is "no value", a Boolean is 0 or 1 and
// a Date is its day number. The empty Text is "no value".
type Cell struct {
	Text string
	Num  float64
}

func text(s string) Cell    { return Cell{Text: s} }
func number(v float64) Cell { return Cell{Num: v} }
func integer(n int) Cell    { return Cell{Num: float64(n)} }

func boolean(b bool) Cell {
	if b {
		return Cell{Num: 1}
	}
	return Cell{}
}

func date(d market.Date) Cell {
	if d == market.NoDate {
		return Cell{Num: math.NaN()}
	}
	return Cell{Num: float64(d)}
}

// Empty reports whether c holds no value in a column of type t.
func (c Cell) Empty(t Type) bool {
	if t == String {
		return c.Text == ""
	}
	return math.IsNaN(c.Num)
}

// appendTo appends c, which is no text, as [Cell.Format] writes it.
func (c Cell) appendTo(b []byte, t Type) []byte {
	switch {
	case c.Empty(t):
		return b
	case t == Boolean:
		return strconv.AppendBool(b, c.Num != 0)
	case t == Date:
		return market.Date(c.Num).Append(b)
	case t == Integer:
		return strconv.AppendInt(b, int64(c.Num), 10)
	case math.IsInf(c.Num, -1):
		return append(b, "-INF"...)
	case math.IsInf(c.Num, 1):
		return append(b, "INF"...)
	}
	return shortest.Append(b, c.Num)
}

// Format returns c as it stands in a text file: the shortest decimal that
// reads back to the same number, INF and -INF for the infinities, ISO dates,
// true and false; "" where there is no value.
func (c Cell) Format(t Type) string {
	if t == String {
		return c.Text
	}
	return string(c.appendTo(nil, t))
}
