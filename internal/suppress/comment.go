package suppress

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/tierlint/tierlint/internal/yamldoc"
)

// marker begins a comment that is for this tool.
var marker = regexp.MustCompile(`^#+\s*tierlint:\s*([A-Za-z-]*)(.*)$`)

// comments are the directives in a file, in order.
func comments(f *yamldoc.File) []*directive {
	if !bytes.Contains(f.Content, []byte("tierlint:")) {
		return nil
	}
	all := f.Comments()
	alone := map[int]bool{} // lines with nothing but a comment
	for _, c := range all {
		if c.Alone {
			alone[c.Span.Start.Line] = true
		}
	}
	heads := objects(f)
	var out []*directive
	for _, c := range all {
		m := marker.FindStringSubmatch(c.Text)
		if m == nil {
			continue
		}
		d := parse(m[2])
		if m[1] != "ignore" {
			d.malformed = fmt.Sprintf("this hides nothing: tierlint:%s is unknown", m[1])
		}
		d.kind, d.at = Comment, c.Span
		d.lines = lines{f.Name, c.Span.Start.Line, c.Span.Start.Line}
		if c.Alone {
			d.lines = below(f, c.Span.Start.Line, alone, heads)
		}
		out = append(out, d)
	}
	return out
}

// below is what a comment alone on a line is about: the next line that has anything else, or the
// object that begins there.
func below(f *yamldoc.File, line int, alone map[int]bool, heads []lines) lines {
	for line++; alone[line] || f.Blank(line); line++ {
	}
	i, ok := slices.BinarySearchFunc(heads, line, func(l lines, line int) int { return cmp.Compare(l.first, line) })
	if ok {
		return heads[i]
	}
	return lines{f.Name, line, line}
}

// objects are the lines of each object in a file, in order: of each document, and of each item of
// a list of objects.
func objects(f *yamldoc.File) []lines {
	var out []lines
	add := func(n *yamldoc.Node) {
		s := f.Span(n)
		last := s.End.Line
		if s.End.Col == 1 && last > s.Start.Line {
			last-- // the end of a block is the beginning of the next line
		}
		out = append(out, lines{f.Name, s.Start.Line, last})
	}
	for _, d := range f.Documents {
		if d.Root.Kind != yaml.MappingNode {
			continue
		}
		items := yamldoc.Items(d.Root, "/items")
		if len(items) == 0 || yamldoc.Text(d.Root, "/kind") == "" {
			add(d.Root)
			continue
		}
		add(d.Root)
		for _, item := range items {
			if item.Kind == yaml.MappingNode {
				add(item)
			}
		}
	}
	// Of two that begin on one line, the larger one is meant.
	slices.SortStableFunc(out, func(a, b lines) int { return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(b.last, a.last)) })
	return slices.CompactFunc(out, func(a, b lines) bool { return a.first == b.first })
}

// holding are the lines of the smallest object that has a line; just that line if none has.
func holding(f *yamldoc.File, line int) lines {
	out := lines{f.Name, line, line}
	for _, o := range objects(f) {
		if o.first <= line && line <= o.last {
			out = o // later ones are inside, or do not hold the line
		}
	}
	return out
}
