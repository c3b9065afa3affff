// Package pktset is an exact algebra of sets of traffic. It knows nothing of Kubernetes.
//
// A point of traffic is an L4 coordinate, what the packet carries, and a column, who the peer is.
// A Set is a list of runs of consecutive L4 coordinates, each with the set of columns that belong
// to it. Runs split only where sets differ, so nothing need be known in advance about the ports
// that rules will mention, and the answer is exact for every port.
package pktset

import (
	"github.com/tierlint/tierlint/internal/bitset"
	"github.com/tierlint/tierlint/internal/flow"
)

// L4 is what a packet carries: protocol<<16 | destination port, or, for ICMP and ICMPv6,
// protocol<<16 | type<<8 | code. Protocols that have neither stretch over all values.
type L4 uint32

// Point is the coordinate of a protocol and its port or ICMP type and code.
func Point(p flow.Proto, value uint16) L4 { return L4(p)<<16 | L4(value) }

// Proto is the protocol of the point.
func (l L4) Proto() flow.Proto { return flow.Proto(l >> 16) }

// Value is the port of the point, or its ICMP type<<8 | code.
func (l L4) Value() uint16 { return uint16(l) }

// Range is a range of points, both ends included.
type Range struct{ First, Last L4 }

// Everything is all points of all protocols.
var Everything = Range{0, 1<<24 - 1}

// Of is all points of one protocol.
func Of(p flow.Proto) Range { return Range{Point(p, 0), Point(p, 1<<16-1)} }

// run is a range of points that have the same, non-empty columns.
type run struct {
	Range
	cols bitset.Bits
}

// Set is a set of traffic. The zero Set is empty. Sets are values and never change; their runs are
// sorted, disjoint, and neighbours differ, so equal sets have equal runs.
type Set struct{ runs []run }

// Rect is the traffic at any of the ranges with any of the columns. Ranges may overlap.
func Rect(cols bitset.Bits, ranges ...Range) Set {
	if cols.IsEmpty() {
		return Set{}
	}
	var s Set
	for _, r := range ranges {
		s = s.Union(Set{[]run{{r, cols}}})
	}
	return s
}

// IsEmpty says whether the set has no point.
func (a Set) IsEmpty() bool { return len(a.runs) == 0 }

// Has says whether the point is in the set.
func (a Set) Has(at L4, col int) bool {
	lo, hi := 0, len(a.runs)
	for lo < hi {
		if mid := (lo + hi) / 2; a.runs[mid].Last < at {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo < len(a.runs) && a.runs[lo].First <= at && a.runs[lo].cols.Has(col)
}

// Union is what is in a or b.
func (a Set) Union(b Set) Set {
	if a.IsEmpty() {
		return b
	}
	if b.IsEmpty() {
		return a
	}
	return sweep(a, b, bitset.Bits.Or)
}

// Intersect is what is in both.
func (a Set) Intersect(b Set) Set {
	if a.IsEmpty() || b.IsEmpty() {
		return Set{}
	}
	return sweep(a, b, bitset.Bits.And)
}

// Minus is what is in a and not in b.
func (a Set) Minus(b Set) Set {
	if a.IsEmpty() || b.IsEmpty() {
		return a
	}
	return sweep(a, b, bitset.Bits.Minus)
}

// Within is what of the set is in the columns.
func (a Set) Within(cols bitset.Bits) Set {
	return a.Map(func(c bitset.Bits) bitset.Bits { return c.And(cols) })
}

// Map replaces the columns of each run by f's result, which may be empty.
func (a Set) Map(f func(bitset.Bits) bitset.Bits) Set {
	var out Set
	for _, r := range a.runs {
		out.append(r.First, r.Last, f(r.cols))
	}
	return out
}

// Equal says whether both have the same points.
func (a Set) Equal(b Set) bool {
	if len(a.runs) != len(b.runs) {
		return false
	}
	for i, r := range a.runs {
		if r.Range != b.runs[i].Range || !r.cols.Equal(b.runs[i].cols) {
			return false
		}
	}
	return true
}

// Same says whether a and b are one and the same value, which is quick to see; sets that are not
// may still be Equal.
func (a Set) Same(b Set) bool {
	return len(a.runs) == len(b.runs) && (len(a.runs) == 0 || &a.runs[0] == &b.runs[0])
}

// SubsetOf says whether all of a is in b.
func (a Set) SubsetOf(b Set) bool {
	j := 0
	for _, r := range a.runs {
		at := r.First
		for {
			for j < len(b.runs) && b.runs[j].Last < at {
				j++
			}
			if j == len(b.runs) || b.runs[j].First > at || !r.cols.SubsetOf(b.runs[j].cols) {
				return false
			}
			if b.runs[j].Last >= r.Last {
				break
			}
			at = b.runs[j].Last + 1
		}
	}
	return true
}

// Overlaps says whether a and b have a point in common.
func (a Set) Overlaps(b Set) bool { return !a.Intersect(b).IsEmpty() }

// Columns is the columns that any point of the set has.
func (a Set) Columns() bitset.Bits {
	var out bitset.Bits
	for _, r := range a.runs {
		out = out.Or(r.cols)
	}
	return out
}

// Ranges yields the runs in order.
func (a Set) Ranges(yield func(Range, bitset.Bits) bool) {
	for _, r := range a.runs {
		if !yield(r.Range, r.cols) {
			return
		}
	}
}

// Pick returns one point of the set: the first of the preferred ones that is in it, else the
// first of all. The column is the lowest.
func (a Set) Pick(prefer ...L4) (at L4, col int, ok bool) {
	for _, p := range prefer {
		for _, r := range a.runs {
			if r.First <= p && p <= r.Last {
				return p, r.cols.First(), true
			}
		}
	}
	if a.IsEmpty() {
		return 0, 0, false
	}
	return a.runs[0].First, a.runs[0].cols.First(), true
}

// append adds a run behind all others, joining it to its neighbour where it can.
func (a *Set) append(first, last L4, cols bitset.Bits) {
	if cols.IsEmpty() {
		return
	}
	if n := len(a.runs); n > 0 {
		if p := &a.runs[n-1]; p.Last+1 == first && p.cols.Equal(cols) {
			p.Last = last
			return
		}
	}
	a.runs = append(a.runs, run{Range{first, last}, cols})
}

// sweep goes over both sets at once. op gets the empty set where a set has nothing.
func sweep(a, b Set, op func(x, y bitset.Bits) bitset.Bits) Set {
	out := Set{make([]run, 0, len(a.runs)+len(b.runs)+1)}
	i, j := 0, 0
	at := L4(0)
	for i < len(a.runs) || j < len(b.runs) {
		var x, y bitset.Bits
		end := Everything.Last
		if i < len(a.runs) {
			x, end = columnsAt(a.runs[i], at, end)
		}
		if j < len(b.runs) {
			y, end = columnsAt(b.runs[j], at, end)
		}
		out.append(at, end, op(x, y))
		if i < len(a.runs) && a.runs[i].Last == end {
			i++
		}
		if j < len(b.runs) && b.runs[j].Last == end {
			j++
		}
		at = end + 1
	}
	return out
}

// columnsAt returns the columns of r at a point that r does not end before, none if r begins later,
// and how far, up to end, that stays so.
func columnsAt(r run, at, end L4) (bitset.Bits, L4) {
	if r.First > at {
		return bitset.Bits{}, min(end, r.First-1)
	}
	return r.cols, min(end, r.Last)
}
