package yamldoc

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// Place is a node and the way to it, so that the text of its file can be edited there. Edits of a
// place never touch a comment, and mean nothing but what they say: what they make of the document
// is read again and compared. Where that cannot be done, there is no edit.
type Place struct {
	doc *Document
	// path is the nodes from the document's root to the node.
	path []*Node
}

// Placed knows the node of a file that each of its values is written as.
type Placed interface {
	// Place is that of the value at a JSON pointer. It says no where the value is not written in a
	// file as it is, because something between the file and the cluster makes it.
	Place(pointer string) (Place, bool)
}

// maxEdited is the size, in bytes, of the longest object that is edited, because every edit reads it again, and an
// object with many findings has many.
const maxEdited = 64 << 10

// Place is the place of a node of the file's trees. Documents with problems have none, nor has an object that is
// too long to be read again for every edit.
func (f *File) Place(n *Node) (Place, bool) {
	at := f.At(n.Line, n.Column).Offset
	for _, d := range f.Documents {
		if at < d.Start || at > d.Start+len(d.Text) || d.Broken {
			continue
		}
		if path := pathTo(d.Root, n); path != nil {
			slices.Reverse(path)
			p := Place{d, path}
			if len(d.Text) > maxEdited && len(p.part().text) > maxEdited {
				break
			}
			return p, true
		}
	}
	return Place{}, false
}

// pathTo is the way from a node up to a root, or nil.
func pathTo(root, n *Node) []*Node {
	if root == n {
		return []*Node{n}
	}
	for _, c := range root.Content {
		if path := pathTo(c, n); path != nil {
			return append(path, root)
		}
	}
	return nil
}

// Node is the node itself.
func (p Place) Node() *Node { return p.path[len(p.path)-1] }

// Shared says whether an alias repeats the node elsewhere in the document, so that an edit changes
// more than one value.
func (p Place) Shared() bool {
	return slices.ContainsFunc(p.path, func(n *Node) bool { return n.Anchor != "" && aliased(p.doc.Root, n) })
}

// aliased says whether an alias in a tree stands for a node.
func aliased(root, n *Node) bool {
	return root.Kind == yaml.AliasNode && root.Alias == n ||
		slices.ContainsFunc(root.Content, func(c *Node) bool { return aliased(c, n) })
}

// parent is the node that holds the place's; nil for the root.
func (p Place) parent() *Node {
	if len(p.path) < 2 {
		return nil
	}
	return p.path[len(p.path)-2]
}

// key is the key whose value the node is; nil for the root, keys and items of lists.
func (p Place) key() *Node {
	up := p.parent()
	if up == nil || up.Kind != yaml.MappingNode {
		return nil
	}
	if i := slices.Index(up.Content, p.Node()); i%2 == 1 {
		return up.Content[i-1]
	}
	return nil
}

// inFlow says whether the node, or something around it, is in flow style.
func (p Place) inFlow() bool {
	return slices.ContainsFunc(p.path, func(n *Node) bool { return isFlow(n) })
}

func isFlow(n *Node) bool { return n.Style&yaml.FlowStyle != 0 }

// isJSON says whether the keys around the node are quoted as JSON wants it.
func (p Place) isJSON() bool {
	for _, n := range slices.Backward(p.path) {
		if n.Kind == yaml.MappingNode && len(n.Content) > 0 {
			return isFlow(n) && n.Content[0].Style&yaml.DoubleQuotedStyle != 0
		}
	}
	return false
}

// compact says whether the lists in the mappings around the node are not indented. Where there is
// none the document's first list tells, and if it has none they are not.
func (p Place) compact() bool {
	for _, n := range slices.Backward(p.path) {
		if c, ok := compactIn(n, false); ok {
			return c
		}
	}
	c, ok := compactIn(p.doc.Root, true)
	return c || !ok
}

// compactIn looks at the block lists that are values of a mapping and, if deep, of all below it.
func compactIn(n *Node, deep bool) (compact, ok bool) {
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 1 && c.Kind == yaml.SequenceNode && !isFlow(c) && len(c.Content) > 0 && c.Anchor == "" {
			return c.Column == n.Content[i-1].Column, true
		}
		if deep {
			if compact, ok = compactIn(c, true); ok {
				return compact, ok
			}
		}
	}
	return false, false
}

// Around is the place of a node of a kind: this one, or one around it that begins where it does, as
// a mapping does at its first key.
func (p Place) Around(kind yaml.Kind) (Place, bool) {
	n := p.Node()
	for i := len(p.path) - 1; i >= 0; i-- {
		at := p.path[i]
		if at.Line != n.Line || at.Column != n.Column {
			break
		}
		if at.Kind == kind {
			return Place{p.doc, p.path[:i+1]}, true
		}
	}
	return Place{}, false
}
