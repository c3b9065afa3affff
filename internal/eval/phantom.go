package eval

import (
	"maps"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/bitset"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// phantom stands for whatever a selector would match that matches nothing in the files: the
// smallest set of labels that satisfies one of its alternatives, and no others.
type phantom struct {
	endpoint *model.Endpoint // nil: not a workload, but a network set or host that rules name
	labels   selector.Labels
}

// anyNamespace is the namespace of a phantom that could be in any.
const anyNamespace = "any"

// findPhantoms makes phantoms for the policies that select no endpoint, and for the selectors in
// rules that match nothing.
func findPhantoms(u *universe) []phantom {
	var out []phantom
	seen := map[string]bool{}
	add := func(s *selector.Selector, namespace string, peersToo bool) {
		if seen[s.String()] {
			return
		}
		seen[s.String()] = true
		out = append(out, phantomsOf(u, s, namespace, peersToo)...)
	}
	for _, t := range u.cluster.Tiers {
		for _, p := range t.Policies {
			selected := u.own(u.things(p.Selector).may)
			if selected.IsEmpty() || u.onlyAssumed(selected) && matchesAnyPod(p) {
				add(p.Selector, p.Namespace, false)
			}
		}
	}
	eachRule(u.cluster, func(r *model.Rule) {
		for _, side := range []*model.Side{&r.Match.Source, &r.Match.Destination} {
			if side.Selector != nil && u.things(side.Selector).may.IsEmpty() {
				add(side.Selector, r.Policy.Namespace, true)
			}
		}
	})
	return out
}

// onlyAssumed says whether all of the endpoints are a platform's, which no file has.
func (u *universe) onlyAssumed(endpoints bitset.Bits) bool {
	for i := range endpoints.All() {
		if !u.endpoints[i].Assumed() {
			return false
		}
	}
	return true
}

// matchesAnyPod says whether a policy selects pods whatever their labels.
func matchesAnyPod(p *model.Policy) bool {
	return p.Selector.Match(selector.Labels{Known: workloadLabels(p.Namespace)}) == selector.Yes
}

func phantomsOf(u *universe, s *selector.Selector, namespace string, peersToo bool) []phantom {
	var out []phantom
	for _, labels := range s.Examples(workloadLabels(namespace)) {
		if e := phantomWorkload(u, labels); s.Match(e.Labels) == selector.Yes {
			e.Name = phantomName(e.Labels.Known)
			out = append(out, phantom{endpoint: e})
		}
	}
	if len(out) > 0 || !peersToo {
		return out
	}
	for _, labels := range s.Examples(nil) {
		out = append(out, phantom{labels: selector.Labels{Known: labels}})
	}
	return out
}

// phantomName says in words what labels make the phantom: "any pod with app=web in namespace shop".
func phantomName(labels map[string]string) string {
	namespace := labels["projectcalico.org/namespace"]
	var own, theirs []string
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		key, ofNamespace := strings.CutPrefix(k, "pcns.")
		switch _, standard := workloadLabels("")[k]; {
		case standard:
		case ofNamespace:
			theirs = append(theirs, key+"="+labels[k])
		default:
			own = append(own, strings.TrimPrefix(k, "pcsa.")+"="+labels[k])
		}
	}
	name := "any pod"
	if len(own) > 0 {
		name += " with " + strings.Join(own, ", ")
	}
	switch {
	case len(theirs) > 0 && namespace == anyNamespace:
		name += " in a namespace with " + strings.Join(theirs, ", ")
	case namespace != anyNamespace:
		name += " in namespace " + namespace
	}
	return name
}

// workloadLabels is what every pod has besides its own labels (from
// libcalico-go/lib/backend/k8s/conversion/workload_endpoint_default.go:156-163, v3.31.0).
func workloadLabels(namespace string) map[string]string {
	if namespace == "" {
		namespace = anyNamespace
	}
	return map[string]string{
		"projectcalico.org/namespace":      namespace,
		"projectcalico.org/orchestrator":   "k8s",
		"projectcalico.org/serviceaccount": "default",
		"pcns.projectcalico.org/name":      namespace,
		"pcns.kubernetes.io/metadata.name": namespace,
		"pcsa.projectcalico.org/name":      "default",
	}
}

// phantomWorkload makes a workload with the labels, and those of its namespace where it is known.
func phantomWorkload(u *universe, labels map[string]string) *model.Endpoint {
	l := maps.Clone(labels)
	written := l["projectcalico.org/namespace"] // the policy's, unless the selector asks for another
	namespace := written
	for _, key := range []string{"pcns.projectcalico.org/name", "pcns.kubernetes.io/metadata.name"} {
		if v, ok := l[key]; ok && v != written {
			namespace = v
		}
	}
	for _, key := range []string{"projectcalico.org/namespace", "pcns.projectcalico.org/name", "pcns.kubernetes.io/metadata.name"} {
		if l[key] == written {
			l[key] = namespace
		}
	}
	e := &model.Endpoint{
		Object:         model.Object{Kind: "Pod", Namespace: namespace},
		Type:           model.Workload,
		ServiceAccount: l["projectcalico.org/serviceaccount"],
		Phantom:        true,
	}
	e.Labels = selector.Labels{Known: l}
	if namespace == anyNamespace {
		return e
	}
	e.Labels.Open = []string{"pcns.*"}
	for _, ns := range u.cluster.Namespaces {
		if ns.Name != namespace {
			continue
		}
		for k, v := range ns.Labels {
			if _, set := l["pcns."+k]; !set {
				l["pcns."+k] = v
			}
		}
		if ns.Known {
			e.Labels.Open = nil
		}
	}
	return e
}
