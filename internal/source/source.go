// Package source says where in the files something is written.
package source

import (
	"fmt"
	"strings"
)

// Pos is a place in a file. Line and Col count from 1, Col in code points, as YAML's own
// positions and SARIF's unicodeCodePoints do; Offset counts bytes from 0. The zero Pos is no place.
type Pos struct{ Offset, Line, Col int }

// IsValid says whether p is a place.
func (p Pos) IsValid() bool { return p.Line > 0 }

// Span is a piece of one file, from Start up to and without End. File is slash-separated and
// relative to the working directory. A Span whose Start is not valid means the whole file.
type Span struct {
	File       string
	Start, End Pos
}

// Top is the first line of a file, to point at for all of it.
func Top(file string) Span {
	first := Pos{Line: 1, Col: 1}
	return Span{File: file, Start: first, End: first}
}

// String is file:line:col, as editors and compilers write it.
func (s Span) String() string {
	if !s.Start.IsValid() {
		return s.File
	}
	return fmt.Sprintf("%s:%d:%d", s.File, s.Start.Line, s.Start.Col)
}

// Compare orders by file, then line, then column.
func (s Span) Compare(o Span) int {
	if c := strings.Compare(s.File, o.File); c != 0 {
		return c
	}
	if s.Start.Line != o.Start.Line {
		return s.Start.Line - o.Start.Line
	}
	return s.Start.Col - o.Start.Col
}

// Origin is the place that last set something, and the overlays through which it came into the
// rendered whole: Via is the kustomization entries that included or patched it, outermost last.
type Origin struct {
	Span
	Via []Span
	// Approximate says that the exact line is not known, as in a chart's template; the Span is the nearest place known.
	Approximate bool
}
