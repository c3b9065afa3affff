package selector

import "github.com/projectcalico/calico/libcalico-go/lib/selector/parser"

// Excluded returns the labels that the selector asks for not to be there, in its order: those with any of the values,
// or, without values, at all. It says no of a selector with alternatives.
func (s *Selector) Excluded() ([]Term, bool) {
	all := branches(s.sel.Root(), false)
	if len(all) != 1 {
		return nil, false
	}
	var out []Term
	for _, c := range all[0] {
		key, _ := keyOf(c.node)
		switch n := c.node.(type) {
		case *parser.LabelNeValueNode:
			if !c.negated {
				out = append(out, Term{key, []string{n.Value.Value()}})
			}
		case *parser.LabelNotInSetNode:
			if !c.negated {
				out = append(out, Term{key, n.Value.StringSlice()})
			}
		case *parser.LabelEqValueNode:
			if c.negated {
				out = append(out, Term{key, []string{n.Value.Value()}})
			}
		case *parser.LabelInSetNode:
			if c.negated {
				out = append(out, Term{key, n.Value.StringSlice()})
			}
		case *parser.HasNode:
			if c.negated {
				out = append(out, Term{Key: key})
			}
		}
	}
	return out, true
}
