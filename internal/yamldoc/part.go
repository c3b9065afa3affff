package yamldoc

import (
	"bytes"
	"slices"

	"go.yaml.in/yaml/v3"
)

// part is a piece of a document that can be read on its own, and the tree of it.
type part struct {
	text  []byte
	start int // byte offset of text in the file
	root  *Node
}

// part is what has to be read again for an edit of the place: of a List, as kubectl exports objects, the object that the place is in,
// and otherwise all of the document.
func (p Place) part() part {
	if item, ok := p.item(); ok {
		return item
	}
	return part{p.doc.Text, p.doc.Start, p.doc.Root}
}

// item is the lines of the List's item that the place is in, from its dash to the next one, or to the key after the items.
// It says no where those lines mean something else on their own, because they have aliases of what is elsewhere.
func (p Place) item() (part, bool) {
	if len(p.path) < 3 || p.path[1] != Find(p.doc.Root, "/items").Value || p.path[1].Kind != yaml.SequenceNode || isFlow(p.path[1]) {
		return part{}, false
	}
	f, items, at := p.doc.File, p.path[1], p.path[2]
	end := p.doc.Start + len(p.doc.Text)
	if i := slices.Index(items.Content, at); i+1 < len(items.Content) {
		end = f.starts[items.Content[i+1].Line-1]
	} else if i := slices.Index(p.doc.Root.Content, items); i+1 < len(p.doc.Root.Content) {
		end = f.starts[p.doc.Root.Content[i+1].Line-1]
	}
	start := f.starts[at.Line-1]
	if end <= start || !bytes.HasPrefix(bytes.TrimLeft(f.Content[start:end], " "), []byte("- ")) {
		return part{}, false
	}
	out := part{f.Content[start:end], start, &Node{Kind: yaml.SequenceNode, Content: []*Node{at}}}
	alone := Parse("", out.text)
	ok := len(alone.Problems) == 0 && len(alone.Documents) == 1 && equal(out.root, alone.Documents[0].Root)
	return out, ok
}
