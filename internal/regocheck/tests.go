package regocheck

import (
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/source"
)

// Tests are the tests of rules in Rego, in files whose names end in _test.rego: rules whose names begin with test_.
type Tests struct {
	// Fixtures are what the tests may ask for, by folder. Add makes each.
	Fixtures []Fixture
	// Problems are what is wrong with rules and tests. If there are any, nothing is to be run.
	Problems []diag.Diagnostic

	modules []*ast.Module // of rules, of tests, and the library
	data    map[string]any
	own     map[string]bool // files of rules that are somebody's own
	made    fixtures
}

// Fixture is manifests from which tests get the input of rules: the folder fixtures/NAME beside these is
// data.fixtures.NAME.
type Fixture struct {
	Name   string
	Folder string // as people see it
}

// ReadTests reads the rules and the tests in folders, which are named from dir. taken says which IDs are
// those of other checks. An error says that a folder is not there.
func ReadTests(dir string, folders, taken []string) (*Tests, error) {
	f, err := readFolders(dir, folders, true)
	if err != nil {
		return nil, err
	}
	lib, err := library()
	if err != nil {
		return nil, err
	}
	t := &Tests{Fixtures: f.fixtures, data: f.data, own: map[string]bool{}}
	problems := append(f.problems, t.reserve()...)
	prog, sound, broken := compileSound(f.modules, lib, f.data)
	problems = append(append(problems, broken...), prog.unresolved(sound)...)
	rules := slices.DeleteFunc(slices.Clone(sound), func(m *ast.Module) bool { return isTest(m.Package.Location.File) })
	_, bad := checksOf(rules, &set{}, taken)
	problems = append(append(problems, bad...), t.misnamed(prog.compiler.Modules)...)
	for _, m := range rules {
		t.own[m.Package.Location.File] = true
	}
	t.modules = slices.Concat(lib, sound)
	for _, p := range problems {
		t.Problems = append(t.Problems, p.diagnostic())
	}
	diag.Sort(t.Problems)
	return t, nil
}

// reserve gives each fixture its place in the data.
func (t *Tests) reserve() []*problem {
	var out []*problem
	for _, x := range t.Fixtures {
		if twice := mergeData(t.data, map[string]any{"fixtures": map[string]any{x.Name: nil}}, ""); twice != "" {
			out = append(out, &problem{
				at:      &ast.Location{File: x.Folder, Row: 1, Col: 1},
				message: fmt.Sprintf("data.%s is something else too", twice), help: "another name for one of the two",
			})
		}
	}
	return out
}

// misnamed finds what refers to fixtures that are not there.
func (t *Tests) misnamed(modules map[string]*ast.Module) []*problem {
	known, _ := t.data["fixtures"].(map[string]any)
	var out []*problem
	for _, m := range modules {
		ast.WalkRefs(m, func(r ast.Ref) bool {
			if len(r) < 3 || !r.HasPrefix(fixturesRoot) {
				return false
			}
			name, ok := r[2].Value.(ast.String)
			if _, there := known[string(name)]; ok && !there {
				out = append(out, &problem{
					at: r[0].Location, message: fmt.Sprintf("there is no fixture %s: a folder fixtures/%[1]s with manifests makes one", string(name)),
				})
			}
			return false
		})
	}
	return out
}

// Add makes a fixture of the environment that is in its folder.
func (t *Tests) Add(x Fixture, e *check.Environment) error {
	in := newInput(passOf(e))
	document, err := in.document(all(), nil)
	if err != nil {
		return fmt.Errorf("the fixture in %s: %w", x.Folder, err)
	}
	plain, err := ast.JSON(document)
	if err != nil {
		return fmt.Errorf("the fixture in %s: %w", x.Folder, err)
	}
	t.data["fixtures"].(map[string]any)[x.Name] = plain
	t.made = append(t.made, fixture{name: x.Name, document: document.(ast.Object), in: in})
	return nil
}

// all is every section.
func all() wants {
	w := wants{}
	for _, s := range sections() {
		w[s] = true
	}
	return w
}

// TestResult is what became of a test.
type TestResult struct {
	Name    string        // "test_closed"
	At      source.Origin // its first line
	Skipped bool          // its name begins with todo_
	// Reasons are why it failed; none: it passed, or was skipped.
	Reasons []TestReason
	Output  string // what it printed
}

// TestReason is why a test failed.
type TestReason struct {
	At      source.Origin
	Message string
}

// failed makes a failure of a test from what is wrong.
func (r *TestResult) failed(at *ast.Location, message string) {
	if at == nil || at.File == "" || at.File == redirections {
		r.Reasons = append(r.Reasons, TestReason{r.At, message})
		return
	}
	r.Reasons = append(r.Reasons, TestReason{originOf(at), message})
}

// testRule is a rule that is a test.
type testRule struct {
	module *ast.Module
	rule   *ast.Rule
	name   string
	ref    ast.Ref
}

// testRules are the tests among compiled modules, by file and line.
func testRules(modules map[string]*ast.Module) []testRule {
	var out []testRule
	for _, m := range modules {
		for _, r := range m.Rules {
			ref := r.Head.Ref().GroundPrefix()
			for i, part := range ref {
				name := strings.Trim(part.String(), `"`)
				if strings.HasPrefix(name, "test_") || strings.HasPrefix(name, "todo_test_") {
					out = append(out, testRule{m, r, name, m.Package.Path.Extend(ref[:i+1])})
					break
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b testRule) int { return a.rule.Loc().Compare(b.rule.Loc()) })
	return out
}
