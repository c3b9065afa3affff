package load

import (
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Selectors of the Kubernetes API become Calico's as text, after k8sSelectorToCalico in
// libcalico-go/lib/backend/k8s/conversion/conversion.go:898-946, v3.31.0.

// podSelector matches pods only, whatever else has the labels.
func podSelector(s *metav1.LabelSelector) string {
	terms := []string{orchestratorLabel + " == 'k8s'"}
	if s != nil {
		terms = append(terms, selectorTerms(s)...)
	}
	return strings.Join(terms, " && ")
}

// namespaceSelector is "" for nil, and all() for one that selects every namespace.
func namespaceSelector(s *metav1.LabelSelector) string {
	if s == nil {
		return ""
	}
	if len(s.MatchLabels) == 0 && len(s.MatchExpressions) == 0 {
		return "all()"
	}
	return strings.Join(selectorTerms(s), " && ")
}

func selectorTerms(s *metav1.LabelSelector) []string {
	var keys, terms []string
	for k := range s.MatchLabels {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		terms = append(terms, fmt.Sprintf("%s == '%s'", k, s.MatchLabels[k]))
	}
	for _, e := range s.MatchExpressions {
		values := strings.Join(e.Values, "', '")
		switch e.Operator {
		case metav1.LabelSelectorOpIn:
			terms = append(terms, fmt.Sprintf("%s in { '%s' }", e.Key, values))
		case metav1.LabelSelectorOpNotIn:
			terms = append(terms, fmt.Sprintf("%s not in { '%s' }", e.Key, values))
		case metav1.LabelSelectorOpExists:
			terms = append(terms, fmt.Sprintf("has(%s)", e.Key))
		case metav1.LabelSelectorOpDoesNotExist:
			terms = append(terms, fmt.Sprintf("! has(%s)", e.Key))
		}
	}
	return terms
}
