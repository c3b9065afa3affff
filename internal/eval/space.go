package eval

import (
	"math/rand/v2"
	"slices"

	"github.com/tierlint/tierlint/internal/bitset"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
)

// space is the columns of all sets of traffic in an analysis: classes of peers that no criterion
// tells apart, once for each piece into which the rules' source ports cut the ports.
// Column k*block+c is class c with a source port of piece k.
type space struct {
	classOf []int // by peer
	first   []int // by class: its first peer
	block   int   // columns of a piece, a multiple of 64
	pieces  []portPiece
	full    bitset.Bits
	// coarse says that the pieces were too many, so that there is one only, and whether a packet
	// has one of some source ports is not known.
	coarse bool
	cache  map[*uint64]bitset.Bits // peers to columns, by the identity of the bitset
}

// portPiece is a range of source ports.
type portPiece struct{ first, last uint16 }

// maxColumns bounds the product of classes and pieces of source ports: bitsets of 128 KiB.
const maxColumns = 1 << 20

// newSpace makes classes of the peers that are in the same ones of the sets.
func newSpace(peers int, sets []bitset.Bits, cuts map[uint32]bool) *space {
	s := &space{classOf: make([]int, peers), cache: map[*uint64]bitset.Bits{}}
	// A random number for each set, added up for each peer that is in it, tells classes apart: the
	// chance that two of 2^16 classes collide in 128 bits is below 2^-90.
	type signature [2]uint64
	signatures := make([]signature, peers)
	r := rand.New(rand.NewPCG(1, 2))
	for _, set := range sets {
		x, y := r.Uint64(), r.Uint64()
		for i := range set.All() {
			signatures[i][0] += x
			signatures[i][1] += y
		}
	}
	classes := map[signature]int{}
	for i, sig := range signatures {
		c, ok := classes[sig]
		if !ok {
			c = len(s.first)
			classes[sig] = c
			s.first = append(s.first, i)
		}
		s.classOf[i] = c
	}
	s.block = (len(s.first) + 63) / 64 * 64
	s.pieces = cutPorts(cuts)
	if s.width() > maxColumns && len(s.pieces) > 1 {
		s.coarse = true
		s.pieces = cutPorts(nil)
	}
	s.full = s.broadcast(bitset.Full(len(s.first)))
	return s
}

// cutPorts returns the pieces between cuts, the one with the default source port first, so that
// examples have it.
func cutPorts(cuts map[uint32]bool) []portPiece {
	points := []uint32{0}
	for c := range cuts {
		if c > 0 && c < 1<<16 {
			points = append(points, c)
		}
	}
	slices.Sort(points)
	points = append(slices.Compact(points), 1<<16)
	var out []portPiece
	for i, p := range points[:len(points)-1] {
		out = append(out, portPiece{uint16(p), uint16(points[i+1] - 1)})
		if n := len(out) - 1; out[n].has(flow.DefaultSourcePort) {
			out[0], out[n] = out[n], out[0]
		}
	}
	return out
}

func (p portPiece) has(port uint16) bool { return p.first <= port && port <= p.last }

func (s *space) width() int { return s.block * len(s.pieces) }

// piece is the number of the piece that a source port is in.
func (s *space) piece(port uint16) int {
	return slices.IndexFunc(s.pieces, func(p portPiece) bool { return p.has(port) })
}

func (s *space) column(peer int, srcPort uint16) int {
	return s.piece(srcPort)*s.block + s.classOf[peer]
}

// broadcast repeats classes for every piece.
func (s *space) broadcast(classes bitset.Bits) bitset.Bits {
	out := bitset.New(s.width())
	for k := range s.pieces {
		copy(out[k*s.block/64:], classes)
	}
	return out
}

// columns turns peers into columns with any source port. Peers of one class are all in the set or none.
func (s *space) columns(peers bitset.Bits) bitset.Bits {
	if len(peers) == 0 {
		return nil
	}
	if out, ok := s.cache[&peers[0]]; ok {
		return out
	}
	classes := bitset.New(s.block)
	for c, p := range s.first {
		if peers.Has(p) {
			classes.Add(c)
		}
	}
	var out bitset.Bits
	if !classes.IsEmpty() {
		out = s.broadcast(classes)
	}
	s.cache[&peers[0]] = out
	return out
}

// fromPorts is all columns whose source port is in one of the ranges.
func (s *space) fromPorts(ranges []model.PortMatch) bitset.Bits {
	if s.coarse {
		return s.full
	}
	out := bitset.New(s.width())
	for k, piece := range s.pieces {
		if slices.ContainsFunc(ranges, func(r model.PortMatch) bool {
			return r.Name == "" && r.First <= piece.first && piece.last <= r.Last
		}) {
			s.fill(out, k, s.full)
		}
	}
	return out
}

// withPort is the columns with the one source port.
func (s *space) withPort(cols bitset.Bits, port uint16) bitset.Bits {
	if s.coarse {
		return cols
	}
	out := bitset.New(s.width())
	s.fill(out, s.piece(port), cols)
	return out
}

// fill copies block k of cols.
func (s *space) fill(out bitset.Bits, k int, cols bitset.Bits) {
	if len(cols) == 0 {
		return
	}
	lo, hi := k*s.block/64, (k+1)*s.block/64
	copy(out[lo:hi], cols[lo:hi])
}

// row is the part of a set that belongs to one peer, with every peer in its place: what a rule's
// criteria for the local end leave of the traffic of that end.
func (s *space) row(a pktset.Set, peer int) pktset.Set {
	return a.Map(func(cols bitset.Bits) bitset.Bits {
		out := bitset.New(s.width())
		for k := range s.pieces {
			if cols.Has(k*s.block + s.classOf[peer]) {
				s.fill(out, k, s.full)
			}
		}
		return out
	})
}
