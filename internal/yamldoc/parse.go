package yamldoc

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// MaxFileSize is the largest file, in bytes, that is read. Manifests are far smaller: the largest
// object that etcd takes has 1.5 MiB.
const MaxFileSize = 10 << 20

// Parse reads a file. It never fails: what cannot be read is a Problem, and the rest is read all
// the same, document by document.
func Parse(name string, content []byte) *File {
	if len(content) > MaxFileSize {
		f := newFile(name, nil)
		f.Problems = []Problem{TooLarge(name, int64(len(content)))}
		return f
	}
	f := newFile(name, content)
	if p, ok := f.notText(); !ok {
		f.Problems = append(f.Problems, p)
		return f
	}
	chunks := f.chunks()
	roots := f.parseTogether(chunks)
	for i, c := range chunks {
		f.parseChunk(c, roots[i])
	}
	return f
}

// notText says whether a file cannot be text, and where that shows.
func (f *File) notText() (Problem, bool) {
	if utf8.Valid(f.Content) && bytes.IndexByte(f.Content, 0) < 0 {
		return Problem{}, true
	}
	for i := 0; i < len(f.Content); {
		r, size := utf8.DecodeRune(f.Content[i:])
		if r == utf8.RuneError && size == 1 || r == 0 {
			return Problem{Kind: NotText, At: f.span(i, i+1), Message: "this is not UTF-8 text, so nothing in the file is checked"}, false
		}
		i += size
	}
	return Problem{}, true
}

// chunk is the text of one document.
type chunk struct{ start, end int }

// chunks splits a file into its documents. A line that starts with --- always starts a document,
// for YAML forbids it inside a scalar (YAML 1.2.2, section 9.1.2, c-forbidden).
func (f *File) chunks() []chunk {
	if cs, ok := f.jsonChunks(); ok {
		return cs
	}
	var out []chunk
	start, directives := f.starts[0], false
	for i, at := range f.starts {
		text := f.line(i + 1)
		switch {
		case isMarker(text, "---"):
			if at > start && !directives {
				out = append(out, chunk{start, at})
				start = at
			}
			directives = false
		case isMarker(text, "..."):
			next := len(f.Content)
			if i+1 < len(f.starts) {
				next = f.starts[i+1]
			}
			out = append(out, chunk{start, next})
			start, directives = next, false
		case len(text) > 0 && text[0] == '%' && blank(f.Content[start:at]):
			directives = true
		}
	}
	if start < len(f.Content) {
		out = append(out, chunk{start, len(f.Content)})
	}
	return out
}

func isMarker(line []byte, marker string) bool {
	return bytes.HasPrefix(line, []byte(marker)) && (len(line) == 3 || line[3] == ' ' || line[3] == '\t')
}

// blank says whether a text has neither content nor a document marker.
func blank(text []byte) bool {
	for line := range bytes.Lines(text) {
		line = bytes.TrimSpace(line)
		if len(line) > 0 && line[0] != '#' {
			return false
		}
	}
	return true
}

// jsonChunks splits a stream of several JSON objects without separators, which kubectl reads
// (k8s.io/apimachinery/pkg/util/yaml: YAMLOrJSONDecoder), and which is not YAML.
func (f *File) jsonChunks() ([]chunk, bool) {
	text := f.Content[f.starts[0]:]
	if trimmed := bytes.TrimLeft(text, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' {
		return nil, false
	}
	var out []chunk
	dec := json.NewDecoder(bytes.NewReader(text))
	for start := f.starts[0]; ; {
		var skip json.RawMessage
		err := dec.Decode(&skip)
		if errors.Is(err, io.EOF) {
			return out, true
		}
		if err != nil {
			return nil, false
		}
		end := f.starts[0] + int(dec.InputOffset())
		out = append(out, chunk{start, end})
		start = end
	}
}

// parseChunk reads one document, and notes its problems. Its root is nil where it was not read already.
func (f *File) parseChunk(c chunk, root *Node) {
	d := &Document{File: f, Text: f.Content[c.start:c.end], Start: c.start, Root: root}
	if root == nil && !d.parse() || d.Root.Kind == yaml.ScalarNode && d.Root.Tag == "!!null" {
		return
	}
	if d.guard() {
		f.Documents = append(f.Documents, d)
	}
}

// parse reads the document on its own. It says no if there is nothing in it, or it has a problem.
func (d *Document) parse() bool {
	f, text := d.File, d.Text
	if blank(text) {
		return false
	}
	pos := f.Pos(d.Start)
	var n yaml.Node
	// A document in the middle of a line follows another JSON value, and has the right columns
	// only if what is before it counts.
	if pos.Col > 1 {
		text = append(bytes.Repeat([]byte(" "), pos.Col-1), text...)
	}
	if err := yaml.Unmarshal(text, &n); err != nil {
		f.Problems = append(f.Problems, d.syntaxProblem(text, err))
		return false
	}
	if n.Kind != yaml.DocumentNode || len(n.Content) == 0 {
		return false
	}
	d.Root = n.Content[0]
	shift(d.Root, pos.Line-1)
	return true
}

// shift moves a tree down by a number of lines.
func shift(n *Node, lines int) {
	if lines == 0 {
		return
	}
	n.Line += lines
	for _, c := range n.Content {
		shift(c, lines)
	}
}
