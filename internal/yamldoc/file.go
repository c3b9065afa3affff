// Package yamldoc reads YAML and JSON files into trees in which every key and value has a place
// in the file, and says what the trees mean to kubectl.
package yamldoc

import (
	"bytes"
	"sort"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/tierlint/tierlint/internal/source"
)

// Node is a node of a tree. Its Line and Column are those of the file, from 1, the column in code points.
type Node = yaml.Node

// File is a file that was read, and the documents in it.
type File struct {
	Name      string // as in spans
	Content   []byte
	Documents []*Document // those that could be read, in order
	Problems  []Problem   // what is wrong, in order
	starts    []int       // byte offset of the start of each line
	// marks are, for each long line that is not ASCII, the offset in it of every markEvery-th
	// character, so that a place in a minified file is found without reading all of it.
	marks map[int][]int
	ascii bool
}

// markEvery is the number of characters between two marks.
const markEvery = 512

// Document is one YAML document or JSON value.
type Document struct {
	File  *File
	Root  *Node  // never a DocumentNode
	Text  []byte // a piece of the file's Content
	Start int    // byte offset of Text in the file
	// Broken says that one of the file's problems is in this document, so that its objects mean
	// something that its author would not expect, or nothing at all.
	Broken bool
}

// newFile indexes the lines of a file, as YAML counts them.
func newFile(name string, content []byte) *File {
	f := &File{Name: name, Content: content, starts: []int{bomLength(content)}}
	// YAML 1.1 also ends lines at NEL, LS and PS (yaml/v3, yamlprivateh.go: is_break).
	exotic := bytes.Contains(content, []byte("\u0085")) || bytes.Contains(content, []byte("\u2028")) ||
		bytes.Contains(content, []byte("\u2029")) || bytes.IndexByte(content, '\r') >= 0
	for i := f.starts[0]; i < len(content); {
		if !exotic {
			n := bytes.IndexByte(content[i:], '\n')
			if n < 0 {
				break
			}
			i += n + 1
			f.starts = append(f.starts, i)
			continue
		}
		n := breakLength(content[i:])
		if n > 0 {
			f.starts = append(f.starts, i+n)
		}
		i += max(n, 1)
	}
	f.addMarks()
	return f
}

// breakLength is the number of bytes of the line break at the start of b; 0 if there is none.
func breakLength(b []byte) int {
	switch {
	case b[0] == '\n':
		return 1
	case b[0] == '\r':
		if len(b) > 1 && b[1] == '\n' {
			return 2
		}
		return 1
	case b[0] == 0xC2 && len(b) > 1 && b[1] == 0x85:
		return 2
	case b[0] == 0xE2 && len(b) > 2 && b[1] == 0x80 && (b[2] == 0xA8 || b[2] == 0xA9):
		return 3
	}
	return 0
}

// bomLength is the number of bytes of the byte order mark that b starts with, or 0.
func bomLength(b []byte) int {
	if bytes.HasPrefix(b, []byte("\uFEFF")) {
		return len("\uFEFF")
	}
	return 0
}

// lines is the number of lines.
func (f *File) lines() int { return len(f.starts) }

// line is the text of a line, counted from 1, without its end.
func (f *File) line(n int) []byte {
	if n < 1 || n > len(f.starts) {
		return nil
	}
	end := len(f.Content)
	if n < len(f.starts) {
		end = f.starts[n]
	}
	text := f.Content[f.starts[n-1]:end]
	if f.ascii {
		text = bytes.TrimSuffix(text, []byte("\n"))
		return bytes.TrimSuffix(text, []byte("\r"))
	}
	return bytes.TrimRight(text, "\r\n\u0085\u2028\u2029")
}

// addMarks makes the marks of the long lines.
func (f *File) addMarks() {
	f.ascii = true
	for _, c := range f.Content {
		if c >= utf8.RuneSelf {
			f.ascii = false
			break
		}
	}
	if f.ascii {
		return
	}
	f.marks = map[int][]int{}
	for n := 1; n <= len(f.starts); n++ {
		text := f.line(n)
		if len(text) < 2*markEvery {
			continue
		}
		var marks []int
		chars := 0
		for off := range string(text) {
			if chars%markEvery == 0 {
				marks = append(marks, off)
			}
			chars++
		}
		f.marks[n] = marks
	}
}

// Pos is the place of a byte offset.
func (f *File) Pos(offset int) source.Pos {
	offset = max(min(offset, len(f.Content)), f.starts[0])
	n := sort.SearchInts(f.starts, offset+1)
	start := f.starts[n-1]
	if f.ascii {
		return source.Pos{Offset: offset, Line: n, Col: offset - start + 1}
	}
	col := 1
	if marks := f.marks[n]; marks != nil {
		i := sort.SearchInts(marks, offset-start+1) - 1
		start += marks[i]
		col += i * markEvery
	}
	return source.Pos{Offset: offset, Line: n, Col: col + utf8.RuneCount(f.Content[start:offset])}
}

// At is the place of a line and column. A place behind the end of the line is moved to its end.
func (f *File) At(line, col int) source.Pos {
	if line < 1 || line > len(f.starts) {
		return f.Pos(len(f.Content))
	}
	text := f.line(line)
	if f.ascii {
		off := max(min(col-1, len(text)), 0)
		return source.Pos{Offset: f.starts[line-1] + off, Line: line, Col: off + 1}
	}
	off, at := 0, 1
	if marks := f.marks[line]; marks != nil {
		i := max(min((col-1)/markEvery, len(marks)-1), 0)
		off, at = marks[i], 1+i*markEvery
	}
	for ; at < col && off < len(text); at++ {
		_, size := utf8.DecodeRune(text[off:])
		off += size
	}
	return source.Pos{Offset: f.starts[line-1] + off, Line: line, Col: at}
}

// span is the span between two byte offsets.
func (f *File) span(start, end int) source.Span {
	return source.Span{File: f.Name, Start: f.Pos(start), End: f.Pos(end)}
}
