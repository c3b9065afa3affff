package regocheck

import (
	"fmt"
	"io/fs"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/rego"
)

// Rules are those of a repository.
type Rules struct {
	Checks []*check.Check // ordered by file
	// Problems are what is wrong with the files, findings of check CheckInvalid. What is broken does not run;
	// the rest does.
	Problems []diag.Diagnostic
	texts    map[string][]byte
}

// Source is the text of a file of rules or of their data, by its name as in findings; nil: it is none.
func (r *Rules) Source(file string) []byte { return r.texts[file] }

// LoadFolders reads the rules in folders, which are named from dir. taken says which IDs are those of
// other checks. An error says that a folder is not there; whatever is wrong in it is among the Problems.
func LoadFolders(dir string, folders []string, taken []string) (*Rules, error) {
	f, err := readFolders(dir, folders, false)
	if err != nil {
		return nil, err
	}
	out := &Rules{texts: f.texts}
	lib, err := library()
	if err != nil {
		return nil, err
	}
	mute := silent(f.modules)
	named, misnamed := byName(f.modules)
	prog, modules, broken := compileSound(named, lib, f.data)
	problems := slices.Concat(f.problems, misnamed, mute, broken, prog.unresolved(modules))
	rules := &set{
		compiled: func() (*program, error) { return prog, nil }, forgiving: true, limits: strictLimits(),
	}
	checks, bad := checksOf(modules, rules, taken)
	out.Checks = checks
	for _, p := range append(problems, bad...) {
		out.Problems = append(out.Problems, p.diagnostic())
	}
	diag.Sort(out.Problems)
	return out, nil
}

// byName is the modules without those that have findings in a package that is no rule's: their input would be
// another than they think.
func byName(modules []*ast.Module) ([]*ast.Module, []*problem) {
	var problems []*problem
	misnamed := map[string]bool{}
	for _, p := range packagesOf(modules) {
		if wrong := p.misnamed(); wrong != nil {
			problems = append(problems, wrong)
			misnamed[p.modules[0].Package.Path.String()] = true
		}
	}
	return slices.DeleteFunc(modules, func(m *ast.Module) bool { return misnamed[m.Package.Path.String()] }), problems
}

// library is the modules that come with the tool for other rules to use.
func library() ([]*ast.Module, error) {
	files, err := fs.Sub(rego.Files, "lib")
	if err != nil {
		return nil, err
	}
	return parse(files, func(string) bool { return true })
}

// compileSound compiles modules together with the library, without those that do not compile. It returns
// the modules that do.
func compileSound(modules, lib []*ast.Module, data map[string]any) (*program, []*ast.Module, []*problem) {
	var problems []*problem
	for {
		prog, err := compileWith(slices.Concat(lib, modules), false)
		if err == nil {
			prog.data = data
			return prog, modules, problems
		}
		found := problemsOf(err, "the rule does not compile")
		problems = append(problems, found...)
		broken := map[string]bool{}
		for _, p := range found {
			if p.at != nil {
				broken[p.at.File] = true
			}
		}
		n := len(modules)
		modules = slices.DeleteFunc(slices.Clone(modules), func(m *ast.Module) bool { return broken[m.Package.Location.File] })
		if len(modules) == n { // nobody is to blame, so nothing runs
			modules = nil
		}
	}
}

// checksOf makes a check of each package with rules.
func checksOf(modules []*ast.Module, rules *set, taken []string) ([]*check.Check, []*problem) {
	var out []*check.Check
	var problems []*problem
	seen := map[string]string{}
	for _, id := range taken {
		seen[id] = "a check that comes with tierlint"
	}
	for _, p := range packagesOf(modules) {
		r, err := p.rule(&custom{Severity: diag.Error.String()})
		if err != nil {
			problems = append(problems, problemsOf(err, "METADATA")...)
			continue
		}
		if other, twice := seen[r.check.ID]; twice {
			problems = append(problems, &problem{
				at:      p.at(),
				message: fmt.Sprintf("the rule does not run: its ID %s is that of %s", r.check.ID, other),
				help:    "another last name of the package, or `custom: {id: ...}` in its METADATA",
			})
			continue
		}
		seen[r.check.ID] = "the rule in " + p.at().File
		c := r.check
		if !check.ValidID(c.ID) {
			problems = append(problems, &problem{
				at:      p.at(),
				message: fmt.Sprintf("the rule does not run: its ID %s is not made of lower case letters, digits and single dashes", c.ID),
				help:    "`custom: {id: ...}` in its METADATA",
			})
			continue
		}
		c.Own = true
		c.Run = func(pass *check.Pass) error { return rules.run(pass, r) }
		out = append(out, c)
	}
	return out, problems
}
