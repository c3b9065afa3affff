package checks

import (
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// labelOfNamespace is for a selector of pods with a label that namespaces of the inputs have, and none of the pods:
// labels of namespaces are seen by namespaceSelectors only.
func (v *inventory) labelOfNamespace(w *written, terms []selector.Term) (diag.Diagnostic, bool) {
	for _, t := range terms {
		ns := v.namespaceWith(t)
		if ns == nil || slices.ContainsFunc(v.cluster.Endpoints, func(e *model.Endpoint) bool { _, has := e.Labels.Known[t.Key]; return has }) {
			continue
		}
		d := diag.Diagnostic{
			At:      w.origin(t.Key),
			Message: fmt.Sprintf("%s: no pod has the label %s, but namespace %s has %s=%s", w.loses(), t.Key, ns.Name, t.Key, ns.Labels[t.Key]),
			Help:    fmt.Sprintf("%s in a namespaceSelector, if all of that namespace is meant or beside the labels of its pods", t.Key),
		}
		if w.subject() && !w.policy.Global() {
			d.Help = "the policy in that namespace: a NetworkPolicy selects only pods of its own"
		}
		if at := ns.Origin("/metadata/labels"); at.File != "" {
			d.Related = []diag.Related{{At: at, Message: "the labels of namespace " + ns.Name}}
		}
		return d, true
	}
	return diag.Diagnostic{}, false
}

// namespaceWith is a namespace of the inputs that has one of the label's values.
func (v *inventory) namespaceWith(t selector.Term) *model.Namespace {
	for _, ns := range v.cluster.Namespaces {
		if value, has := ns.Labels[t.Key]; has && ns.Known && !ns.Assumed() && slices.Contains(t.Values, value) {
			return ns
		}
	}
	return nil
}
