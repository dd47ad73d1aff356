package report

import (
	"encoding/json"
	"io"
	"slices"
	"strings"

	"aftershock/analysis"
)

// keys are the columns that tell the rows of a table apart, by its name. They
// are never empty.
var keys = map[string][]string{
	"observations":     {"event_id", "security"},
	"abnormal_returns": {"event_id", "security", "tau"},
	"cars":             {"event_id", "security", "from", "to"},
	"averages":         {"group_by", "group", "tau"},
	"tests":            {"group_by", "group", "from", "to", "test"},
	"families":         {"family", "hypothesis"},
	"regression":       {"name"},
	"contrasts":        {"contrast", "from", "to"},
	"next":             {"by", "key", "from", "to"},
	"donors":           {"event_id", "security", "donor"},
}

// Keys returns the columns that tell the rows of the table of that name apart; nil for
// one that no study has.
func Keys(table string) []string { return slices.Clone(keys[table]) }

const profiles = "https://datapackage.org/profiles/2.0/"

// The descriptors of Data Package 2.0 and Table Schema 2.0
// (https://datapackage.org), as far as they are used.
type (
	dataPackage struct {
		Schema      string         `json:"$schema"`
		Name        string         `json:"name"`
		Title       string         `json:"title,omitempty"`
		Description string         `json:"description"`
		Resources   []dataResource `json:"resources"`
	}
	dataResource struct {
		Schema      string      `json:"$schema"` // readers take a resource without it for one of version 1
		Name        string      `json:"name"`
		Type        string      `json:"type"`
		Path        string      `json:"path"`
		Description string      `json:"description"`
		Format      string      `json:"format"`
		MediaType   string      `json:"mediatype"`
		Encoding    string      `json:"encoding"`
		Dialect     dialect     `json:"dialect"`
		Columns     tableSchema `json:"schema"`
	}
	dialect struct {
		Delimiter      string `json:"delimiter"`
		LineTerminator string `json:"lineTerminator"`
		QuoteChar      string `json:"quoteChar"`
		DoubleQuote    bool   `json:"doubleQuote"`
		Header         bool   `json:"header"`
	}
	tableSchema struct {
		Schema        string       `json:"$schema"`
		Fields        []field      `json:"fields"`
		MissingValues []string     `json:"missingValues"`
		PrimaryKey    []string     `json:"primaryKey"`
		ForeignKeys   []foreignKey `json:"foreignKeys,omitempty"`
	}
	field struct {
		Name        string       `json:"name"`
		Type        Type         `json:"type"`
		Unit        string       `json:"unit,omitempty"` // a property of our own, which the standard allows
		Description string       `json:"description"`
		Constraints *constraints `json:"constraints,omitempty"`
	}
	constraints struct {
		Required bool     `json:"required,omitempty"`
		Minimum  *float64 `json:"minimum,omitempty"`
		Maximum  *float64 `json:"maximum,omitempty"`
	}
	foreignKey struct {
		Fields    []string `json:"fields"`
		Reference struct {
			Resource string   `json:"resource"`
			Fields   []string `json:"fields"`
		} `json:"reference"`
	}
)

// writeDataPackage writes the descriptor of the CSV files of tables: what each
// column is, which columns tell rows apart, and which lead to another table.
func writeDataPackage(w io.Writer, r *analysis.Result, tables []Table, _ string) error {
	p := dataPackage{
		Schema:      profiles + "datapackage.json",
		Name:        "aftershock",
		Title:       r.Study.Name,
		Description: "An event study. Returns and everything made of them are decimals: 0.01 is 1%.",
	}
	for _, t := range tables {
		p.Resources = append(p.Resources, dataResource{
			Schema: profiles + "dataresource.json", Name: t.Name, Type: "table", Path: t.Name + ".csv", Description: t.Title,
			Format: "csv", MediaType: "text/csv", Encoding: "utf-8",
			Dialect: dialect{Delimiter: ",", LineTerminator: "\n", QuoteChar: `"`, DoubleQuote: true, Header: true},
			Columns: schemaOf(t, tables),
		})
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(p)
}

// schemaOf types the columns of t, which lies beside tables.
func schemaOf(t Table, tables []Table) tableSchema {
	s := tableSchema{Schema: profiles + "tableschema.json", MissingValues: []string{""}, PrimaryKey: keys[t.Name]}
	for _, c := range t.Columns {
		f := field{Name: c.Name, Type: c.Type, Unit: c.Unit, Description: c.Doc}
		if limits := (constraints{Required: isKey(t, c), Minimum: atLeast(c), Maximum: atMost(c)}); limits != (constraints{}) {
			f.Constraints = &limits
		}
		s.Fields = append(s.Fields, f)
	}
	beside := slices.ContainsFunc(tables, func(t Table) bool { return t.Name == "observations" })
	if parent := keys["observations"]; beside && t.Name != "observations" && isKey(t, eventID) {
		k := foreignKey{Fields: parent}
		k.Reference.Resource, k.Reference.Fields = "observations", parent
		s.ForeignKeys = []foreignKey{k}
	}
	return s
}

func isKey(t Table, c Column) bool {
	for _, name := range keys[t.Name] {
		if name == c.Name {
			return true
		}
	}
	return false
}

// isP reports whether c holds a p value.
func isP(c Column) bool {
	return c.Type == Number && (c.Name == "p" || strings.HasPrefix(c.Name, "p_") || strings.HasSuffix(c.Name, "_p") || strings.Contains(c.Name, "_p_"))
}

// atLeast returns the least value that c can have, nil where there is none:
// p values, counts and standard errors are not negative.
func atLeast(c Column) *float64 {
	count := c.Type == Integer && c.Unit == "observations"
	if isP(c) || count || c.Name == "se" || strings.HasPrefix(c.Name, "se_") && c.Type == Number {
		return new(float64)
	}
	return nil
}

func atMost(c Column) *float64 {
	if isP(c) {
		one := 1.0
		return &one
	}
	return nil
}
