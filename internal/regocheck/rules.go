// Package regocheck turns rules written in Rego into checks. It is the only user of OPA.
//
// A rule is a Rego v1 module with METADATA on its package and a set called deny. Each element of
// deny is a finding:
//
//	{
//		"message": "one sentence",
//		"object":  the `object` of something in the input document,
//		"pointer": a JSON pointer into that object ("" or absent: the object's name),
//		"help":    what to write instead (optional),
//		"related": [{"message": ..., "object": ..., "pointer": ...}] (optional)
//	}
//
// A rule never gives a line: the tool finds it. Modules without deny are libraries.
package regocheck

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
)

// entry is the name of the set that holds a rule's findings.
const entry = "deny"

// Load reads the rules in the .rego files below fsys and returns one check for each, ordered by
// file. Tests (*_test.rego) are left out. Only the metadata is read now; the modules are compiled,
// together, when the first of the checks runs. The error lists all that is wrong with the files,
// with their lines.
func Load(fsys fs.FS) ([]*check.Check, error) {
	modules, err := parse(fsys, func(name string) bool { return !strings.HasSuffix(name, "_test.rego") })
	if err != nil {
		return nil, err
	}
	rules := newSet(modules)
	var checks []*check.Check
	var errs []error
	for _, m := range modules {
		if !hasEntry(m) {
			continue
		}
		c, err := describe(m)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		query := m.Package.Path.String() + "." + entry
		c.Run = func(p *check.Pass) error { return rules.run(p, query) }
		checks = append(checks, c)
	}
	return checks, errors.Join(errs...)
}

// parse reads the wanted .rego files, in the order of their names.
func parse(fsys fs.FS, wanted func(name string) bool) ([]*ast.Module, error) {
	var modules []*ast.Module
	var errs []error
	options := ast.ParserOptions{Capabilities: capabilities(), ProcessAnnotation: true, RegoVersion: ast.RegoV1}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".rego" || !wanted(name) {
			return err
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		m, err := ast.ParseModuleWithOpts(name, string(text), options)
		switch {
		case err != nil:
			errs = append(errs, err)
		case m == nil:
			errs = append(errs, fmt.Errorf("%s: no package", name))
		default:
			modules = append(modules, m)
		}
		return nil
	})
	return modules, errors.Join(append(errs, err)...)
}

// hasEntry says whether the module is a rule.
func hasEntry(m *ast.Module) bool {
	for _, r := range m.Rules {
		if r.Head.Ref()[0].Value.Compare(ast.Var(entry)) == 0 {
			return true
		}
	}
	return false
}

// objectRules is the package whose rules see one object at a time, as it is written, and nothing else.
var objectRules = ast.MustParseRef("data.tierlint.objects")

// aboutObjects says whether the module's rules see plain objects.
func aboutObjects(m *ast.Module) bool { return m.Package.Path.HasPrefix(objectRules) }

// custom is the part of METADATA that is this tool's own.
type custom struct {
	ID       string // default: the package's last name, with dashes
	Severity string // note, warning or error
	Since    string // the version of the tool that first had the rule
	Off      bool   // runs only if the settings say so
	Exposes  bool   // what it finds is a weakness, as in a check.Check
	Merge    string // "all": must hold in every environment that has the line; default: in any
}

// describe makes a check, without Run, of a rule's METADATA.
func describe(m *ast.Module) (*check.Check, error) {
	file := m.Package.Location.File
	var meta *ast.Annotations
	for _, a := range m.Annotations {
		if a.Scope == packageScope {
			meta = a
		}
	}
	if meta == nil {
		return nil, fmt.Errorf("%s:%d: the package has no METADATA", file, m.Package.Location.Row)
	}
	fail := func(format string, args ...any) (*check.Check, error) {
		return nil, fmt.Errorf("%s:%d: METADATA: "+format, append([]any{file, meta.Location.Row}, args...)...)
	}
	var own custom
	if err := strictly(meta.Custom, &own); err != nil {
		return fail("custom: %w", err)
	}
	severity, ok := diag.ParseSeverity(own.Severity)
	switch {
	case !ok:
		return fail("custom.severity is %q, not note, warning or error", own.Severity)
	case own.Merge != "" && own.Merge != "all":
		return fail("custom.merge is %q, not all", own.Merge)
	case meta.Title == "" || meta.Description == "":
		return fail("a rule needs a title and a description")
	}
	c := &check.Check{
		ID: own.ID, Title: meta.Title, Doc: page(meta), Since: own.Since, Severity: severity, Off: own.Off, Exposes: own.Exposes,
	}
	if c.ID == "" {
		last := m.Package.Path[len(m.Package.Path)-1].Value
		c.ID = strings.ReplaceAll(strings.Trim(last.String(), `"`), "_", "-")
	}
	if own.Merge == "all" {
		c.Merge = check.All
	}
	return c, nil
}

// page is the rule's page of documentation.
func page(meta *ast.Annotations) string {
	var b strings.Builder
	b.WriteString(strings.TrimSpace(meta.Description) + "\n")
	if len(meta.RelatedResources) == 0 {
		return b.String()
	}
	b.WriteString("\n## References\n\n")
	for _, r := range meta.RelatedResources {
		b.WriteString("- " + link(r.Ref, r.Description) + "\n")
	}
	return b.String()
}

func link(ref url.URL, text string) string {
	if text == "" {
		return "<" + ref.String() + ">"
	}
	return "[" + text + "](" + ref.String() + ")"
}
