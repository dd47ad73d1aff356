package events

import (
	"bytes"
	"errors"
	"io"

	"go.yaml.in/yaml/v3"
)

// AmendYAML writes c into the document that it was read from: the events named in changed
// anew, those that the document lacks at its end, and everything else, comments too, as it
// was.
func AmendYAML(w io.Writer, document []byte, c *Catalog, changed map[string]bool) error {
	var root yaml.Node
	if err := yaml.Unmarshal(bytes.TrimPrefix(document, []byte("\ufeff")), &root); err != nil {
		return err
	}
	if len(root.Content) == 0 {
		return WriteYAML(w, c)
	}
	list := root.Content[0]
	if list.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(list.Content); i += 2 {
			if list.Content[i].Value == "events" {
				list = deref(list.Content[i+1])
				break
			}
		}
	}
	if list.Kind != yaml.SequenceNode {
		if !isNull(list) {
			return errors.New("no list of events to add to")
		}
		*list = yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	}
	list.Style &^= yaml.FlowStyle
	at := map[string]int{}
	for i, n := range list.Content {
		n = deref(n)
		for k := 0; k+1 < len(n.Content); k += 2 {
			if n.Content[k].Value == "id" {
				id := n.Content[k+1].Value
				at[id], at[SafeID(id)] = i, i
			}
		}
	}
	for i, r := range rows(c) {
		where, old := at[c.Events[i].ID]
		if old && !changed[c.Events[i].ID] {
			continue
		}
		var n yaml.Node
		if err := n.Encode(r); err != nil {
			return err
		}
		if !old {
			list.Content = append(list.Content, &n)
			continue
		}
		was := list.Content[where]
		n.HeadComment, n.FootComment = was.HeadComment, was.FootComment
		if len(was.Content) > 0 && len(n.Content) > 0 {
			n.Content[0].HeadComment = was.Content[0].HeadComment
		}
		list.Content[where] = &n
	}
	out := yaml.NewEncoder(w)
	out.SetIndent(2)
	if err := out.Encode(&root); err != nil {
		return err
	}
	return out.Close()
}
