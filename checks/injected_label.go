package checks

import (
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// injected is those labels of a selector of Kubernetes that it has because a kustomization gives them to all that it
// renders, and with it to selectors: commonLabels, and labels with includeSelectors. at points to the selector.
func injected(p *model.Policy, at string, terms []selector.Term) []selector.Term {
	if !p.Reviewed() {
		return nil
	}
	var out []selector.Term
	for _, t := range terms {
		label, own := at+"/matchLabels/"+yamldoc.Escape(t.Key), "/metadata/labels/"+yamldoc.Escape(t.Key)
		if !p.Positions.Has(label) || !p.Positions.Has(own) {
			continue
		}
		from := p.Origin(label)
		// What an alias of YAML's stands for is in one place too, but in the file with the selector.
		if from.Span == p.Origin(own).Span && !from.Approximate && from.File != p.KeyOrigin(at).File {
			out = append(out, t)
		}
	}
	return out
}

// injectedInto is the same of a selector as written.
func injectedInto(p *model.Policy, at, text string) []selector.Term {
	sel, err := selector.Parse(text)
	if err != nil {
		return nil
	}
	terms, _ := sel.Terms()
	return injected(p, at, terms)
}

// takesLabels says whether a kustomization gives its labels to selectors of the policy, and so to any that is added.
func takesLabels(p *model.Policy) bool {
	return slices.ContainsFunc(writtenSelectors(p), func(w *written) bool { return len(injectedInto(p, w.at, w.text.Selector)) > 0 })
}

// withoutInjected is the labels that somebody wrote into a selector, and those that a kustomization put there.
func (w *written) withoutInjected(terms []selector.Term) (rest, added []selector.Term) {
	added = injected(w.policy, w.at, terms)
	for _, t := range terms {
		if !slices.ContainsFunc(added, func(a selector.Term) bool { return a.Key == t.Key }) {
			rest = append(rest, t)
		}
	}
	return rest, added
}

// addedLabel is for a peer that would match a workload without the labels that a kustomization gives to selectors.
func (v *inventory) addedLabel(w *written, terms []selector.Term, among []*model.Endpoint) (diag.Diagnostic, bool) {
	rest, added := w.withoutInjected(terms)
	i := slices.IndexFunc(among, func(e *model.Endpoint) bool { return hasAll(rest, e.Own) })
	if w.subject() || len(added) == 0 || i < 0 {
		return diag.Diagnostic{}, false
	}
	e := among[i]
	d := w.added(added)
	d.Message = fmt.Sprintf("%s: the kustomization adds %s to the selectors of peers too, and %s does not have it", w.loses(), say(added), e.String())
	d.Related = append(d.Related, labelled(e)...)
	return d, true
}

// foreignLabel is for a peer with such labels in another namespace, of which the inputs have no workloads: those that they
// have of other namespaces do not have the labels.
func (v *inventory) foreignLabel(w *written, terms []selector.Term) (diag.Diagnostic, bool) {
	_, added := w.withoutInjected(terms)
	if w.subject() || w.text.NamespaceSelector == "" || len(added) == 0 {
		return diag.Diagnostic{}, false
	}
	if _, may := v.scope(w); slices.ContainsFunc(may, func(ns *model.Namespace) bool { return ns.Name == w.policy.Namespace }) {
		return diag.Diagnostic{}, false
	}
	if slices.ContainsFunc(v.cluster.Endpoints, func(e *model.Endpoint) bool { return e.Namespace != w.policy.Namespace && hasAll(added, e.Own) }) {
		return diag.Diagnostic{}, false
	}
	d := w.added(added)
	d.Message = fmt.Sprintf("%s: the kustomization adds %s to the selectors of peers too, and pods of another namespace do not have it, as far as the inputs go",
		w.loses(), say(added))
	return d, true
}

// added points at where the labels come from, and at the selector that they get into.
func (w *written) added(labels []selector.Term) diag.Diagnostic {
	return diag.Diagnostic{
		At:      w.origin(labels[0].Key),
		Help:    "labels with includeSelectors: false in the kustomization, in place of commonLabels or includeSelectors: true",
		Related: []diag.Related{{At: w.policy.KeyOrigin(w.at), Message: "the selector that the labels get into"}},
	}
}
