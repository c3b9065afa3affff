// Package regocheck turns rules written in Rego into checks. It is the only user of OPA.
//
// A rule is a Rego v1 package with a set called deny, whose name begins with tierlint.rules. Each element of
// deny is a finding:
//
//	{
//		"message": "one sentence",
//		"object":  the `object` of something in the input document,
//		"pointer": a JSON pointer into that object ("" or absent: the object's name),
//		"help":    what to write instead (optional),
//		"related": [{"message": ..., "object": ..., "pointer": ...}] (optional),
//		"witness": {"from": ..., "to": ..., "protocol": ..., "port": ...}, one connection (optional),
//		"severity": note, warning or error (optional)
//	}
//
// A rule never gives a line: the tool finds it. Modules without deny are libraries. Packages whose name
// begins with tierlint.objects are asked about each object alone, which is then the finding's object.
package regocheck

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tierlint/tierlint/internal/check"
)

// Load reads the rules that come with the tool, rules/*/*.rego in fsys, each a package with a set called deny,
// and returns one check for each, ordered by file. Only what is above the packages is read now, as every
// start of the tool waits for it; a module is parsed and compiled when its check runs, as most are off. The error
// lists all that is wrong, with the lines.
func Load(fsys fs.FS) ([]*check.Check, error) {
	names, err := fs.Glob(fsys, "rules/*/*.rego")
	if err != nil {
		return nil, err
	}
	lib := sync.OnceValues(func() ([]*ast.Module, error) {
		return parse(fsys, func(name string) bool { return path.Dir(name) == "lib" })
	})
	var checks []*check.Check
	var errs []error
	for _, name := range names {
		if isTest(name) {
			continue
		}
		r, err := headOf(fsys, name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		alone := &set{limits: usualLimits()}
		alone.compiled = sync.OnceValues(func() (*program, error) { return compileOwn(fsys, name, lib) })
		r.check.Run = func(pass *check.Pass) error { return alone.run(pass, r) }
		checks = append(checks, r.check)
	}
	return checks, errors.Join(errs...)
}

// compileOwn compiles one of the rules that come with the tool, with the library if it imports any of that. It
// does not check references to `input` against the schema, as tests have: that takes three times as long.
func compileOwn(fsys fs.FS, name string, lib func() ([]*ast.Module, error)) (*program, error) {
	modules, err := parse(fsys, func(other string) bool { return other == name })
	if err != nil {
		return nil, err
	}
	if len(modules[0].Imports) > 0 {
		shared, err := lib()
		if err != nil {
			return nil, err
		}
		modules = append(modules, shared...)
	}
	return compileIn(ast.NewCompiler().WithCapabilities(capabilities()), modules)
}

func isTest(name string) bool { return strings.HasSuffix(name, "_test.rego") }

// headOf reads a file as far as its package, which has the rule's METADATA above it.
func headOf(fsys fs.FS, name string) (*rule, error) {
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	head := text
	if at := packageLine.FindIndex(text); at != nil {
		head = text[:at[1]]
	}
	m, err := parseModule(name, string(head))
	if err != nil {
		return nil, err
	}
	p := &pkg{modules: []*ast.Module{m}}
	p.entries = []*entry{{query: m.Package.Path.Append(ast.StringTerm("deny")), at: m.Package.Location}}
	return p.rule(nil)
}

var packageLine = regexp.MustCompile(`(?m)^package .*$`)

// parse reads the wanted .rego files, in the order of their names.
func parse(fsys fs.FS, wanted func(name string) bool) ([]*ast.Module, error) {
	var modules []*ast.Module
	var errs []error
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".rego" || !wanted(name) {
			return err
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		m, err := parseModule(name, string(text))
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
