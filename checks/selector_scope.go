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

// SelectorScope finds selectors that look into other places than their author thought: rules see only their own
// namespace unless they say otherwise, only some of them see network sets, and labels of namespaces and of pods have
// different names in different selectors.
var SelectorScope = &check.Check{
	ID:       "selector-scope",
	Title:    "A selector does not look where it was meant to",
	Doc:      selectorScopeDoc,
	Since:    "0.1",
	Severity: diag.Error,
	Merge:    check.All,
	Run:      reportScopes,
}

func reportScopes(p *check.Pass) error {
	v, err := inventoryOf(p)
	if err != nil {
		return err
	}
	for policy, texts := range v.reviewed() {
		calico := policy.API == model.CalicoNetworkPolicy || policy.API == model.GlobalNetworkPolicy
		if !calico && policy.API != model.KubernetesNetworkPolicy {
			continue
		}
		for _, w := range texts {
			var m *diag.Diagnostic
			if calico {
				m = v.wrongKey(w)
			}
			if m == nil && v.emptiness(w) == outOfScope {
				m = v.misplaced(w)
			}
			if m == nil {
				m = w.ownNamespaceOnly()
			}
			if m != nil {
				m.Object = policy.Object.String()
				p.Report(*m)
			}
		}
	}
	return nil
}

// wrongKey finds labels that exist only in the other kind of selector: Calico puts "pcns." before
// every label of a namespaceSelector
// (libcalico-go/lib/backend/syncersv1/updateprocessors/rules.go:47-126, v3.31.0).
func (v *inventory) wrongKey(w *written) *diag.Diagnostic {
	if s := v.parse(w.text.NamespaceSelector); s != nil && w.text.NamespaceSelector != "" && needs(s, "projectcalico.org/namespace") {
		right := strings.ReplaceAll(w.text.NamespaceSelector, "projectcalico.org/namespace", "kubernetes.io/metadata.name")
		return &diag.Diagnostic{
			At: w.policy.Origin(w.namespaceAt()),
			Message: fmt.Sprintf("no namespace matches this namespaceSelector, so %s: namespaces have no label projectcalico.org/namespace, pods do",
				w.effect()),
			Help:  right,
			Fixes: w.setSelector(v.cluster, w.namespaceAt(), right),
		}
	}
	s := w.pods
	if s == nil || w.text.Selector == "" {
		return nil
	}
	for _, key := range []string{"kubernetes.io/metadata.name", "projectcalico.org/name"} {
		if needs(s, key) && !w.matches.may.Overlaps(v.seen) {
			return &diag.Diagnostic{
				At: w.policy.Origin(w.at),
				Message: fmt.Sprintf("nothing matches this selector, so %s: pods have no label %s, namespaces do",
					w.effect(), key),
				Help: w.otherSelector(key),
			}
		}
	}
	return nil
}

// otherSelector is how to select by the name of a namespace instead.
func (w *written) otherSelector(key string) string {
	if w.subject() && !w.policy.Global() {
		return "nothing: a NetworkPolicy selects only in its own namespace"
	}
	return fmt.Sprintf("namespaceSelector: %s == '...', apart from the selector", key)
}

// needs says whether whatever the selector matches has the label.
func needs(s *selector.Selector, key string) bool {
	if !slices.Contains(s.Keys(), key) {
		return false
	}
	examples := s.Examples(nil)
	for _, e := range examples {
		if _, ok := e[key]; !ok {
			return false
		}
	}
	return len(examples) > 0
}

// ownNamespaceOnly finds a notSelector of a NetworkPolicy that stands alone: it leaves out all that is outside the
// namespace, also what is outside the cluster, which the documentation says it includes
// (updateprocessors/rules.go:110-123, v3.31.0).
func (w *written) ownNamespaceOnly() *diag.Diagnostic {
	if w.subject() || w.local || w.policy.Global() || w.text.NotSelector == "" || w.text.NamespaceSelector != "" ||
		w.text.Selector != "" || w.text.Accounts != "" {
		return nil
	}
	return &diag.Diagnostic{
		Severity: diag.Warning,
		At:       w.policy.KeyOrigin(w.side.At + "/notSelector"),
		Message: fmt.Sprintf("%s is only what does not match notSelector in namespace %s: nothing of other namespaces, and nothing outside the cluster",
			w.is(), w.policy.Namespace),
		Help: "a GlobalNetworkPolicy, or nets and notNets, if the rest of the world is meant; otherwise a selector that says which pods",
	}
}
