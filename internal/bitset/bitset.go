// Package bitset holds sets of small numbers as pages of bits. The functions never change their
// operands, and what they return shares with them the pages, or all, that are the same: most sets of a
// large cluster differ from another one in a few pages only.
package bitset

import (
	"iter"
	"math/bits"
)

// PageSize is how many numbers are on a page.
const PageSize = 64 * words

// Bits is a set of small numbers. The zero value is the empty set.
type Bits struct{ pages []*page }

// New returns an empty set with room for n numbers, to be filled with Add.
func New(n int) Bits { return Bits{make([]*page, (n+PageSize-1)/PageSize)} }

// Full returns the set of 0 to n-1.
func Full(n int) Bits {
	b := New(n)
	for i := range b.pages {
		b.pages[i] = &ones
	}
	if n%PageSize != 0 {
		last := new(page)
		b.pages[len(b.pages)-1] = last
		for i := range n % PageSize {
			last[i/64] |= 1 << (i % 64)
		}
	}
	return b
}

// Add puts i into the set, in place. The set must have room for it, and must come from New.
func (b Bits) Add(i int) {
	p := &b.pages[i/PageSize]
	if *p == nil {
		*p = new(page)
	}
	i %= PageSize
	(*p)[i/64] |= 1 << (i % 64)
}

// AddAll puts what is in o into the set, in place. The set must have room for it, and must come from New.
func (b Bits) AddAll(o Bits) {
	for i, y := range o.pages {
		if y == nil {
			continue
		}
		if b.pages[i] == nil {
			b.pages[i] = new(page)
		}
		for j, w := range y {
			b.pages[i][j] |= w
		}
	}
}

// Identity is what tells values from each other: sets with the same Identity are the same value.
// Others may be Equal all the same.
type Identity struct{ first **page }

// Identity is the set's.
func (b Bits) Identity() Identity {
	if len(b.pages) == 0 {
		return Identity{}
	}
	return Identity{&b.pages[0]}
}

// same says whether both are one value, which is quick to see.
func (b Bits) same(o Bits) bool {
	return len(b.pages) == len(o.pages) && (len(b.pages) == 0 || &b.pages[0] == &o.pages[0])
}

// page is the page with a number, or nil.
func (b Bits) page(i int) *page {
	if i < len(b.pages) {
		return b.pages[i]
	}
	return nil
}

// Has says whether i is in the set.
func (b Bits) Has(i int) bool {
	p := b.page(i / PageSize)
	i %= PageSize
	return p != nil && p[i/64]&(1<<(i%64)) != 0
}

// IsEmpty says whether nothing is in the set.
func (b Bits) IsEmpty() bool {
	for _, p := range b.pages {
		if p != nil {
			return false
		}
	}
	return true
}

// Count is how many numbers are in the set.
func (b Bits) Count() int {
	n := 0
	for _, w := range b.Words() {
		n += bits.OnesCount64(w)
	}
	return n
}

// First returns the smallest number in the set, or -1.
func (b Bits) First() int {
	for i := range b.All() {
		return i
	}
	return -1
}

// All yields the numbers in the set in ascending order.
func (b Bits) All() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, w := range b.Words() {
			for ; w != 0; w &= w - 1 {
				if !yield(i*64 + bits.TrailingZeros64(w)) {
					return
				}
			}
		}
	}
}

// Words yields the set 64 numbers at a time: the words that are not 0, and how many words are before each.
func (b Bits) Words() iter.Seq2[int, uint64] {
	return func(yield func(int, uint64) bool) {
		for i, p := range b.pages {
			if p == nil {
				continue
			}
			for j, w := range p {
				if w != 0 && !yield(i*words+j, w) {
					return
				}
			}
		}
	}
}

// Equal says whether both hold the same numbers.
func (b Bits) Equal(o Bits) bool {
	if b.same(o) {
		return true
	}
	for i := range max(len(b.pages), len(o.pages)) {
		if x, y := b.page(i), o.page(i); x != y && (x == nil || y == nil || *x != *y) {
			return false
		}
	}
	return true
}

// SubsetOf says whether all of b is in o.
func (b Bits) SubsetOf(o Bits) bool {
	for i, x := range b.pages {
		y := o.page(i)
		if x == nil || x == y {
			continue
		}
		if y == nil {
			return false
		}
		for j, w := range x {
			if w&^y[j] != 0 {
				return false
			}
		}
	}
	return true
}

// Overlaps says whether b and o have a number in common.
func (b Bits) Overlaps(o Bits) bool {
	for i, x := range b.pages {
		y := o.page(i)
		if x == nil || y == nil {
			continue
		}
		for j, w := range x {
			if w&y[j] != 0 {
				return true
			}
		}
	}
	return false
}

// And is the intersection.
func (b Bits) And(o Bits) Bits { return b.combine(o, (*page).and) }

// Minus is what is in b and not in o.
func (b Bits) Minus(o Bits) Bits {
	if len(o.pages) == 0 {
		return b
	}
	return b.combine(o, (*page).minus)
}

// Or is the union.
func (b Bits) Or(o Bits) Bits {
	switch {
	case len(o.pages) == 0:
		return b
	case len(b.pages) == 0 || b.same(o):
		return o
	}
	return b.combine(o, (*page).or)
}

// Below is what of the set is less than n.
func (b Bits) Below(n int) Bits {
	if n >= len(b.pages)*PageSize {
		return b
	}
	return b.And(Full(n))
}

// Repeat is the set of a block of numbers, a multiple of PageSize, again and again.
func (b Bits) Repeat(block, times int) Bits {
	out := New(block * times)
	for k := range times {
		copy(out.pages[k*block/PageSize:(k+1)*block/PageSize], b.pages)
	}
	return out
}

// Blocks is what of the set is in the blocks, of a multiple of PageSize numbers each, that are kept.
func (b Bits) Blocks(block int, kept func(k int) bool) Bits {
	out := make([]*page, len(b.pages))
	for first := 0; first < len(b.pages); first += block / PageSize {
		end := min(first+block/PageSize, len(b.pages))
		if kept(first * PageSize / block) {
			copy(out[first:end], b.pages[first:end])
		}
	}
	return Bits{out}
}

// combine makes a set page by page. It is one of the operands where it is the same, and the zero value
// if it is empty.
func (b Bits) combine(o Bits, op func(x, y *page) *page) Bits {
	var out []*page // nil as long as all pages are those of b, or all are those of o
	isB, isO, empty := true, true, true
	n := max(len(b.pages), len(o.pages))
	for i := range n {
		x, y := b.page(i), o.page(i)
		r := op(x, y)
		empty = empty && r == nil
		wasB := isB
		isB, isO = isB && r == x, isO && r == y
		if out == nil && !isB && !isO {
			out = make([]*page, n)
			if wasB {
				copy(out[:i], b.pages)
			} else {
				copy(out[:i], o.pages)
			}
		}
		if out != nil {
			out[i] = r
		}
	}
	switch {
	case empty:
		return Bits{}
	case isB:
		return b
	case isO:
		return o
	}
	return Bits{out}
}
