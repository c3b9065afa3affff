package selector

import (
	"maps"
	"slices"

	"github.com/projectcalico/calico/libcalico-go/lib/selector/parser"
)

// maxBranches bounds the alternatives that Examples follows; a selector with more has its first ones.
const maxBranches = 16

// Examples returns the smallest sets of labels, on top of base, that match the selector: one for
// each of its alternatives that can be met, without repeats. Labels of base stay unless the selector contradicts them.
func (s *Selector) Examples(base map[string]string) []map[string]string {
	var out []map[string]string
	for _, conds := range branches(s.sel.Root(), false) {
		labels, ok := satisfy(conds, base)
		if !ok || s.Match(Labels{Known: labels}) != Yes {
			continue
		}
		if !slices.ContainsFunc(out, func(o map[string]string) bool { return maps.Equal(o, labels) }) {
			out = append(out, labels)
		}
	}
	return out
}

// condition is a leaf of a selector, or its opposite.
type condition struct {
	node    parser.Node
	negated bool
}

func (c condition) holds(labels map[string]string) bool {
	return c.node.Evaluate(parser.MapAsLabels(labels)) != c.negated
}

// branches is the disjunctive normal form of n, up to maxBranches.
func branches(n parser.Node, negated bool) [][]condition {
	switch n := n.(type) {
	case *parser.NotNode:
		return branches(n.Operand, !negated)
	case *parser.AndNode:
		if negated {
			return anyOf(n.Operands, negated)
		}
		return allOf(n.Operands, negated)
	case *parser.OrNode:
		if negated {
			return allOf(n.Operands, negated)
		}
		return anyOf(n.Operands, negated)
	}
	return [][]condition{{{n, negated}}}
}

func anyOf(ns []parser.Node, negated bool) [][]condition {
	var out [][]condition
	for _, n := range ns {
		out = append(out, branches(n, negated)...)
	}
	return out[:min(len(out), maxBranches)]
}

func allOf(ns []parser.Node, negated bool) [][]condition {
	out := [][]condition{nil}
	for _, n := range ns {
		var next [][]condition
		for _, b := range branches(n, negated) {
			for _, o := range out {
				next = append(next, slices.Concat(o, b))
			}
		}
		out = next[:min(len(next), maxBranches)]
	}
	return out
}

// satisfy finds labels that meet all conditions, changing base as little as it can.
func satisfy(conds []condition, base map[string]string) (map[string]string, bool) {
	byKey := map[string][]condition{}
	for _, c := range conds {
		k, ok := keyOf(c.node)
		if !ok {
			if !c.holds(nil) {
				return nil, false
			}
			continue
		}
		byKey[k] = append(byKey[k], c)
	}
	labels := maps.Clone(base)
	if labels == nil {
		labels = map[string]string{}
	}
	for _, k := range slices.Sorted(maps.Keys(byKey)) {
		if !satisfyKey(labels, k, byKey[k]) {
			return nil, false
		}
	}
	return labels, true
}

// satisfyKey sets one label so that its conditions hold: as it is, absent, or with a value that
// one of the conditions suggests.
func satisfyKey(labels map[string]string, key string, conds []condition) bool {
	try := func(value string, present bool) bool {
		l := map[string]string{}
		if present {
			l[key] = value
		}
		for _, c := range conds {
			if !c.holds(l) {
				return false
			}
		}
		if present {
			labels[key] = value
		} else {
			delete(labels, key)
		}
		return true
	}
	if v, ok := labels[key]; ok && try(v, true) || try("", false) {
		return true
	}
	for _, c := range conds {
		for _, v := range suggestions(c.node) {
			if try(v, true) {
				return true
			}
		}
	}
	return try("any", true) || try("other", true) || try("neither", true)
}

func suggestions(n parser.Node) []string {
	switch n := n.(type) {
	case *parser.LabelEqValueNode:
		return []string{n.Value.Value()}
	case *parser.LabelContainsValueNode:
		return []string{n.Value.Value()}
	case *parser.LabelStartsWithValueNode:
		return []string{n.Value.Value()}
	case *parser.LabelEndsWithValueNode:
		return []string{n.Value.Value()}
	case *parser.LabelInSetNode:
		return n.Value.StringSlice()
	case *parser.LabelNeValueNode: // may be negated
		return []string{n.Value.Value()}
	case *parser.LabelNotInSetNode:
		return n.Value.StringSlice()
	}
	return nil
}
