package checks_test

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/checks"
	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/checktest"
	"github.com/tierlint/tierlint/internal/regocheck"
	"github.com/tierlint/tierlint/rego"
)

var update = flag.Bool("update", false, "write docs/checks instead of comparing it")

// all is the checks in Go and those in Rego, by ID.
func all(t *testing.T) []*check.Check {
	t.Helper()
	rules, err := regocheck.Load(rego.Files)
	if err != nil {
		t.Fatal(err)
	}
	out := slices.Concat(checks.All, rules)
	slices.SortFunc(out, func(a, b *check.Check) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

func TestAllIsValid(t *testing.T) {
	if err := check.Validate(all(t)); err != nil {
		t.Error(err)
	}
	if !slices.IsSortedFunc(checks.All, func(a, b *check.Check) int { return cmp.Compare(a.ID, b.ID) }) {
		t.Error("All is not ordered by ID")
	}
}

// TestCases runs the cases of every check, and wants each to have some.
func TestCases(t *testing.T) {
	for _, c := range all(t) {
		t.Run(c.ID, func(t *testing.T) { checktest.Run(t, filepath.Join("testdata", c.ID), c) })
	}
}

// references is how every page ends.
var references = regexp.MustCompile(`\n## References\n\n(- \[[^\]]+\]\([^)]+\)\n?)+\s*$`)

// TestPages compares docs/checks with the pages that the checks make, and wants each to lead on; -update writes them.
func TestPages(t *testing.T) {
	const dir = "../docs/checks"
	pages := map[string]string{"README.md": index(all(t))}
	for _, c := range all(t) {
		t.Run(c.ID, func(t *testing.T) {
			if pages[c.ID+".md"] = checktest.Page(t, c); !references.MatchString(c.Doc) {
				t.Error("the page does not end with ## References and a list of links")
			}
		})
	}
	if *update {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, text := range pages {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		have, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || string(have) != pages[name] {
			t.Errorf("docs/checks/%s is stale: go test ./checks -update", name)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if _, ok := pages[f.Name()]; !ok {
			t.Errorf("docs/checks/%s belongs to no check", f.Name())
		}
	}
}

// index is the page that lists the others.
func index(all []*check.Check) string {
	var b strings.Builder
	b.WriteString("# Checks\n\n| check | severity | what goes wrong |\n| --- | --- | --- |\n")
	for _, c := range all {
		severity := c.Severity.String()
		if c.Off {
			severity += ", off"
		}
		fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s |\n", c.ID, c.ID, severity, strings.ReplaceAll(c.Title, "|", `\|`))
	}
	return b.String()
}

// TestCauses runs the checks together that are causes and consequences of each other.
func TestCauses(t *testing.T) {
	var together []*check.Check
	causes := map[string]bool{}
	for _, c := range all(t) {
		for _, id := range slices.Concat(c.SwallowedBy, c.FollowsFrom) {
			causes[id], causes[c.ID] = true, true
		}
	}
	for _, c := range all(t) {
		if causes[c.ID] {
			together = append(together, c)
		}
	}
	checktest.Run(t, filepath.Join("testdata", "causes"), together...)
}
