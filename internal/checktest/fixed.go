package checktest

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/fix"
	"github.com/tierlint/tierlint/internal/pipeline"
)

// checkFixes fixes what the checks find, and wants the files that the case has below fixed/, no
// findings of the checks in them, and nothing left to fix.
func (r *Repo) checkFixes(t *testing.T, checks ...*check.Check) {
	t.Helper()
	opts := r.options(t, checks...)
	if len(r.applyFixes(t, opts).Applied) == 0 {
		t.Error("nothing is fixed")
	}
	want := map[string][]byte{}
	for _, f := range append(append([]txtar.File(nil), r.Files...), r.fixed...) {
		want[f.Name] = f.Data
	}
	for name, text := range want {
		got, err := os.ReadFile(filepath.Join(opts.Dir, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, text) {
			t.Errorf("fixing makes something else of %s:\n%s", name, fix.Diff(name, text, got))
		}
	}
	res, err := pipeline.Run(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range res.Findings {
		for _, c := range checks {
			if d.Check == c.ID {
				t.Errorf("after the fixes: %s: %s", d.At, summary(d))
			}
		}
	}
	if again := r.applyFixes(t, opts); len(again.Changes) > 0 {
		t.Errorf("fixing again changes %s", again.Changes[0].File)
	}
}

func (r *Repo) applyFixes(t *testing.T, opts pipeline.Options) *pipeline.Fixes {
	t.Helper()
	_, _, fixes, err := pipeline.Fix(t.Context(), opts, r.allFixes)
	if err != nil {
		t.Fatal(err)
	}
	if err := fixes.Write(); err != nil {
		t.Fatal(err)
	}
	return fixes
}

// FixesHelp applies all fixes of what the checks find, and wants what they are for to be gone, and no error
// in its place. It returns what is found before.
func (r *Repo) FixesHelp(t *testing.T, checks ...*check.Check) []diag.Diagnostic {
	t.Helper()
	before, after, fixes, err := pipeline.Fix(t.Context(), r.options(t, checks...), true)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fixes.Skipped {
		t.Errorf("%s: the fix %q is not applied: %s: %s", f.Finding.At, f.Fix.Title, f.Reason, summary(f.Finding))
	}
	was := map[[2]string]bool{}
	for _, d := range before.Findings {
		was[[2]string{d.Check, d.Object}] = true
	}
	for _, d := range after.Findings {
		if len(fixes.Applied) > 0 && d.Severity == diag.Error && !was[[2]string{d.Check, d.Object}] {
			t.Errorf("the fixes make something else wrong: %s: %s", d.At, summary(d))
		}
	}
	return before.Findings
}
