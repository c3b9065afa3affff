package eval

import (
	"net/netip"
	"slices"

	"github.com/tierlint/tierlint/internal/bitset"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
)

// usual is what examples are of, where there is a choice.
var usual = []pktset.L4{
	pktset.Point(flow.TCP, 443), pktset.Point(flow.TCP, 80), pktset.Point(flow.TCP, 8080), pktset.Point(flow.UDP, 53),
	pktset.Point(flow.ICMP, 8<<8), pktset.Point(flow.ICMPv6, 128<<8),
}

// Witness returns one connection of the set, which belongs to a chain of endpoint e: with a peer that
// is easy to recognise, if there is a choice. It returns false if no peer of the set has a name or an
// address, as a network set that is in no file, or a range of which endpoints have every address.
func (a *Analysis) Witness(e *model.Endpoint, d model.Direction, set pktset.Set) (model.Packet, bool) {
	var at pktset.L4
	var col int
	ok := false
	for _, cols := range a.faces.columns {
		if at, col, ok = set.Within(cols).Pick(usual...); ok {
			break
		}
	}
	if !ok {
		return model.Packet{}, false
	}
	piece := a.space.pieces[col/a.space.block]
	p := model.Packet{Proto: at.Proto(), SrcPort: flow.DefaultSourcePort}
	if !piece.has(flow.DefaultSourcePort) {
		p.SrcPort = piece.first
	}
	switch {
	case p.Proto.HasPorts():
		p.DstPort = at.Value()
	case p.Proto == flow.ICMP || p.Proto == flow.ICMPv6:
		p.ICMPType, p.ICMPCode = uint8(at.Value()>>8), uint8(at.Value())
	}
	remote := a.peer(a.faces.of[col%a.space.block])
	local := model.Peer{Endpoint: e}
	for _, addr := range e.Addrs {
		if !remote.Addr.IsValid() || remote.Addr.Is4() == addr.Is4() {
			local.Addr = addr
			break
		}
	}
	p.Src, p.Dst = local, remote
	if d == model.Ingress {
		p.Src, p.Dst = remote, local
	}
	return p, true
}

// faces is who stands for each class of peers in examples.
type faces struct {
	of      []int         // by class: a peer
	columns []bitset.Bits // the classes whose peer is easiest to recognise, the next easiest, ...
}

// rank is how easy it is to recognise a peer in an example, from 0; -1: it has no name and no address.
func (a *Analysis) rank(p peer) int {
	switch {
	case p.last.IsValid():
		if a.taken(a.example(p)) {
			return -1
		}
		return 2
	case p.endpoint == nil:
		return -1
	case p.endpoint.Phantom:
		return 4
	case p.endpoint.Type == model.HostNetwork:
		return 3
	case p.endpoint.Reviewed():
		return 0
	}
	return 1
}

// findFaces chooses the peer of each class that is easiest to recognise.
func (a *Analysis) findFaces() {
	const ranks = 5
	best := make([]int, len(a.space.first))
	a.faces.of = slices.Clone(a.space.first)
	for i := range best {
		best[i] = ranks
	}
	for i, p := range a.u.peers {
		c := a.space.classOf[i]
		if r := a.rank(p); r >= 0 && r < best[c] {
			best[c], a.faces.of[c] = r, i
		}
	}
	for r := range ranks {
		classes := bitset.New(a.space.block)
		for c, b := range best {
			if b == r {
				classes.Add(c)
			}
		}
		a.faces.columns = append(a.faces.columns, a.space.broadcast(classes))
	}
}

// peer turns a peer into an end of a connection, with an address if it has one.
func (a *Analysis) peer(i int) model.Peer {
	p := a.u.peers[i]
	if p.last.IsValid() {
		return model.Peer{Addr: a.example(p)}
	}
	return model.Peer{Endpoint: p.endpoint, Addr: p.addr}
}

// documentation is addresses that stand for any, the ones reserved for examples first (RFC 5737, RFC 3849).
var documentation = []string{"203.0.113.7", "198.51.100.7", "192.0.2.7", "8.8.8.8", "10.0.0.7", "2001:db8::7"}

// example is an address in a range that no endpoint has.
func (a *Analysis) example(p peer) netip.Addr {
	for _, s := range documentation {
		if d := netip.MustParseAddr(s); d.Compare(p.addr) >= 0 && d.Compare(p.last) <= 0 && !a.taken(d) {
			return d
		}
	}
	first := p.addr
	if next := first.Next(); next.IsValid() && next.Compare(p.last) < 0 && !a.taken(next) {
		return next // the first is often a net's own address
	}
	for a.taken(first) && first != p.last {
		first = first.Next()
	}
	return first
}

func (a *Analysis) taken(addr netip.Addr) bool {
	_, ok := a.u.byAddr[addr]
	return ok
}

// PeersIn splits the set's columns into endpoints (phantoms left out) and example addresses of ranges.
func (a *Analysis) PeersIn(set pktset.Set) []model.Peer {
	cols := set.Columns()
	var out []model.Peer
	for i, p := range a.u.peers {
		if p.phantom {
			continue
		}
		for k := range a.space.pieces {
			if cols.Has(k*a.space.block + a.space.classOf[i]) {
				out = append(out, a.peer(i))
				break
			}
		}
	}
	return out
}

// endpointsIn lists the endpoints among things, once for all who ask.
func (a *Analysis) endpointsIn(things bitset.Bits) []*model.Endpoint {
	a.mu.Lock()
	defer a.mu.Unlock()
	out, ok := a.lists[things.Identity()]
	if ok {
		return out
	}
	own := a.u.own(things)
	out = make([]*model.Endpoint, 0, own.Count())
	for i := range own.All() {
		out = append(out, a.u.endpoints[i])
	}
	a.lists[things.Identity()] = out
	return out
}
