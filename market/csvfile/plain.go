package csvfile

import (
	"math"
	"strings"

	"aftershock/market"
)

// plain reads the rows of a wide file of prices in one go where nothing in them needs
// care: as many fields everywhere, days in ascending order, prices of digits with at
// most one mark that are positive or missing, and a mark of decimals that one of them
// proves. The prices of symbol i of n go to all[i*rows:]. ok is false where anything
// is otherwise: wide then reads the file as if nothing had been read.
//
// It takes a third of the time of taking lines apart twice, once for the mark and once
// for the numbers, and what it makes of a file is what that makes of it (TestPlain).
func (b *panelReader) plain(t table, day int, all []float64, rows, n int) (days []market.Date, lines []int32, ok bool) {
	if t.delim == ' ' {
		return nil, nil, false
	}
	mark := byte('.')
	if _, figures, _ := strings.Cut(t.ahead(), string(t.delim)); t.delim != ',' && strings.IndexByte(figures, '.') < 0 {
		mark = ','
	}
	proven := false
	switch {
	case b.opt.Mark == CommaMark && mark == '.', b.opt.Mark == PointMark && mark == ',':
		return nil, nil, false
	case b.opt.Mark != AutoMark:
		proven = true
	}
	days, lines = make([]market.Date, 0, rows), make([]int32, 0, rows)
	s, line := t.rest, t.line
	for len(s) > 0 {
		line++
		if s[0] == '\n' {
			s = s[1:]
			continue
		}
		date := ""
		for range day + 1 { // an index stands before it
			i := strings.IndexByte(s, t.delim)
			if i < 0 || strings.ContainsAny(s[:i], "\n\"") {
				return nil, nil, false
			}
			date, s = s[:i], s[i+1:]
		}
		d, err := b.parse(trim(date))
		if err != nil || len(days) == rows || len(days) > 0 && d <= days[len(days)-1] {
			return nil, nil, false
		}
		at := len(days)
		days, lines = append(days, d), append(lines, int32(line))
		for k := range n {
			x, m, size, ok := plainNumber(s, mark)
			if !ok {
				return nil, nil, false
			}
			proven = proven || m
			end := byte('\n') // of the text, where the line has no other
			if size < len(s) {
				if end = s[size]; end == '\r' && (size+1 == len(s) || s[size+1] == '\n') {
					size++
					end = '\n'
				}
			}
			if k == n-1 && end != '\n' || k < n-1 && end != t.delim {
				return nil, nil, false
			}
			s = s[min(size+1, len(s)):]
			all[k*rows+at] = x
		}
	}
	if !proven {
		return nil, nil, false
	}
	b.mark, b.rows = mark, len(days)
	return days, lines, true
}

// plainNumber reads the positive number that s begins with, digits with at most one
// mark, and whether it proves that mark to be that of decimals; an empty one, and the
// words nan, NaN and NA, are none. size is its length; ok is false for whatever is
// otherwise.
func plainNumber(s string, mark byte) (x float64, proof bool, size int, ok bool) {
	n, i := uint64(0), 0
	for i < len(s) && s[i]-'0' <= 9 {
		n = 10*n + uint64(s[i]-'0')
		i++
	}
	whole := i
	if i < len(s) && s[i] == mark {
		i++
		for i < len(s) && s[i]-'0' <= 9 {
			n = 10*n + uint64(s[i]-'0')
			i++
		}
		fraction := i - whole - 1
		proof = i > 1 && (fraction != 3 || whole == 0 || whole > 3 || s[0] == '0') // as plainMark has it
		if i <= 16 && n > 0 {
			return float64(n) / powersOfTen[fraction], proof, i, true
		}
	} else if i > 0 && i < 16 && n > 0 {
		return float64(n), false, i, true
	}
	if i == 0 {
		for _, none := range [...]string{"NaN", "nan", "NA"} {
			if strings.HasPrefix(s, none) {
				return math.NaN(), false, len(none), true
			}
		}
		return math.NaN(), false, 0, true
	}
	x, ok = number(s[:i], mark)
	return x, proof, i, ok && x > 0
}
