package selector

import (
	"strings"

	"github.com/projectcalico/calico/libcalico-go/lib/selector/parser"

	"github.com/tierlint/tierlint/internal/bitset"
)

// Index answers which of many things a selector matches, by bit operations on what it knows of
// each label, instead of asking thing by thing.
type Index struct {
	things []Labels
	full   bitset.Bits
	keys   map[string]*keyIndex
	open   []openGroup
}

// keyIndex is what is known about one label key.
type keyIndex struct {
	values map[string]bitset.Bits
	has    bitset.Bits
	// unknown is the things of which nobody knows whether they have the label.
	unknown bitset.Bits
}

// openGroup is the things whose Labels have the same Open.
type openGroup struct {
	open []string
	set  bitset.Bits
}

// NewIndex indexes things by their labels. Things are numbered by their place in the slice.
func NewIndex(things []Labels) *Index {
	x := &Index{things: things, full: bitset.Full(len(things)), keys: map[string]*keyIndex{}}
	groups := map[string]int{}
	for i, t := range things {
		for k, v := range t.Known {
			ki := x.keys[k]
			if ki == nil {
				ki = &keyIndex{values: map[string]bitset.Bits{}, has: bitset.New(len(things))}
				x.keys[k] = ki
			}
			with, ok := ki.values[v]
			if !ok {
				with = bitset.New(len(things))
				ki.values[v] = with
			}
			with.Add(i)
			ki.has.Add(i)
		}
		if len(t.Open) == 0 {
			continue
		}
		key := strings.Join(t.Open, "\n")
		g, ok := groups[key]
		if !ok {
			g = len(x.open)
			groups[key] = g
			x.open = append(x.open, openGroup{t.Open, bitset.New(len(things))})
		}
		x.open[g].set.Add(i)
	}
	for k, ki := range x.keys {
		ki.unknown = x.unknown(k, ki.has)
	}
	return x
}

// unknown is the things that may have the key, for all one knows.
func (x *Index) unknown(key string, has bitset.Bits) bitset.Bits {
	var out bitset.Bits
	for _, g := range x.open {
		if (Labels{Open: g.open}).open(key) {
			out = out.Or(g.set)
		}
	}
	return out.Minus(has)
}

// key returns what is known about a key, also of one that nothing has.
func (x *Index) key(k string) *keyIndex {
	if ki := x.keys[k]; ki != nil {
		return ki
	}
	return &keyIndex{unknown: x.unknown(k, bitset.Bits{})}
}

// Match returns the things that certainly match, and those that may (the certain ones included).
// The sets must not be changed.
func (x *Index) Match(s *Selector) (must, may bitset.Bits) {
	must, may = x.full, x.full
	for _, e := range s.equals {
		with, unknown := x.with(e)
		must, may = both(bitset.Bits.And, must, with, may, with.Or(unknown))
		if may.IsEmpty() {
			return bitset.Bits{}, bitset.Bits{}
		}
	}
	if s.rest {
		return x.match(s.sel.Root())
	}
	return must, may
}

// with is the things that have a label with the value, and those that may have the label.
func (x *Index) with(e equal) (with, unknown bitset.Bits) {
	if ki := x.keys[e.key]; ki != nil {
		return ki.values[e.value], ki.unknown
	}
	return bitset.Bits{}, x.unknown(e.key, bitset.Bits{})
}

func (x *Index) match(n parser.Node) (must, may bitset.Bits) {
	switch n := n.(type) {
	case *parser.AndNode:
		must, may = x.full, x.full
		for i, o := range n.Operands {
			m1, m2 := x.match(o)
			if i == 0 {
				must, may = m1, m2
				continue
			}
			must, may = both(bitset.Bits.And, must, m1, may, m2)
		}
		return must, may
	case *parser.OrNode:
		for _, o := range n.Operands {
			m1, m2 := x.match(o)
			must, may = both(bitset.Bits.Or, must, m1, may, m2)
		}
		return must, may
	case *parser.NotNode:
		must, may = x.match(n.Operand)
		return both(bitset.Bits.Minus, x.full, may, x.full, must)
	}
	return x.leaf(n)
}

// both does the same with what is certain and what may be, once where they are one.
func both(op func(a, b bitset.Bits) bitset.Bits, must, m1, may, m2 bitset.Bits) (bitset.Bits, bitset.Bits) {
	a := op(must, m1)
	if must.Identity() == may.Identity() && m1.Identity() == m2.Identity() {
		return a, a
	}
	return a, op(may, m2)
}

// leaf matches a condition on one label, by its values instead of by its things.
func (x *Index) leaf(n parser.Node) (must, may bitset.Bits) {
	k, ok := keyOf(n)
	if !ok { // all(), global()
		if n.Evaluate(parser.MapAsLabels(nil)) {
			return x.full, x.full
		}
		return bitset.Bits{}, bitset.Bits{}
	}
	ki := x.key(k)
	switch n := n.(type) {
	case *parser.LabelEqValueNode:
		must = ki.values[n.Value.Value()]
	case *parser.LabelNeValueNode:
		must = x.full.Minus(ki.values[n.Value.Value()])
	case *parser.HasNode:
		must = ki.has
	case *parser.LabelInSetNode:
		must = ki.matching(n, k)
	case *parser.LabelNotInSetNode:
		must = x.full.Minus(ki.has).Or(ki.matching(n, k))
	default: // contains, starts with, ends with
		must = ki.matching(n, k)
	}
	return must.Minus(ki.unknown), must.Or(ki.unknown)
}

// matching is the things that have the label with a value that the condition holds for.
func (ki *keyIndex) matching(n parser.Node, key string) bitset.Bits {
	var out bitset.Bits
	for v, things := range ki.values {
		if n.Evaluate(parser.MapAsLabels{key: v}) {
			out = out.Or(things)
		}
	}
	return out
}
