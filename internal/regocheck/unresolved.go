package regocheck

import (
	"fmt"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// unresolved finds what modules import and use, or refer to, and nobody defines: to Rego it is merely undefined, so
// that a rule with a misspelt name never finds anything, and nothing says so. Of references only those into
// packages count, because data may be meant to be absent.
func (g *program) unresolved(modules []*ast.Module) []*problem {
	var out []*problem
	complain := func(at *ast.Location, name ast.Ref) {
		out = append(out, &problem{
			at: at, message: fmt.Sprintf("nothing is at %s, so a rule that asks for it finds nothing", name),
			help: "the name of a package, rule or data in the folders of rules",
		})
	}
	for _, m := range modules {
		var used []ast.Ref
		ast.WalkRefs(g.compiler.Modules[m.Package.Location.File], func(r ast.Ref) bool {
			name := r.ConstantPrefix()
			used = append(used, name)
			if name.HasPrefix(ast.DefaultRootRef) && g.intoPackage(name) && !g.defines(name) {
				complain(r[0].Location, name)
			}
			return false
		})
		for _, i := range m.Imports {
			path, ok := i.Path.Value.(ast.Ref)
			asked := func(r ast.Ref) bool { return r.HasPrefix(path) }
			if ok && path.HasPrefix(ast.DefaultRootRef) && !g.defines(path) && slices.ContainsFunc(used, asked) {
				complain(i.Loc(), path)
			}
		}
	}
	return out
}

// defines says whether there are rules or data at a name, above it or below it.
func (g *program) defines(name ast.Ref) bool {
	if len(g.compiler.GetRules(name)) > 0 {
		return true
	}
	var at any = g.data
	for _, part := range name[1:] {
		mapping, ok := at.(map[string]any)
		if !ok {
			return true // the value of something else
		}
		key, ok := part.Value.(ast.String)
		if !ok {
			return true
		}
		if at, ok = mapping[string(key)]; !ok {
			return false
		}
	}
	return true
}

// intoPackage says whether a name leads into a package that has rules.
func (g *program) intoPackage(name ast.Ref) bool {
	for _, m := range g.compiler.Modules {
		if len(m.Rules) > 0 && len(name) > len(m.Package.Path) && name.HasPrefix(m.Package.Path) {
			return true
		}
	}
	return false
}
