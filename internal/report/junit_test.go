package report

import (
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/diag"
)

// What lets the run fail is a failure, whatever its severity; the rest is skipped.
func TestJUnitFailsAsTheRunDoes(t *testing.T) {
	for _, tt := range []struct {
		fails func(*diag.Diagnostic) bool
		want  string
	}{
		{nil, `tests="4" failures="1" errors="0" skipped="2">`},
		{func(d *diag.Diagnostic) bool { return d.Severity >= diag.Note }, `tests="4" failures="3" errors="0" skipped="0">`},
		{func(*diag.Diagnostic) bool { return false }, `tests="4" failures="0" errors="0" skipped="3">`},
	} {
		r := result()
		r.Fails = tt.fails
		if got := write(t, JUnit{}, r); !strings.Contains(got, `<testsuites name="tierlint" `+tt.want) {
			t.Errorf("want %s in\n%s", tt.want, got)
		}
	}
}

// Where only new findings count, an old one fails no test.
func TestJUnitLeavesOutWhatIsNotNew(t *testing.T) {
	r := result()
	for i := range r.Findings {
		r.Findings[i].State = diag.Unchanged
	}
	r.Findings[0].State = diag.New
	r.Comparison = &Comparison{Base: "main", Commit: "0123456789", OnlyNew: true}
	got := write(t, JUnit{}, r)
	if !strings.Contains(got, `failures="0" errors="0" skipped="1">`) || !strings.Contains(got, "1 new, 2 unchanged and not shown") {
		t.Error(got)
	}
}
