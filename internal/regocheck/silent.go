package regocheck

import (
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// silent finds packages that are named as rules are, and have no set of findings: nothing of them runs. What
// another module uses of them is theirs to use.
func silent(modules []*ast.Module) []*problem {
	var out []*problem
	seen := map[string]bool{}
	for _, m := range modules {
		path := m.Package.Path
		if !namesRule(path) || seen[path.String()] || used(path, modules) {
			continue
		}
		seen[path.String()] = true
		var names []string
		found := false
		for _, other := range modules {
			if !other.Package.Path.Equal(path) {
				continue
			}
			for _, r := range other.Rules {
				name := strings.Trim(r.Head.Ref()[0].String(), `"`)
				found = found || entries.MatchString(name)
				if !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
		if found {
			continue
		}
		has := "nothing"
		if len(names) > 0 {
			has = "only " + strings.Join(names, ", ")
		}
		out = append(out, &problem{
			at:      m.Package.Location,
			message: fmt.Sprintf("nothing here runs: %s has %s, and findings are in deny, violation or warn", strings.TrimPrefix(path.String(), "data."), has),
			help:    `deny contains {"message": "one sentence", "object": ...} if ...`,
		})
	}
	return out
}

// namesRule says whether a package is named as one of a rule is.
func namesRule(path ast.Ref) bool {
	return (path.HasPrefix(rulePackages) || path.HasPrefix(objectRules)) && len(path) == len(rulePackages)+1 &&
		!strings.HasSuffix(strings.Trim(path[len(path)-1].String(), `"`), "_test")
}

// used says whether a module of another package refers to one.
func used(path ast.Ref, modules []*ast.Module) bool {
	return slices.ContainsFunc(modules, func(m *ast.Module) bool {
		if m.Package.Path.Equal(path) {
			return false
		}
		refers := false
		ast.WalkRefs(m, func(r ast.Ref) bool {
			refers = refers || r.HasPrefix(path)
			return refers
		})
		return refers
	})
}
