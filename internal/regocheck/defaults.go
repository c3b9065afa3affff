package regocheck

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
)

// factsOfDefaults is, by policy, what it does in the directions that it governs with traffic that its rules do
// not name. It spares rules that ask for no more the whole of model.tiers.
func (in *input) factsOfDefaults() *ast.Term {
	var fields []field
	same := map[[2]string]*ast.Term{}
	for _, t := range in.cluster.Tiers {
		for _, p := range t.Policies {
			does := [2]string{defaultAction(p, model.Ingress), defaultAction(p, model.Egress)}
			if same[does] == nil {
				same[does] = in.object(
					field{"ingress", in.some(does[model.Ingress])},
					field{"egress", in.some(does[model.Egress])},
				)
			}
			fields = append(fields, field{in.names.key(&p.Object), same[does]})
		}
	}
	return in.object(fields...)
}

// factsOfOpen is, by namespace and direction, the workloads under review that no policy denies anything by default.
// It spares rules that count them the whole of facts.workloads.
func (in *input) factsOfOpen() *ast.Term {
	closed := map[*eval.Chain]bool{}
	open := map[string]*[2][]*ast.Term{}
	for _, n := range in.cluster.Namespaces {
		open[n.Name] = &[2][]*ast.Term{}
	}
	for d, chains := range in.analysis.Chains {
		for _, c := range chains {
			closed[c] = slices.ContainsFunc(c.Steps(), func(s *eval.Step) bool {
				return s.Policy != nil && defaultAction(s.Policy, model.Direction(d)) == model.Deny.String()
			})
		}
	}
	for _, e := range in.analysis.Endpoints {
		at := open[e.Namespace]
		if at == nil || e.Type != model.Workload || e.Phantom || !e.Reviewed() {
			continue
		}
		for d := range at {
			if !closed[in.analysis.Chain(e, model.Direction(d))] {
				at[d] = append(at[d], in.key(&e.Object))
			}
		}
	}
	fields := make([]field, 0, len(open))
	for _, n := range in.cluster.Namespaces {
		fields = append(fields, field{n.Name, in.object(in.governing(*open[n.Name])...)})
	}
	return in.object(fields...)
}

// defaultAction is the action of a policy's first rule that asks nothing or, without one, of the end of its tier;
// empty if it does not govern the direction. Log decides nothing.
func defaultAction(p *model.Policy, d model.Direction) string {
	if !p.Governs[d] {
		return ""
	}
	for _, r := range p.Rules[d] {
		if r.Action != model.Log && everything(&r.Match) {
			return r.Action.String()
		}
	}
	return endOf(p.Tier).String()
}

// endOf is what the end of a tier does.
func endOf(t *model.Tier) model.Action {
	if t.DefaultPass {
		return model.Pass
	}
	return model.Deny
}
