package regocheck

import (
	"encoding/json"
	"hash/maphash"
	"strconv"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tierlint/tierlint/internal/bitset"
)

// values makes values of Rego, equal texts and lists only once. Terms are never changed, so everything
// may share them.
type values struct {
	texts map[string]*ast.Term
	empty *ast.Term // the list of nothing
	// neither is nothing, for ingress and for egress.
	neither *ast.Term

	seed  maphash.Seed
	lists map[uint64][]sharedList
}

// sharedList is the list that a set of numbers stands for.
type sharedList struct {
	of   bitset.Bits
	kind string
	list *ast.Term
}

func newValues() *values {
	v := &values{
		texts: map[string]*ast.Term{}, empty: ast.ArrayTerm(),
		seed: maphash.MakeSeed(), lists: map[uint64][]sharedList{},
	}
	v.neither = v.object(field{"ingress", v.empty}, field{"egress", v.empty})
	return v
}

// field is a field of an object. One whose value is nil is left out.
type field struct {
	name  string
	value *ast.Term
}

func (v *values) object(fields ...field) *ast.Term {
	pairs := make([][2]*ast.Term, 0, len(fields))
	for _, f := range fields {
		if f.value != nil {
			pairs = append(pairs, [2]*ast.Term{v.text(f.name), f.value})
		}
	}
	return ast.ObjectTerm(pairs...)
}

func (v *values) text(s string) *ast.Term {
	t := v.texts[s]
	if t == nil {
		t = ast.StringTerm(s)
		v.texts[s] = t
	}
	return t
}

// some is a text, or nil if it is empty.
func (v *values) some(s string) *ast.Term {
	if s == "" {
		return nil
	}
	return v.text(s)
}

func (v *values) yes(b bool) *ast.Term { return ast.InternedTerm(b) }

func (v *values) number(n int) *ast.Term { return ast.InternedTerm(n) }

// order is a number; null if there is none.
func (v *values) order(f *float64) *ast.Term {
	if f == nil {
		return ast.NullTerm()
	}
	return ast.NumberTerm(json.Number(strconv.FormatFloat(*f, 'f', -1, 64)))
}

func (v *values) list(of []*ast.Term) *ast.Term {
	if len(of) == 0 {
		return v.empty
	}
	return ast.ArrayTerm(of...)
}

func (v *values) textMap(of map[string]string) *ast.Term {
	pairs := make([][2]*ast.Term, 0, len(of))
	for k, s := range of {
		pairs = append(pairs, [2]*ast.Term{v.text(k), v.text(s)})
	}
	return ast.ObjectTerm(pairs...)
}

// listOf is the list that a set of numbers stands for, the same term for the same numbers of a kind.
func (v *values) listOf(kind string, of bitset.Bits, members func() []*ast.Term) *ast.Term {
	var h maphash.Hash
	h.SetSeed(v.seed)
	_, _ = h.WriteString(kind) // never fails
	for i, w := range of.Words() {
		maphash.WriteComparable(&h, [2]uint64{uint64(i), w})
	}
	sum := h.Sum64()
	for _, known := range v.lists[sum] {
		if known.kind == kind && known.of.Equal(of) {
			return known.list
		}
	}
	list := v.list(members())
	v.lists[sum] = append(v.lists[sum], sharedList{of, kind, list})
	return list
}
