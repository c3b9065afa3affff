package yamldoc

import (
	"bytes"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/tierlint/tierlint/internal/source"
)

// Comment is a comment, from its # to the end of its line.
type Comment struct {
	Span source.Span
	Text string // with the #
	// Alone says that nothing else is on the line, so that the comment speaks of what follows.
	Alone bool
}

// Comments is the comments in the documents of a file, in order.
func (f *File) Comments() []Comment {
	var covered [][2]int // the scalars, in which # is no comment
	for _, d := range f.Documents {
		f.cover(d.Root, &covered)
	}
	slices.SortFunc(covered, func(a, b [2]int) int { return a[0] - b[0] })
	var out []Comment
	for i, at := range f.starts {
		text := f.line(i + 1)
		for j := range text {
			if text[j] != '#' || j > 0 && text[j-1] != ' ' && text[j-1] != '\t' {
				continue
			}
			if within(covered, at+j) {
				continue
			}
			out = append(out, Comment{
				Span:  f.span(at+j, at+len(text)),
				Text:  string(text[j:]),
				Alone: len(bytes.TrimSpace(text[:j])) == 0,
			})
			break
		}
	}
	return out
}

// cover adds the byte ranges of the scalars of a tree.
func (f *File) cover(n *Node, out *[][2]int) {
	if n.Kind == yaml.ScalarNode && n.Style&^yaml.TaggedStyle != 0 {
		start := f.At(n.Line, n.Column).Offset
		end := f.end(n, start)
		if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
			// The header may have a comment, the lines below cannot.
			start += len(f.line(n.Line)[start-f.starts[n.Line-1]:])
		}
		*out = append(*out, [2]int{start, end})
	}
	for _, c := range n.Content {
		f.cover(c, out)
	}
}

// within says whether an offset is inside one of the sorted ranges.
func within(ranges [][2]int, at int) bool {
	i, found := slices.BinarySearchFunc(ranges, at, func(r [2]int, at int) int { return r[0] - at })
	return found || i > 0 && at < ranges[i-1][1]
}

// Blank says whether a line, counted from 1, is in the file and has nothing but space, or the three
// dashes in front of a document.
func (f *File) Blank(line int) bool {
	if line < 1 || line > f.lines() {
		return false
	}
	text := bytes.TrimSpace(f.line(line))
	return len(text) == 0 || string(text) == "---"
}
