package regocheck

import (
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// factsOfNamespaces is, by namespace, the policies that certainly select a pod there which has no labels
// of its own and runs as any service account. Untracked and pre-DNAT policies are for host endpoints alone.
func (in *input) factsOfNamespaces() (*ast.Term, error) {
	return in.everywhere(func(p *model.Policy, d model.Direction) bool { return p.Governs[d] }), nil
}

// everywhere is, by namespace and direction, the policies that certainly select a pod there without labels, of
// those that are kept.
func (in *input) everywhere(keep func(*model.Policy, model.Direction) bool) *ast.Term {
	labels := make([]selector.Labels, len(in.cluster.Namespaces))
	for i, n := range in.cluster.Namespaces {
		labels[i] = bare(n)
	}
	selecting := make([]directions, len(labels))
	index := selector.NewIndex(labels)
	for _, t := range in.cluster.Tiers {
		for _, p := range t.Policies {
			kept := [2]bool{keep(p, model.Ingress), keep(p, model.Egress)}
			if p.DoNotTrack || p.PreDNAT || kept == [2]bool{} {
				continue
			}
			selects, _ := index.Match(p.Selector)
			for i := range selects.All() {
				for d := range kept {
					if kept[d] {
						selecting[i][d] = append(selecting[i][d], in.key(&p.Object))
					}
				}
			}
		}
	}
	fields := make([]field, len(labels))
	for i, n := range in.cluster.Namespaces {
		fields[i] = field{n.Name, in.byDirection(selecting[i])}
	}
	return in.object(fields...)
}

// bare is what policies see of a pod without labels of its own
// (libcalico-go/lib/backend/k8s/conversion/workload_endpoint_default.go:156-163, v3.31.0).
func bare(n *model.Namespace) selector.Labels {
	l := selector.Labels{
		Known: map[string]string{
			"projectcalico.org/namespace":    n.Name,
			"projectcalico.org/orchestrator": "k8s",
			"pcns.projectcalico.org/name":    n.Name,
		},
		Open: []string{"projectcalico.org/serviceaccount", "pcsa.*"},
	}
	for k, v := range n.Labels {
		l.Known["pcns."+k] = v
	}
	if !n.Known {
		l.Open = append(l.Open, "pcns.*")
	}
	return l
}

// directions is keys, by direction.
type directions [2][]*ast.Term

// byDirection is the keys for ingress and for egress.
func (in *input) byDirection(d directions) *ast.Term {
	if len(d[model.Ingress]) == 0 && len(d[model.Egress]) == 0 {
		return in.neither
	}
	return in.object(field{"ingress", in.list(d[model.Ingress])}, field{"egress", in.list(d[model.Egress])})
}

// factsOfWorkloads is, by workload, the policies that govern it or may, in evaluation order, and whether
// some certainly does.
func (in *input) factsOfWorkloads() (*ast.Term, error) {
	var chains [2]map[*eval.Chain]chainTerms
	for d := range chains {
		chains[d] = map[*eval.Chain]chainTerms{}
		for _, c := range in.analysis.Chains[d] {
			chains[d][c] = in.chain(c)
		}
	}
	var fields []field
	facts := map[[2]*eval.Chain]*ast.Term{}
	for _, e := range in.analysis.Endpoints {
		if e.Type != model.Workload || e.Phantom {
			continue
		}
		key := [2]*eval.Chain{in.analysis.Chain(e, model.Ingress), in.analysis.Chain(e, model.Egress)}
		if facts[key] == nil {
			ingress, egress := chains[model.Ingress][key[model.Ingress]], chains[model.Egress][key[model.Egress]]
			facts[key] = in.object(
				field{"ingress", ingress.policies},
				field{"egress", egress.policies},
				field{"isolated", in.object(field{"ingress", ingress.isolates}, field{"egress", egress.isolates})},
			)
		}
		fields = append(fields, field{in.names.key(&e.Object), facts[key]})
	}
	return in.object(fields...), nil
}

type chainTerms struct{ policies, isolates *ast.Term }

func (in *input) chain(c *eval.Chain) chainTerms {
	var keys []*ast.Term
	isolates := false
	for _, s := range c.Steps() {
		if s.Policy != nil {
			keys = append(keys, in.key(&s.Policy.Object))
			isolates = isolates || s.Certain
		}
	}
	return chainTerms{in.list(keys), in.yes(isolates)}
}

// factsOfPolicies is, by policy, the workloads that it selects, and which of its rules decide something.
func (in *input) factsOfPolicies() (*ast.Term, error) {
	var fields []field
	for _, t := range in.cluster.Tiers {
		for _, p := range t.Policies {
			must, may := in.analysis.SelectedBits(p)
			dead, live := in.livesOf(p)
			fields = append(fields, field{in.names.key(&p.Object), in.object(
				field{"workloads", in.endpoints(must)},
				field{"perhaps", in.endpoints(may.Minus(must))},
				field{"live", in.list(live)},
				field{"dead", in.list(dead)},
			)})
		}
	}
	return in.object(fields...), nil
}

// livesOf is the rules, as they are written, that never decide anything, and those that may.
func (in *input) livesOf(p *model.Policy) (dead, live []*ast.Term) {
	found, _ := in.analysis.Dead(p)
	isDead := map[string]bool{}
	for _, x := range found {
		isDead[x.Rules[0].At] = true
		dead = append(dead, in.object(
			field{"pointer", in.text(x.Rules[0].At)},
			field{"contradicted", in.yes(x.Shown != nil)},
			field{"blockers", in.blockers(x)},
		))
	}
	for _, d := range []model.Direction{model.Ingress, model.Egress} {
		for _, rules := range eval.WrittenRules(p, d) {
			if !isDead[rules[0].At] && in.matchesSomething(rules) {
				live = append(live, in.text(rules[0].At))
			}
		}
	}
	return dead, live
}

// matchesSomething says whether rules match anything that reaches them. What they may match and is not
// dead is live.
func (in *input) matchesSomething(rules []*model.Rule) bool {
	for _, r := range rules {
		for _, u := range in.analysis.Uses(r) {
			if !u.Live.IsEmpty() {
				return true
			}
		}
	}
	return false
}

// blockers is who decides what a dead rule would.
func (in *input) blockers(x eval.Dead) *ast.Term {
	use := x.Shown
	if use == nil {
		use = in.analysis.Uses(x.Rules[0])[0]
	}
	var out []*ast.Term
	for _, b := range in.analysis.Blockers(use) {
		if b.By.Rule != nil {
			out = append(out, in.object(
				field{"object", in.key(&b.By.Rule.Policy.Object)}, field{"pointer", in.text(b.By.Rule.At)},
				field{"tier", in.text(b.By.Rule.Policy.Tier.Name)}, field{"action", in.text(b.By.Rule.Action.String())},
			))
			continue
		}
		out = append(out, in.object(
			field{"object", in.key(&b.By.Policy.Object)}, field{"pointer", in.text(b.By.Policy.SelectorAt)},
			field{"tier", in.text(b.By.Tier.Name)}, field{"action", in.text("end of tier")},
		))
	}
	return in.list(out)
}
