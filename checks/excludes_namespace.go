package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// excludesNamespace finds a negative condition on a label of the other kind of selector: on one that namespaces have, in a
// selector of pods, or on the one in which pods have their namespace, in a namespaceSelector. Nothing that is
// asked has the label, so everything passes the condition.
func (v *inventory) excludesNamespace(w *written) (diag.Diagnostic, bool) {
	const ofPods = "projectcalico.org/namespace"
	for _, t := range v.excluded(w.text.NamespaceSelector) {
		if t.Key != ofPods {
			continue
		}
		right := strings.ReplaceAll(w.text.NamespaceSelector, ofPods, "projectcalico.org/name")
		d := diag.Diagnostic{
			Severity: diag.Error,
			At:       w.policy.KeyOrigin(w.namespaceAt()),
			Message:  "this excludes no namespace: namespaces have no label " + ofPods + ", pods do" + v.alsoSelected(w, t.Values),
			Help:     "the label projectcalico.org/name, in which Calico has the name of the namespace",
		}
		if w.policy.API == model.CalicoNetworkPolicy || w.policy.API == model.GlobalNetworkPolicy {
			d.Help, d.Fixes = right, w.setSelector(v.cluster, w.namespaceAt(), right)
		}
		return d, true
	}
	for _, t := range v.excluded(w.text.Selector) {
		if labelled := v.parse("has(" + t.Key + ")"); labelled == nil || !v.match(labelled).may.IsEmpty() {
			continue // somebody may have the label
		}
		d := diag.Diagnostic{At: w.origin(t.Key), Help: w.excludeNamespaces(t)}
		if isNameOfNamespace(t.Key) {
			d.Severity = diag.Error
			d.Message = fmt.Sprintf("this excludes nobody: pods have no label %s, namespaces do%s", t.Key, v.alsoSelected(w, t.Values))
			return d, true
		}
		if ns := v.namespaceWith(t); ns != nil {
			also := v.alsoSelected(w, []string{ns.Name})
			if also == "" {
				continue
			}
			d.Message = fmt.Sprintf("this excludes nobody: no pod has the label %s, but namespace %s has %s=%s%s", t.Key, ns.Name, t.Key, ns.Labels[t.Key], also)
			if at := ns.Origin("/metadata/labels"); at.File != "" {
				d.Related = []diag.Related{{At: at, Message: "the labels of namespace " + ns.Name}}
			}
			return d, true
		}
	}
	return diag.Diagnostic{}, false
}

// excluded is the labels that a selector asks not to have any of some values.
func (v *inventory) excluded(text string) []selector.Term {
	s := v.parse(text)
	if s == nil || text == "" {
		return nil
	}
	terms, _ := s.Excluded()
	return slices.DeleteFunc(terms, func(t selector.Term) bool { return len(t.Values) == 0 })
}

// alsoSelected says that workloads of namespaces are selected although they were to be excluded; "" if none is.
func (v *inventory) alsoSelected(w *written, namespaces []string) string {
	var out []string
	for _, ns := range namespaces {
		for _, e := range v.inside[ns] {
			if e.Type == model.Workload && w.sel.Match(e.Labels) == selector.Yes {
				out = append(out, e.String())
			}
		}
	}
	switch len(out) {
	case 0:
		return ""
	case 1:
		return ", so " + out[0] + " is selected as well"
	}
	return ", so " + check.Some(out) + " are selected as well"
}

// excludeNamespaces is how to exclude namespaces by a label of theirs.
func (w *written) excludeNamespaces(t selector.Term) string {
	switch {
	case w.subject() && !w.policy.Global():
		return "nothing: a NetworkPolicy selects only in its own namespace"
	case w.policy.API == model.CalicoNetworkPolicy || w.policy.API == model.GlobalNetworkPolicy:
		key := t.Key
		if isNameOfNamespace(key) {
			key = "projectcalico.org/name"
		}
		return fmt.Sprintf("namespaceSelector: has(projectcalico.org/name) && %s not in {'%s'}, apart from the selector", key, strings.Join(t.Values, "', '"))
	}
	return fmt.Sprintf("a namespaceSelector beside it, with {key: %s, operator: NotIn, values: [%s]}", t.Key, strings.Join(t.Values, ", "))
}
