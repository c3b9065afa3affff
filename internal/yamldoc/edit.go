package yamldoc

import (
	"bytes"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tierlint/tierlint/internal/source"
)

// Edit replaces a piece of a file. An empty Span inserts before it.
type Edit struct {
	Span    source.Span
	NewText string
}

func (f *File) edit(start, end int, text string) Edit { return Edit{f.span(start, end), text} }

// Set replaces a scalar by another, which is quoted as the old one is. Block scalars stay.
func (p Place) Set(value string) ([]Edit, bool) {
	n, f := p.Node(), p.doc.File
	if n.Kind != yaml.ScalarNode || n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return nil, false
	}
	start := f.At(n.Line, n.Column).Offset
	end := f.end(n, start)
	text := value
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		text = strconv.Quote(value)
	case n.Style&yaml.SingleQuotedStyle != 0:
		text = "'" + strings.ReplaceAll(value, "'", "''") + "'"
	}
	edits := []Edit{f.edit(f.skipProperties(start), end, text)}
	return p.verified(edits, func(n *Node) { n.Value = value })
}

// Rewrite replaces a mapping or a list by a value, whose text is YAML.
func (p Place) Rewrite(value string) ([]Edit, bool) {
	n, f := p.Node(), p.doc.File
	v, ok := parsed(value)
	if !ok || n.Kind != v.Kind || n.Kind == yaml.ScalarNode || n.Kind == yaml.AliasNode {
		return nil, false
	}
	start := f.At(n.Line, n.Column).Offset
	end := f.end(n, start)
	start = f.skipProperties(start)
	text := p.flow(v, true)
	if !p.inFlow() {
		text = strings.Join(p.block(v), f.eol(n.Line)+spaces(f.Pos(start).Col-1))
	}
	return p.verified([]Edit{f.edit(start, end, text)}, func(n *Node) { n.Content = v.Content })
}

// keyIndex is where a key is among the content of a mapping, or -1. A key that is there twice is
// not found.
func keyIndex(n *Node, key string) int {
	found := -1
	if n.Kind != yaml.MappingNode {
		return found
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
}

// mappingOf is a mapping with one key, whose value is YAML.
func mappingOf(key, value string) (*Node, bool) {
	v, ok := parsed(value)
	if !ok {
		return nil, false
	}
	k := &Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}
	return &Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*Node{k, v}}, true
}

// parsed is the tree of a text.
func parsed(text string) (*Node, bool) {
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(text), &n); err != nil || len(n.Content) == 0 {
		return nil, false
	}
	return n.Content[0], true
}

// block is the lines of a value in block style. What is in flow style in it stays so.
func (p Place) block(n *Node) []string {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if p.compact() {
		e.CompactSeqIndent()
	}
	if e.Encode(n) != nil || e.Close() != nil {
		return nil
	}
	return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
}

// flow is a value in one line, a mapping with or without its braces.
func (p Place) flow(n *Node, braces bool) string {
	n, _ = clone(n)
	json := p.isJSON()
	restyle(n, func(n *Node) {
		n.Style = yaml.FlowStyle
		if n.Kind == yaml.ScalarNode {
			if n.Style = 0; json && n.ShortTag() == "!!str" {
				n.Style = yaml.DoubleQuotedStyle
			}
		}
	})
	text, err := yaml.Marshal(n)
	if err != nil {
		return ""
	}
	line := strings.TrimSuffix(string(text), "\n")
	if !braces {
		line = line[1 : len(line)-1]
	}
	return line
}

func restyle(n *Node, f func(*Node)) {
	f(n)
	for _, c := range n.Content {
		restyle(c, f)
	}
}

func spaces(n int) string { return strings.Repeat(" ", max(n, 0)) }

// lineStart is the offset of the start of the line that an offset is on.
func (f *File) lineStart(offset int) int { return f.starts[f.Pos(offset).Line-1] }

// nextLine is the offset of the start of the line below an offset, or the end of the file.
func (f *File) nextLine(offset int) int {
	if n := f.Pos(offset).Line; n < len(f.starts) {
		return f.starts[n]
	}
	return len(f.Content)
}

// eol is how a line ends, or, if it is the last and does not end, the first.
func (f *File) eol(line int) string {
	for _, n := range []int{line, 1} {
		if n < len(f.starts) {
			end := f.starts[n-1] + len(f.line(n))
			return string(f.Content[end:f.starts[n]])
		}
	}
	return "\n"
}
