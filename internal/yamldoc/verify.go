package yamldoc

import (
	"cmp"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Apply makes the edits of a text. They must not overlap; offset is where the text begins in the file.
func Apply(text []byte, offset int, edits []Edit) ([]byte, bool) {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b Edit) int {
		return cmp.Or(a.Span.Start.Offset-b.Span.Start.Offset, a.Span.End.Offset-b.Span.End.Offset)
	})
	var out []byte
	at := 0
	for _, e := range edits {
		start, end := e.Span.Start.Offset-offset, e.Span.End.Offset-offset
		if start < at || end < start || end > len(text) {
			return nil, false
		}
		out = append(append(out, text[at:start]...), e.NewText...)
		at = end
	}
	return append(out, text[at:]...), true
}

// verified gives edits back if they make of the part that the place is in what change makes of its tree, at the
// copy of the place's node, and leave all comments in it.
func (p Place) verified(edits []Edit, change func(*Node)) ([]Edit, bool) {
	part := p.part()
	text, ok := Apply(part.text, part.start, edits)
	if !ok {
		return nil, false
	}
	want, copies := clone(part.root)
	change(copies[p.Node()])
	was, is := Parse("", part.text), Parse("", text)
	if len(is.Documents) != 1 || len(is.Problems) > len(was.Problems) || !equal(want, is.Documents[0].Root) {
		return nil, false
	}
	said := func(c Comment) string { return c.Text }
	if !slices.Equal(mapped(was.Comments(), said), mapped(is.Comments(), said)) {
		return nil, false
	}
	return edits, true
}

func mapped[T, U any](in []T, f func(T) U) []U {
	out := make([]U, len(in))
	for i := range in {
		out[i] = f(in[i])
	}
	return out
}

// clone copies a tree, and says what each node was copied to.
func clone(root *Node) (*Node, map[*Node]*Node) {
	copies := map[*Node]*Node{}
	var walk func(*Node) *Node
	walk = func(n *Node) *Node {
		c := *n
		copies[n] = &c
		c.Content = mapped(n.Content, walk)
		return &c
	}
	return walk(root), copies
}

// equal says whether two trees say the same. An alias is compared by its name.
func equal(a, b *Node) bool {
	if a.Kind != b.Kind || a.Anchor != b.Anchor || a.Value != b.Value || len(a.Content) != len(b.Content) {
		return false
	}
	switch a.Kind {
	case yaml.ScalarNode:
		return a.ShortTag() == b.ShortTag()
	case yaml.MappingNode:
		return sameKeys(a, b, equal)
	}
	return slices.EqualFunc(a.Content, b.Content, equal)
}

// sameKeys says whether two mappings of one length have the same keys with the same values.
func sameKeys(a, b *Node, same func(a, b *Node) bool) bool {
	for i := 0; i+1 < len(a.Content); i += 2 {
		j := keyIndex(b, a.Content[i].Value)
		if j < 0 || !same(a.Content[i], b.Content[j]) || !same(a.Content[i+1], b.Content[j+1]) {
			return false
		}
	}
	return true
}

// Equal says whether two values are the same, whatever the order of keys and the style.
func Equal(a, b *Node) bool {
	a, b = resolveAlias(a), resolveAlias(b)
	if a == nil || b == nil || a.Kind != b.Kind || len(a.Content) != len(b.Content) {
		return false
	}
	switch a.Kind {
	case yaml.ScalarNode:
		return a.Value == b.Value && a.ShortTag() == b.ShortTag()
	case yaml.MappingNode:
		return sameKeys(a, b, Equal)
	}
	return slices.EqualFunc(a.Content, b.Content, Equal)
}
