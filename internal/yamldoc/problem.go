package yamldoc

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tierlint/tierlint/internal/source"
)

// ProblemKind says what sort of thing is wrong with a file.
type ProblemKind uint8

// The kinds of problems.
const (
	Syntax       ProblemKind = iota // it is not YAML
	DuplicateKey                    // a mapping has a key twice; the last one counts
	Template                        // it has {{ }} or {% %}, and is not YAML before something fills it in
	NotText                         // it is not UTF-8
	Size                            // it is larger than what is read
	Expansion                       // its aliases would make it explode
	BadKey                          // a key that JSON cannot have, or that merges what cannot be merged
)

// Problem is something wrong with a file, at a place in it.
type Problem struct {
	Kind    ProblemKind
	At      source.Span
	Message string // says the consequence, too
	Help    string // what to write instead; may be empty
	// First is, for a DuplicateKey, where the key is first.
	First source.Span
}

// TooLarge is the problem of a file with more than MaxFileSize bytes, which need not be read to know it.
func TooLarge(name string, size int64) Problem {
	return Problem{
		Kind: Size, At: source.Span{File: name, Start: source.Pos{Line: 1, Col: 1}, End: source.Pos{Line: 1, Col: 1}},
		Message: fmt.Sprintf("the file has %d MB and is not checked: no more than %d MB are read of one file", size>>20, MaxFileSize>>20),
		Help:    "several files; or the path under exclude in the settings",
	}
}

// inErrors is the line that yaml.v3 names in an error.
var inErrors = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntaxProblem says what is wrong with a document that does not parse.
func (d *Document) syntaxProblem(text []byte, err error) Problem {
	if p, ok := d.template(); ok {
		return p
	}
	message := inErrors.ReplaceAllString(err.Error(), "")
	line := d.File.Pos(d.Start).Line + errorLine(text, message) - 1
	src := d.File.line(line)
	reason, help := inPlainWords(message, string(src))
	p := Problem{Kind: Syntax, At: d.File.lineSpan(line), Message: "this is not YAML: " + reason + "; the document is not checked", Help: help}
	indent := src[:len(src)-len(bytes.TrimLeft(src, " \t"))]
	if i := bytes.IndexByte(indent, '\t'); i >= 0 {
		at := d.File.starts[line-1] + i
		p.At = d.File.span(at, at+1)
		p.Message = "this is not YAML: the line is indented with a tab; the document is not checked"
		p.Help = "spaces in place of the tab"
	}
	return p
}

// maxBisect is the size up to which the line of an error is searched for.
const maxBisect = 1 << 20

// errorLine finds the line, from 1, at which parsing fails. yaml.v3 often names the start of
// the mapping around it; but the first lines of a text fail in the same way only if they include it.
func errorLine(text []byte, message string) int {
	lines := bytes.SplitAfter(text, []byte("\n"))
	if len(text) > maxBisect {
		return 1
	}
	fails := func(n int) bool {
		var node yaml.Node
		err := yaml.Unmarshal(bytes.Join(lines[:n], nil), &node)
		return err != nil && inErrors.ReplaceAllString(err.Error(), "") == message
	}
	low, high := 0, len(lines)
	for low+1 < high {
		if mid := (low + high) / 2; fails(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	if strings.TrimSpace(string(lines[high-1])) == "" && high > 1 {
		high-- // the end of the text, not the line after it
	}
	return high
}

// statement is one of a Jinja template: {% if x %}.
var statement = regexp.MustCompile(`\{%.*?%\}`)

// template says whether the document is a text template, and where that shows.
func (d *Document) template() (Problem, bool) {
	i, closing := bytes.Index(d.Text, []byte("{{")), "}}"
	if m := statement.FindIndex(d.Text); m != nil && (i < 0 || m[0] < i) {
		i, closing = m[0], "%}"
	}
	if i < 0 {
		return Problem{}, false
	}
	at := d.File.Pos(d.Start + i)
	end := d.Start + i + 2
	if n := bytes.Index(d.Text[i:], []byte(closing)); n > 0 && !bytes.Contains(d.Text[i:i+n], []byte("\n")) {
		end = d.Start + i + n + 2
	}
	return Problem{
		Kind: Template, At: source.Span{File: d.File.Name, Start: at, End: d.File.Pos(end)},
		Message: "this is a template, not YAML: the document is not checked",
		Help:    "what it renders to, in a file of its own; a chart is rendered where its folder is among the paths",
	}, true
}

// lineSpan is the text of a line without the space around it.
func (f *File) lineSpan(line int) source.Span {
	line = max(1, min(line, f.lines()))
	text := f.line(line)
	start := f.starts[line-1] + len(text) - len(bytes.TrimLeft(text, " \t"))
	end := f.starts[line-1] + len(bytes.TrimRight(text, " \t"))
	return f.span(start, max(start, end))
}
