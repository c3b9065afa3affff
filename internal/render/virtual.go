package render

import (
	"bytes"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tierlint/tierlint/internal/yamldoc"
)

// document serves the documents of a file, each after as many empty lines as its number needs.
// kyaml splits a file at lines that start with --- and counts the lines of each document anew
// (kyaml/kio/byteio_reader.go: splitDocuments, v0.21.2).
func (s *stage) document(p string, f *yamldoc.File, in *inlineFile) []byte {
	if isJSONPatch(f) {
		return f.Content
	}
	var out bytes.Buffer
	for _, d := range f.Documents {
		if s.dropped[d] {
			continue
		}
		if out.Len() > 0 {
			if out.Bytes()[out.Len()-1] != '\n' {
				out.WriteByte('\n')
			}
			out.WriteString("---\n")
		}
		text := d.Text
		if bytes.HasPrefix(text, []byte("---")) {
			text = append([]byte("   "), text[3:]...)
		}
		if worthLines(d) {
			v := &virtualDocument{path: p, file: f, doc: d, inline: in, resource: s.resources[p], first: s.next, line: f.Pos(d.Start).Line}
			v.last = v.first + bytes.Count(text, []byte("\n"))
			s.next = v.last + 1
			s.virtual = append(s.virtual, v)
			out.Write(bytes.Repeat([]byte("\n"), v.first-1))
		}
		out.Write(text)
	}
	return out.Bytes()
}

// worthLines says whether a document gets lines of its own. Definitions of other kinds are the
// longest documents by far, and nothing in them bears on policy.
func worthLines(d *yamldoc.Document) bool {
	return d.Root.Kind == yaml.MappingNode && yamldoc.Text(d.Root, "/kind") != "CustomResourceDefinition" &&
		!bytes.HasPrefix(bytes.TrimSpace(d.Text), []byte("%"))
}

// isJSONPatch says whether a file is a JSON 6902 patch: a list of operations.
func isJSONPatch(f *yamldoc.File) bool {
	return len(f.Documents) == 1 && f.Documents[0].Root.Kind == yaml.SequenceNode
}

// at is the document that a virtual line belongs to, or nil.
func (s *stage) at(line int) *virtualDocument {
	i, found := slices.BinarySearchFunc(s.virtual, line, func(v *virtualDocument, line int) int { return v.first - line })
	if !found {
		i--
	}
	if i < 0 || line > s.virtual[i].last {
		return nil
	}
	return s.virtual[i]
}

// written is the node of a file that a node of the result was parsed from, or nil. Lines up to
// floor are not virtual ones.
func (s *stage) written(n *yamldoc.Node, floor int) (*virtualDocument, *yamldoc.Node) {
	v := s.at(n.Line)
	if v == nil || n.Line <= floor {
		return nil, nil
	}
	v.index()
	return v, v.nodes[v.at(n)]
}

// key is the key in a file whose value a node of the result was parsed from, or nil.
func (s *stage) key(n *yamldoc.Node, floor int) (*virtualDocument, *yamldoc.Node) {
	v := s.at(n.Line)
	if v == nil || n.Line <= floor {
		return nil, nil
	}
	v.index()
	return v, v.keys[v.at(n)]
}

// at is the line and column in the file of a node of the result.
func (v *virtualDocument) at(n *yamldoc.Node) [2]int {
	return [2]int{n.Line - v.first + v.line, n.Column}
}

func (v *virtualDocument) index() {
	if v.nodes == nil {
		v.nodes, v.keys = map[[2]int]*yamldoc.Node{}, map[[2]int]*yamldoc.Node{}
		index(v.nodes, v.keys, v.doc.Root)
	}
}

// floorOf is the highest line that may be one which kustomize counted when it wrote an object
// anew; 0 for an object that is on virtual lines. A line has at least one node or a part of one.
func floorOf(root *yamldoc.Node) int {
	if root.Line >= firstLine {
		return 0
	}
	lines := firstLine
	var count func(*yamldoc.Node)
	count = func(n *yamldoc.Node) {
		lines += 1 + strings.Count(n.Value, "\n") + len(n.Value)/80
		for _, c := range n.Content {
			count(c)
		}
	}
	count(root)
	return lines
}

// index files the nodes of a tree by place, and keys by the place of their values. A mapping starts
// where its first key does: the key wins.
func index(nodes, keys map[[2]int]*yamldoc.Node, n *yamldoc.Node) {
	at := [2]int{n.Line, n.Column}
	if old := nodes[at]; old == nil || n.Kind == yaml.ScalarNode {
		nodes[at] = n
	}
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 1 {
			keys[[2]int{c.Line, c.Column}] = n.Content[i-1]
		}
		index(nodes, keys, c)
	}
}
