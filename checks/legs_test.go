package checks_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/checktest"
	"github.com/tierlint/tierlint/internal/diag"
)

// TestEveryCheckCanFindAndBeSilent wants of every check a case in which it finds something, one in which it
// finds nothing, and, where what it finds can be fixed, fixes after which that is gone and nothing else wrong,
// as far as all checks together see.
func TestEveryCheckCanFindAndBeSilent(t *testing.T) {
	every := all(t)
	for _, c := range every {
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			cases, err := filepath.Glob(filepath.Join("testdata", c.ID, "*.txtar"))
			if err != nil {
				t.Fatal(err)
			}
			on := slices.DeleteFunc(slices.Clone(every), func(o *check.Check) bool { return o.Off && o.ID != c.ID })
			finds, silent := false, false
			for _, file := range cases {
				data, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				r, err := checktest.Parse(data)
				if err != nil {
					t.Fatalf("%s: %v", file, err)
				}
				t.Run(filepath.Base(file), func(t *testing.T) {
					found := slices.ContainsFunc(r.FixesHelp(t, on...), func(d diag.Diagnostic) bool { return d.Check == c.ID })
					finds, silent = finds || found, silent || !found
				})
			}
			if !finds || !silent {
				t.Errorf("it finds something in a case: %t; it finds nothing in a case: %t", finds, silent)
			}
		})
	}
}
