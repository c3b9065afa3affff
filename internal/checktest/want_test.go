package checktest

import (
	"slices"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/source"
)

func found(file string, line int, check, message string) diag.Diagnostic {
	at := source.Origin{Span: source.Span{File: file, Start: source.Pos{Line: line, Col: 3}}}
	return diag.Diagnostic{Check: check, Severity: diag.Error, At: at, Message: message}
}

func TestWants(t *testing.T) {
	const repo = `A case.
want: list.json:2 "from the comment"
-- a.yaml --
kind: A
port: 53 # want "DNS" "second"
`
	dns, second := found("a.yaml", 2, "c", "DNS is blocked"), found("a.yaml", 2, "c", "a second one")
	json := found("list.json", 2, "c", "from the comment")
	for _, tt := range []struct {
		name  string
		found []diag.Diagnostic
		want  []string
	}{
		{"all found", []diag.Diagnostic{second, json, dns}, nil},
		{"one missing", []diag.Diagnostic{dns, json}, []string{"not found:  a.yaml:2: second"}},
		{"one too many", []diag.Diagnostic{dns, second, json, dns}, []string{"not wanted: a.yaml:2:3: error: DNS is blocked [c]"}},
		{"another line", []diag.Diagnostic{found("a.yaml", 1, "c", "DNS"), second, json}, []string{
			"not wanted: a.yaml:1:3: error: DNS [c]", "not found:  a.yaml:2: DNS",
		}},
		{"another file", []diag.Diagnostic{dns, second, found("b.json", 2, "c", "from the comment")}, []string{
			"not wanted: b.json:2:3: error: from the comment [c]", "not found:  list.json:2: from the comment",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := Parse([]byte(repo))
			if err != nil {
				t.Fatal(err)
			}
			wants, err := r.wants()
			if err != nil {
				t.Fatal(err)
			}
			if got := mismatches(wants, tt.found); !slices.Equal(got, tt.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

func TestAWantSeesSeverityAndCheck(t *testing.T) {
	if got := summary(found("a", 1, "dns-unreachable", "m")); got != "error: m [dns-unreachable]" {
		t.Error(got)
	}
}

func TestSettings(t *testing.T) {
	r, err := Parse([]byte("Prose, and more: prose.\nplatform: openshift\ncalico: 3.30\npaths: a b\npods: 10.0.0.0/8\n-- a.yaml --\n"))
	if err != nil {
		t.Fatal(err)
	}
	o := r.Options
	if o.Platform != "openshift" || o.Version != model.V330 || !slices.Equal(o.Paths, []string{"a", "b"}) || len(o.PodCIDRs) != 1 {
		t.Errorf("got %+v", o)
	}
}

func TestCasesThatMakeNoSense(t *testing.T) {
	for _, tt := range []struct{ repo, want string }{
		{"platform: opneshift\n-- a.yaml --\n", "opneshift"},
		{"-- a.yaml --\nport: 53 # want \"(\"\n", "a.yaml:1: error parsing regexp"},
		{"-- a.yaml --\nport: 53 # want \"x\" y\n", `a.yaml:1: after want: "y" does not begin with a string literal`},
		{"want: a.yaml \"x\"\n-- a.yaml --\n", `"a.yaml" is not FILE:LINE`},
	} {
		r, err := Parse([]byte(tt.repo))
		if err == nil {
			_, err = r.wants()
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: error %v, want %q", tt.repo, err, tt.want)
		}
	}
}
