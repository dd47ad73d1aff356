package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"aftershock/analysis"
	"aftershock/analysis/model"
)

// violations checks v, decoded from JSON, against a JSON Schema (draft 2020-12)
// made of the keywords below. A keyword that it does not know is a violation
// itself, so that no rule is passed over.
func violations(schema map[string]any, root map[string]any, v any, at string) (out []string) {
	bad := func(format string, args ...any) { out = append(out, at+": "+fmt.Sprintf(format, args...)) }
	object, _ := v.(map[string]any)
	array, _ := v.([]any)
	text, isText := v.(string)
	num, isNum := v.(float64)
	for keyword, rule := range schema {
		switch keyword {
		case "$schema", "$id", "$defs", "title", "description":
		case "$ref":
			name := strings.TrimPrefix(rule.(string), "#/$defs/")
			def, ok := root["$defs"].(map[string]any)[name].(map[string]any)
			if !ok {
				bad("no definition %s", name)
				continue
			}
			out = append(out, violations(def, root, v, at)...)
		case "type":
			types, ok := rule.([]any)
			if !ok {
				types = []any{rule}
			}
			if !slices.ContainsFunc(types, func(t any) bool { return hasType(v, t.(string)) }) {
				bad("%v is not of type %v", v, rule)
			}
		case "const":
			if !reflect.DeepEqual(v, rule) {
				bad("%v is not %v", v, rule)
			}
		case "enum":
			if !slices.ContainsFunc(rule.([]any), func(x any) bool { return reflect.DeepEqual(x, v) }) {
				bad("%v is none of %v", v, rule)
			}
		case "pattern":
			if isText && !regexp.MustCompile(rule.(string)).MatchString(text) {
				bad("%q does not match %s", text, rule)
			}
		case "minimum":
			if isNum && num < rule.(float64) {
				bad("%v is less than %v", num, rule)
			}
		case "maximum":
			if isNum && num > rule.(float64) {
				bad("%v is more than %v", num, rule)
			}
		case "required":
			for _, name := range rule.([]any) {
				if _, ok := object[name.(string)]; object != nil && !ok {
					bad("has no %s", name)
				}
			}
		case "properties", "additionalProperties":
		case "items":
			for i, item := range array {
				out = append(out, violations(rule.(map[string]any), root, item, fmt.Sprintf("%s[%d]", at, i))...)
			}
		case "minItems":
			if array != nil && len(array) < int(rule.(float64)) {
				bad("has %d items", len(array))
			}
		case "maxItems":
			if len(array) > int(rule.(float64)) {
				bad("has %d items", len(array))
			}
		default:
			bad("the schema uses %s, which this checker does not know", keyword)
		}
	}
	properties, _ := schema["properties"].(map[string]any)
	for name, value := range object {
		if rule, ok := properties[name].(map[string]any); ok {
			out = append(out, violations(rule, root, value, at+"."+name)...)
		} else if rule, ok := schema["additionalProperties"].(map[string]any); ok {
			out = append(out, violations(rule, root, value, at+"."+name)...)
		} else if schema["additionalProperties"] == false {
			bad("%s is not in the schema", name)
		}
	}
	return out
}

func hasType(v any, t string) bool {
	switch v := v.(type) {
	case nil:
		return t == "null"
	case bool:
		return t == "boolean"
	case string:
		return t == "string"
	case []any:
		return t == "array"
	case map[string]any:
		return t == "object"
	case float64:
		return t == "number" || t == "integer" && v == math.Trunc(v)
	}
	return false
}

func decoded(t *testing.T, data []byte) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// obj is a JSON object whose members keep their order.
type obj []any // name, value, name, value ...

func (o obj) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i := 0; i < len(o); i += 2 {
		name, err := json.Marshal(o[i])
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(o[i+1])
		if err != nil {
			return nil, err
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	return append(append([]byte{'{'}, b.Bytes()...), '}'), nil
}

// resultSchema is the schema of results.json, of the columns as they are.
func resultSchema() obj {
	text, whole := obj{"type", "string"}, obj{"type", "integer"}
	list := func(of obj) obj { return obj{"type", "array", "items", of} }
	ref := func(name string) obj { return obj{"$ref", "#/$defs/" + name} }
	object := func(additional any, members ...any) obj {
		var names []string
		for i := 0; i < len(members); i += 2 {
			names = append(names, members[i].(string))
		}
		return obj{"type", "object", "properties", obj(members), "required", names, "additionalProperties", additional}
	}
	optional := func(o obj, names ...string) obj { // takes names off the required ones
		required := slices.DeleteFunc(o[5].([]string), func(s string) bool { return slices.Contains(names, s) })
		return obj{"type", "object", "properties", o[3], "required", required, "additionalProperties", o[7]}
	}
	var tables obj
	var tableNames []string
	for _, tab := range Tables(&analysis.Result{CoefNames: model.MarketModel{}.Coefs()}) {
		var members []any
		for _, c := range tab.Columns {
			definition := map[Type]string{String: "text", Integer: "whole", Number: "number", Boolean: "truth", Date: "date"}[c.Type]
			if isKey(tab, c) {
				definition += "Always"
			}
			about := c.Doc
			if c.Unit != "" {
				about += " Unit: " + c.Unit + "."
			}
			members = append(members, c.Name, obj{"$ref", "#/$defs/" + definition, "description", about})
		}
		row := object(false, members...)
		if slices.Contains([]string{"observations", "tests"}, tab.Name) { // coefficients of other models, by-products of other tests
			row[7] = ref("number")
		}
		if tab.Name == "observations" {
			row = optional(row, "alpha", "se_alpha", "beta", "se_beta")
		}
		tableNames = append(tableNames, tab.Name)
		tables = append(tables, tab.Name, obj{"description", tab.Title, "type", "array", "items", row})
	}
	return obj{
		"$schema", "https://json-schema.org/draft/2020-12/schema",
		"title", "results.json of aftershock",
		"description", "A finished event study. Returns and everything made of them are decimals: 0.01 is 1%. null: there is no value. An infinite number is the text INF or -INF. Generated from the program's own column definitions (go test ./report -run Schema -update); do not edit.",
		"type", "object",
		"properties", obj{
			"format", obj{"description", "Raised when a reader would have to change; new columns do not raise it.", "const", jsonFormat},
			"study", object(false,
				"name", text, "design", text, "model", text, "benchmark", text, "estimation", ref("window"), "event", ref("window"), "car", list(ref("window")),
				"min_estimation", whole, "returns", text, "missing", text, "missing_event", text, "weights", text,
				"tests", list(text), "groups", list(text), "family", text, "correction", text, "seed", obj{"type", "integer", "minimum", 0}),
			"counts", object(false,
				"events", whole, "observations", whole, "used", whole, "excluded", whole,
				"excluded_by_reason", obj{"type", "object", "additionalProperties", whole}),
			"notes", list(optional(object(false,
				"code", text, "severity", obj{"enum", []string{string(analysis.Info), string(analysis.Warning)}},
				"event_id", text, "security", text, "group", text, "window", text, "test", text, "text", text),
				"event_id", "security", "group", "window", "test")),
			"findings", list(object(false,
				"group", text, "window", text, "verdict", obj{"description", "What the leading tests say together.", "enum", analysis.Readings},
				"leading", list(object(false, "question", obj{"enum", []string{"past", "spread"}}, "test", text, "p", obj{"type", "number"})),
				"set_aside", list(text),
				"stand_out", list(object(false, "event_id", text, "security", text, "car", obj{"type", "number"}, "p", obj{"type", "number"}, "p_holm", obj{"type", "number"})))),
			"tables", optional(object(false, tables...), tableNames...), // a run may leave some out
		},
		"required", []string{"format", "study", "counts", "notes", "findings", "tables"},
		"additionalProperties", false,
		"$defs", obj{
			"window", obj{"description", "First and last session, counted from session 0.", "type", "array", "items", whole, "minItems", 2, "maxItems", 2},
			"text", obj{"type", []string{"string", "null"}},
			"textAlways", text,
			"whole", obj{"type", []string{"integer", "null"}},
			"wholeAlways", whole,
			"number", obj{"type", []string{"number", "string", "null"}, "pattern", "^-?INF$"},
			"truth", obj{"type", []string{"boolean", "null"}},
			"date", obj{"type", []string{"string", "null"}, "pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
		},
	}
}

// TestSchema holds results.json to its schema, and the schema to the columns.
func TestSchema(t *testing.T) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(resultSchema()); err != nil {
		t.Fatal(err)
	}
	golden(t, "../docs/result.schema.json", b.Bytes())
	schema := decoded(t, b.Bytes())
	for _, r := range []*analysis.Result{nasty(), shipped()} {
		document := decoded(t, output(t, r, "results.json"))
		for _, v := range violations(schema, schema, document, "results") {
			t.Error(v)
		}
	}

	// The checker sees what is wrong.
	for _, breakIt := range []func(d map[string]any){
		func(d map[string]any) { delete(d, "study") },
		func(d map[string]any) { d["more"] = 1.0 },
		func(d map[string]any) { d["format"] = 2.0 },
		func(d map[string]any) { d["study"].(map[string]any)["event"] = []any{1.0} },
		func(d map[string]any) { row(d, "cars")["car"] = "NaN" },
		func(d map[string]any) { row(d, "cars")["from"] = 0.5 },
		func(d map[string]any) { row(d, "cars")["event_id"] = nil },
		func(d map[string]any) { delete(row(d, "tests"), "p") },
		func(d map[string]any) { row(d, "abnormal_returns")["date"] = "27/01/2025" },
		func(d map[string]any) { row(d, "observations")["gamma"] = true },
	} {
		d := decoded(t, output(t, nasty(), "results.json"))
		breakIt(d)
		if got := violations(schema, schema, d, "results"); len(got) != 1 {
			t.Errorf("violations %q, want one", got)
		}
	}
}

// row returns the first row of a table of results.json.
func row(d map[string]any, table string) map[string]any {
	return d["tables"].(map[string]any)[table].([]any)[0].(map[string]any)
}

// TestDataPackage reads the CSV files by their descriptor alone.
func TestDataPackage(t *testing.T) {
	rules, err := os.ReadFile(testdata("datapackage.rules.json"))
	if err != nil {
		t.Fatal(err)
	}
	schema := decoded(t, rules)
	for _, r := range []*analysis.Result{nasty(), shipped()} {
		data := output(t, r, "datapackage.json")
		for _, v := range violations(schema, schema, decoded(t, data), "package") {
			t.Error(v)
		}
		var p dataPackage
		if err := json.Unmarshal(data, &p); err != nil {
			t.Fatal(err)
		}
		found := make(map[string]map[string]bool) // keys of rows, by resource
		for _, res := range p.Resources {
			found[res.Name] = make(map[string]bool)
			rows := write(t, r, res.Name) // which checks types against the table's own columns
			if string(output(t, r, res.Path)) != rows.raw {
				t.Errorf("%s is not table %s", res.Path, res.Name)
			}
			var header []string
			for _, f := range res.Columns.Fields {
				header = append(header, f.Name)
			}
			if got, _, _ := strings.Cut(rows.raw, "\n"); got != strings.Join(header, ",") {
				t.Errorf("%s: fields %v, header %s", res.Name, header, got)
			}
			for _, line := range rows.rows {
				for _, f := range res.Columns.Fields {
					checkType(t, res.Name, Column{Name: f.Name, Type: f.Type}, line[f.Name])
					c := f.Constraints
					if c == nil {
						continue
					}
					if c.Required && line[f.Name] == "" {
						t.Errorf("%s.%s is required and empty: %v", res.Name, f.Name, line)
					}
					if v, err := parse(line[f.Name]); err == nil && (c.Minimum != nil && v < *c.Minimum || c.Maximum != nil && v > *c.Maximum) {
						t.Errorf("%s.%s = %v is beyond its limits", res.Name, f.Name, v)
					}
				}
				key := values(line, res.Columns.PrimaryKey)
				if found[res.Name][key] {
					t.Errorf("%s: key %q twice", res.Name, key)
				}
				found[res.Name][key] = true
				for _, k := range res.Columns.ForeignKeys {
					if !found[k.Reference.Resource][values(line, k.Fields)] { // observations come first
						t.Errorf("%s: %v leads to no row of %s", res.Name, line, k.Reference.Resource)
					}
				}
			}
			if len(res.Columns.PrimaryKey) == 0 {
				t.Errorf("%s has no primary key", res.Name)
			}
		}
		if len(p.Resources) != len(Tables(r)) {
			t.Errorf("%d resources, want %d", len(p.Resources), len(Tables(r)))
		}
	}
}

func values(row map[string]string, names []string) string {
	var out []string
	for _, n := range names {
		out = append(out, row[n])
	}
	return strings.Join(out, "\x00")
}

func parse(s string) (v float64, err error) {
	_, err = fmt.Sscan(s, &v)
	return v, err
}
