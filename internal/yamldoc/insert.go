package yamldoc

import (
	"bytes"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Insert puts items into a list, before the one at an index, or behind the last. They are a list in
// YAML. The list may be empty, or a key's missing value.
func (p Place) Insert(index int, list string) ([]Edit, bool) {
	n := p.Node()
	items, ok := parsed(list)
	if !ok || items.Kind != yaml.SequenceNode || index < 0 || index > len(n.Content) {
		return nil, false
	}
	empty := n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null"
	if n.Kind != yaml.SequenceNode && !empty {
		return nil, false
	}
	change := func(n *Node) {
		n.Kind, n.Tag, n.Value = yaml.SequenceNode, "!!seq", ""
		n.Content = slices.Insert(n.Content, index, items.Content...)
	}
	var edits []Edit
	switch {
	case len(n.Content) == 0:
		edits, ok = p.fill(items.Content)
	case isFlow(n):
		edits, ok = p.insertFlow(index, 1, mapped(items.Content, func(v *Node) string { return p.flow(v, true) }))
	default:
		edits, ok = p.insertBlock(index, 1, p.dashed(items.Content, p.gap()))
	}
	if !ok {
		return nil, false
	}
	return p.verified(edits, change)
}

// InsertKey puts a key with a value, which is YAML, into a mapping: before the first of the given
// keys that is there, or behind the last.
func (p Place) InsertKey(key, value string, before ...string) ([]Edit, bool) {
	n := p.Node()
	entry, ok := mappingOf(key, value)
	if !ok || n.Kind != yaml.MappingNode || keyIndex(n, key) >= 0 || len(n.Content) == 0 {
		return nil, false
	}
	index := len(n.Content)
	for _, b := range before {
		if i := keyIndex(n, b); i >= 0 {
			index = min(index, i)
		}
	}
	var edits []Edit
	if isFlow(n) {
		edits, ok = p.insertFlow(index, 2, []string{p.flow(entry, false)})
	} else {
		if v := entry.Content[1]; !isFlow(v) {
			unfold(v.Content)
		}
		edits, ok = p.insertBlock(index, 2, p.block(entry))
	}
	if !ok {
		return nil, false
	}
	return p.verified(edits, func(n *Node) { n.Content = slices.Insert(n.Content, index, entry.Content...) })
}

// gap is how far the items of a list are from the starts of their dashes.
func (p Place) gap() int {
	n := p.Node()
	if first := n.Content[0]; first.Line == n.Line && n.Anchor == "" && n.Style&yaml.TaggedStyle == 0 {
		return max(first.Column-n.Column, 2)
	}
	return 2
}

// dashed is the lines of items of a list. The items themselves are in block style, whatever is in them.
func (p Place) dashed(items []*Node, gap int) []string {
	var out []string
	unfold(items)
	for _, v := range items {
		for i, l := range p.block(v) {
			switch {
			case i == 0:
				l = "-" + spaces(gap-1) + l
			case l != "":
				l = spaces(gap) + l
			}
			out = append(out, l)
		}
	}
	return out
}

// unfold puts items into block style, but not what is in them.
func unfold(items []*Node) {
	for _, v := range items {
		if v.Kind == yaml.MappingNode {
			v.Style &^= yaml.FlowStyle
		}
	}
}

// insertBlock puts lines between the children of a block collection, each of which has a number
// of nodes.
func (p Place) insertBlock(index, each int, lines []string) ([]Edit, bool) {
	n, f := p.Node(), p.doc.File
	column := n.Content[0].Column
	if n.Kind == yaml.SequenceNode {
		if column = f.At(n.Line, n.Column).Offset; n.Anchor != "" || n.Style&yaml.TaggedStyle != 0 {
			column = f.skipProperties(column)
		}
		column = f.Pos(column).Col
	}
	indent := spaces(column - 1)
	if index < len(n.Content) {
		if at, ok := p.above(n.Content[index].Line, indent); ok {
			return []Edit{f.edit(at, at, p.join(n.Content[index].Line, indent, lines))}, true
		}
		if index += each; n.Kind == yaml.SequenceNode {
			return nil, false // the item would be at another place
		}
	}
	last := n.Content[index-1]
	return p.below(f.end(last, f.At(last.Line, last.Column).Offset), indent, lines)
}

// above is the start of a line and of the comments right above it. The line must begin with the
// indentation and a dash or key.
func (p Place) above(line int, indent string) (int, bool) {
	f := p.doc.File
	text := string(f.line(line))
	if !strings.HasPrefix(text, indent) || strings.TrimLeft(text[len(indent):], " ") != text[len(indent):] {
		return 0, false
	}
	if p.Node().Kind == yaml.SequenceNode && !strings.HasPrefix(text[len(indent):], "-") {
		return 0, false
	}
	for line > 1 && strings.HasPrefix(string(f.line(line-1)), indent+"#") {
		line--
	}
	return f.starts[line-1], true
}

// below puts lines behind the one on which an offset is; nothing but a comment may follow there.
func (p Place) below(end int, indent string, lines []string) ([]Edit, bool) {
	f := p.doc.File
	number := f.Pos(end).Line
	rest := bytes.TrimLeft(f.line(number)[end-f.starts[number-1]:], " \t")
	if len(rest) > 0 && rest[0] != '#' {
		return nil, false
	}
	text := p.join(number, indent, lines)
	if number == f.lines() {
		eol := f.eol(number)
		return []Edit{f.edit(len(f.Content), len(f.Content), eol+strings.TrimSuffix(text, eol))}, true
	}
	return []Edit{f.edit(f.starts[number], f.starts[number], text)}, true
}

// join makes a text of lines, which end as a line of the file does.
func (p Place) join(line int, indent string, lines []string) string {
	var b strings.Builder
	for _, l := range lines {
		if l != "" {
			b.WriteString(indent + l)
		}
		b.WriteString(p.doc.File.eol(line))
	}
	return b.String()
}

// insertFlow puts texts between the children of a flow collection.
func (p Place) insertFlow(index, each int, texts []string) ([]Edit, bool) {
	n, f := p.Node(), p.doc.File
	offset := func(n *Node) int { return f.At(n.Line, n.Column).Offset }
	if index < len(n.Content) {
		at := offset(n.Content[index])
		sep := " "
		if start := f.lineStart(at); blank(f.Content[start:at]) {
			sep = f.eol(f.Pos(at).Line) + string(f.Content[start:at])
		}
		return []Edit{f.edit(at, at, strings.Join(texts, ","+sep)+","+sep)}, true
	}
	last := n.Content[len(n.Content)-1]
	first := offset(n.Content[len(n.Content)-each])
	end := f.end(last, offset(last))
	start, comma := f.lineStart(first), f.comma(end)
	if start <= offset(n) || !blank(f.Content[start:first]) || f.Pos(f.end(n, offset(n))).Line == f.Pos(end).Line {
		return []Edit{f.edit(end, end, ", "+strings.Join(texts, ", "))}, true
	}
	// Each on a line of its own: so is the new one, and a comment stays with the old one.
	for i := range texts[:len(texts)-1] {
		texts[i] += ","
	}
	lines := p.join(f.Pos(end).Line, string(f.Content[start:first]), texts)
	next := f.nextLine(end)
	if comma > 0 {
		return []Edit{f.edit(next, next, lines)}, true
	}
	return []Edit{f.edit(end, end, ","), f.edit(next, next, lines)}, true
}

// comma is the offset of a comma behind a value, or 0.
func (f *File) comma(at int) int {
	for ; at < len(f.Content); at++ {
		switch c := f.Content[at]; {
		case c == ',':
			return at
		case c == '#':
			at = f.nextLine(at) - 1
		case strings.IndexByte(" \t\r\n", c) < 0:
			return 0
		}
	}
	return 0
}

// fill gives an empty list, or a key without a value, its first items.
func (p Place) fill(items []*Node) ([]Edit, bool) {
	n, f := p.Node(), p.doc.File
	key := p.key()
	start := f.At(n.Line, n.Column).Offset
	end := f.end(n, start)
	at := f.skipProperties(start)
	if key == nil || at != start {
		return nil, false
	}
	if isFlow(p.parent()) {
		return []Edit{f.edit(start, end, p.flow(&Node{Kind: yaml.SequenceNode, Content: items}, true))}, n.Kind == yaml.SequenceNode
	}
	colon := f.end(key, f.At(key.Line, key.Column).Offset)
	colon += bytes.IndexByte(f.Content[colon:], ':') + 1
	indent := spaces(key.Column - 1)
	if !p.compact() {
		indent += "  "
	}
	edits, ok := p.below(end, indent, p.dashed(items, 2))
	if end > colon {
		edits = append([]Edit{f.edit(colon, end, "")}, edits...)
	}
	return edits, ok
}
