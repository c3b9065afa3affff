package pipeline

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/report"
	"github.com/tierlint/tierlint/internal/suppress"
)

// finding reads "file:line object message", and then "in prod, staging"; "!" before it makes it an error.
func finding(s string) diag.Diagnostic {
	s, grave := strings.CutPrefix(s, "!")
	s, in, several := strings.Cut(s, " in ")
	parts := strings.SplitN(s, " ", 3)
	d := diag.Diagnostic{Check: "c", Object: strings.Trim(parts[1], "-"), Message: parts[2], Severity: diag.Warning}
	if grave {
		d.Severity = diag.Error
	}
	file, line, _ := strings.Cut(parts[0], ":")
	d.At.File = file
	_, _ = fmt.Sscan(line, &d.At.Start.Line)
	if several {
		d.Environments = strings.Split(in, ", ")
	}
	return d
}

func result(environments string, findings ...string) *Result {
	r := &Result{Result: report.Result{Source: func(string) []byte { return []byte("one\ntwo\none\n") }}}
	for _, e := range strings.Split(environments, " ") {
		r.Environments = append(r.Environments, check.Environment{Name: e})
	}
	for _, f := range findings {
		r.Findings = append(r.Findings, finding(f))
	}
	return r
}

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		name          string
		before, after *Result
		want          string // the state of each finding, and how many are gone
	}{
		{"moved in its file", result("", "a:1 X m"), result("", "a:3 X m"), "unchanged; 0 gone"},
		{"moved to another file", result("", "a:1 X m"), result("", "b:2 X m"), "unchanged; 0 gone"},
		{"of another object", result("", "a:1 X m"), result("", "a:1 Y m"), "new; 1 gone"},
		{"in other words", result("", "a:1 X m"), result("", "a:1 X n"), "new; 1 gone"},
		{"once more", result("", "a:1 X m"), result("", "a:1 X m", "a:2 X m"), "unchanged new; 0 gone"},
		{"the other one is gone", result("", "a:1 X m", "b:1 X m"), result("", "b:1 X m"), "unchanged; 1 gone"},
		{"a new one in a file before it", result("", "b:1 - m"), result("", "a:1 - m", "b:1 - m"), "new unchanged; 0 gone"},
		{"another count at the same line", result("", "a:1 X 1 of 2 pods"), result("", "a:3 X 2 of 3 pods"), "unchanged; 0 gone"},
		{"another count at another line", result("", "a:1 X 1 of 2 pods"), result("", "a:2 X 2 of 3 pods"), "new; 1 gone"},
		{"in one more environment", result("prod staging", "a:1 X m in staging"), result("prod staging", "a:1 X m in prod, staging"), "new; 1 gone"},
		{"in one environment less", result("prod staging", "a:1 X m in prod, staging"), result("prod staging", "a:1 X m in prod"), "unchanged; 0 gone"},
		{"in a new environment too", result("prod", "a:1 X m in prod"), result("prod test", "a:1 X m in prod, test"), "unchanged; 0 gone"},
		{"the environments got names", result("", "a:1 X m"), result("prod test", "a:1 X m in prod, test"), "unchanged; 0 gone"},
		{"graver", result("", "a:1 X m"), result("", "!a:1 X m"), "new; 0 gone"},
		{"milder", result("", "!a:1 X m"), result("", "a:1 X m"), "unchanged; 0 gone"},
		{"one of each, the milder is gone", result("", "a:1 X m", "!a:5 X m"), result("", "!a:5 X m"), "unchanged; 1 gone"},
		{"graver in one environment", result("prod test", "a:1 X m in prod", "!a:1 X m in test"), result("prod test", "!a:1 X m in prod, test"), "new; 0 gone"},
		{"split by environment", result("prod test", "a:1 X m in prod, test"), result("prod test", "b:1 X m in prod", "c:1 X m in test"), "unchanged unchanged; 0 gone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			gone := compare(c.before, c.after)
			var states []string
			for _, d := range c.after.Findings {
				states = append(states, d.State.String())
			}
			if got := fmt.Sprintf("%s; %d gone", strings.Join(states, " "), len(gone)); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestWhatIsHiddenOrExplainedNowIsNotGone(t *testing.T) {
	before, after := result("", "a:1 X m", "a:2 Y m"), result("")
	after.Hidden = []suppress.Hidden{{Diagnostic: finding("a:1 X m")}}
	after.explained = []diag.Diagnostic{finding("a:2 Y m")}
	if gone := compare(before, after); len(gone) > 0 {
		t.Errorf("gone: %v", gone)
	}
}

func TestWhatWasExplainedIsNotNew(t *testing.T) {
	before, after := result("", "a:1 X cause"), result("", "a:2 X follows")
	before.explained = []diag.Diagnostic{finding("a:2 X follows")}
	if gone := compare(before, after); len(gone) != 1 || after.Findings[0].State != diag.Unchanged {
		t.Errorf("gone: %v, then %s", gone, after.Findings[0].State)
	}
}

func TestWhatWasHiddenIsNew(t *testing.T) {
	before, after := result(""), result("", "a:1 X m")
	before.Hidden = []suppress.Hidden{{Diagnostic: finding("a:1 X m")}}
	if compare(before, after); after.Findings[0].State != diag.New {
		t.Error("it is not new that it is reported")
	}
}
