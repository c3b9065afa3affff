package chart

import (
	"strconv"
	"strings"
	"text/template/parse"

	"github.com/tierlint/tierlint/internal/source"
)

// site is a piece of a template that writes something.
type site struct {
	file       *templateFile // nil: a text that tpl runs
	start, end int           // bytes of the template
	literal    bool          // it is text, and not something in {{ }}
}

// list puts a call in front of everything in a list that writes, which says where it is.
func (e *engine) list(l *parse.ListNode, f *templateFile) {
	if l == nil {
		return
	}
	out := []parse.Node{e.at(site{})} // so that an empty loop counts its rounds, too
	for _, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.TextNode:
			out = append(out, e.at(site{file: f, start: int(n.Pos), end: int(n.Pos) + len(n.Text), literal: true}))
		case *parse.ActionNode:
			start, end := braces(f, int(n.Pos))
			out = append(out, e.at(site{file: f, start: start, end: end}))
			if len(n.Pipe.Decl) == 0 {
				n.Pipe.Cmds = append(n.Pipe.Cmds, call("tierlintPrint").Pipe.Cmds...)
			}
		case *parse.IfNode:
			e.list(n.List, f)
			e.list(n.ElseList, f)
		case *parse.WithNode:
			e.list(n.List, f)
			e.list(n.ElseList, f)
		case *parse.RangeNode:
			e.list(n.List, f)
			e.list(n.ElseList, f)
		}
		out = append(out, n)
	}
	l.Nodes = out
}

// braces is where the {{ }} around a place starts and ends.
func braces(f *templateFile, at int) (start, end int) {
	if f == nil || at > len(f.text) {
		return at, at
	}
	if start = strings.LastIndex(f.text[:at], "{{"); start < 0 {
		start = at
	}
	if end = strings.Index(f.text[at:], "}}"); end < 0 {
		return start, len(f.text)
	}
	return start, at + end + len("}}")
}

// at is a call that says which site comes next.
func (e *engine) at(s site) parse.Node {
	e.sites = append(e.sites, s)
	n := len(e.sites) - 1
	node := call("tierlintAt")
	node.Pipe.Cmds[0].Args = append(node.Pipe.Cmds[0].Args, &parse.NumberNode{NodeType: parse.NodeNumber, IsInt: true, Int64: int64(n), Text: strconv.Itoa(n)})
	return node
}

// call is {{ name }}.
func call(name string) *parse.ActionNode {
	return &parse.ActionNode{NodeType: parse.NodeAction, Pipe: &parse.PipeNode{NodeType: parse.NodePipe, Cmds: []*parse.CommandNode{
		{NodeType: parse.NodeCommand, Args: []parse.Node{parse.NewIdentifier(name)}},
	}}}
}

// tracer collects what a template writes, and from where.
type tracer struct {
	e        *engine
	buf      strings.Builder
	segments []segment
	inner    bool // it is included by another
	site     int
	pending  bool
	// lines are those of several lines that the current site has included so far.
	lines map[string]spot
}

// segment is a piece of what was written, up to the next.
type segment struct {
	at    int // in what was written
	site  *site
	lines map[string]spot // what was included
}

// spot is where a line of what was included is written; the zero spot: in several places.
type spot struct {
	file       *templateFile
	start, end int
	exact      bool // the line is written so, character by character
}

// Write implements io.Writer, for text/template.
func (t *tracer) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	// What has no value is printed so by text/template, and as nothing by Helm.
	text := strings.ReplaceAll(string(p), "<no value>", "")
	if t.inner {
		text = string(p) // Helm looks at the end result only
	}
	if err := t.e.grow(len(text)); err != nil {
		return 0, err
	}
	if t.pending && text != "" {
		t.pending = false
		t.segments = append(t.segments, segment{at: t.buf.Len(), site: &t.e.sites[t.site], lines: t.lines})
	}
	t.buf.WriteString(text)
	return len(p), nil
}

// next says that another site writes.
func (t *tracer) next(site int) { t.site, t.pending, t.lines = site, true, nil }

// included takes over where the lines of what was included come from.
func (t *tracer) included(in *tracer) {
	text := in.buf.String()
	if !strings.Contains(strings.TrimSpace(text), "\n") {
		return
	}
	if t.lines == nil {
		t.lines = map[string]spot{}
	}
	at := 0
	for line := range strings.Lines(text) {
		trimmed := strings.TrimSpace(line)
		if trimmed != "" {
			found := in.spot(at+strings.Index(line, trimmed), trimmed)
			if old, again := t.lines[trimmed]; again && old != found {
				found = spot{}
			}
			t.lines[trimmed] = found
		}
		at += len(line)
	}
}

// find is the segment of a place in what was written, or nil.
func (t *tracer) find(at int) *segment {
	low, high := 0, len(t.segments)
	for low < high {
		if mid := (low + high) / 2; t.segments[mid].at <= at {
			low = mid + 1
		} else {
			high = mid
		}
	}
	if low == 0 {
		return nil
	}
	return &t.segments[low-1]
}

// spot is where a line that starts at a place is written.
func (t *tracer) spot(at int, line string) spot {
	s := t.find(at)
	if s == nil || s.site.file == nil {
		return spot{}
	}
	if !s.site.literal {
		if found, ok := s.lines[line]; ok {
			return found
		}
		return spot{file: s.site.file, start: s.site.start, end: s.site.end}
	}
	start := s.site.start + at - s.at
	end := min(start+len(line), s.site.end)
	return spot{file: s.site.file, start: start, end: end, exact: end == start+len(line)}
}

// span is a piece of a template in its file.
func (f *templateFile) span(e *engine, start, end int) source.Span {
	if f.path == "" {
		return f.at
	}
	loaded, err := e.t.Load(f.path)
	if err != nil {
		return f.at
	}
	return source.Span{File: loaded.Name, Start: loaded.Pos(start + f.shift), End: loaded.Pos(end + f.shift)}
}

// line is a place that text/template gives as line and byte in it, from there to the end of the line.
func (f *templateFile) line(e *engine, line, byteInLine string) source.Span {
	n, err := strconv.Atoi(line)
	if err != nil {
		return f.at
	}
	start := 0
	for range n - 1 {
		i := strings.IndexByte(f.text[start:], '\n')
		if i < 0 {
			return f.at
		}
		start += i + 1
	}
	end := start + strings.IndexByte(f.text[start:]+"\n", '\n')
	text := f.text[start:end]
	end = start + len(strings.TrimRight(text, " \t\r"))
	if col, err := strconv.Atoi(byteInLine); err == nil && start+col < end {
		start += col
	} else {
		start += len(text) - len(strings.TrimLeft(text, " \t"))
	}
	return f.span(e, start, max(start, end))
}
