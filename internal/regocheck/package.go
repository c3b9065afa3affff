package regocheck

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
)

// rulePackages and objectRules are what the packages of rules begin with: of those that see the whole document,
// and of those that see one object at a time, as it is written, and nothing else.
var (
	rulePackages = ast.MustParseRef("data.tierlint.rules")
	objectRules  = ast.MustParseRef("data.tierlint.objects")
)

// aboutObjects says whether the module's rules see plain objects.
func aboutObjects(m *ast.Module) bool { return m.Package.Path.HasPrefix(objectRules) }

// entries are the names of the sets that hold a package's findings, those of Conftest
// (open-policy-agent/conftest, policy/engine.go).
var entries = regexp.MustCompile(`^(deny|violation|warn)(_[a-zA-Z0-9]+)*$`)

// pkg is a package, which may be in several files.
type pkg struct {
	modules []*ast.Module
	entries []*entry
}

// entry is one set of findings.
type entry struct {
	query    ast.Ref
	severity diag.Severity // Default: the rule's
	at       *ast.Location
}

// rule is a package with findings.
type rule struct {
	check   *check.Check
	entries []*entry
	objects bool // it is asked about each object
}

// packagesOf is the packages that have findings, in the order of the modules.
func packagesOf(modules []*ast.Module) []*pkg {
	var out []*pkg
	at := map[string]*pkg{}
	for _, m := range modules {
		path := m.Package.Path.String()
		p := at[path]
		if p == nil {
			p = &pkg{}
			at[path] = p
			out = append(out, p)
		}
		p.modules = append(p.modules, m)
		for _, r := range m.Rules {
			p.addEntry(m.Package.Path, r)
		}
	}
	return slices.DeleteFunc(out, func(p *pkg) bool { return len(p.entries) == 0 })
}

func (p *pkg) addEntry(path ast.Ref, r *ast.Rule) {
	name := strings.Trim(r.Head.Ref()[0].String(), `"`)
	if !entries.MatchString(name) || len(r.Head.Args) > 0 {
		return
	}
	e := &entry{query: path.Append(ast.StringTerm(name)), at: r.Head.Location}
	if strings.HasPrefix(name, "warn") {
		e.severity = diag.Warning
	}
	if !slices.ContainsFunc(p.entries, func(o *entry) bool { return o.query.Equal(e.query) }) {
		p.entries = append(p.entries, e)
	}
}

func (p *pkg) at() *ast.Location { return p.modules[0].Package.Location }

// rule makes a rule, whose check has no Run, of the package. defaults are for what METADATA need not say.
func (p *pkg) rule(defaults *custom) (*rule, error) {
	if wrong := p.misnamed(); wrong != nil {
		return nil, wrong
	}
	c, err := p.describe(defaults)
	if err != nil {
		return nil, err
	}
	return &rule{check: c, entries: p.entries, objects: aboutObjects(p.modules[0])}, nil
}

// misnamed is what is wrong with the name of a package that has findings; nil: nothing.
func (p *pkg) misnamed() *problem {
	path := p.modules[0].Package.Path
	if (aboutObjects(p.modules[0]) || path.HasPrefix(rulePackages)) && len(path) == len(rulePackages)+1 {
		return nil
	}
	return &problem{
		at:      p.at(),
		message: fmt.Sprintf("nothing here runs: %s has findings, but is the name of no rule", strings.TrimPrefix(path.String(), "data.")),
		help:    "package tierlint.rules.NAME, whose input is the whole document, or package tierlint.objects.NAME, whose input is one object",
	}
}
