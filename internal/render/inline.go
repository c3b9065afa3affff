package render

import (
	"bytes"

	"go.yaml.in/yaml/v3"

	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// inlineFile is a patch that is written in a kustomization.
type inlineFile struct {
	file  *yamldoc.File // the text of the patch
	in    *yamldoc.File // the kustomization
	node  *yamldoc.Node // the scalar in it
	shift source.Pos    // Line and Col to add to a place in the text; zero Line: the lines are not the file's
}

func newInline(in *yamldoc.File, node *yamldoc.Node) *inlineFile {
	f := &inlineFile{in: in, node: node, file: yamldoc.Parse(in.Name, []byte(node.Value))}
	if node.Style&yaml.LiteralStyle == 0 {
		return f
	}
	// The lines of a literal scalar are those of the file, less the indentation of the first.
	span := in.Span(node)
	lines := bytes.Split(in.Content[span.Start.Offset:span.End.Offset], []byte("\n"))
	for _, line := range lines[1:] {
		if text := bytes.TrimLeft(line, " "); len(bytes.TrimSpace(text)) > 0 {
			first := len(node.Value) - len(bytes.TrimLeft([]byte(node.Value), " \n"))
			lead := bytes.LastIndexByte([]byte(node.Value[:first]), '\n') + 1
			f.shift = source.Pos{Line: node.Line, Col: len(line) - len(text) - (first - lead)}
			break
		}
	}
	return f
}

// span moves a span in the text to the kustomization.
func (f *inlineFile) span(s source.Span) source.Span {
	if f.shift.Line == 0 {
		return f.in.KeySpan(f.node)
	}
	move := func(p source.Pos) source.Pos { return f.in.At(p.Line+f.shift.Line, p.Col+f.shift.Col) }
	return source.Span{File: f.in.Name, Start: move(s.Start), End: move(s.End)}
}
