package report

import (
	"iter"
	"math"
	"strconv"
	"strings"

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

// Format returns c as it stands in a text file: the shortest decimal that
// reads back to the same number, INF and -INF for the infinities, ISO dates,
// true and false; "" where there is no value.
func (c Cell) Format(t Type) string {
	switch {
	case c.Empty(t):
		return ""
	case t == String:
		return c.Text
	case t == Boolean:
		return strconv.FormatBool(c.Num != 0)
	case t == Date:
		return market.Date(c.Num).String()
	case t == Integer:
		return strconv.FormatInt(int64(c.Num), 10)
	case math.IsInf(c.Num, 0):
		return strings.TrimPrefix(strings.ToUpper(strconv.FormatFloat(c.Num, 'g', -1, 64)), "+")
	}
	return strconv.FormatFloat(c.Num, 'g', -1, 64)
}
