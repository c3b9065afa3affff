package regocheck

import (
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// factsOfNamespaces finds, for each namespace, the policies that certainly select a pod there
// which has no labels of its own and runs as any service account. Untracked and pre-DNAT policies
// are for host endpoints alone.
func (in *input) factsOfNamespaces(c *model.Cluster) map[string]directions {
	labels := make([]selector.Labels, len(c.Namespaces))
	out := make([]directions, len(c.Namespaces))
	for i, n := range c.Namespaces {
		labels[i] = bare(n)
		out[i] = directions{Ingress: []string{}, Egress: []string{}}
	}
	index := selector.NewIndex(labels)
	for _, t := range c.Tiers {
		for _, p := range t.Policies {
			if p.DoNotTrack || p.PreDNAT {
				continue
			}
			selects, _ := index.Match(p.Selector)
			for i := range selects.All() {
				out[i].add(p, in.keys[&p.Object])
			}
		}
	}
	facts := map[string]directions{}
	for i, n := range c.Namespaces {
		facts[n.Name] = out[i]
	}
	return facts
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

// add notes a policy in the directions that it governs.
func (d *directions) add(p *model.Policy, key string) {
	if p.Governs[model.Ingress] {
		d.Ingress = append(d.Ingress, key)
	}
	if p.Governs[model.Egress] {
		d.Egress = append(d.Egress, key)
	}
}

func (in *input) factsOfPolicies(a *eval.Analysis) map[string]selected {
	out := map[string]selected{}
	for _, t := range a.Cluster.Tiers {
		for _, p := range t.Policies {
			s := selected{Workloads: []string{}}
			for _, e := range a.MaySelect(p) {
				if e.Type == model.Workload && !e.Phantom {
					s.Workloads = append(s.Workloads, in.keys[&e.Object])
				}
			}
			out[in.keys[&p.Object]] = s
		}
	}
	return out
}

func (in *input) factsOfWorkloads(a *eval.Analysis) map[string]directions {
	var governed [2]map[*eval.Chain][]string
	for d, chains := range a.Chains {
		governed[d] = map[*eval.Chain][]string{}
		for _, c := range chains {
			keys := []string{}
			for _, p := range c.Policies() {
				keys = append(keys, in.keys[&p.Object])
			}
			governed[d][c] = keys
		}
	}
	out := map[string]directions{}
	for _, e := range a.Endpoints {
		if e.Type != model.Workload || e.Phantom {
			continue
		}
		out[in.keys[&e.Object]] = directions{
			Ingress: list(governed[model.Ingress][a.Chain(e, model.Ingress)]),
			Egress:  list(governed[model.Egress][a.Chain(e, model.Egress)]),
		}
	}
	return out
}
