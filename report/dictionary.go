package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"aftershock/analysis"
	"aftershock/analysis/model"
)

// WriteDictionary writes the meaning of every column of every table as
// Markdown: docs/data-dictionary.md.
func WriteDictionary(w io.Writer) error {
	b := bufio.NewWriter(w)
	b.WriteString(`# Data dictionary

Every column of every CSV file that a run, a calibration, a sweep, or one of
explain, impact and correlate writes. Generated from the program's
own column definitions (` + "`go test ./report -run Dictionary -update`" + `); do not edit.

- Returns and everything made of them are decimals: 0.01 is 1%. Prices are not in these files.
- An empty field means that there is no value: not zero, and never "NaN". An infinite value is INF or -INF.
- Numbers have as many digits as it takes to read them back unchanged, with a point.
- Dates are ISO 8601 (2025-01-27) on the exchange's own calendar; sessions are counted from session 0.
- Files are UTF-8 without a byte-order mark; lines end in a line feed; fields are quoted as in RFC 4180.
  A text stands as it is, also one that begins with =, +, - or @: import it as text into a spreadsheet.
- An observation is one (event, security) pair. Join files on event_id and security, never on security alone.
`)
	tables := append(Tables(&analysis.Result{CoefNames: model.MarketModel{}.Coefs()}), CalibrationTable(&analysis.Calibration{}), SweepTable(&analysis.Sweep{}))
	tables = append(tables, ExplainTables(&analysis.Explanation{})...)
	tables = append(tables, ImpactTables(&analysis.Impact{})...)
	tables = append(tables, CorrelateTables(&analysis.Correlation{})...)
	for _, t := range tables {
		fmt.Fprintf(b, "\n## %s.csv\n\n%s\n\n| column | type | unit | meaning |\n| --- | --- | --- | --- |\n", t.Name, t.Title)
		for _, c := range t.Columns {
			fmt.Fprintf(b, "| %s | %s | %s | %s |\n", c.Name, c.Type, c.Unit, strings.ReplaceAll(c.Doc, "|", `\|`))
		}
		switch t.Name {
		case "observations":
			b.WriteString("\nThe coefficients are those of the study's model, here of `market`; another model has a pair of\ncolumns, NAME and se_NAME, for each of its own, and `market-adjusted` has none.\n")
		case "tests":
			b.WriteString("\nA test with a by-product of its own adds a column of that name before `note`.\n")
		}
	}
	return b.Flush()
}
