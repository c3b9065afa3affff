package pktset

import (
	"math/rand/v2"
	"testing"

	"github.com/tierlint/tierlint/internal/bitset"
)

// The algebra is compared with the stupidest there is: a bool for each point of a small space.

const (
	testColumns = 70 // more than a word
	testPoints  = 40
)

type bools [testPoints][testColumns]bool

func random(r *rand.Rand) (Set, bools) {
	var s Set
	var b bools
	for range r.IntN(4) {
		cols := bitset.New(testColumns)
		for range r.IntN(30) {
			cols.Add(r.IntN(testColumns))
		}
		first := r.IntN(testPoints)
		last := min(first+r.IntN(10), testPoints-1)
		s = s.Union(Rect(cols, Range{L4(first), L4(last)}))
		for i := first; i <= last; i++ {
			for c := range cols.All() {
				b[i][c] = true
			}
		}
	}
	return s, b
}

func same(s Set, b bools) bool {
	for i := range b {
		for c := range b[i] {
			if s.Has(L4(i), c) != b[i][c] {
				return false
			}
		}
	}
	return !s.Has(testPoints, 0)
}

func (b bools) with(o bools, op func(x, y bool) bool) bools {
	for i := range b {
		for c := range b[i] {
			b[i][c] = op(b[i][c], o[i][c])
		}
	}
	return b
}

func TestAlgebraAgainstBools(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 3000 {
		s1, b1 := random(r)
		s2, b2 := random(r)
		or := b1.with(b2, func(x, y bool) bool { return x || y })
		and := b1.with(b2, func(x, y bool) bool { return x && y })
		minus := b1.with(b2, func(x, y bool) bool { return x && !y })
		for _, c := range []struct {
			name string
			got  Set
			want bools
		}{
			{"first", s1, b1}, {"second", s2, b2},
			{"Union", s1.Union(s2), or}, {"Intersect", s1.Intersect(s2), and}, {"Minus", s1.Minus(s2), minus},
			{"Rect of columns", s1.Within(s2.Columns()), b1.with(b2, func(x, _ bool) bool { return x }).within(s2.Columns())},
		} {
			if !same(c.got, c.want) {
				t.Fatalf("case %d: %s differs: %v, %v", n, c.name, s1, s2)
			}
		}
		if got, want := s1.SubsetOf(s2), minus == (bools{}); got != want {
			t.Fatalf("case %d: SubsetOf is %v", n, got)
		}
		if got, want := s1.Equal(s2), b1 == b2; got != want {
			t.Fatalf("case %d: Equal is %v", n, got)
		}
		if got, want := s1.Overlaps(s2), and != (bools{}); got != want {
			t.Fatalf("case %d: Overlaps is %v", n, got)
		}
		if !s1.Minus(s2).Union(s1.Intersect(s2)).Equal(s1) {
			t.Fatalf("case %d: (a-b)+(a&b) is not a: %v, %v", n, s1, s2)
		}
		if at, col, ok := s1.Pick(7, 3); ok != (b1 != bools{}) || ok && !b1[at][col] {
			t.Fatalf("case %d: Pick gives %d, %d, %v", n, at, col, ok)
		}
	}
}

func (b bools) within(cols bitset.Bits) bools {
	for i := range b {
		for c := range b[i] {
			b[i][c] = b[i][c] && cols.Has(c)
		}
	}
	return b
}

func TestPickPrefers(t *testing.T) {
	s := Rect(bitset.Full(3), Of(6), Of(17))
	if at, _, _ := s.Pick(Point(17, 53), Point(6, 443)); at != Point(17, 53) {
		t.Errorf("picked %v", at)
	}
}
