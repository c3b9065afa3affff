package bitset_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tierlint/tierlint/internal/bitset"
)

// room is three pages and a bit, so that pages are empty, full, shared and incomplete.
const room = 3*bitset.PageSize + 70

// pair is a set, and the same one as a plain list of who is in it.
type pair struct {
	bits bitset.Bits
	in   [room]bool
}

func random(r *rand.Rand) pair {
	var p pair
	switch r.IntN(4) {
	case 0:
		return p
	case 1:
		n := r.IntN(room + 1)
		p.bits = bitset.Full(n)
		for i := range n {
			p.in[i] = true
		}
		return p
	}
	p.bits = bitset.New(room)
	first := r.IntN(room)
	for range r.IntN(40) {
		i := (first + r.IntN(100)) % room
		p.bits.Add(i)
		p.in[i] = true
	}
	return p
}

func each(a, b pair, op func(x, y bool) bool) (out [room]bool) {
	for i := range out {
		out[i] = op(a.in[i], b.in[i])
	}
	return out
}

func (p pair) check(t *testing.T, what string) {
	t.Helper()
	var want []int
	for i, in := range p.in {
		if in {
			want = append(want, i)
		}
		if p.bits.Has(i) != in {
			t.Fatalf("%s: %d", what, i)
		}
	}
	first := -1
	if len(want) > 0 {
		first = want[0]
	}
	if got := slices.Collect(p.bits.All()); !slices.Equal(got, want) || p.bits.Count() != len(want) ||
		p.bits.First() != first || p.bits.IsEmpty() != (len(want) == 0) {
		t.Fatalf("%s: %v, want %v", what, got, want)
	}
}

// Sets behave like lists of booleans, and operations leave their operands alone.
func TestBitsAreLists(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	known := []pair{{}}
	for range 20000 {
		a, b := known[r.IntN(len(known))], known[r.IntN(len(known))]
		if r.IntN(3) == 0 {
			b = random(r)
		}
		results := []pair{
			{a.bits.And(b.bits), each(a, b, func(x, y bool) bool { return x && y })},
			{a.bits.Or(b.bits), each(a, b, func(x, y bool) bool { return x || y })},
			{a.bits.Minus(b.bits), each(a, b, func(x, y bool) bool { return x && !y })},
		}
		n := r.IntN(room + 10)
		below := pair{bits: a.bits.Below(n)}
		copy(below.in[:min(n, room)], a.in[:])
		results = append(results, below)
		for i, p := range results {
			p.check(t, []string{"and", "or", "minus", "below"}[i])
		}
		a.check(t, "left operand")
		b.check(t, "right operand")
		if got, want := a.bits.Equal(b.bits), a.in == b.in; got != want {
			t.Fatalf("equal: %v", got)
		}
		if got, want := a.bits.SubsetOf(b.bits), results[0].in == a.in; got != want {
			t.Fatalf("subset: %v", got)
		}
		if a.bits.Identity() == b.bits.Identity() && a.in != b.in {
			t.Fatal("one identity, and not equal")
		}
		known = append(known, results[r.IntN(len(results))])
		if len(known) > 50 {
			known = known[r.IntN(25)+1:]
		}
	}
}

func TestBlocks(t *testing.T) {
	a := bitset.New(bitset.PageSize)
	a.Add(5)
	all := a.Repeat(2*bitset.PageSize, 3)
	if got, want := slices.Collect(all.All()), []int{5, 2*bitset.PageSize + 5, 4*bitset.PageSize + 5}; !slices.Equal(got, want) {
		t.Fatalf("%v, want %v", got, want)
	}
	kept := all.Blocks(2*bitset.PageSize, func(k int) bool { return k != 1 })
	if got, want := slices.Collect(kept.All()), []int{5, 4*bitset.PageSize + 5}; !slices.Equal(got, want) {
		t.Fatalf("%v, want %v", got, want)
	}
}
