package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/near"
	"github.com/tierlint/tierlint/internal/selector"
)

// noNamespace is for a namespaceSelector that no namespace of the inputs matches; open says that it may match
// one whose labels they do not give.
func (v *inventory) noNamespace(w *written, open bool) (diag.Diagnostic, bool) {
	s := v.parse(w.text.NamespaceSelector)
	if s == nil {
		return diag.Diagnostic{}, false
	}
	terms, _ := s.Terms()
	if len(terms) == 0 {
		return diag.Diagnostic{}, false
	}
	first, at := terms[0], w.policy.KeyOrigin(w.namespaceAt())
	if w.policy.Positions.Has(w.namespaceAt()) {
		ns := *w
		ns.at = w.namespaceAt()
		at = ns.origin(first.Key)
	}
	nobody := "no namespace has " + say(terms)
	because := func(but string, args ...any) string { return w.loses() + ": " + nobody + fmt.Sprintf(but, args...) }
	byName := isNameOfNamespace(first.Key)
	for _, ns := range v.cluster.Namespaces {
		if len(first.Values) == 0 || !ns.Known || ns.Assumed() {
			continue
		}
		switch {
		case !byName && len(terms) == 1 && (ns.Name == first.Key && flag(first.Values[0]) || slices.Contains(first.Values, ns.Name) && namesNamespace(first.Key)):
			return diag.Diagnostic{
				At: at, Message: because("; namespace %s has only its name, under another label", ns.Name),
				Help: nameLabel + ": " + ns.Name, Fixes: w.namespaceFix(v.cluster, first, ns.Name),
				Related: []diag.Related{{At: ns.Origin("/metadata"), Message: "the namespace, with " + sayLabels(ns.Labels)}},
			}, true
		case byName && len(first.Values) == 1 && near.Slip(first.Values[0], ns.Name):
			return diag.Diagnostic{
				At: at, Message: because("; there is one of the name %s", ns.Name),
				Help: first.Key + ": " + ns.Name, Fixes: w.namespaceFix(v.cluster, first, ns.Name),
			}, true
		}
	}
	if o, ok := v.underOtherLabel(w); ok {
		d := v.sayOtherLabel(w, o)
		d.At = at
		return d, true
	}
	if byName || open || openShiftLabel(first.Key) {
		return diag.Diagnostic{}, false // a namespace that another repository, or the platform, makes
	}
	if e := v.podWith(terms, w.policy.Namespace); e != nil {
		return diag.Diagnostic{
			At: at, Message: because(", but pods do: those of %s", e.String()),
			Help: w.ofPods() + ", if pods with this label are meant, or the label on the namespace", Related: labelled(e),
		}, true
	}
	d := v.unmatched(w, nobody, nameLabel+", which every namespace has; or the Namespace with its labels among the inputs")
	d.At = at
	return d, true
}

// openShiftLabel says whether OpenShift puts a label on namespaces of its own, for policies: those of its router, of its
// monitoring, of its console. The inputs need not have them, nor show that they are for OpenShift.
func openShiftLabel(key string) bool {
	domain, _, _ := strings.Cut(key, "/")
	return domain == "network.openshift.io" || strings.HasSuffix(domain, ".network.openshift.io")
}

// flag says whether a label's value says no more than that the label is there: shop: "", shop: "true".
func flag(value string) bool {
	return slices.Contains([]string{"", "true", "yes", "enabled", "allowed"}, strings.ToLower(value))
}

// namesNamespace says whether a label of a namespace is meant to be its name.
func namesNamespace(key string) bool {
	last := key[strings.LastIndexByte(key, '/')+1:]
	return strings.Contains(last, "name") || last == "ns" || last == "project"
}

func isNameOfNamespace(key string) bool {
	return key == nameLabel || key == "projectcalico.org/name"
}

// podWith is a workload whose pods have the labels, best one of the namespace.
func (v *inventory) podWith(terms []selector.Term, namespace string) *model.Endpoint {
	var out *model.Endpoint
	for _, e := range v.cluster.Endpoints {
		if e.Type != model.Host && !e.Assumed() && (out == nil || e.Namespace == namespace && out.Namespace != namespace) && hasAll(terms, e.Own) {
			out = e
		}
	}
	return out
}

// ofPods is the field that has labels of pods.
func (w *written) ofPods() string {
	switch w.policy.API {
	case model.CalicoNetworkPolicy, model.GlobalNetworkPolicy:
		return "selector"
	case model.KubernetesNetworkPolicy:
		return "podSelector"
	}
	return "pods"
}

// namedOtherwise says whether a namespaceSelector means a namespace by a label for names which that does not have, so
// that it does not matter whether namespaces of which the inputs do not give the labels have it.
func (v *inventory) namedOtherwise(w *written) bool {
	if _, ok := v.underOtherLabel(w); ok {
		return true
	}
	s := v.parse(w.text.NamespaceSelector)
	if w.text.NamespaceSelector == "" || s == nil {
		return false
	}
	terms, ok := s.Terms()
	if !ok || len(terms) != 1 || isNameOfNamespace(terms[0].Key) || !namesNamespace(terms[0].Key) {
		return false
	}
	if must, _ := v.namespaces(w.text.NamespaceSelector); len(must) > 0 {
		return false
	}
	for _, ns := range v.cluster.Namespaces {
		if slices.Contains(terms[0].Values, ns.Name) && ns.Known && !ns.Assumed() {
			return true
		}
	}
	return false
}
