package events

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// ReadJSON reads a catalogue from JSON; see [Read].
func ReadJSON(name string, r io.Reader) (*Catalog, error) {
	return newBuilder(name).readJSON(r)
}

func (b *builder) readJSON(r io.Reader) (*Catalog, error) {
	if data, ok := b.load(r); ok && len(bytes.TrimSpace(data)) > 0 {
		var seen evidence
		in := newJSONTree(data, seen.seeItem)
		root, err := in.node(0, true)
		if err == nil {
			if _, err = in.dec.Token(); err == nil {
				err = errors.New("something follows the end of the list")
			}
		}
		if err == io.EOF && root != nil {
			b.document(root, &seen, func(_ *yaml.Node, f func(item *yaml.Node)) {
				_, _ = newJSONTree(data, f).node(0, true) // read without error before
			})
		} else {
			b.problem(in.at(), "not JSON: %v", jsonReason(err))
		}
	}
	return b.catalog()
}

// jsonReason returns err in words that suit a file.
func jsonReason(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errors.New("the file ends too early; it may be cut off here")
	}
	return err
}

// A jsonTree reads JSON into the nodes that YAML is read into, so that the two
// share what follows. (Read as YAML, JSON would lose characters that are
// escaped as surrogate pairs.) The events themselves are handed on one by one: a
// long catalogue has more nodes than memory should hold.
type jsonTree struct {
	item func(n *yaml.Node) // is called with each event
	held int                // nodes since the last one
	data []byte
	dec  *json.Decoder
	line int   // of offset
	off  int64 // up to which lines are counted
}

func newJSONTree(data []byte, item func(n *yaml.Node)) *jsonTree {
	j := &jsonTree{item: item, data: data, dec: json.NewDecoder(bytes.NewReader(data)), line: 1}
	j.dec.UseNumber()
	return j
}

// at returns the line up to which the decoder has read.
func (j *jsonTree) at() int {
	now := j.dec.InputOffset()
	j.line += bytes.Count(j.data[j.off:now], []byte("\n"))
	j.off = now
	return j.line
}

// node reads a value. list: the value is the list of events, or holds it under the
// key events.
func (j *jsonTree) node(depth int, list bool) (*yaml.Node, error) {
	const deepest = 20 // a catalogue needs 5
	if depth > deepest {
		return nil, errors.New("nested too deeply for a catalogue")
	}
	if j.held++; j.held > mostInEvent {
		return nil, fmt.Errorf("an event holds more than %d values", mostInEvent)
	}
	token, err := j.dec.Token()
	if err != nil {
		return nil, err
	}
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Line: j.at()}
	switch v := token.(type) {
	case string:
		n.Value = v
	case json.Number:
		n.Value = v.String()
	case bool:
		n.Value = strconv.FormatBool(v)
	case nil:
		n.Tag = "!!null"
	case json.Delim:
		n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
		if v == '{' {
			n.Kind, n.Tag = yaml.MappingNode, "!!map"
		}
		for j.dec.More() {
			i := len(n.Content)
			within := list && v == '{' && i%2 == 1 && n.Content[i-1].Value == "events"
			c, err := j.node(depth+1, within)
			if err != nil {
				return nil, err
			}
			if list && v == '[' {
				j.item(c)
				j.held = 0
				continue
			}
			n.Content = append(n.Content, c)
		}
		if _, err := j.dec.Token(); err != nil {
			return nil, err
		}
	}
	return n, nil
}
