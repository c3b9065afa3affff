package checks

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/near"
	"github.com/tierlint/tierlint/internal/selector"
)

// nearMiss is a workload that a selector all but matches.
type nearMiss struct {
	endpoint *model.Endpoint
	key      string   // the first label to change
	has      []string // what the workload has instead: "app=frontend"; empty: nothing under the key
}

// nameKeys are the labels under which people put the name of an application.
var nameKeys = []string{"app", "app.kubernetes.io/name", "k8s-app", "name", "run", "app.kubernetes.io/instance", "app.kubernetes.io/component", "component"}

// nearest finds a workload that matches all the terms but for a slip: a value that is spelled
// nearly the same, a value under another label for names, or a label that the workload lacks
// although its name matches.
func nearest(terms []selector.Term, among []*model.Endpoint) (nearMiss, bool) {
	var best nearMiss
	for _, e := range among {
		if n, ok := slip(terms, e); ok && (best.endpoint == nil || len(best.has) == 0 && len(n.has) > 0) {
			best = n
		}
	}
	return best, best.endpoint != nil
}

// slip says what of the terms a workload misses, if that is no more than a slip.
func slip(terms []selector.Term, e *model.Endpoint) (nearMiss, bool) {
	miss := nearMiss{endpoint: e}
	named, needsName := false, false
	absent := ""
	for _, t := range terms {
		value, has := e.Own[t.Key]
		other, elsewhere := underOtherKey(t, e.Own)
		if !elsewhere {
			other, elsewhere = underMisspeltKey(t, e.Own)
		}
		switch {
		case has && (t.Values == nil || slices.Contains(t.Values, value)):
			named = named || slices.Contains(nameKeys, t.Key)
		case has && (isRelease(t.Key) || slices.ContainsFunc(t.Values, func(v string) bool { return near.Slip(v, value) })):
			miss.add(t.Key, t.Key+"="+value)
			needsName = needsName || isRelease(t.Key)
		case !has && elsewhere:
			miss.add(t.Key, other)
		case !has && e.Labels.Lacks(t.Key):
			absent = t.Key
		default:
			return miss, false
		}
	}
	if (absent != "" || needsName) && !named {
		return miss, false
	}
	if miss.key == "" {
		miss.key = absent
	}
	return miss, miss.key != ""
}

// isRelease says whether a label is for the name of a chart's release.
func isRelease(key string) bool {
	return key == "app.kubernetes.io/instance" || key == "release"
}

// add says what the workload has in place of the label.
func (m *nearMiss) add(key, has string) {
	if m.key == "" {
		m.key = key
	}
	m.has = append(m.has, has)
}

// underOtherKey finds one of the term's values under another label for names.
func underOtherKey(t selector.Term, labels map[string]string) (string, bool) {
	if len(t.Values) != 1 || !slices.Contains(nameKeys, t.Key) {
		return "", false
	}
	for _, k := range nameKeys {
		if k != t.Key && labels[k] == t.Values[0] {
			return k + "=" + labels[k], true
		}
	}
	return "", false
}

// underMisspeltKey finds one of the term's values under a key that is spelled nearly the same, the first of such keys.
func underMisspeltKey(t selector.Term, labels map[string]string) (string, bool) {
	first := ""
	for k, value := range labels {
		if slices.Contains(t.Values, value) && (first == "" || k < first) && near.Slip(k, t.Key) {
			first = k
		}
	}
	return first + "=" + labels[first], first != ""
}

// say is the terms in words: "app=web,tier in (a, b)".
func say(terms []selector.Term) string {
	var out []string
	for _, t := range terms {
		switch len(t.Values) {
		case 0:
			out = append(out, t.Key)
		case 1:
			out = append(out, t.Key+"="+t.Values[0])
		default:
			out = append(out, fmt.Sprintf("%s in (%s)", t.Key, strings.Join(t.Values, ", ")))
		}
	}
	return strings.Join(out, ",")
}

// sayLabels is labels in words, in the order of their keys.
func sayLabels(labels map[string]string) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		out = append(out, k+"="+labels[k])
	}
	if len(out) == 0 {
		return "no labels"
	}
	return strings.Join(out, ",")
}
