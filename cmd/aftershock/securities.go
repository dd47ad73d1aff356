package main

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"aftershock/events"
	"aftershock/internal/bounded"
	"aftershock/market"
	"aftershock/market/csvfile"
)

// readSecurities reads the file of what is to be known of securities into p,
// and lets it complete those that are configured. Where none are, its are those
// of the study.
func (c *config) readSecurities(p *plan) {
	if c.SecuritiesFile == "" {
		return
	}
	file := c.path("securities_file", c.SecuritiesFile)
	in, err := tableText(file)
	if err != nil {
		c.bad("securities_file", "%v; name a CSV file", err)
		return
	}
	var problems []problem
	p.known, problems = parseSecurities(file, in, c.known)
	c.problems = append(c.problems, problems...)
	known := make(map[string]market.Security, len(p.known))
	for _, s := range p.known {
		known[s.Symbol] = s
	}
	for i, s := range p.securities {
		x, ok := known[s.Symbol]
		if !ok {
			continue
		}
		p.securities[i] = market.Security{
			Symbol: s.Symbol, Name: cmp.Or(s.Name, x.Name), Names: merged(s.Names, x.Names), Exchange: cmp.Or(s.Exchange, x.Exchange), Currency: cmp.Or(s.Currency, x.Currency),
			Benchmark: cmp.Or(s.Benchmark, x.Benchmark), Shares: cmp.Or(s.Shares, x.Shares), SharesOn: cmp.Or(s.SharesOn, x.SharesOn), Sector: cmp.Or(s.Sector, x.Sector),
		}
	}
	if len(p.securities) == 0 {
		p.securities = p.known
	}
}

// merged are the names of own, and those of more in other languages.
func merged(own, more map[string]string) map[string]string {
	if len(own) == 0 {
		return more
	}
	out := maps.Clone(more)
	if out == nil {
		return own
	}
	maps.Copy(out, own)
	return out
}

// largestTable is the most bytes of a CSV file beside the configuration: of some
// 300,000 rows, more than there are securities in the world.
const largestTable = 16 << 20

// tableText reads a file beside the configuration, in any encoding that prices are read
// in, gzipped or not. What is no text is refused as what it is.
func tableText(file string) (io.Reader, error) {
	data, err := bounded.ReadFile(file, largestTable, "part it")
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return bytes.NewReader(data), nil // which lacks its head
	}
	text, err := csvfile.Text(data)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", file, err)
	case len(text) > largestTable:
		return nil, &bounded.TooLarge{Name: file, Most: largestTable, Hint: "part it"}
	}
	return strings.NewReader(text), nil
}

// mostProblems is how many problems of one file are told; who has more of them has
// another file.
const mostProblems = 20

// A csvTable is a CSV file with names of columns that messages call file, and what
// is wrong with it.
type csvTable struct {
	file     string
	rows     *csv.Reader
	head     []string
	line     int // of the row that was read last
	problems []problem
	more     int // problems that are not told
}

// openTable reads the names of the columns. What is expected of them stands in
// example.
func openTable(file string, in io.Reader, example string) (*csvTable, bool) {
	t := &csvTable{file: file, rows: csv.NewReader(in), line: 1}
	t.rows.TrimLeadingSpace = true
	head, err := t.rows.Read()
	switch {
	case errors.Is(err, io.EOF):
		t.problems = []problem{{where: file, what: "has no line with the names of columns, such as " + example}}
	case err != nil:
		t.badRow(err)
	}
	for _, h := range head {
		t.head = append(t.head, strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))
	}
	return t, err == nil
}

// next returns the next row, nil after the last one and after one whose quotes do
// not say where it ends.
func (t *csvTable) next() []string {
	for {
		row, err := t.rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			t.line, _ = t.rows.FieldPos(0)
			return row
		}
		if t.badRow(err); !errors.Is(err, csv.ErrFieldCount) {
			return nil
		}
	}
}

// badRow records what is wrong with a row as such.
func (t *csvTable) badRow(err error) {
	var wrong *csv.ParseError
	if errors.As(err, &wrong) {
		t.line, err = wrong.Line, wrong.Err
		if errors.Is(err, csv.ErrQuote) || errors.Is(err, csv.ErrBareQuote) {
			t.line = wrong.StartLine
			err = fmt.Errorf("%w; put a text with quotes into quotes, and double those within it", err)
		}
	}
	t.bad(t.line, "%v", err)
}

// bad records a problem.
func (t *csvTable) bad(line int, format string, args ...any) {
	if len(t.problems) == mostProblems {
		t.more++
		return
	}
	t.problems = append(t.problems, problem{where: fmt.Sprintf("%s:%d", t.file, line), what: fmt.Sprintf(format, args...)})
}

// wrong returns all problems.
func (t *csvTable) wrong() []problem {
	if t.more > 0 {
		return append(t.problems, problem{where: t.file, what: fmt.Sprintf("and %d more", t.more)})
	}
	return t.problems
}

// parseSecurities reads a CSV file of securities that messages call file. All
// that is wrong with it is reported, an exchange that is none of known too.
func parseSecurities(file string, in io.Reader, exchanges []*market.Exchange) ([]market.Security, []problem) {
	t, ok := openTable(file, in, "symbol,shares")
	if !ok {
		return nil, t.wrong()
	}
	columns := []string{"symbol", "name", "exchange", "currency", "benchmark", "shares", "shares_date", "sector"}
	at := make(map[string]int)
	languages := make(map[int]string) // of the columns of names, by column
	for i, h := range t.head {
		name := strings.ToLower(h)
		if code, ok := strings.CutPrefix(name, "name"); ok && len(code) > 1 && strings.ContainsAny(code[:1], "_:-. ") {
			lang := events.Language(code[1:])
			switch {
			case lang == "":
				t.bad(1, "%q is not a column: %q is not a language; write its code, such as name_ar", h, code[1:])
			case slices.Contains(slices.Collect(maps.Values(languages)), lang):
				t.bad(1, "the name in %s is given twice", lang)
			}
			languages[i] = lang
			continue
		}
		if !slices.Contains(columns, name) {
			t.bad(1, "%q is not a column%s", h, didYouMean(name, columns))
		}
		at[name] = i
	}
	if _, ok := at["symbol"]; !ok {
		t.bad(1, "there is no column symbol")
		return nil, t.wrong()
	}
	var out []market.Security
	seen := make(map[string]bool)
	for row := t.next(); row != nil; row = t.next() {
		get := func(name string) string {
			if i, ok := at[name]; ok {
				return strings.TrimSpace(row[i])
			}
			return ""
		}
		s := market.Security{Symbol: get("symbol"), Name: get("name"), Exchange: get("exchange"), Currency: get("currency"), Benchmark: get("benchmark"), Sector: get("sector")}
		for i, lang := range languages {
			if name := strings.TrimSpace(row[i]); name != "" {
				if s.Names == nil {
					s.Names = make(map[string]string)
				}
				s.Names[lang] = name
			}
		}
		if text := get("shares"); text != "" {
			var ok bool
			if s.Shares, ok = csvfile.Amount(text); !ok || !(s.Shares > 0) || math.IsInf(s.Shares, 0) {
				t.bad(t.line, "shares %q is not a number above 0, such as 24490000000 or 24.49B", text)
			}
		}
		if text := get("shares_date"); text != "" {
			var err error
			if s.SharesOn, err = market.ParseDate(text); err != nil {
				t.bad(t.line, "shares_date: %v", err)
			}
		}
		if _, ok := market.Find(exchanges, s.Exchange); s.Exchange != "" && !ok {
			t.bad(t.line, "%q is not an exchange that is known; describe it under exchanges", s.Exchange)
		}
		switch {
		case s.Symbol == "":
			t.bad(t.line, "no symbol")
		case seen[s.Symbol]:
			t.bad(t.line, "%s is listed twice", s.Symbol)
		default:
			seen[s.Symbol] = true
			out = append(out, s)
		}
	}
	return out, t.wrong()
}
