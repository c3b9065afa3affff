package report

import (
	"strings"
	"testing"
)

func TestUnderline(t *testing.T) {
	for _, tt := range []struct {
		name, line       string
		start, end, room int
		text, marks      string
	}{
		{"a word", "ports: [53]", 9, 11, 0, "ports: [53]", "        ^~"},
		{"a character", "a: 1", 4, 5, 0, "a: 1", "   ^"},
		{"the rest of the line, without blanks", "a: bcd  ", 4, 0, 0, "a: bcd  ", "   ^~~"},
		{"wide characters before", "名: 53", 4, 6, 0, "名: 53", "    ^~"},
		{"wide characters under", "a: 名前", 4, 6, 0, "a: 名前", "   ^~~~"},
		{"combining characters", "e\u0301: x", 5, 6, 0, "e\u0301: x", "   ^"},
		{"a tab", "a:\tb", 4, 5, 0, "a: b", "   ^"},
		{"no escape sequence", "a: \x1b[2Jb", 8, 9, 0, "a: \ufffd[2Jb", "       ^"},
		{"past the end", "a", 9, 12, 0, "a", " ^"},
		{"a long line is cut around the place", strings.Repeat("x", 50) + "HERE" + strings.Repeat("y", 50), 51, 55, 12, "xxxxHEREyyyy", "    ^~~~"},
		{"a long piece is cut, too", strings.Repeat("z", 100), 1, 101, 10, "zzzzzzzzzz", "^~~~~~~~~~"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text, marks := underline(tt.line, tt.start, tt.end, tt.room)
			if text != tt.text || marks != tt.marks {
				t.Errorf("got  %q\n     %q\nwant %q\n     %q", text, marks, tt.text, tt.marks)
			}
		})
	}
}

func TestLines(t *testing.T) {
	l := newLines(func(string) []byte { return []byte("\ufefffirst\r\n\nthird\rfourth\u2028fifth") })
	for n, want := range map[int]string{0: "", 1: "first", 2: "", 3: "third", 4: "fourth", 5: "fifth", 6: ""} {
		got, ok := l.at("f", n)
		if got != want || ok != (want != "") {
			t.Errorf("line %d: got %q, %v", n, got, ok)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, tt := range []struct {
		text string
		room int
		want string
	}{
		{"one two three", 0, "one two three"},
		{"one two three", 8, "one two|three"},
		{"a longer-than-the-line b", 6, "a|longer-than-the-line|b"},
		{"字字 字字", 5, "字字|字字"},
	} {
		if got := strings.Join(wrap(tt.text, tt.room), "|"); got != tt.want {
			t.Errorf("%q in %d: got %q, want %q", tt.text, tt.room, got, tt.want)
		}
	}
}
