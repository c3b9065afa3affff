package checktest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/diag"
)

// want is a finding that must be made.
type want struct {
	file string
	line int
	re   *regexp.Regexp
}

func (w want) String() string { return fmt.Sprintf("%s:%d: %s", w.file, w.line, w.re) }

// marker begins the wants of a line. What comes before it on a line is YAML.
var marker = regexp.MustCompile("# want ([\"`].*)$")

// wants collects the wants of all files.
func (r *Repo) wants() ([]want, error) {
	out := append([]want(nil), r.elsewhere...)
	for _, f := range r.Files {
		n := 0
		for line := range strings.Lines(string(f.Data)) {
			n++
			m := marker.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
			if m == nil {
				continue
			}
			res, err := patterns(m[1])
			if err != nil {
				return nil, fmt.Errorf("%s:%d: %w", f.Name, n, err)
			}
			for _, re := range res {
				out = append(out, want{f.Name, n, re})
			}
		}
	}
	return out, nil
}

// parseElsewhere reads `FILE:LINE "regexp" ...`.
func parseElsewhere(s string) ([]want, error) {
	place, rest, _ := strings.Cut(s, " ")
	file, number, _ := strings.Cut(place, ":")
	line, err := strconv.Atoi(number)
	if err != nil {
		return nil, fmt.Errorf("%q is not FILE:LINE", place)
	}
	res, err := patterns(rest)
	var out []want
	for _, re := range res {
		out = append(out, want{file, line, re})
	}
	return out, err
}

// patterns reads string literals as regular expressions.
func patterns(s string) ([]*regexp.Regexp, error) {
	var out []*regexp.Regexp
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		literal, err := strconv.QuotedPrefix(s)
		if err != nil {
			return nil, fmt.Errorf("after want: %q does not begin with a string literal", s)
		}
		text, err := strconv.Unquote(literal)
		if err != nil {
			return nil, err
		}
		re, err := regexp.Compile(text)
		if err != nil {
			return nil, err
		}
		out, s = append(out, re), s[len(literal):]
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("a want without a regular expression")
	}
	return out, nil
}

// summary is a finding as wants see it.
func summary(d diag.Diagnostic) string {
	return fmt.Sprintf("%s: %s [%s]", d.Severity, d.Message, d.Check)
}

// compare reports what is wanted and not found, and what is found and not wanted.
func compare(t testing.TB, wants []want, found []diag.Diagnostic) {
	t.Helper()
	for _, problem := range mismatches(wants, found) {
		t.Error(problem)
	}
}

func mismatches(wants []want, found []diag.Diagnostic) []string {
	var out []string
	met := make([]bool, len(wants))
	for _, d := range found {
		matched := false
		for i, w := range wants {
			if !met[i] && w.file == d.At.File && w.line == d.At.Start.Line && w.re.MatchString(summary(d)) {
				met[i], matched = true, true
				break
			}
		}
		if !matched {
			out = append(out, fmt.Sprintf("not wanted: %s: %s", d.At, summary(d)))
		}
	}
	for i, w := range wants {
		if !met[i] {
			out = append(out, fmt.Sprintf("not found:  %s", w))
		}
	}
	return out
}
