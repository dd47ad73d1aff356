package csvfile

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"aftershock/market"
)

// decimalMark decides, from the prices of all rows, whether the comma or the
// point is the decimal mark. A number that can be read one way alone proves it.
// Where none does, as in 998 and 1.002, the two readings are held to each other:
// prices of one column do not move by a thousandth from one row to the next. It
// is an error where both readings are possible, or where numbers prove both.
// Where the choice changes no return it is the point, unless fields are parted by
// semicolons and a price holds a comma.
func decimalMark(t table, h header, set Mark) (byte, error) {
	var cols []int
	for _, c := range []int{colOpen, colHigh, colLow, colClose, colAdj, colReturn} {
		if h.at[c] >= 0 {
			cols = append(cols, h.at[c])
		}
	}
	return markOfColumns(t, cols, h.at[colVolume], -1, set)
}

// markOfColumns is decimalMark for the columns cols, where rows belong to the
// series that column by names (-1: to one).
func markOfColumns(t table, cols []int, volume, by int, set Mark) (byte, error) {
	switch set {
	case PointMark:
		return '.', nil
	case CommaMark:
		return ',', nil
	}
	type trail struct{ decimals, thousands float64 }
	before := make(map[string][]trail) // by series, by column: the price of the row before, read both ways
	var volumes byte                   // the mark that volumes prove
	var proof [2]int                   // lines that prove the point, the comma
	var open byte                      // the mark that may be either
	openLine, sample := 0, ""
	plain := false     // a price without a mark
	semicolon := false // a comma between semicolons
	var worst trail    // the largest moves, by both readings
	t.fields = nil
	for {
		more, err := t.next()
		if !more {
			break
		}
		if err != nil {
			continue
		}
		if volumes == 0 && volume >= 0 && volume < len(t.fields) && strings.Count(t.fields[volume], ".")+strings.Count(t.fields[volume], ",") > 1 {
			volumes = markOf(t.fields[volume])
		}
		var last []trail
		if proof == [2]int{} {
			key := ""
			if by >= 0 && by < len(t.fields) {
				key = t.fields[by]
			}
			if last = before[key]; last == nil {
				last = make([]trail, len(cols))
				before[strings.Clone(key)] = last
			}
		}
		for k, c := range cols {
			if c >= len(t.fields) {
				continue
			}
			s := t.fields[c]
			if t.delim != ',' && strings.IndexByte(s, ',') >= 0 {
				semicolon = true
			}
			switch m := markOf(s); m {
			case '.':
				if proof[0] == 0 {
					proof[0] = t.line
				}
			case ',':
				if proof[1] == 0 {
					proof[1] = t.line
				}
			}
			if proof != [2]int{} {
				continue
			}
			mark := byte(0)
			if i := strings.IndexAny(s, ".,"); i >= 0 {
				mark = s[i]
			}
			if mark != 0 && open == 0 {
				open, openLine, sample = mark, t.line, s
			}
			var now trail
			if mark == 0 {
				x, ok := number(s, '.')
				if !ok || !(x > 0) {
					continue
				}
				plain = true
				now = trail{x, x}
			} else {
				other := byte('.' + ',' - mark)
				x, ok1 := number(s, mark)
				y, ok2 := number(s, other)
				if !ok1 || !ok2 || !(x > 0) || !(y > 0) {
					continue
				}
				now = trail{x, y}
			}
			if was := last[k]; was.decimals > 0 {
				worst.decimals = max(worst.decimals, math.Abs(math.Log(now.decimals/was.decimals)))
				worst.thousands = max(worst.thousands, math.Abs(math.Log(now.thousands/was.thousands)))
			}
			last[k] = now
		}
		if proof[0] > 0 && proof[1] > 0 {
			return 0, fmt.Errorf("%d: the point is the mark of decimals here, but the comma on line %d; set it (prices.decimal) to point or comma", proof[0], proof[1])
		}
	}
	switch {
	case proof[0] > 0:
		return '.', nil
	case proof[1] > 0:
		return ',', nil
	case open != 0 && volumes != 0:
		return volumes, nil
	case open != 0 && plain:
		other := byte('.' + ',' - open)
		const possible, impossible = 1.1, 3.0 // a third, a twentieth
		switch {
		case worst.thousands < possible && worst.decimals > impossible:
			return other, nil
		case worst.decimals < possible && worst.thousands > impossible:
			return open, nil
		}
		words := map[byte]string{'.': "point", ',': "comma"}
		return 0, fmt.Errorf("%d: the %s of %s may part decimals or thousands, and no line of the file tells; set the mark of decimals (prices.decimal) to point or comma", openLine, words[open], sample)
	}
	if semicolon {
		return ',', nil
	}
	return '.', nil
}

// The median sizes of daily returns between which their unit is not seen: a
// half per cent and more is usual of shares, 6 per cent is not, and a fund that
// moves by less than 0.03 per cent hardly worth a study.
const (
	mostDecimal  = 0.03
	leastPercent = 0.06
)

// fewReturns is how many tell nothing: they are taken to be decimals.
const fewReturns = 20

// unitOf decides by the sizes of returns, in columns, whether they are decimals or
// per cent. days are of the rows of one of them: returns over longer spans are
// larger, by the square root of the time.
func unitOf(columns [][]float64, days []market.Date) (Values, error) {
	var size []float64
	n := 0
	for _, c := range columns {
		var own []float64
		for _, x := range c {
			if x != 0 && !math.IsNaN(x) {
				own = append(own, math.Abs(x))
			}
		}
		n += len(own)
		if len(own) > 0 {
			slices.Sort(own)
			size = append(size, own[len(own)/2])
		}
	}
	if n < fewReturns {
		return Returns, nil
	}
	scale := 1.0
	if k := len(days); k > 1 {
		const session = 365.25 / 252
		scale = math.Sqrt(max(1, math.Abs(float64(days[k-1]-days[0]))/float64(k-1)/session))
	}
	slices.Sort(size)
	switch median := size[len(size)/2]; {
	case median <= mostDecimal*scale:
		return Returns, nil
	case median >= leastPercent*scale:
		return Percent, nil
	default:
		return "", fmt.Errorf("returns of a median size of %.2g may be decimals or per cent; say which (prices.returns_unit: decimal or percent)", median)
	}
}

// errLevels refuses a file of returns that are levels.
func errLevels(file string) error {
	return fmt.Errorf("%s: its returns hang together from day to day: they are cumulated ones, or levels; give the return of each day, or prices", file)
}

// parseReturn reads a return, NaN for what stands for none, and whether a per
// cent sign follows it.
func parseReturn(s string, mark byte) (x float64, percent bool, err error) {
	n, percent := strings.CutSuffix(s, "%")
	x, ok := number(trim(n), mark)
	switch {
	case len(s) == 1 && strings.Contains("ABCDEPST", s):
		return math.NaN(), false, nil
	case !ok:
		return 0, false, fmt.Errorf("the return %q is not a number", s)
	case missingReturn(x):
		return math.NaN(), percent, nil
	}
	return x, percent, nil
}

// missingReturn reports whether x is one of the numbers by which CRSP, French
// and others mark a return that is missing, also where it was divided by 100.
func missingReturn(x float64) bool {
	switch x {
	case -44, -55, -66, -77, -88, -99, -99.99, -99.9, -999, -999.99, -9999, -0.9999, -9.99, -9.9999:
		return true
	}
	return false
}
