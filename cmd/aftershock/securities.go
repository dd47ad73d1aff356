package main

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

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
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		c.bad("securities_file", "%s is a folder; name a CSV file", file)
		return
	}
	f, err := os.Open(file)
	if err != nil {
		c.bad("securities_file", "%v", err)
		return
	}
	defer f.Close()
	var problems []problem
	p.known, problems = parseSecurities(file, f, c.known)
	c.problems = append(c.problems, problems...)
	for i, s := range p.securities {
		k := slices.IndexFunc(p.known, func(x market.Security) bool { return x.Symbol == s.Symbol })
		if k < 0 {
			continue
		}
		x := p.known[k]
		p.securities[i] = market.Security{
			Symbol: s.Symbol, Name: cmp.Or(s.Name, x.Name), Exchange: cmp.Or(s.Exchange, x.Exchange), Currency: cmp.Or(s.Currency, x.Currency),
			Benchmark: cmp.Or(s.Benchmark, x.Benchmark), Shares: cmp.Or(s.Shares, x.Shares), SharesOn: cmp.Or(s.SharesOn, x.SharesOn), Sector: cmp.Or(s.Sector, x.Sector),
		}
	}
	if len(p.securities) == 0 {
		p.securities = p.known
	}
}

// parseSecurities reads a CSV file of securities that messages call file. All
// that is wrong with it is reported, an exchange that is none of known too.
func parseSecurities(file string, in io.Reader, known []*market.Exchange) ([]market.Security, []problem) {
	var problems []problem
	bad := func(line int, format string, args ...any) {
		problems = append(problems, problem{where: fmt.Sprintf("%s:%d", file, line), what: fmt.Sprintf(format, args...)})
	}
	r := csv.NewReader(in)
	r.TrimLeadingSpace = true
	head, err := r.Read()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, []problem{{where: file, what: err.Error()}}
	}
	if err != nil {
		return nil, []problem{{where: file, what: "has no line with the names of columns, such as symbol,shares"}}
	}
	columns := []string{"symbol", "name", "exchange", "currency", "benchmark", "shares", "shares_date", "sector"}
	at := make(map[string]int)
	for i, h := range head {
		name := strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))
		if !slices.Contains(columns, name) {
			bad(1, "%q is not a column%s", h, didYouMean(name, columns))
		}
		at[name] = i
	}
	if _, ok := at["symbol"]; !ok {
		bad(1, "there is no column symbol")
		return nil, problems
	}
	var out []market.Security
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, problems
		}
		line, _ := r.FieldPos(0)
		if err != nil {
			var wrong *csv.ParseError
			if errors.As(err, &wrong) {
				line, err = wrong.Line, wrong.Err
			}
			bad(line, "%v", err)
			if len(row) == 0 {
				return out, problems
			}
			continue
		}
		get := func(name string) string {
			if i, ok := at[name]; ok {
				return strings.TrimSpace(row[i])
			}
			return ""
		}
		s := market.Security{Symbol: get("symbol"), Name: get("name"), Exchange: get("exchange"), Currency: get("currency"), Benchmark: get("benchmark"), Sector: get("sector")}
		if text := get("shares"); text != "" {
			var ok bool
			if s.Shares, ok = csvfile.Amount(text); !ok || !(s.Shares > 0) {
				bad(line, "shares %q is not a number above 0, such as 24490000000 or 24.49B", text)
			}
		}
		if text := get("shares_date"); text != "" {
			if s.SharesOn, err = market.ParseDate(text); err != nil {
				bad(line, "shares_date: %v", err)
			}
		}
		if _, ok := market.Find(known, s.Exchange); s.Exchange != "" && !ok {
			bad(line, "%q is not an exchange that is known; describe it under exchanges", s.Exchange)
		}
		switch {
		case s.Symbol == "":
			bad(line, "no symbol")
		case slices.ContainsFunc(out, func(x market.Security) bool { return x.Symbol == s.Symbol }):
			bad(line, "%s is listed twice", s.Symbol)
		default:
			out = append(out, s)
		}
	}
}
