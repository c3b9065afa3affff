package checks

import (
	"fmt"
	"slices"
	"strings"

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
	v := check.Shared(p, newInventory)
	for policy := range reviewedPolicies(p.Cluster) {
		seen := map[string]bool{}
		for _, w := range v.written(policy) {
			if w.local || seen[w.sel.String()] || v.emptiness(w) != nothing {
				continue
			}
			seen[w.sel.String()] = true
			if calico := policy.API == model.CalicoNetworkPolicy || policy.API == model.GlobalNetworkPolicy; calico && v.wrongKey(w) != nil {
				continue // selector-scope says so
			}
			d, ok := v.explain(w)
			if !ok {
				continue
			}
			if d.Severity == diag.Note {
				v.forDNS(w, &d)
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
	terms := v.terms(w)
	if d, ok := w.namedLikeNamespace(terms); ok {
		return d, ok
	}
	if !slices.ContainsFunc(may, func(ns *model.Namespace) bool { return v.known(ns.Name) }) {
		return diag.Diagnostic{}, false // its workloads are elsewhere
	}
	var among []*model.Endpoint
	for _, ns := range must {
		among = append(among, v.inside[ns.Name]...)
	}
	if d, ok := v.labelOfCronJob(w, terms, among); ok {
		return d, ok
	}
	d := diag.Diagnostic{At: w.origin("")}
	what := "matches this selector"
	if len(terms) > 0 {
		what = "has " + say(terms)
	}
	where := v.where(w, must)
	if len(must) == 0 {
		where = v.where(w, may)
	}
	if near, ok := nearest(terms, among); ok {
		has := near.has
		if has == "" {
			has = sayLabels(near.endpoint.Own)
		}
		d.At = w.origin(near.key)
		d.Message = fmt.Sprintf("%s: no workload%s %s, but %s has %s", w.loses(), where, what, near.endpoint.String(), has)
		d.Help = fmt.Sprintf("the labels that the pods have, as in %s: %s", near.endpoint.String(), has)
		d.Related = labelled(near.endpoint)
		return d, true
	}
	if i := slices.IndexFunc(among, func(e *model.Endpoint) bool { return len(terms) > 0 && hasAll(terms, e.Outer) }); i >= 0 {
		e := among[i]
		d.At = w.origin(terms[0].Key)
		d.Message = fmt.Sprintf("%s: no workload%s %s; %s has, but on itself, not on its pods", w.loses(), where, what, e.String())
		d.Help = fmt.Sprintf("labels that the pods have, as in %s: %s", e.String(), sayLabels(e.Own))
		d.Related = []diag.Related{{At: e.KeyOrigin("/metadata/labels"), Message: "the labels of " + e.String() + ", which its pods do not have"}}
		return d, true
	}
	if e, key, said := v.namesake(terms, among); e != nil {
		d.At = w.origin(key)
		d.Message = fmt.Sprintf("%s: no workload%s %s, but %s", w.loses(), where, what, said)
		d.Help = fmt.Sprintf("the labels that the pods have, as in %s: %s", e.String(), sayLabels(e.Own))
		d.Related = labelled(e)
		return d, true
	}
	if elsewhere := v.elsewhere(w, terms); len(elsewhere) > 0 && !w.subject() {
		e := elsewhere[0]
		d.Message = fmt.Sprintf("%s: no workload%s %s; a podSelector alone looks only into the policy's own namespace, and %s is in %s",
			w.loses(), where, what, e.String(), e.Namespace)
		d.Help = fmt.Sprintf("in the same item: namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %s}}", e.Namespace)
		d.Related = labelled(e)
		return d, true
	}
	if d, ok := v.labelOfNamespace(w, terms); ok {
		return d, ok
	}
	if w.policy.Global() && w.text.NamespaceSelector == "" && len(terms) > 0 {
		return d, false // it may be for host endpoints, which no repository has
	}
	d.Severity = diag.Note
	d.Message = fmt.Sprintf("%s, as far as the inputs go: no workload%s %s", w.loses(), where, what)
	d.Help = "labels that the pods have; if a controller creates the pods, or another repository has them, this is as it should be"
	return d, true
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
	first := terms[0]
	d := diag.Diagnostic{At: w.policy.KeyOrigin(w.namespaceAt())}
	if at := w.namespaceAt(); w.policy.Positions.Has(at) {
		ns := *w
		ns.at = at
		d.At = ns.origin(first.Key)
	}
	d.Message = fmt.Sprintf("%s: no namespace has %s", w.loses(), say(terms))
	byName := isNameOfNamespace(first.Key)
	for _, ns := range v.cluster.Namespaces {
		if len(first.Values) != 1 || !ns.Known || ns.Assumed() {
			continue
		}
		switch {
		case !byName && len(terms) == 1 && (ns.Name == first.Key && flag(first.Values[0]) || ns.Name == first.Values[0] && namesNamespace(first.Key)):
			d.Message += fmt.Sprintf("; namespace %s has only its name, under another label", ns.Name)
			d.Help = "kubernetes.io/metadata.name: " + ns.Name
			d.Related = []diag.Related{{At: ns.Origin("/metadata"), Message: "the namespace, with " + sayLabels(ns.Labels)}}
			return d, true
		case byName && alike(first.Values[0], ns.Name):
			d.Message += fmt.Sprintf("; there is one of the name %s", ns.Name)
			d.Help = first.Key + ": " + ns.Name
			return d, true
		}
	}
	if byName || open {
		return d, false // a namespace that another repository makes
	}
	if e := v.podWith(terms, w.policy.Namespace); e != nil {
		d.Message += fmt.Sprintf(", but pods do: those of %s", e.String())
		d.Help = "podSelector, if pods with this label are meant, or the label on the namespace"
		d.Related = labelled(e)
		return d, true
	}
	d.Severity = diag.Note
	d.Message = strings.Replace(d.Message, ": no namespace", ", as far as the inputs go: no namespace", 1)
	d.Help = "kubernetes.io/metadata.name, which every namespace has; or the Namespace with its labels among the inputs"
	return d, true
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
	return key == "kubernetes.io/metadata.name" || key == "projectcalico.org/name"
}

// podWith is a workload of the namespace whose pods have the labels.
func (v *inventory) podWith(terms []selector.Term, namespace string) *model.Endpoint {
	for _, e := range v.inside[namespace] {
		if hasAll(terms, e.Own) {
			return e
		}
	}
	return nil
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
	s := v.parse(w.text.Selector)
	if s == nil {
		return nil
	}
	return v.endpoints(v.match(s).must.And(v.pods()))
}

// pods is what is a pod, also those on the network of their node.
func (v *inventory) pods() bitset.Bits {
	out := bitset.New(len(v.things) + len(v.sets))
	for i, e := range v.things {
		if e.Type != model.Host && !e.Assumed() {
			out.Add(i)
		}
	}
	return out
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
