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
	block   int   // columns of a piece, a multiple of a bitset's pages
	pieces  []portPiece
	full    bitset.Bits
	// coarse says that the pieces were too many, so that there is one only, and whether a packet
	// has one of some source ports is not known.
	coarse bool
	cache  map[bitset.Identity]bitset.Bits // peers to columns
}

// portPiece is a range of source ports.
type portPiece struct{ first, last uint16 }

// maxColumns bounds the product of classes and pieces of source ports: bitsets with 128 KiB of
// pages.
const maxColumns = 1 << 23

// newSpace makes classes of the peers that are in the same ones of the sets.
func newSpace(peers int, sets []bitset.Bits, cuts map[uint32]bool) *space {
	s := &space{classOf: make([]int, peers), cache: map[bitset.Identity]bitset.Bits{}}
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
	s.block = (len(s.first) + bitset.PageSize - 1) / bitset.PageSize * bitset.PageSize
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
	if len(s.pieces) == 1 {
		return classes
	}
	return classes.Repeat(s.block, len(s.pieces))
}

// columns turns peers into columns with any source port. Peers of one class are all in the set or none.
func (s *space) columns(peers bitset.Bits) bitset.Bits {
	id := peers.Identity()
	if out, ok := s.cache[id]; ok {
		return out
	}
	classes := bitset.New(len(s.first))
	for p := range peers.All() {
		if c := s.classOf[p]; s.first[c] == p {
			classes.Add(c)
		}
	}
	var out bitset.Bits
	if !classes.IsEmpty() {
		out = s.broadcast(classes)
	}
	s.cache[id] = out
	return out
}

// fromPorts is all columns whose source port is in one of the ranges.
func (s *space) fromPorts(ranges []model.PortMatch) bitset.Bits {
	if s.coarse {
		return s.full
	}
	return s.full.Blocks(s.block, func(k int) bool {
		return slices.ContainsFunc(ranges, func(r model.PortMatch) bool {
			return r.Name == "" && r.First <= s.pieces[k].first && s.pieces[k].last <= r.Last
		})
	})
}

// withPort is the columns with the one source port.
func (s *space) withPort(cols bitset.Bits, port uint16) bitset.Bits {
	if s.coarse {
		return cols
	}
	at := s.piece(port)
	return cols.Blocks(s.block, func(k int) bool { return k == at })
}

// row is the part of a set that belongs to one peer, with every peer in its place: what a rule's
// criteria for the local end leave of the traffic of that end.
func (s *space) row(a pktset.Set, peer int) pktset.Set {
	return a.Map(func(cols bitset.Bits) bitset.Bits {
		return s.full.Blocks(s.block, func(k int) bool { return cols.Has(k*s.block + s.classOf[peer]) })
	})
}
