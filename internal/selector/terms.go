package selector

import (
	"maps"
	"slices"

	"github.com/projectcalico/calico/libcalico-go/lib/selector/parser"
)

// Term is a condition on one label, of which a selector asks all.
type Term struct {
	Key string
	// Values is what the label may be; nil: anything, as long as it is there.
	Values []string
}

// Terms returns what labels the selector asks for, in its order. It says no of a selector with
// alternatives or conditions of another kind, except that negative ones are left out.
func (s *Selector) Terms() ([]Term, bool) { return s.terms(false) }

// Excluded returns the labels that the selector asks for not to be there, in its order: those with any of the values,
// or, without values, at all. It says no of a selector with alternatives, and leaves all other conditions out.
func (s *Selector) Excluded() ([]Term, bool) { return s.terms(true) }

func (s *Selector) terms(excluded bool) ([]Term, bool) {
	if !s.rest {
		return s.equalTerms(excluded), true
	}
	all := branches(s.sel.Root(), false)
	if len(all) != 1 {
		return nil, false
	}
	var out []Term
	for _, c := range all[0] {
		switch t, not, ok := c.term(); {
		case ok && not == excluded:
			out = append(out, t)
		case !ok && !excluded && !c.all():
			return nil, false
		}
	}
	return out, true
}

// equalTerms is the terms of a selector that asks for single values of labels only.
func (s *Selector) equalTerms(excluded bool) []Term {
	if excluded || len(s.equals) == 0 {
		return nil
	}
	out := make([]Term, len(s.equals))
	for i, e := range s.equals {
		out[i] = Term{e.key, []string{e.value}}
	}
	return out
}

// all says whether a condition is all(), which asks nothing.
func (c condition) all() bool {
	_, all := c.node.(*parser.AllNode)
	return all && !c.negated
}

// term is the label that a condition asks for, or, if not is true, asks not to be there, as `!=` and `not in` do;
// ok is false of conditions of another kind.
func (c condition) term() (t Term, not, ok bool) {
	key, _ := keyOf(c.node)
	switch n := c.node.(type) {
	case *parser.LabelEqValueNode:
		return Term{key, []string{n.Value.Value()}}, c.negated, true
	case *parser.LabelInSetNode:
		return Term{key, n.Value.StringSlice()}, c.negated, true
	case *parser.HasNode:
		return Term{Key: key}, c.negated, true
	case *parser.LabelNeValueNode:
		return Term{key, []string{n.Value.Value()}}, !c.negated, true
	case *parser.LabelNotInSetNode:
		return Term{key, n.Value.StringSlice()}, !c.negated, true
	}
	return Term{}, false, false
}

// Keys returns the labels that the selector looks at, sorted.
func (s *Selector) Keys() []string {
	keys := map[string]bool{}
	collectKeys(s.sel.Root(), keys)
	return slices.Sorted(maps.Keys(keys))
}

func collectKeys(n parser.Node, into map[string]bool) {
	switch n := n.(type) {
	case *parser.NotNode:
		collectKeys(n.Operand, into)
	case *parser.AndNode:
		for _, o := range n.Operands {
			collectKeys(o, into)
		}
	case *parser.OrNode:
		for _, o := range n.Operands {
			collectKeys(o, into)
		}
	default:
		if k, ok := keyOf(n); ok {
			into[k] = true
		}
	}
}
