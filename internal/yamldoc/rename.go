package yamldoc

import (
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// Rename replaces the key whose value the place is. A key that the mapping has already, and one with an anchor
// or a tag, stay.
func (p Place) Rename(key string) ([]Edit, bool) {
	k, up := p.key(), p.parent()
	if k == nil || k.Kind != yaml.ScalarNode || keyIndex(up, key) >= 0 || keyIndex(up, k.Value) < 0 {
		return nil, false
	}
	at := Place{p.doc, append(slices.Clone(p.path[:len(p.path)-1]), k)}
	return at.Set(key)
}

// Quote makes a string of a plain scalar that YAML reads as something else: yes, or 1.10.
func (p Place) Quote() ([]Edit, bool) {
	n, f := p.Node(), p.doc.File
	if n.Kind != yaml.ScalarNode || n.Style != 0 {
		return nil, false
	}
	start := f.At(n.Line, n.Column).Offset
	edits := []Edit{f.edit(f.skipProperties(start), f.end(n, start), strconv.Quote(n.Value))}
	return p.verified(edits, func(n *Node) { n.Tag = "!!str" })
}
