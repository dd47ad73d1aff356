package events

import (
	"bytes"
	"encoding/json"
	"errors"
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
		in := &jsonTree{data: data, dec: json.NewDecoder(bytes.NewReader(data)), line: 1}
		in.dec.UseNumber()
		root, err := in.node(0)
		if err == nil {
			if _, err = in.dec.Token(); err == nil {
				err = errors.New("something follows the end of the list")
			}
		}
		if err == io.EOF && root != nil {
			b.document(root)
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
// escaped as surrogate pairs.)
type jsonTree struct {
	data []byte
	dec  *json.Decoder
	line int   // of offset
	off  int64 // up to which lines are counted
}

// at returns the line up to which the decoder has read.
func (j *jsonTree) at() int {
	now := j.dec.InputOffset()
	j.line += bytes.Count(j.data[j.off:now], []byte("\n"))
	j.off = now
	return j.line
}

func (j *jsonTree) node(depth int) (*yaml.Node, error) {
	const deepest = 20 // a catalogue needs 5
	if depth > deepest {
		return nil, errors.New("nested too deeply for a catalogue")
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
			c, err := j.node(depth + 1)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, c)
		}
		if _, err := j.dec.Token(); err != nil {
			return nil, err
		}
	}
	return n, nil
}
