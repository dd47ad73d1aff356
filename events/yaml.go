package events

import (
	"bytes"
	"io"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"aftershock/internal/pattern"
)

// ReadYAML reads a catalogue from a YAML document; see [Read].
func ReadYAML(name string, r io.Reader) (*Catalog, error) {
	return newBuilder(name).readYAML(r)
}

func (b *builder) readYAML(r io.Reader) (*Catalog, error) {
	if data, ok := b.load(r); ok {
		b.yaml(data)
	}
	return b.catalog()
}

func (b *builder) yaml(data []byte) {
	// Each value but the first follows one of these. The library holds all values at
	// once, each in some two hundred bytes.
	n := bytes.Count(data, []byte("\n")) + bytes.Count(data, []byte(",")) + bytes.Count(data, []byte(":"))
	if n > mostNodes {
		b.problem(0, "holds more than %d values; write so many events as CSV", mostNodes)
		return
	}
	in := yaml.NewDecoder(bytes.NewReader(data))
	var root, second yaml.Node
	err := in.Decode(&root)
	if err == io.EOF {
		return // an empty file
	}
	if err == nil {
		if err = in.Decode(&second); err == nil {
			b.problem(second.Line, "a second document begins here; put all events into one list")
			return
		}
	}
	if err != io.EOF {
		b.badYAML(data, err)
		return
	}
	b.document(root.Content[0], nil, func(list *yaml.Node, f func(item *yaml.Node)) {
		for _, item := range list.Content {
			f(deref(item))
		}
	})
}

var yamlError = pattern.New(`(?s)^yaml: (?:line (\d+): )?(.*)$`)

// badYAML reports a syntax error. The library says no line when the error is on
// the first, and counts from 0 in errors of its parser; so the text is read
// once more with a line before it.
func (b *builder) badYAML(data []byte, err error) {
	var n yaml.Node
	in := yaml.NewDecoder(io.MultiReader(strings.NewReader("\n"), bytes.NewReader(data)))
	for again := error(nil); again != io.EOF; again = in.Decode(&n) {
		if again != nil {
			err = again
			break
		}
	}
	m := yamlError.FindStringSubmatch(err.Error())
	if m == nil {
		m = []string{"", "", err.Error()}
	}
	line, _ := strconv.Atoi(m[1])
	if line > 0 && !strings.HasPrefix(m[2], "did not find expected") {
		line--
	}
	b.problem(line, "not YAML: %s", m[2])
}

// document reads a list of events, alone or under the key events. each calls f with
// every item of the list; seen is what their dates have shown, nil where they have
// not been looked at.
func (b *builder) document(n *yaml.Node, seen *evidence, each func(list *yaml.Node, f func(item *yaml.Node))) {
	n = deref(n)
	if n.Kind == yaml.MappingNode {
		var list *yaml.Node
		b.pairs(n, "the file", []string{"events"}, func(name string, key, value *yaml.Node) {
			if name == "events" { // the others are what an import told of its sources
				list = value
			}
		})
		if list == nil {
			if len(b.errs) == 0 {
				b.problem(n.Line, "no events; write them as a list under the key events")
			}
			return
		}
		n = list
	}
	if isNull(n) {
		return
	}
	if n.Kind != yaml.SequenceNode {
		b.problem(n.Line, "events must be a list; begin each with \"- id: ...\"")
		return
	}
	if seen == nil {
		seen = new(evidence)
		each(n, seen.seeItem)
	}
	b.decide(*seen)
	each(n, func(item *yaml.Node) {
		if !b.lost() {
			b.item(item)
		}
	})
}

// seeItem looks at the dates of an event.
func (e *evidence) seeItem(item *yaml.Node) {
	if item.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(item.Content); i += 2 {
		if key, value := item.Content[i], deref(item.Content[i+1]); key.Value == "date" || key.Value == "time" {
			e.see(strings.TrimSpace(value.Value), value.Line)
		}
	}
}

func (b *builder) item(n *yaml.Node) {
	r := record{line: n.Line}
	if n.Kind != yaml.MappingNode {
		b.problem(n.Line, "an event must have keys and values, such as id: deepseek-r1")
		return
	}
	before := len(b.errs)
	b.pairs(n, "an event", fieldNames(), func(name string, key, value *yaml.Node) {
		if slices.Contains(importFields, name) && !isNull(value) {
			r.imported = true
		}
		switch name {
		case "titles":
			if isNull(value) {
				return
			}
			if value.Kind != yaml.MappingNode {
				b.problem(key.Line, "titles must be languages with their titles, such as {en: ..., ar: ...}; for one alone write title")
				return
			}
			b.pairs(value, "titles", nil, func(lang string, _, value *yaml.Node) {
				r.titles = append(r.titles, titleText{lang, b.scalar(value, "title")})
			})
		case "tags":
			if value.Kind != yaml.SequenceNode {
				r.tags = words(b.scalar(value, name))
				return
			}
			for _, item := range value.Content {
				r.tags = append(r.tags, b.scalar(deref(item), "tag"))
			}
		case "securities":
			if value.Kind != yaml.SequenceNode {
				for _, w := range symbols(b.scalar(value, name)) {
					r.securities = append(r.securities, security(w))
				}
				return
			}
			for _, item := range value.Content {
				r.securities = append(r.securities, b.security(deref(item)))
			}
		case "doubts", "unresolved":
			var list []text
			if value.Kind == yaml.SequenceNode {
				for _, item := range value.Content {
					list = append(list, b.scalar(deref(item), name))
				}
			} else if t := b.scalar(value, name); t.s != "" {
				list = []text{t}
			}
			if name == "doubts" {
				r.doubts = list
			} else {
				r.unresolved = list
			}
		case "coverage":
			r.coverage = b.coverage(value)
		default:
			r.fields.set(name, b.scalar(value, name))
		}
	})
	if len(b.errs) > before && r.fields.of("id").s == "" {
		return // a misspelt id would be reported as missing too
	}
	b.add(r)
}

// coverage reads the other reports of an event: a list, or one under items beside their
// count and sources.
func (b *builder) coverage(n *yaml.Node) (list []Coverage) {
	if isNull(n) {
		return nil
	}
	if n.Kind == yaml.MappingNode {
		items := &yaml.Node{Kind: yaml.SequenceNode}
		b.pairs(n, "coverage", []string{"count", "sources", "items"}, func(name string, _, value *yaml.Node) {
			if name == "items" && !isNull(value) {
				items = value
			}
		})
		n = items
	}
	if n.Kind != yaml.SequenceNode {
		b.problem(n.Line, "coverage must be a list of the other reports, each with key, title, source and time")
		return nil
	}
	for _, item := range n.Content {
		item = deref(item)
		if item.Kind != yaml.MappingNode {
			b.problem(item.Line, "a report under coverage must have keys and values, such as key, title, source and time")
			continue
		}
		var c Coverage
		b.pairs(item, "a report under coverage", []string{"key", "title", "source", "time"}, func(name string, _, value *yaml.Node) {
			s := b.scalar(value, name)
			*map[string]*string{"key": &c.Key, "title": &c.Title, "source": &c.Source, "time": &c.Time}[name] = b.line(s, name)
		})
		list = append(list, c)
	}
	return list
}

// security reads a security: its symbol, or its symbol and sign as a mapping.
func (b *builder) security(n *yaml.Node) securityText {
	if n.Kind != yaml.MappingNode {
		return security(b.scalar(n, "security"))
	}
	s := securityText{symbol: text{line: n.Line}}
	b.pairs(n, "a security", []string{"symbol", "sign"}, func(name string, _, value *yaml.Node) {
		if t := b.scalar(value, name); name == "symbol" {
			s.symbol = t
		} else {
			s.sign = t
		}
	})
	return s
}

// pairs calls f with the keys and values of a mapping. A key that is not known
// (nil: all are) or comes twice is a problem.
func (b *builder) pairs(n *yaml.Node, of string, known []string, f func(name string, key, value *yaml.Node)) {
	lines := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := deref(n.Content[i]), deref(n.Content[i+1])
		name := key.Value
		switch line, twice := lines[name]; {
		case b.lost():
			return
		case key.Kind != yaml.ScalarNode:
			b.problem(key.Line, "a key of %s must be a word", of)
		case twice:
			b.problem(key.Line, "key %s was already given on line %d; remove one", quote(name), line)
		case known != nil && !slices.Contains(known, name) && !(of == "an event" && slices.Contains(importFields, name)) && !(of == "the file" && (name == "rejected" || name == "told")):
			lines[name] = key.Line
			hint := "the keys of " + of + " are " + strings.Join(known, ", ")
			if c, _ := canonical(name); slices.Contains(known, c) {
				hint = "write " + c
			} else if c := Nearest(name, known); c != "" {
				hint = "did you mean " + c + "?"
			}
			b.problem(key.Line, "unknown key %s; %s", quote(name), hint)
		default:
			lines[name] = key.Line
			f(name, key, value)
		}
	}
}

// scalar returns the text of n as it is written, whatever type YAML sees in it:
// a security may be called TRUE, ON or 1E5.
func (b *builder) scalar(n *yaml.Node, what string) text {
	t := text{line: n.Line}
	switch {
	case n.Kind != yaml.ScalarNode:
		b.problem(n.Line, "%s must be one text here", what)
	case !isNull(n):
		t.s = strings.TrimSpace(n.Value)
	}
	return t
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// deref follows an alias to what it stands for.
func deref(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}
