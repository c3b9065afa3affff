package regocheck

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestSandbox tries what rules must not do. Those that need a function do not compile.
func TestSandbox(t *testing.T) {
	for _, call := range []string{
		`http.send({"method": "GET", "url": "http://127.0.0.1"})`,
		`net.lookup_ip_addr("localhost")`,
		`opa.runtime().env.HOME`,
		`rand.intn("x", 10)`,
		`uuid.rfc4122("x")`,
		`time.now_ns()`,
		`bits.lsh(1, 100000000000)`,
		`strings.render_template("{{range .}}{{end}}", {})`,
	} {
		t.Run(call, func(t *testing.T) {
			got := found(t, "-- rules/r.rego --\npackage tierlint.rules.r\ndeny contains \"x\" if "+call+"\n")
			name, _, _ := strings.Cut(call, "(")
			if want := "rules/r.rego:2:22: error: the rule does not compile: undefined function " + name + " [rego-invalid]"; !slices.Contains(got, want) {
				t.Errorf("found %q, want %q", got, want)
			}
		})
	}
}

// TestNoSchemaFromElsewhere: METADATA may not fetch.
func TestNoSchemaFromElsewhere(t *testing.T) {
	got := found(t, `
-- rules/r.rego --
# METADATA
# schemas:
# - input: {"$ref": "http://127.0.0.1:1/schema.json"}
package tierlint.objects.r
deny contains "x" if input.kind == "Pod"
`)
	if len(got) == 0 || !strings.Contains(got[0], "rego-invalid") || !strings.Contains(got[0], "remote reference loading disabled") {
		t.Errorf("found %q", got)
	}
}

// TestNoFilesFromElsewhere: nothing outside of the folder is read.
func TestNoFilesFromElsewhere(t *testing.T) {
	dir := repository(t, "-- secret/data.json --\n{\"secret\": 1}\n-- secret/r.rego --\npackage tierlint.rules.secret\ndeny contains \"x\"\n-- rules/good.rego --\npackage tierlint.rules.good\ndeny contains \"x\"\n")
	for link, to := range map[string]string{
		"data.json": filepath.Join(dir, "secret", "data.json"),
		"r.rego":    "../secret/r.rego",
		"folder":    "../secret",
	} {
		if err := os.Symlink(to, filepath.Join(dir, "rules", link)); err != nil {
			t.Skip(err)
		}
	}
	r, err := LoadFolders(dir, []string{"rules"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Checks) != 1 || r.Checks[0].ID != "good" {
		t.Errorf("checks %v", r.Checks)
	}
	for _, file := range []string{"rules/data.json", "rules/r.rego"} {
		if !slices.ContainsFunc(problems(r), func(s string) bool { return strings.HasPrefix(s, file+":1:1: this cannot be read: ") }) {
			t.Errorf("no finding about %s in %q", file, problems(r))
		}
	}
	if r.Source("rules/data.json") != nil {
		t.Error("a file outside was read")
	}
}

func problems(r *Rules) []string {
	var out []string
	for _, p := range r.Problems {
		out = append(out, p.At.String()+": "+p.Message)
	}
	return out
}

// TestNothingNondeterministic: what OPA says answers differently from call to call is left out.
func TestNothingNondeterministic(t *testing.T) {
	for _, b := range capabilities().Builtins {
		if b.IsNondeterministic() {
			t.Errorf("%s is there", b.Name)
		}
	}
}
