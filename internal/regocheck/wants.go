package regocheck

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// wants is the sections of the input document that rules ask for, "model.tiers". Others are not
// made: facts can be much work, and a large document is slow.
type wants map[string]bool

// The sections.
const (
	sectionObjects   = "objects"
	modelNamespaces  = "model.namespaces"
	modelWorkloads   = "model.workloads"
	modelServices    = "model.services"
	modelSets        = "model.networkSets"
	modelTiers       = "model.tiers"
	modelStaged      = "model.staged"
	modelLabels      = "model.policyLabels"
	factsNamespaces  = "facts.namespaces"
	factsDefaultDeny = "facts.defaultDeny"
	factsOpen        = "facts.open"
	factsPolicies    = "facts.policies"
	factsWorkloads   = "facts.workloads"
	factsDNS         = "facts.dns"
	factsReach       = "facts.reach"
)

func sections() []string {
	return []string{
		sectionObjects, modelNamespaces, modelWorkloads, modelServices, modelSets, modelTiers, modelStaged, modelLabels,
		factsNamespaces, factsDefaultDeny, factsOpen, factsPolicies, factsWorkloads, factsDNS, factsReach,
	}
}

// evaluated says whether making a section takes the evaluation of the cluster.
func evaluated(section string) bool {
	switch section {
	case modelTiers, modelStaged, factsOpen, factsPolicies, factsWorkloads, factsDNS, factsReach:
		return true
	}
	return false
}

// wantedBy finds the sections that the rules below a name refer to, and the rules that they use.
func wantedBy(c *ast.Compiler, name ast.Ref) wants {
	w := wants{}
	seen := map[*ast.Rule]bool{}
	var visit func(*ast.Rule)
	visit = func(r *ast.Rule) {
		if seen[r] {
			return
		}
		seen[r] = true
		w.addOf(r)
		for other := range c.Graph.Dependencies(r) {
			if used, ok := other.(*ast.Rule); ok {
				visit(used)
			}
		}
	}
	for _, r := range c.GetRules(name) {
		visit(r)
	}
	return w
}

// addOf adds the sections that a rule refers to. A reference that does not name a section, as in
// `x := input.model`, may reach any.
func (w wants) addOf(rule *ast.Rule) {
	ast.WalkRefs(rule, func(r ast.Ref) bool {
		if !r.HasPrefix(ast.InputRootRef) {
			return false
		}
		if section, ok := sectionOf(r); ok {
			w[section] = true
			return false
		}
		for _, s := range sections() {
			if len(r) < 2 || strings.HasPrefix(s, group(r)) {
				w[s] = true
			}
		}
		return false
	})
}

// group is what the sections begin with that a reference may reach: all do with the empty text.
func group(r ast.Ref) string {
	if top, ok := r[1].Value.(ast.String); ok {
		return string(top) + "."
	}
	return ""
}

// sectionOf is the section that a reference begins with; false if it does not name one. One that
// names something else, as input.version does, has the section that nobody makes.
func sectionOf(r ast.Ref) (string, bool) {
	if len(r) < 2 {
		return "", false
	}
	top, ok := r[1].Value.(ast.String)
	switch {
	case !ok:
		return "", false
	case top == sectionObjects:
		return sectionObjects, true
	case top != "model" && top != "facts":
		return "", true
	case len(r) < 3:
		return "", false
	}
	name, ok := r[2].Value.(ast.String)
	section := string(top) + "." + string(name)
	if ok && !slices.Contains(sections(), section) {
		return "", true
	}
	return section, ok
}
