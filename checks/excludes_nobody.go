package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// excludesNobody finds a negative condition that was meant for a workload with nearly that label: what lacks a label
// passes `!=` and `not in` (libcalico-go/lib/selector/parser/ast.go:183-189, v3.31.0), so the workload is selected.
func (v *inventory) excludesNobody(w *written) (diag.Diagnostic, bool) {
	s := w.pods
	if s == nil {
		return diag.Diagnostic{}, false
	}
	terms, _ := s.Excluded()
	for _, t := range terms {
		if len(t.Values) == 0 || strings.HasPrefix(t.Key, "projectcalico.org/") {
			continue
		}
		among := v.among(w)
		if slices.ContainsFunc(among, func(e *model.Endpoint) bool { return slices.Contains(t.Values, e.Own[t.Key]) }) {
			continue // there is somebody whom it excludes
		}
		near, ok := nearest([]selector.Term{t}, among)
		if !ok || len(near.has) == 0 || w.sel.Match(near.endpoint.Labels) != selector.Yes {
			continue
		}
		return diag.Diagnostic{
			At: w.origin(t.Key),
			Message: fmt.Sprintf("this excludes nobody: no workload has %s, but %s has %s, and so is selected as well",
				say([]selector.Term{t}), near.endpoint.String(), near.has[0]),
			Help:    "the label that the pods have: " + near.has[0],
			Related: labelled(near.endpoint),
		}, true
	}
	return diag.Diagnostic{}, false
}

// among is the workloads in the namespaces that a selector certainly looks into.
func (v *inventory) among(w *written) []*model.Endpoint {
	var out []*model.Endpoint
	must, _ := v.scope(w)
	for _, ns := range must {
		out = append(out, v.inside[ns.Name]...)
	}
	return out
}
