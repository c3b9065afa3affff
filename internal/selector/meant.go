package selector

import (
	"regexp"
	"strings"
)

// tokens of a selector: strings, words, operators, blanks, and whatever else a character.
var tokens = regexp.MustCompile(`'[^']*'|"[^"]*"|[A-Za-z0-9_./-]+|==|!=|&&|\|\||[ \t]+|.`)

// Meant is the selector that one which Calico does not accept is meant for, where that is written as kubectl's selectors,
// SQL or a programming language have it: with = for ==, `and` or a comma for &&, `or` for ||, values without quotes, a list in
// parentheses. It returns "" where that is not all that is wrong.
func Meant(expr string) string {
	var m meant
	for _, t := range tokens.FindAllString(expr, -1) {
		m.add(t)
	}
	out := strings.TrimSpace(m.out.String())
	if _, err := Parse(out); err != nil || out == "" || strings.Contains(expr, "\n") {
		return ""
	}
	return out
}

// meant writes a selector token by token.
type meant struct {
	out  strings.Builder
	last string // the token before, blanks left out, as written
	list string // in a list: what ends it
}

func (m *meant) add(t string) {
	if strings.Trim(t, " \t") == "" {
		if !strings.HasSuffix(m.out.String(), " ") {
			m.out.WriteString(" ")
		}
		return
	}
	switch t {
	case "=":
		m.operator("==")
	case "&":
		m.operator("&&")
	case "|":
		m.operator("||")
	case ",":
		if m.list == "" {
			m.operator("&&")
		} else {
			m.out.WriteString(t)
		}
	case "{", "(":
		m.open(t)
	case "}", ")":
		if t == m.list {
			t, m.list = "}", ""
		}
		m.out.WriteString(t)
	default:
		m.word(t)
	}
	m.last = t
}

// operator is an operator of Calico's for another.
func (m *meant) operator(o string) {
	out := strings.TrimRight(m.out.String(), " ")
	m.out.Reset()
	m.out.WriteString(out + " " + o + " ")
}

// open begins a list, or a part of the selector.
func (m *meant) open(t string) {
	switch {
	case t == "{":
		m.list = "}"
	case m.last == "in":
		t, m.list = "{", ")"
	}
	m.out.WriteString(t)
}

func (m *meant) word(t string) {
	switch {
	case m.ended() && strings.EqualFold(t, "and"):
		m.operator("&&")
	case m.ended() && strings.EqualFold(t, "or"):
		m.operator("||")
	case isWord(t) && (m.list != "" || m.compares()):
		m.out.WriteString("'" + t + "'")
	default:
		m.out.WriteString(t)
	}
}

// ended says whether a whole comparison is behind, so that only "and" and "or" can follow.
func (m *meant) ended() bool {
	return m.list == "" && strings.HasSuffix(strings.TrimRight(m.out.String(), " "), "'") ||
		m.list == "" && (strings.HasSuffix(m.last, `"`) || m.last == ")" || m.last == "}")
}

// compares says whether a value follows.
func (m *meant) compares() bool {
	switch m.last {
	case "=", "==", "!=", "contains", "with":
		return true
	}
	return false
}

var word = regexp.MustCompile(`^[A-Za-z0-9_./-]+$`)

func isWord(t string) bool { return word.MatchString(t) }
