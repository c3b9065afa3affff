package scaffold

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const top = "../.."

// checkout is a folder with the lists of the repository.
func checkout(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"checks/checks.go", "checks/docs.go"} {
		data, err := os.ReadFile(filepath.Join(top, name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := write(dir, map[string][]byte{name: data}); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Every name in All is understood, so that a new one finds its place.
func TestLists(t *testing.T) {
	for _, id := range []string{"aaa", "dns-udp-missing", "selector-crd", "zzz"} {
		dir := checkout(t)
		files, err := NewCheck(dir, id, "0.1")
		if err != nil {
			t.Fatal(err)
		}
		if len(files) != 6 {
			t.Errorf("%s: %q", id, files)
		}
		data, err := os.ReadFile(filepath.Join(dir, "checks/checks.go"))
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, m := range regexp.MustCompile(`(?m)^\t([A-Z]\w*),$`).FindAllStringSubmatch(string(data), -1) {
			ids = append(ids, idOf(m[1]))
		}
		if !slices.IsSorted(ids) || !slices.Contains(ids, id) || !slices.Contains(ids, "dns-port-after-dnat") {
			t.Errorf("All becomes %q", ids)
		}
		if data, err = os.ReadFile(filepath.Join(dir, "checks/docs.go")); err != nil {
			t.Fatal(err)
		}
		ids = nil
		for _, m := range page.FindAllStringSubmatch(string(data), -1) {
			ids = append(ids, m[1])
		}
		if !slices.IsSorted(ids) || !slices.Contains(ids, id) {
			t.Errorf("the pages become %q", ids)
		}
	}
}

func TestRefused(t *testing.T) {
	dir := checkout(t)
	if _, err := NewCheck(dir, "a-check", "0.1"); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ dir, id, want string }{
		{dir, "A_Check", `"A_Check" is no name for a check`},
		{dir, "dns--x", "is no name for a check"},
		{dir, "dns-test", "a file dns_test.go for a test"},
		{dir, "a-check", " is there already"},
		{t.TempDir(), "a-check", "not the top of tierlint's repository"},
	} {
		if _, err := NewCheck(tt.dir, tt.id, "0.1"); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, not %q", tt.id, err, tt.want)
		}
	}
}

// tests run what the scaffold made, as the tests of the checks would in the repository.
const tests = `package checks_test

import (
	"os"
	"testing"

	"github.com/tierlint/tierlint/checks"
	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/checktest"
)

func TestScaffold(t *testing.T) {
	if err := check.Validate([]*check.Check{checks.NewlyMade}); err != nil {
		t.Error(err)
	}
	checktest.Run(t, os.Getenv("CASES"), checks.NewlyMade)
	checktest.Page(t, checks.NewlyMade)
}
`

// TestScaffold builds the checks with a new one laid over them. Its tests pass, and fail once it no longer
// finds what its case wants.
func TestScaffold(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the tests of the checks")
	}
	dir := checkout(t)
	files, err := NewCheck(dir, "newly-made", "0.1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := write(dir, map[string][]byte{"checks/newly_made_test.go": []byte(tests)}); err != nil {
		t.Fatal(err)
	}
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	for _, f := range append(files, "checks/newly_made_test.go") {
		at, err := filepath.Abs(filepath.Join(top, f))
		if err != nil {
			t.Fatal(err)
		}
		overlay.Replace[at] = filepath.Join(dir, f)
	}
	data, err := json.Marshal(overlay)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := write(dir, map[string][]byte{"overlay.json": data}); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "checks.test")
	build := exec.CommandContext(t.Context(), "go", "test", "-c", "-overlay", filepath.Join(dir, "overlay.json"), "-o", program, "./checks")
	build.Dir = top
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("what was made does not compile: %v\n%s", err, out)
	}
	cases := filepath.Join(dir, "checks/testdata/newly-made")
	run := func() (string, error) {
		cmd := exec.CommandContext(t.Context(), program, "-test.run", "TestScaffold")
		cmd.Env = append(os.Environ(), "CASES="+cases)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := run(); err != nil {
		t.Errorf("its tests fail: %v\n%s", err, out)
	}
	bad := filepath.Join(cases, "bad.txtar")
	text, err := os.ReadFile(bad)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(bad, []byte(strings.Replace(string(text), "name: bad", "name: fine", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := run(); err == nil || !strings.Contains(out, "the policy is called bad") {
		t.Errorf("a case in which nothing is found passes: %v\n%s", err, out)
	}
}
