package regocheck

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
)

// factsOfDefaultDeny is, by namespace and direction, the policies that govern a pod there which has no labels, and deny by
// default.
func (in *input) factsOfDefaultDeny() *ast.Term { return in.everywhere(deniesByDefault) }

// factsOfOpen is, by namespace and direction, the workloads under review that no policy denies anything by default.
// It spares rules that count them the whole of facts.workloads.
func (in *input) factsOfOpen() *ast.Term {
	open := map[string]*directions{}
	for _, n := range in.cluster.Namespaces {
		open[n.Name] = &directions{}
	}
	for d, chains := range in.analysis.Chains {
		among := map[*model.Endpoint]bool{}
		for _, c := range chains {
			if !slices.ContainsFunc(c.Steps(), func(s *eval.Step) bool {
				return s.Policy != nil && deniesByDefault(s.Policy, model.Direction(d))
			}) {
				for _, e := range c.Endpoints {
					among[e] = true
				}
			}
		}
		if len(among) == 0 {
			continue
		}
		for _, e := range in.analysis.Endpoints {
			if at := open[e.Namespace]; among[e] && at != nil && e.Type == model.Workload && !e.Phantom && e.Reviewed() {
				at[d] = append(at[d], in.key(&e.Object))
			}
		}
	}
	fields := make([]field, 0, len(open))
	for _, n := range in.cluster.Namespaces {
		fields = append(fields, field{n.Name, in.byDirection(*open[n.Name])})
	}
	return in.object(fields...)
}

// deniesByDefault says whether a policy denies what no rule of it names: by its first rule that asks nothing or,
// without one, by the end of its tier. Log decides nothing.
func deniesByDefault(p *model.Policy, d model.Direction) bool {
	if !p.Governs[d] {
		return false
	}
	for _, r := range p.Rules[d] {
		if r.Action != model.Log && everything(&r.Match) {
			return r.Action == model.Deny
		}
	}
	return endOf(p.Tier) == model.Deny
}

// endOf is what the end of a tier does.
func endOf(t *model.Tier) model.Action {
	if t.DefaultPass {
		return model.Pass
	}
	return model.Deny
}
