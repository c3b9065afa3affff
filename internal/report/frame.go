package report

import (
	"bytes"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// lines finds lines of files.
type lines struct {
	source func(string) []byte
	files  map[string][][]byte
}

func newLines(source func(string) []byte) *lines {
	return &lines{source: source, files: map[string][][]byte{}}
}

// at returns a line, counted from 1, without its end.
func (l *lines) at(file string, n int) (string, bool) {
	if l.source == nil || n < 1 {
		return "", false
	}
	all, ok := l.files[file]
	if !ok {
		all = splitLines(l.source(file))
		l.files[file] = all
	}
	if n > len(all) {
		return "", false
	}
	line := string(all[n-1])
	if n == 1 {
		line = strings.TrimPrefix(line, "\ufeff") // a byte order mark is no column
	}
	return line, line != ""
}

// splitLines splits a text where YAML 1.1 ends lines: also at a carriage return alone, NEL, LS and PS,
// so that lines are counted as in the places of findings.
func splitLines(text []byte) [][]byte {
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	for _, end := range []string{"\r", "\u0085", "\u2028", "\u2029"} {
		text = bytes.ReplaceAll(text, []byte(end), []byte("\n"))
	}
	return bytes.Split(text, []byte("\n"))
}

// longest is how much of a line a frame shows where the terminal does not say: some manifests are
// one line of many megabytes.
const longest = 200

// underline returns a line as it can be printed, and the marks to print below it: a caret at
// column start, and tildes up to, not including, column end; an end of 0 is the line's. Columns are code points.
// What does not fit into room columns is cut, around the start; a room of 0 is a generous one.
func underline(line string, start, end, room int) (text, marks string) {
	runes := []rune(line)
	if end <= 0 || end > len(runes)+1 {
		end = len([]rune(strings.TrimRightFunc(line, unicode.IsSpace))) + 1
	}
	start = min(max(start, 1), len(runes)+1)
	end = max(end, start+1)
	if room <= 0 {
		room = longest
	}
	from, to := 0, len(runes)
	if len(runes) > room || columns(line) > room {
		from = max(0, start-1-room/3)
		to = from
		for w := 0; to < len(runes); to++ {
			if w += runeWidth(runes[to]); w > room {
				break
			}
		}
	}
	end = min(end, max(to+1, start+1))
	text = Printable(string(runes[from:to]))
	before := columns(Printable(string(runes[from:min(start-1, to)])))
	under := 1
	if start-1 < to {
		under = max(1, columns(Printable(string(runes[start-1:min(end-1, to)]))))
	}
	return text, strings.Repeat(" ", before) + "^" + strings.Repeat("~", under-1)
}

// columns is how many columns of a terminal a text takes.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

// runeWidth is how many columns a character takes: none if it combines with the one before, two
// if it is East Asian wide.
func runeWidth(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	}
	if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
		return 2
	}
	return 1
}

// wrap breaks a text at spaces into lines of at most room columns; a word that is longer stays
// whole. A room of 0 does not break.
func wrap(s string, room int) []string {
	if room <= 0 || columns(s) <= room {
		return []string{s}
	}
	var out []string
	line := ""
	for word := range strings.FieldsSeq(s) {
		switch {
		case line == "":
			line = word
		case columns(line)+1+columns(word) <= room:
			line += " " + word
		default:
			out = append(out, line)
			line = word
		}
	}
	return append(out, line)
}
