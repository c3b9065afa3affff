package checks_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// listed matches a line of the table in docs/fixes.md.
var listed = regexp.MustCompile(`(?m)^\| \[([a-z-]+)\]\(checks/([a-z-]+)\.md\) \|`)

// TestFixesAreListed wants every check with a case of a fix in docs/fixes.md, and no others, and a section Fix on their pages.
func TestFixesAreListed(t *testing.T) {
	page, err := os.ReadFile("../docs/fixes.md")
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, m := range listed.FindAllStringSubmatch(string(page), -1) {
		if m[1] != m[2] {
			t.Errorf("%s leads to the page of %s", m[1], m[2])
		}
		have = append(have, m[1])
	}
	cases, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, c := range cases {
		ar, err := txtar.ParseFile(c)
		if err != nil {
			t.Fatal(err)
		}
		id := filepath.Base(filepath.Dir(c))
		fixed := slices.ContainsFunc(ar.Files, func(f txtar.File) bool { return strings.HasPrefix(f.Name, "fixed/") })
		if fixed && !slices.Contains(want, id) {
			want = append(want, id)
		}
	}
	slices.Sort(have)
	if len(want) == 0 || !slices.Equal(have, want) {
		t.Errorf("docs/fixes.md lists the fixes of %v; there are those of %v", have, want)
	}
	for _, c := range all(t) {
		if told, fixed := strings.Contains(c.Doc, "\n## Fix\n"), slices.Contains(want, c.ID); told != fixed {
			t.Errorf("%s: it has a fix: %v; its page has a section Fix: %v", c.ID, fixed, told)
		}
	}
}
