package main

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"aftershock/analysis"
	"aftershock/events"
	"aftershock/internal/pattern"
	"aftershock/market"
	"aftershock/market/csvfile"
)

// decode is a mapstructure hook. It takes the forms in which a value may be
// written (YAML's own, and one text from a flag or the environment) to the type
// of the setting, and refuses whatever YAML read as something else than its
// author meant: a ticker TRUE is a bool to it.
func decode(from, to reflect.Value) (any, error) {
	data := from.Interface()
	if from.Type() == to.Type() {
		return data, nil
	}
	var err error
	if text, ok := data.(string); ok {
		data, err = decodeText(text, to)
	} else {
		data, err = decodeValue(from, to)
	}
	if err != nil {
		return nil, err
	}
	switch from := reflect.ValueOf(data); {
	case from.Type() == to.Type():
	case to.Kind() == reflect.Slice && from.Kind() != reflect.Slice:
		return nil, errors.New("must be a list, such as [a, b]")
	case to.Kind() == reflect.Struct && from.Kind() != reflect.Map:
		return nil, errors.New("must hold keys and values")
	}
	return data, nil
}

// decodeText reads what is written in one text; the text itself, where to takes
// that in no form.
func decodeText(text string, to reflect.Value) (any, error) {
	switch to.Interface().(type) {
	case window:
		w, err := analysis.ParseWindow(text)
		return window(w), err
	case []window:
		return strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ';' }), nil
	case market.Date:
		if text == "" {
			return market.NoDate, nil
		}
		return market.ParseDate(text)
	case []string, []security, []int:
		return list(text), nil
	case side:
		return side{text: text}, nil
	case security:
		return security{Symbol: text}, nil
	case limit:
		return limit(text), nil
	case int, uint64:
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 && to.CanUint() {
			return nil, fmt.Errorf("%q is not a whole number%s", text, positive(to))
		}
		return n, nil
	case amount:
		x, ok := csvfile.Amount(text)
		if !ok || math.IsNaN(x) {
			return nil, fmt.Errorf("%q is not a number such as 24490000000 or 24.49B", text)
		}
		return amount(x), nil
	case float64:
		x, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(x) {
			return nil, fmt.Errorf("%q is not a number", text)
		}
		return x, nil
	case bool:
		v, err := strconv.ParseBool(text)
		if err != nil {
			return nil, fmt.Errorf("%v is neither true nor false", text)
		}
		return v, nil
	}
	return text, nil
}

// decodeValue checks what YAML has read as something else than a text.
func decodeValue(from, to reflect.Value) (any, error) {
	data := from.Interface()
	switch to.Interface().(type) {
	case string:
		return nil, notText(data)
	case security:
		if from.Kind() != reflect.Map {
			return nil, notText(data)
		}
	case side:
		return sideOf(data)
	case window:
		return windowOf(data)
	case market.Date:
		if t, ok := data.(time.Time); ok {
			return market.DateOf(t), nil
		}
		return nil, fmt.Errorf("%v is not a date of the form 2006-01-02", data)
	case int, uint64:
		if !from.CanInt() || from.Int() < 0 && to.CanUint() {
			return nil, fmt.Errorf("%v is not a whole number%s", data, positive(to))
		}
	case float64, amount:
		if !from.CanInt() && !from.CanFloat() || from.CanFloat() && math.IsNaN(from.Float()) {
			return nil, fmt.Errorf("%v is not a number", data)
		}
	case bool:
		return nil, fmt.Errorf("%v is neither true nor false", data)
	case limit:
		if from.CanInt() || from.CanFloat() {
			return limit(fmt.Sprint(data)), nil
		}
		return nil, notText(data)
	}
	return data, nil
}

// list takes the elements of a list written in one text apart.
func list(text string) []string {
	if strings.TrimSpace(text) == none {
		return []string{}
	}
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == ' ' })
}

func positive(to reflect.Value) string {
	if to.CanUint() {
		return " of 0 or more"
	}
	return ""
}

// notText says that YAML does not see a text in a value that must be one.
func notText(data any) error {
	switch v := data.(type) {
	case bool:
		return fmt.Errorf("YAML reads this as true or false (%v) and not as a text; put it in quotes", v)
	case time.Time:
		return errors.New("YAML reads this as a date and not as a text; put it in quotes")
	case int, int64, uint64, float64:
		return fmt.Errorf("YAML reads this as the number %v and not as a text; put it in quotes", v)
	}
	return errors.New("must be one text")
}

// sideOf reads a list of symbols.
func sideOf(data any) (side, error) {
	items, ok := data.([]any)
	if !ok {
		return side{}, notText(data)
	}
	s := side{list: []string{}}
	for _, item := range items {
		text, ok := item.(string)
		if !ok {
			return side{}, notText(item)
		}
		s.list = append(s.list, text)
	}
	return s, nil
}

// windowOf reads the window [from, to].
func windowOf(data any) (window, error) {
	ends, ok := data.([]any)
	if ok && len(ends) == 2 {
		from, isInt := ends[0].(int)
		to, areInts := ends[1].(int)
		if isInt && areInts {
			return window{From: from, To: to}, nil
		}
	}
	return window{}, errors.New("must be a window of two whole numbers, such as [-1, 1]")
}

// walkFile records the line of every value of the file, and what the decoder
// cannot see: keys that are not known, in the wrong case, or without a value.
func (c *config) walkFile(data []byte) {
	var doc yaml.Node
	if yaml.Unmarshal(data, &doc) != nil || len(doc.Content) == 0 {
		return // viper has read it; there is nothing in it
	}
	c.walk(doc.Content[0], "", "")
}

// tooDeep refuses a file in which things are nested deeper than any key is, or that
// repeats itself by its aliases: the time that its readers take grows with the
// square of the depth, and with the repetition.
func tooDeep(file string, data []byte) error {
	const mostDepth, mostNodes = 32, 1_000_000
	var doc yaml.Node
	if yaml.Unmarshal(data, &doc) != nil {
		return nil // its reader says what is wrong
	}
	nodes, deep := 0, (*yaml.Node)(nil)
	var visit func(n *yaml.Node, depth int)
	visit = func(n *yaml.Node, depth int) {
		if n.Kind == yaml.AliasNode {
			n = n.Alias
		}
		if nodes++; depth > mostDepth && deep == nil {
			deep = n
		}
		for _, c := range n.Content {
			if nodes > mostNodes || deep != nil {
				return
			}
			visit(c, depth+1)
		}
	}
	visit(&doc, 0)
	switch {
	case deep != nil:
		return problem{where: fmt.Sprintf("%s:%d", file, deep.Line), what: fmt.Sprintf("is nested more than %d deep; no key is", mostDepth)}
	case nodes > mostNodes:
		return problem{where: file, what: fmt.Sprintf("holds more than %d values, its aliases followed", mostNodes)}
	}
	return nil
}

// walk visits the node at key; path is key without its list indices.
func (c *config) walk(n *yaml.Node, key, path string) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if key != "" {
		c.lines[key] = n.Line
	}
	switch n.Kind {
	case yaml.SequenceNode:
		for i, item := range n.Content {
			c.walk(item, fmt.Sprintf("%s[%d]", key, i), path)
		}
	case yaml.MappingNode:
		known := keysWithin(path)
		for i := 0; i+1 < len(n.Content) && known != nil; i += 2 {
			name := n.Content[i].Value
			switch {
			case name == "<<":
				c.walk(n.Content[i+1], key, path)
			case !slices.Contains(known, name):
				line := n.Content[i].Line
				c.problems = append(c.problems, problem{c.at(line, join(key, quotedName(name))), "unknown key" + didYouMean(name, known), line})
			default:
				c.walk(n.Content[i+1], join(key, name), join(path, name))
			}
		}
	case yaml.ScalarNode:
		switch null := n.ShortTag() == "!!null"; {
		case null && key != "":
			c.bad(key, "has no value; give one, or remove the key to take the default")
		case !null && key == "securities" && n.Value != "": // one text is for flags: a symbol may be a name with blanks
			c.bad(key, "must be a list, such as [%s]", strings.Join(list(n.Value), ", "))
		}
	}
}

// quotedName quotes a name that a terminal would not show as it is.
func quotedName(name string) string {
	if quoted := strconv.Quote(name); name == "" || quoted != `"`+name+`"` {
		return quoted
	}
	return name
}

func join(key, name string) string {
	if key == "" {
		return name
	}
	return key + "." + name
}

var yamlLine = pattern.New(`(?s)yaml: (?:unmarshal errors:\s*)?(?:line (\d+): )?(.*)$`)

// yamlProblem makes one line of the library's message about a file that is not
// YAML. The library counts from 0 in the errors of its parser.
func yamlProblem(file string, err error) error {
	m := yamlLine.FindStringSubmatch(err.Error())
	if m == nil {
		return problem{where: file, what: err.Error()}
	}
	line, _ := strconv.Atoi(m[1])
	if strings.HasPrefix(m[2], "did not find expected") {
		line++
	}
	what := "not YAML: " + strings.Join(strings.Fields(m[2]), " ")
	if strings.HasPrefix(m[2], "found character that cannot start any token") || strings.Contains(m[2], "tab character") {
		what += "; a tab, or an @ or % that is not in quotes: indent by blanks"
	}
	if strings.HasPrefix(m[2], "cannot unmarshal") {
		what = "must hold keys and values, such as study: and below it model: market"
	}
	if line == 0 {
		return problem{where: file, what: what}
	}
	return problem{where: fmt.Sprintf("%s:%d", file, line), what: what}
}

// didYouMean returns "; did you mean X?" with the candidate nearest to word, or
// the candidates where none is near and they are few.
func didYouMean(word string, candidates []string) string {
	if best := events.Nearest(word, candidates); best != "" {
		return "; did you mean " + best + "?"
	}
	if len(candidates) > 16 {
		return ""
	}
	return "; use " + strings.Join(candidates[:len(candidates)-1], ", ") + " or " + candidates[len(candidates)-1]
}
