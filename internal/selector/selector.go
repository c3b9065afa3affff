// Package selector holds Calico's label selectors, parsed by Calico's own parser
// (libcalico-go/lib/selector, v3.31.0), and their answer on labels that are only partly known.
package selector

import (
	"strings"

	"github.com/projectcalico/calico/libcalico-go/lib/selector/parser"
)

// Answer is whether something matches. Maybe means that the inputs do not say.
type Answer uint8

// The answers, ordered so that min is "and" and max is "or".
const (
	No Answer = iota
	Maybe
	Yes
)

func (a Answer) String() string { return [...]string{"no", "maybe", "yes"}[a] }

// Not is the answer to the opposite question.
func (a Answer) Not() Answer { return Yes - a }

// Is turns a bool into an Answer.
func Is(b bool) Answer {
	if b {
		return Yes
	}
	return No
}

// Labels are the labels of one thing, as far as they are known.
type Labels struct {
	Known map[string]string
	// Open lists keys, or with a trailing "*" prefixes of keys, about which the inputs say nothing:
	// a label in Open and not in Known may be there, with any value, or not. ("pcns.*" for a
	// pod whose Namespace is not in the files, "pod-template-hash" for a Deployment's pod.)
	Open []string
}

// Lacks says whether a label is certainly not there.
func (l Labels) Lacks(key string) bool {
	_, known := l.Known[key]
	return !known && !l.open(key)
}

// open says whether nothing is known about key.
func (l Labels) open(key string) bool {
	for _, o := range l.Open {
		if prefix, ok := strings.CutSuffix(o, "*"); ok && strings.HasPrefix(key, prefix) || o == key {
			return true
		}
	}
	return false
}

// Selector is a parsed selector. It is immutable.
type Selector struct {
	sel *parser.Selector
	key string
	// equals is what it asks of single labels before all else, and rest whether it asks more than that.
	equals []equal
	rest   bool
}

// equal asks for a label with a value.
type equal struct{ key, value string }

func newSelector(sel *parser.Selector) *Selector {
	s := &Selector{sel: sel, key: sel.String()}
	s.rest = !s.addEquals(sel.Root())
	return s
}

// addEquals notes the labels that a node asks for in any case, and says whether it asks for nothing else.
func (s *Selector) addEquals(n parser.Node) bool {
	switch n := n.(type) {
	case *parser.LabelEqValueNode:
		s.equals = append(s.equals, equal{n.LabelName.Value(), n.Value.Value()})
		return true
	case *parser.AndNode:
		all := true
		for _, o := range n.Operands {
			all = s.addEquals(o) && all
		}
		return all
	case *parser.AllNode:
		return true
	}
	return false
}

// Parse parses Calico's selector syntax; "" and blanks are all(). The error is Calico's.
func Parse(expr string) (*Selector, error) {
	sel, err := parser.Parse(expr)
	if err != nil {
		return nil, err
	}
	return newSelector(sel), nil
}

// Prefixed parses expr and puts prefix before every label key, as Calico does with namespace
// selectors ("pcns.") and service account selectors ("pcsa.").
// Source: libcalico-go/lib/backend/syncersv1/updateprocessors/selectors.go, v3.31.0.
func Prefixed(expr, prefix string) (*Selector, error) {
	sel, err := parser.Parse(expr)
	if err != nil {
		return nil, err
	}
	sel.AcceptVisitor(parser.PrefixVisitor{Prefix: prefix})
	return newSelector(sel), nil
}

// String is the canonical form; equal selectors have equal strings.
func (s *Selector) String() string { return s.key }

// Match says whether the labels match. Most selectors ask for labels with values, and most labels are not those, which
// is seen without looking at each part of the selector.
func (s *Selector) Match(l Labels) Answer {
	a := Yes
	for _, e := range s.equals {
		value, known := l.Known[e.key]
		switch {
		case known && value == e.value:
		case !known && l.open(e.key):
			a = Maybe
		default:
			return No
		}
	}
	switch {
	case !s.rest:
		return a
	case len(l.Open) == 0:
		return Is(s.sel.Evaluate(l.Known))
	}
	return match(s.sel.Root(), l)
}

func match(n parser.Node, l Labels) Answer {
	switch n := n.(type) {
	case *parser.AndNode:
		a := Yes
		for i := 0; i < len(n.Operands) && a != No; i++ {
			a = min(a, match(n.Operands[i], l))
		}
		return a
	case *parser.OrNode:
		a := No
		for i := 0; i < len(n.Operands) && a != Yes; i++ {
			a = max(a, match(n.Operands[i], l))
		}
		return a
	case *parser.NotNode:
		return match(n.Operand, l).Not()
	}
	key, ok := keyOf(n)
	if !ok { // all(), global()
		return Is(n.Evaluate(parser.MapAsLabels(l.Known)))
	}
	_, known := l.Known[key]
	if !known && l.open(key) {
		return Maybe
	}
	if _, has := n.(*parser.HasNode); has { // quicker than to have Calico look the label up once more
		return Is(known)
	}
	return Is(n.Evaluate(parser.MapAsLabels(l.Known)))
}

// keyOf returns the label that a leaf looks at.
func keyOf(n parser.Node) (string, bool) {
	switch n := n.(type) {
	case *parser.LabelEqValueNode:
		return n.LabelName.Value(), true
	case *parser.LabelNeValueNode:
		return n.LabelName.Value(), true
	case *parser.LabelContainsValueNode:
		return n.LabelName.Value(), true
	case *parser.LabelStartsWithValueNode:
		return n.LabelName.Value(), true
	case *parser.LabelEndsWithValueNode:
		return n.LabelName.Value(), true
	case *parser.LabelInSetNode:
		return n.LabelName.Value(), true
	case *parser.LabelNotInSetNode:
		return n.LabelName.Value(), true
	case *parser.HasNode:
		return n.LabelName.Value(), true
	}
	return "", false
}
