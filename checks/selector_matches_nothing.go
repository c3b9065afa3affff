package checks

import (
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/bitset"
	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// SelectorMatchesNothing finds subjects and peers that match nothing of what the inputs have:
// surely a mistake where a workload all but matches, otherwise worth knowing, for controllers
// create pods that no file has.
var SelectorMatchesNothing = &check.Check{
	ID:       "selector-matches-nothing",
	Title:    "A selector matches no workload, namespace or network set of the inputs",
	Doc:      selectorMatchesNothingDoc,
	Since:    "0.1",
	Severity: diag.Warning,
	Merge:    check.All,

	SwallowedBy: []string{"list-item-split"},
	Run:         reportEmptySelectors,
}

func reportEmptySelectors(p *check.Pass) error {
	v, err := inventoryOf(p)
	if err != nil {
		return err
	}
	for policy, texts := range v.reviewed() {
		seen := map[string]bool{}
		for _, w := range texts {
			if w.local || seen[w.sel.String()] {
				continue
			}
			seen[w.sel.String()] = true
			empty := v.emptiness(w)
			if empty == notEmpty {
				if d, ok := v.valueOnItself(w); ok {
					d.Object, d.Parts = policy.Object.String(), []diag.Part{w.part()}
					p.Report(d)
				}
			}
			if empty != nothing {
				continue
			}
			if calico := policy.API == model.CalicoNetworkPolicy || policy.API == model.GlobalNetworkPolicy; calico && v.wrongKey(w) != nil {
				continue // selector-scope says so
			}
			d, ok := v.explain(w)
			if !ok {
				continue
			}
			d.Object, d.Parts = policy.Object.String(), []diag.Part{w.part()}
			p.Report(d)
			if w.subject() {
				break // and so it does not matter whom its rules are for
			}
		}
	}
	return nil
}

// explain says what is near; false where the inputs say too little.
func (v *inventory) explain(w *written) (diag.Diagnostic, bool) {
	must, may := v.scope(w)
	if w.text.NamespaceSelector != "" && len(must) == 0 {
		if d, ok := v.noNamespace(w, len(may) > 0 && slices.ContainsFunc(may, func(ns *model.Namespace) bool { return !v.assumed(ns) })); ok {
			return d, ok
		}
	}
	terms := w.terms
	if d, ok := w.namedLikeNamespace(terms); ok {
		return d, ok
	}
	if !slices.ContainsFunc(may, func(ns *model.Namespace) bool { return v.known(ns.Name) }) {
		return v.foreignLabel(w, terms) // its workloads are elsewhere
	}
	among := v.among(w)
	if d, ok := v.labelOfCronJob(w, terms, among); ok {
		return d, ok
	}
	if d, ok := v.addedLabel(w, terms, among); ok {
		return d, ok
	}
	nobody := v.nobody(w, terms, must, may)
	if d, ok := v.nearby(w, terms, among, nobody); ok {
		return d, ok
	}
	if d, ok := v.labelOfNamespace(w, terms); ok {
		return d, ok
	}
	if w.policy.Global() && w.text.NamespaceSelector == "" && len(terms) > 0 {
		return diag.Diagnostic{}, false // it may be for host endpoints, which no repository has
	}
	var related []diag.Related
	if elsewhere := v.elsewhere(w, terms); len(elsewhere) > 0 {
		nobody += fmt.Sprintf("; %s does, in another namespace than the policy", elsewhere[0].String())
		related = labelled(elsewhere[0])
	}
	d := v.unmatched(w, nobody, "labels that the pods have; if a controller creates the pods, or another repository has them, this is as it should be")
	d.At, d.Related = w.origin(""), related
	if d.Severity == diag.Note {
		d.Settle = "the pods, as in an export of the cluster: --context"
	}
	return d, true
}

// nobody says that no workload is as a selector wants it, where it certainly looks, or else where it may.
func (v *inventory) nobody(w *written, terms []selector.Term, must, may []*model.Namespace) string {
	what := "matches this selector"
	switch {
	case len(terms) > 0:
		what = "has " + say(terms)
	case w.text.Selector == "" && w.text.Accounts != "":
		what = "runs as such a service account"
	}
	in := must
	if len(in) == 0 {
		in = may
	}
	return fmt.Sprintf("no workload%s %s", v.where(w, in), what)
}

// namedLikeNamespace is for a podSelector with the label that namespaces have their names in; selector-scope has
// Calico's selectors.
func (w *written) namedLikeNamespace(terms []selector.Term) (diag.Diagnostic, bool) {
	i := slices.IndexFunc(terms, func(t selector.Term) bool { return isNameOfNamespace(t.Key) })
	if i < 0 || w.policy.API != model.KubernetesNetworkPolicy {
		return diag.Diagnostic{}, false
	}
	return diag.Diagnostic{
		At:      w.origin(terms[i].Key),
		Message: fmt.Sprintf("%s: pods have no label %s, namespaces do", w.loses(), terms[i].Key),
		Help:    "namespaceSelector in place of podSelector, if all pods of that namespace are meant",
	}, true
}

func hasAll(terms []selector.Term, labels map[string]string) bool {
	for _, t := range terms {
		value, has := labels[t.Key]
		if !has || t.Values != nil && !slices.Contains(t.Values, value) {
			return false
		}
	}
	return true
}

// elsewhere is the workloads that match but for their namespace.
func (v *inventory) elsewhere(w *written, terms []selector.Term) []*model.Endpoint {
	if w.text.NamespaceSelector != "" || w.policy.Global() || len(terms) == 0 {
		return nil
	}
	s := w.pods
	if s == nil {
		return nil
	}
	return v.endpoints(v.match(s).must.And(v.pods()))
}

// pods is what is a pod, also those on the network of their node.
func (v *inventory) pods() bitset.Bits {
	return v.those(func(e *model.Endpoint) bool { return e.Type != model.Host && !e.Assumed() })
}

// loses is what matches nothing, and what follows.
func (w *written) loses() string {
	if w.subject() {
		return w.effect()
	}
	return w.is() + " matches nothing, so " + w.effect()
}

// where is the namespaces in words, if they are few.
func (v *inventory) where(w *written, in []*model.Namespace) string {
	if w.policy.Global() && w.text.NamespaceSelector == "" {
		return ""
	}
	var names []string
	for _, ns := range in {
		names = append(names, ns.Name)
	}
	return " in " + check.Some(names)
}

// labelled points at the labels of a workload.
func labelled(e *model.Endpoint) []diag.Related {
	at := e.KeyOrigin(e.LabelsAt)
	if at.File == "" {
		return nil
	}
	return []diag.Related{{At: at, Message: "the labels of the pods of " + e.String()}}
}
