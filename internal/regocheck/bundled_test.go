package regocheck

import (
	"io/fs"
	"path"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/tester"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/rego"
)

// TestBundledRules runs the Rego tests beside the rules, sandboxed as the rules are.
func TestBundledRules(t *testing.T) {
	modules, err := parse(rego.Files, everyFile)
	if err != nil {
		t.Fatal(err)
	}
	byFile := map[string]*ast.Module{}
	for _, m := range modules {
		byFile[m.Package.Location.File] = m
	}
	compiler, err := newCompiler()
	if err != nil {
		t.Fatal(err)
	}
	results, err := tester.NewRunner().SetCompiler(compiler).SetModules(byFile).RunTests(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	ran := map[string]int{}
	for r := range results {
		ran[path.Dir(r.Location.File)]++
		if !r.Pass() {
			t.Errorf("%s: %s.%s failed: %v", r.Location, r.Package, r.Name, r.Error)
		}
	}
	rules, err := fs.ReadDir(rego.Files, "rules")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range rules {
		if ran["rules/"+d.Name()] == 0 {
			t.Errorf("rules/%s has no tests", d.Name())
		}
	}
}

// TestBundledRulesCompile compiles the rules as strictly as those of a repository are, and against the schema.
func TestBundledRulesCompile(t *testing.T) {
	modules, err := parse(rego.Files, func(name string) bool { return !isTest(name) })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := compile(modules); err != nil {
		t.Error(err)
	}
}

// TestBundledMetadata holds the rules that come with the tool to what is asked of Go checks, and to
// the layout rules/ID/ID.rego.
func TestBundledMetadata(t *testing.T) {
	checks, err := Load(rego.Files)
	if err != nil {
		t.Fatal(err)
	}
	if err := check.Validate(checks); err != nil {
		t.Error(err)
	}
	for _, c := range checks {
		text, err := fs.ReadFile(rego.Files, path.Join("rules", c.ID, c.ID+".rego"))
		if err != nil {
			t.Errorf("check %s is not where its name says: %v", c.ID, err)
		}
		if !strings.Contains(string(text), "package tierlint.rules."+strings.ReplaceAll(c.ID, "-", "_")+"\n") {
			t.Errorf("check %s: its package is not tierlint.rules.%s", c.ID, strings.ReplaceAll(c.ID, "-", "_"))
		}
	}
}
