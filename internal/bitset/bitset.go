// Package bitset holds sets of small numbers as words of bits. The functions never change their
// operands and share memory with them where the result is the same, so a Bits that others may
// hold must not be written to.
package bitset

import (
	"iter"
	"math/bits"
)

// Bits is a set of small numbers. nil is the empty set; all sets that meet have the same length
// or are nil.
type Bits []uint64

// New returns an empty set with room for n numbers, to be filled with Add.
func New(n int) Bits { return make(Bits, (n+63)/64) }

// Full returns the set of 0 to n-1.
func Full(n int) Bits {
	b := New(n)
	for i := range b {
		b[i] = ^uint64(0)
	}
	if r := n % 64; r != 0 {
		b[len(b)-1] = 1<<r - 1
	}
	return b
}

// Add puts i into the set, in place.
func (b Bits) Add(i int) { b[i/64] |= 1 << (i % 64) }

// AddAll puts o into the set, in place.
func (b Bits) AddAll(o Bits) {
	for i, w := range o {
		b[i] |= w
	}
}

// Has says whether i is in the set.
func (b Bits) Has(i int) bool { return i/64 < len(b) && b[i/64]&(1<<(i%64)) != 0 }

// IsEmpty says whether nothing is in the set.
func (b Bits) IsEmpty() bool {
	for _, w := range b {
		if w != 0 {
			return false
		}
	}
	return true
}

// Count is how many numbers are in the set.
func (b Bits) Count() int {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// First returns the smallest number in the set, or -1.
func (b Bits) First() int {
	for i, w := range b {
		if w != 0 {
			return i*64 + bits.TrailingZeros64(w)
		}
	}
	return -1
}

// All yields the numbers in the set in ascending order.
func (b Bits) All() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, w := range b {
			for ; w != 0; w &= w - 1 {
				if !yield(i*64 + bits.TrailingZeros64(w)) {
					return
				}
			}
		}
	}
}

// Equal says whether both hold the same numbers.
func (b Bits) Equal(o Bits) bool {
	if len(b) == 0 || len(o) == 0 {
		return b.IsEmpty() && o.IsEmpty()
	}
	if &b[0] == &o[0] {
		return true
	}
	for i, w := range b {
		if w != o[i] {
			return false
		}
	}
	return true
}

// SubsetOf says whether all of b is in o.
func (b Bits) SubsetOf(o Bits) bool {
	if len(o) == 0 {
		return b.IsEmpty()
	}
	for i, w := range b {
		if w&^o[i] != 0 {
			return false
		}
	}
	return true
}

// And is the intersection; nil if it is empty.
func (b Bits) And(o Bits) Bits {
	if len(b) == 0 || len(o) == 0 {
		return nil
	}
	if &b[0] == &o[0] {
		return b
	}
	sameB, sameO, any := true, true, uint64(0)
	for i, w := range b {
		x := w & o[i]
		any |= x
		sameB = sameB && x == w
		sameO = sameO && x == o[i]
	}
	switch {
	case any == 0:
		return nil
	case sameB:
		return b
	case sameO:
		return o
	}
	out := make(Bits, len(b))
	for i, w := range b {
		out[i] = w & o[i]
	}
	return out
}

// Minus is what is in b and not in o; nil if nothing is.
func (b Bits) Minus(o Bits) Bits {
	if len(b) == 0 || len(o) == 0 {
		return b
	}
	if &b[0] == &o[0] {
		return nil
	}
	same, any := true, uint64(0)
	for i, w := range b {
		x := w &^ o[i]
		any |= x
		same = same && x == w
	}
	switch {
	case any == 0:
		return nil
	case same:
		return b
	}
	out := make(Bits, len(b))
	for i, w := range b {
		out[i] = w &^ o[i]
	}
	return out
}

// Or is the union.
func (b Bits) Or(o Bits) Bits {
	if len(o) == 0 {
		return b
	}
	if len(b) == 0 || &b[0] == &o[0] {
		return o
	}
	sameB, sameO := true, true
	for i, w := range b {
		x := w | o[i]
		sameB = sameB && x == w
		sameO = sameO && x == o[i]
	}
	switch {
	case sameB:
		return b
	case sameO:
		return o
	}
	out := make(Bits, len(b))
	for i, w := range b {
		out[i] = w | o[i]
	}
	return out
}
