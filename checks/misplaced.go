package checks

import (
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// globalOnly is the namespaceSelector of what has no namespace.
const globalOnly = "global()"

// misplaced finds what a rule's selector would match if it looked somewhere else: network sets and hosts,
// which may have no namespace, or workloads of other namespaces. It is nil if there is nothing.
func (v *inventory) misplaced(w *written) *diag.Diagnostic {
	if w.subject() {
		return nil
	}
	if w.policy.API == model.KubernetesNetworkPolicy {
		return v.setForPods(w)
	}
	s := v.parse(w.ofEndpoints())
	if s == nil || s.Match(selector.Labels{}) == selector.Yes {
		return nil // it is for anything, wherever it looks
	}
	switch {
	case w.text.NamespaceSelector == globalOnly:
		return v.insideNamespaces(w, s)
	case w.text.NamespaceSelector != "":
		return v.besideNamespaces(w, s)
	case w.policy.API == model.CalicoNetworkPolicy:
		return v.outsideOwn(w, s)
	}
	return nil
}

// outsideOwn is for a peer without namespaceSelector, which looks only into the policy's namespace.
func (v *inventory) outsideOwn(w *written, s *selector.Selector) *diag.Diagnostic {
	looks := "without a namespaceSelector it looks only into namespace " + w.policy.Namespace
	if o := v.withoutNamespace(s); o != nil {
		return withFixes(w.overlooked(diag.Error, looks, o, "namespaceSelector: global(), beside the selector"), w.inNamespaces(v.cluster, globalOnly))
	}
	o := v.withNamespace(s)
	if o == nil || !v.known(w.policy.Namespace) {
		return nil
	}
	there := fmt.Sprintf("kubernetes.io/metadata.name == '%s'", o.object.Namespace)
	return withFixes(w.overlooked(diag.Warning, looks, o, "namespaceSelector: "+there+", beside the selector"), w.inNamespaces(v.cluster, there))
}

// insideNamespaces is for a peer with global(), which looks only at what has no namespace.
func (v *inventory) insideNamespaces(w *written, s *selector.Selector) *diag.Diagnostic {
	o := v.withNamespace(s)
	if o == nil {
		return nil
	}
	help := fmt.Sprintf("namespaceSelector: kubernetes.io/metadata.name == '%s', in place of global()", o.object.Namespace)
	if o.object.Namespace == w.policy.Namespace {
		help = "no namespaceSelector: the policy's own namespace is meant"
	}
	return w.overlooked(diag.Warning, "global() looks only at what is in no namespace", o, help)
}

// besideNamespaces is for a peer with a namespaceSelector, which never matches what has no namespace. Where
// the inputs lack workloads of a namespace that is named, they are what it is for.
func (v *inventory) besideNamespaces(w *written, s *selector.Selector) *diag.Diagnostic {
	o := v.withoutNamespace(s)
	_, may := v.namespaces(w.text.NamespaceSelector)
	if o == nil || !slices.ContainsFunc(may, func(ns *model.Namespace) bool { return v.known(ns.Name) }) {
		return nil
	}
	help := "namespaceSelector: global()"
	if w.policy.Global() {
		help = "no namespaceSelector: a GlobalNetworkPolicy looks everywhere then"
	}
	d := w.overlooked(diag.Warning, "with this namespaceSelector it looks only into namespaces", o, help)
	if w.policy.Global() {
		return d
	}
	return withFixes(d, w.setSelector(v.cluster, w.namespaceAt(), globalOnly))
}

// setForPods is for a podSelector with the labels of a network set: policies of Kubernetes see pods only
// (libcalico-go/lib/backend/k8s/conversion/conversion.go:898-946, v3.31.0).
func (v *inventory) setForPods(w *written) *diag.Diagnostic {
	terms := w.terms
	i := slices.IndexFunc(v.sets, func(set *model.NetworkSet) bool { return hasAll(terms, set.Own) })
	if i < 0 || len(terms) == 0 || v.podWith(terms, w.policy.Namespace) != nil {
		return nil
	}
	help := "a policy of Calico's, whose rules see network sets"
	if nets := v.sets[i].Nets; len(nets) > 0 {
		help = fmt.Sprintf("ipBlock: {cidr: %s}, or a policy of Calico's, whose rules see network sets", nets[0].Prefix)
	}
	o := &thing{object: &v.sets[i].Object, related: atLabels(&v.sets[i].Object)}
	return w.overlooked(diag.Warning, "a podSelector sees only pods", o, help)
}

// thing is what a selector would match elsewhere.
type thing struct {
	object  *model.Object
	related []diag.Related
}

// withoutNamespace is a network set or host without namespace that the selector matches.
func (v *inventory) withoutNamespace(s *selector.Selector) *thing {
	all := v.match(s).must.And(v.seen)
	for _, set := range v.networkSets(all) {
		if set.Namespace == "" {
			return &thing{&set.Object, atLabels(&set.Object)}
		}
	}
	for _, e := range v.endpoints(all) {
		if e.Type == model.Host {
			return &thing{&e.Object, atLabels(&e.Object)}
		}
	}
	return nil
}

// withNamespace is a workload, or else a network set, of any namespace that the selector matches;
// one that only the platform brings comes last.
func (v *inventory) withNamespace(s *selector.Selector) *thing {
	all := v.match(s).must.And(v.seen)
	var out *thing
	for _, e := range v.endpoints(all) {
		if e.Type != model.Host && (out == nil || out.object.Assumed() && !e.Assumed()) {
			out = &thing{&e.Object, labelled(e)}
		}
	}
	for _, set := range v.networkSets(all) {
		if set.Namespace != "" && out == nil {
			out = &thing{&set.Object, atLabels(&set.Object)}
		}
	}
	return out
}

func atLabels(o *model.Object) []diag.Related {
	at := o.Origin("/metadata/name")
	if at.File == "" {
		return nil
	}
	return []diag.Related{{At: at, Message: "what has such labels"}}
}

// overlooked says what the selector does not see, and why.
func (w *written) overlooked(severity diag.Severity, looks string, o *thing, help string) *diag.Diagnostic {
	where := "in " + o.object.Namespace
	switch {
	case w.policy.API == model.KubernetesNetworkPolicy:
		where = "no pod"
	case o.object.Namespace == "":
		where = "in none"
	}
	return &diag.Diagnostic{
		Severity: severity,
		At:       w.policy.Origin(w.at),
		Message:  fmt.Sprintf("%s matches nothing, so %s: %s, and %s is %s", w.is(), w.effect(), looks, o.object.String(), where),
		Help:     help,
		Related:  o.related,
	}
}
