package selector

import (
	"maps"
	"slices"
	"strings"

	"github.com/projectcalico/calico/libcalico-go/lib/selector/parser"
)

// Impossible returns the first label that no value can satisfy, whatever else there is. It says no where it cannot
// tell: of selectors with too many alternatives, and of most that look into values.
func (s *Selector) Impossible() (key string, impossible bool) {
	if !s.rest && !s.asksTwice() {
		return "", false
	}
	if asked := []string(nil); !conflicts(s.sel.Root(), &asked) {
		return "", false
	}
	all := branches(s.sel.Root(), false)
	if len(all) >= maxBranches {
		return "", false
	}
	for _, conds := range all {
		k, conflict := conflict(conds)
		if !conflict {
			return "", false
		}
		if key == "" {
			key = k
		}
	}
	return key, len(all) > 0
}

// asksTwice says whether it asks for one value more than once.
func (s *Selector) asksTwice() bool {
	for i, e := range s.equals {
		if slices.ContainsFunc(s.equals[:i], func(o equal) bool { return valueOf(o.key) == valueOf(e.key) }) {
			return true
		}
	}
	return false
}

// sameNamespace is the labels in which Calico, and the API server, give a pod and a network set the name of its
// namespace (libcalico-go/lib/backend/k8s/conversion, NamespaceToProfile and PodToWorkloadEndpoints, v3.31.0), so
// that they have one value.
var sameNamespace = map[string]string{
	"pcns.projectcalico.org/name":      "projectcalico.org/namespace",
	"pcns.kubernetes.io/metadata.name": "projectcalico.org/namespace",
}

// valueOf is the key under which conditions on one value are put together.
func valueOf(key string) string {
	if same, ok := sameNamespace[key]; ok {
		return same
	}
	return key
}

// conflicts says whether conditions of a selector may contradict each other, as they can only where it asks
// twice for one value, or for a value out of none.
func conflicts(n parser.Node, asked *[]string) bool {
	again := func(o parser.Node) bool { return conflicts(o, asked) }
	switch n := n.(type) {
	case *parser.NotNode:
		return again(n.Operand)
	case *parser.AndNode:
		return slices.ContainsFunc(n.Operands, again)
	case *parser.OrNode:
		return slices.ContainsFunc(n.Operands, again)
	case *parser.LabelInSetNode:
		if len(n.Value) == 0 {
			return true
		}
	case *parser.LabelNotInSetNode:
		if len(n.Value) == 0 {
			return true
		}
	}
	key, ok := keyOf(n)
	if !ok {
		return false
	}
	twice := slices.Contains(*asked, valueOf(key))
	*asked = append(*asked, valueOf(key))
	return twice
}

// conflict finds a label on which conditions contradict each other.
func conflict(conds []condition) (string, bool) {
	byKey := map[string][]condition{}
	for _, c := range conds {
		if k, ok := keyOf(c.node); ok {
			byKey[valueOf(k)] = append(byKey[valueOf(k)], c)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(byKey)) {
		if contradict(byKey[k]) {
			key, _ := keyOf(byKey[k][0].node)
			return key, true
		}
	}
	return "", false
}

// contradict says whether no value, and no lack of one, meets all conditions on a label.
func contradict(conds []condition) bool {
	holds := func(value string, present bool) bool {
		return !slices.ContainsFunc(conds, func(c condition) bool {
			l := map[string]string{}
			if k, _ := keyOf(c.node); present {
				l[k] = value
			}
			return !c.holds(l)
		})
	}
	if holds("", false) {
		return false
	}
	try := []string{""}
	for _, c := range conds {
		for _, v := range suggestions(c.node) {
			try = append(try, v)
			try[0] += v
		}
	}
	try[0] += "-" // is none of them
	if slices.ContainsFunc(try, func(v string) bool { return holds(v, true) }) {
		return false
	}
	return !slices.ContainsFunc(conds, looksIntoValue) || slices.ContainsFunc(conds, fewValues) || endsApart(conds)
}

func looksIntoValue(c condition) bool {
	switch c.node.(type) {
	case *parser.LabelContainsValueNode, *parser.LabelStartsWithValueNode, *parser.LabelEndsWithValueNode:
		return true
	}
	return false
}

// fewValues says whether a condition leaves only values that it names, if any.
func fewValues(c condition) bool {
	switch c.node.(type) {
	case *parser.LabelEqValueNode, *parser.LabelInSetNode:
		return !c.negated
	case *parser.LabelNeValueNode, *parser.LabelNotInSetNode, *parser.HasNode:
		return c.negated
	}
	return false
}

// endsApart says whether a value would have to start, or to end, in two ways.
func endsApart(conds []condition) bool {
	var starts, ends []string
	for _, c := range conds {
		switch n := c.node.(type) {
		case *parser.LabelStartsWithValueNode:
			if !c.negated {
				starts = append(starts, n.Value.Value())
			}
		case *parser.LabelEndsWithValueNode:
			if !c.negated {
				ends = append(ends, n.Value.Value())
			}
		}
	}
	return apart(starts, strings.HasPrefix) || apart(ends, strings.HasSuffix)
}

// apart says whether of two texts neither is part of the other.
func apart(texts []string, part func(s, of string) bool) bool {
	for i, a := range texts {
		for _, b := range texts[i+1:] {
			if !part(a, b) && !part(b, a) {
				return true
			}
		}
	}
	return false
}
