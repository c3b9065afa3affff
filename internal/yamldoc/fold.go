package yamldoc

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Fold makes one line of a block scalar, as YAML reads it: its header becomes >-, lines lose what
// they are indented more than the first, and empty lines go.
func (p Place) Fold() ([]Edit, bool) {
	n, f := p.Node(), p.doc.File
	if n.Kind != yaml.ScalarNode || n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
		return nil, false
	}
	start := f.At(n.Line, n.Column).Offset
	at := f.skipProperties(start)
	header := f.wordEnd(at)
	if strings.Trim(string(f.Content[at:header]), "|>+-") != "" {
		return nil, false // it says how far it is indented
	}
	edits := []Edit{f.edit(at, header, ">-")}
	if string(f.Content[at:header]) == ">-" {
		edits = nil
	}
	var said []string
	indent := -1
	end := f.end(n, start)
	for line := f.Pos(at).Line + 1; line <= f.lines() && f.starts[line-1] < end; line++ {
		text := f.line(line)
		content := bytes.TrimLeft(text, " \t")
		from := f.starts[line-1]
		depth := len(text) - len(content)
		switch {
		case len(content) == 0:
			edits = append(edits, f.edit(from, f.nextLine(from), ""))
			continue
		case indent < 0:
			indent = len(text) - len(bytes.TrimLeft(text, " "))
		}
		if depth > indent {
			edits = append(edits, f.edit(from+indent, from+depth, ""))
		}
		said = append(said, string(content))
	}
	return p.verified(edits, func(n *Node) { n.Value = strings.Join(said, " ") })
}

// Folded is what Fold makes of a text.
func Folded(text string) string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimLeft(strings.TrimRight(line, "\r\n"), " \t"); line != "" {
			out = append(out, line)
		}
	}
	return strings.Join(out, " ")
}
