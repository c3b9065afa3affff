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
func (s *Selector) Terms() ([]Term, bool) {
	all := branches(s.sel.Root(), false)
	if len(all) != 1 {
		return nil, false
	}
	var out []Term
	for _, c := range all[0] {
		key, _ := keyOf(c.node)
		switch n := c.node.(type) {
		case *parser.LabelEqValueNode:
			if !c.negated {
				out = append(out, Term{key, []string{n.Value.Value()}})
			}
		case *parser.LabelInSetNode:
			if !c.negated {
				out = append(out, Term{key, n.Value.StringSlice()})
			}
		case *parser.HasNode:
			if !c.negated {
				out = append(out, Term{Key: key})
			}
		case *parser.LabelNeValueNode, *parser.LabelNotInSetNode:
			if c.negated {
				return nil, false
			}
		case *parser.AllNode:
		default:
			return nil, false
		}
	}
	return out, true
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

// Impossible returns the first label that no value can satisfy, whatever else there is. It says
// no where it cannot tell: of selectors with too many alternatives, and those that look into values.
func (s *Selector) Impossible() (key string, impossible bool) {
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

// conflicts says whether conditions of a selector may contradict each other, as they can only where it asks
// twice for one label, or for a value out of none.
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
	twice := slices.Contains(*asked, key)
	*asked = append(*asked, key)
	return twice
}

// conflict finds a label on which conditions contradict each other.
func conflict(conds []condition) (string, bool) {
	byKey := map[string][]condition{}
	for _, c := range conds {
		if k, ok := keyOf(c.node); ok {
			byKey[k] = append(byKey[k], c)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(byKey)) {
		if !slices.ContainsFunc(byKey[k], looksIntoValue) && !satisfyKey(map[string]string{}, k, byKey[k]) {
			return k, true
		}
	}
	return "", false
}

func looksIntoValue(c condition) bool {
	switch c.node.(type) {
	case *parser.LabelContainsValueNode, *parser.LabelStartsWithValueNode, *parser.LabelEndsWithValueNode:
		return true
	}
	return false
}
