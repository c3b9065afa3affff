package yamldoc

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/tierlint/tierlint/internal/source"
)

// Span is the text of a node, with everything in it and without comments around it.
func (f *File) Span(n *Node) source.Span {
	start := f.At(n.Line, n.Column)
	return source.Span{File: f.Name, Start: start, End: f.Pos(f.end(n, start.Offset))}
}

// KeySpan is the part of a node's text that is on its first line: the place to point at.
func (f *File) KeySpan(n *Node) source.Span {
	start := f.At(n.Line, n.Column)
	end := f.end(n, start.Offset)
	rest := f.line(start.Line)[start.Offset-f.starts[start.Line-1]:]
	if start.Offset+len(rest) >= end {
		return source.Span{File: f.Name, Start: start, End: f.Pos(end)}
	}
	rest = stripComment(f, n, rest)
	return source.Span{File: f.Name, Start: start, End: f.Pos(start.Offset + len(rest))}
}

// stripComment cuts a comment and the space before it off the first line of a node that goes on.
func stripComment(f *File, n *Node, rest []byte) []byte {
	if n.Kind != yaml.ScalarNode || n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		last := 0 // what is known to be no comment: the scalars on the line
		walkScalars(n, func(s *Node) bool {
			if s.Line > n.Line {
				return false
			}
			at := f.At(s.Line, s.Column)
			last = max(last, f.end(s, at.Offset)-f.At(n.Line, n.Column).Offset)
			return true
		})
		last = min(last, len(rest))
		if i := bytes.Index(rest[last:], []byte(" #")); i >= 0 {
			rest = rest[:last+i]
		}
	}
	return bytes.TrimRight(rest, " \t")
}

// walkScalars visits the scalars in a tree that are no block scalars, in order, until f says no.
func walkScalars(n *Node, f func(*Node) bool) bool {
	if n.Kind == yaml.ScalarNode {
		return n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 || f(n)
	}
	for _, c := range n.Content {
		if !walkScalars(c, f) {
			return false
		}
	}
	return true
}

// end is the byte offset behind a node that starts at an offset.
func (f *File) end(n *Node, start int) int {
	at := f.skipProperties(start)
	switch n.Kind {
	case yaml.AliasNode:
		return f.wordEnd(start)
	case yaml.ScalarNode:
		return f.scalarEnd(n, at)
	}
	end := at
	if len(n.Content) > 0 {
		last := n.Content[len(n.Content)-1]
		end = max(at, f.end(last, f.At(last.Line, last.Column).Offset))
	}
	if n.Style&yaml.FlowStyle != 0 {
		return f.closing(n, max(end, at+1))
	}
	return end
}

// skipProperties skips the anchor and the tag in front of a node's content.
func (f *File) skipProperties(at int) int {
	for at < len(f.Content) && (f.Content[at] == '&' || f.Content[at] == '!') {
		next := f.wordEnd(at)
		for next < len(f.Content) && strings.IndexByte(" \t\r\n", f.Content[next]) >= 0 {
			next++
		}
		at = next
	}
	return at
}

func (f *File) wordEnd(at int) int {
	if i := bytes.IndexAny(f.Content[at:], " \t\r\n,]}"); i >= 0 {
		return at + i
	}
	return len(f.Content)
}

// closing is the offset behind the bracket that closes a flow collection; there is nothing but
// space, commas and comments before it.
func (f *File) closing(n *Node, at int) int {
	bracket := byte('}')
	if n.Kind == yaml.SequenceNode {
		bracket = ']'
	}
	for ; at < len(f.Content); at++ {
		switch f.Content[at] {
		case bracket:
			return at + 1
		case '#':
			if i := bytes.IndexByte(f.Content[at:], '\n'); i >= 0 {
				at += i
			}
		}
	}
	return len(f.Content)
}

func (f *File) scalarEnd(n *Node, at int) int {
	switch {
	case at >= len(f.Content):
		return len(f.Content)
	case n.Style&yaml.DoubleQuotedStyle != 0:
		return f.quoteEnd(at, '"', '\\')
	case n.Style&yaml.SingleQuotedStyle != 0:
		return f.quoteEnd(at, '\'', '\'')
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return f.blockEnd(at)
	}
	return f.plainEnd(n.Value, at)
}

// quoteEnd is the offset behind a quoted scalar; what follows an escape is part of it.
func (f *File) quoteEnd(at int, quote, escape byte) int {
	for i := at + 1; i < len(f.Content); i++ {
		c := f.Content[i]
		switch {
		case c == escape && i+1 < len(f.Content) && (quote != escape || f.Content[i+1] == quote):
			i++
		case c == quote:
			return i + 1
		}
	}
	return len(f.Content)
}

// plainEnd is the offset behind a plain scalar, whose lines may be folded.
func (f *File) plainEnd(value string, at int) int {
	for value != "" && at < len(f.Content) {
		v, size := utf8.DecodeRuneInString(value)
		c, width := utf8.DecodeRune(f.Content[at:])
		if v == c {
			value, at = value[size:], at+width
			continue
		}
		if v != ' ' && v != '\n' {
			break // not the text that was parsed
		}
		value = strings.TrimLeft(value, " \n")
		for at < len(f.Content) && strings.IndexByte(" \t\r\n", f.Content[at]) >= 0 {
			at++
		}
	}
	return at
}

// blockEnd is the offset behind the last line of a literal or folded scalar, whose header is at an offset.
func (f *File) blockEnd(at int) int {
	first := f.Pos(at).Line
	end := f.starts[first-1] + len(f.line(first))
	indent := -1
	for n := first + 1; n <= f.lines(); n++ {
		text := f.line(n)
		trimmed := bytes.TrimLeft(text, " ")
		if len(trimmed) == 0 {
			continue
		}
		depth := len(text) - len(trimmed)
		if indent < 0 {
			if indent = depth; indent <= f.parentIndent(first) {
				break
			}
		}
		if depth < indent {
			break
		}
		end = f.starts[n-1] + len(text)
	}
	return end
}

// parentIndent is the indentation of a line that ends with the header of a block scalar. A dash
// in front of a key counts, as in "- key: |".
func (f *File) parentIndent(line int) int {
	text := f.line(line)
	depth := len(text) - len(bytes.TrimLeft(text, " "))
	for bytes.HasPrefix(text[depth:], []byte("- ")) && bytes.Contains(text[depth:], []byte(":")) {
		depth += 2
		depth += len(text[depth:]) - len(bytes.TrimLeft(text[depth:], " "))
	}
	return depth
}
