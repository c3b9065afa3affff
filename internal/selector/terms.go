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
