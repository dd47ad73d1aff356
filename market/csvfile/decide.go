package csvfile

import (
	"fmt"
	"math"

	"aftershock/market"
)

// Text decodes the bytes of a file: gzip, a byte-order mark, UTF-16, Windows-1252.
func Text(data []byte) (string, error) { return text(data, largestSeries) }

// IsDay reports whether a field can be a date, in any of the forms that prices
// are read in, and whichever of its parts is the day.
func IsDay(s string) bool { return isDay(trim(s)) }

// Delimiter returns what parts the fields of a line of names or figures.
func Delimiter(line string) byte { return detectDelimiter(line) }

// Dates reads a column of dates, as Read reads those of prices.
type Dates struct{ p dates }

// DatesOf decides from all fields of a column how its dates are written. Its
// errors are those of Read; lines are the numbers of the fields' lines.
func DatesOf(fields []string, lines []int) (*Dates, error) {
	d := &Dates{}
	w := witness{p: &d.p}
	for i, s := range fields {
		if w.see(s, lines[i]) {
			break
		}
	}
	return d, w.decide()
}

// Parse reads one date.
func (d *Dates) Parse(s string) (market.Date, error) { return d.p.parse(s) }

// MarkOf decides from all fields whether the comma or the point is the mark of
// decimals: the one that some field proves, the point where none does. Two fields
// that contradict each other are an error.
func MarkOf(fields []string) (byte, error) {
	var mark byte
	proof := ""
	for _, s := range fields {
		switch m := markOf(s); {
		case m == 0 || m == mark:
		case mark == 0:
			mark, proof = m, s
		default:
			return 0, fmt.Errorf("the mark of decimals in %s contradicts that in %s", s, proof)
		}
	}
	if mark == 0 {
		mark = '.'
	}
	return mark, nil
}

// Number reads a number whose mark of decimals is mark, NaN for what stands for
// none; percent says that a per cent sign follows it.
func Number(s string, mark byte) (x float64, percent, ok bool) {
	s = trim(s)
	if n := len(s); n > 1 && s[n-1] == '%' {
		s, percent = trim(s[:n-1]), true
	}
	x, ok = number(s, mark)
	return x, percent, ok && !math.IsInf(x, 0)
}

// Amount reads a number that may end in K, M, B or T, such as 24.49B.
func Amount(s string) (float64, bool) {
	mark, err := MarkOf([]string{trimSuffixLetter(s)})
	if err != nil {
		return 0, false
	}
	return volume(trim(s), mark)
}

// trimSuffixLetter cuts the letter that multiplies a number.
func trimSuffixLetter(s string) string {
	if n := len(s); n > 1 && s[n-1] >= 'A' {
		return trim(s[:n-1])
	}
	return s
}
