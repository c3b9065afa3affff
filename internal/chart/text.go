package chart

import (
	"strings"

	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// Text is what one template renders to.
type Text struct {
	// File is the result, parsed. Its places are those of the result: Origin says where they are
	// written.
	File *yamldoc.File

	name  string // of the template
	file  *templateFile
	trace *tracer
}

func (t *tracer) text(name string) *Text {
	f := t.e.origins[name]
	return &Text{name: name, file: f, trace: t, File: yamldoc.Parse(f.at.File, []byte(t.buf.String()))}
}

// Origin is where a piece of the result is written: in the template, or in one that it includes,
// through that. It is approximate where the template computes several lines at once.
func (t *Text) Origin(s source.Span) source.Origin {
	seg := t.trace.find(s.Start.Offset)
	if !s.Start.IsValid() || seg == nil || seg.site.file == nil || seg.site.file.path == "" {
		return source.Origin{Span: t.file.at, Approximate: true}
	}
	if seg.site.literal {
		return source.Origin{Span: t.literal(seg, s)}
	}
	action := seg.site.file.span(t.trace.e, seg.site.start, seg.site.end)
	if action.End.Line != action.Start.Line {
		action = seg.site.file.line(t.trace.e, itoa(action.Start.Line), itoa(action.Start.Col-1))
	}
	if !t.severalLines(seg) {
		end := t.extend(seg, s, seg.site.start, seg.site.end)
		return source.Origin{Span: seg.site.file.span(t.trace.e, seg.site.start, end)}
	}
	line, col := t.line(s.Start.Offset)
	found := seg.lines[line]
	if found.file == nil || found.file.path == "" {
		return source.Origin{Span: action, Approximate: true}
	}
	start, end := found.start, found.end
	if found.exact {
		start = min(start+col, end)
		end = min(start+max(s.End.Offset-s.Start.Offset, 0), end)
	}
	return source.Origin{Span: found.file.span(t.trace.e, start, end), Via: []source.Span{action}}
}

// literal is the place in the template of something that starts in text of the template.
func (t *Text) literal(seg *segment, s source.Span) source.Span {
	start := seg.site.start + s.Start.Offset - seg.at
	end := min(start+s.End.Offset-s.Start.Offset, seg.site.end)
	return seg.site.file.span(t.trace.e, start, t.extend(seg, s, start, end))
}

// extend is the end in the template of something that starts in a segment and may go on in others,
// if all of it is on one line of the template; else it ends where it does, or where the line does.
func (t *Text) extend(seg *segment, s source.Span, start, end int) int {
	text := seg.site.file.text
	last := t.trace.find(s.End.Offset - 1)
	if last != nil && last != seg && last.site.file == seg.site.file {
		to := last.site.end
		if last.site.literal {
			to = last.site.start + s.End.Offset - last.at
		}
		if to > end && to <= len(text) && !strings.Contains(text[start:to], "\n") {
			return to
		}
	}
	if i := strings.IndexByte(text[start:end], '\n'); i >= 0 {
		end = start + i
	}
	return start + len(strings.TrimRight(text[start:end], " \t\r"))
}

// severalLines says whether what a segment wrote has several lines, so that no single one of them
// is written where it is.
func (t *Text) severalLines(seg *segment) bool {
	end := len(t.File.Content)
	for i := range t.trace.segments {
		if t.trace.segments[i].at > seg.at {
			end = t.trace.segments[i].at
			break
		}
	}
	return strings.Contains(strings.Trim(string(t.File.Content[seg.at:end]), "\n "), "\n")
}

// line is the line of the result that a place is on, without the space around it, and how many
// bytes of it are in front of the place.
func (t *Text) line(at int) (text string, col int) {
	all := string(t.File.Content)
	start := strings.LastIndexByte(all[:at], '\n') + 1
	text = all[start:]
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		text = text[:i]
	}
	trimmed := strings.TrimSpace(text)
	return trimmed, max(at-start-strings.Index(text, trimmed), 0)
}
