package checks

import (
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// valueOnItself is for a selector that matches something, but lists a value of a label that no pod has, and that a
// workload has on itself instead of in its pod template: the list was meant to include it.
func (v *inventory) valueOnItself(w *written) (diag.Diagnostic, bool) {
	terms := w.terms
	for i, t := range terms {
		if len(t.Values) < 2 {
			continue
		}
		others := slices.Delete(slices.Clone(terms), i, i+1)
		among := v.among(w)
		for _, e := range among {
			value := e.Outer[t.Key]
			if _, has := e.Own[t.Key]; has || !slices.Contains(t.Values, value) || !onEither(others, e) ||
				slices.ContainsFunc(among, func(e *model.Endpoint) bool { return e.Own[t.Key] == value && hasAll(others, e.Own) }) {
				continue
			}
			must, may := v.scope(w)
			lost := []selector.Term{{Key: t.Key, Values: []string{value}}}
			return diag.Diagnostic{
				At:      w.origin(t.Key),
				Message: fmt.Sprintf("of these values %s is for nothing: %s; %s has, but on itself, not on its pods", value, v.nobody(w, lost, must, may), e.String()),
				Help:    fmt.Sprintf("the label %s=%s in the pod template of %s", t.Key, value, e.String()),
				Related: []diag.Related{{At: e.KeyOrigin("/metadata/labels"), Message: "the labels of " + e.String() + ", which its pods do not have"}},
			}, true
		}
	}
	return diag.Diagnostic{}, false
}

// onEither says whether a workload has labels on its pods or on itself.
func onEither(terms []selector.Term, e *model.Endpoint) bool {
	return !slices.ContainsFunc(terms, func(t selector.Term) bool {
		one := []selector.Term{t}
		return !hasAll(one, e.Own) && !hasAll(one, e.Outer)
	})
}
