package checks_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tierlint/tierlint/internal/checktest"
	"github.com/tierlint/tierlint/internal/diag"
)

// TestAdvice wants of cases what their only finding says to write, and what would settle it, which is nothing
// where it is certain.
func TestAdvice(t *testing.T) {
	help := func(d *diag.Diagnostic) string { return d.Help }
	settle := func(d *diag.Diagnostic) string { return d.Settle }
	for _, c := range []struct {
		check, file string
		of          func(*diag.Diagnostic) string
		want        string
	}{
		{"invalid-manifest", "field-at-the-top", help, "one of the fields of NetworkPolicy: kind, apiVersion, metadata, spec"},
		{"dns-unreachable", "no-rule", settle, ""},
		{"dns-unreachable", "own-tenant-only", settle, "the labels of namespace kube-system, as in an export of the cluster: --context"},
	} {
		data, err := os.ReadFile(filepath.Join("testdata", c.check, c.file+".txtar"))
		if err != nil {
			t.Fatal(err)
		}
		r, err := checktest.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, d := range r.Check(t, all(t)...).Findings {
			if d.Check != c.check {
				continue
			}
			n++
			if got := c.of(&d); got != c.want {
				t.Errorf("%s/%s: %q, want %q", c.check, c.file, got, c.want)
			}
		}
		if n != 1 {
			t.Errorf("%s/%s: %d findings, want one", c.check, c.file, n)
		}
	}
}
