package eval

import (
	"net/netip"
	"slices"
	"sort"

	"github.com/tierlint/tierlint/internal/bitset"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// addressed is a peer whose place among addresses is known.
type addressed struct {
	addr netip.Addr
	peer int
}

// addRanges cuts the address space at the edges of all nets.
func (u *universe) addRanges() {
	edges := map[netip.Addr]bool{netip.IPv4Unspecified(): true, netip.IPv6Unspecified(): true}
	note := func(p netip.Prefix) {
		edges[p.Masked().Addr()] = true
		if next := lastOf(p).Next(); next.IsValid() {
			edges[next] = true
		}
	}
	eachNet(u.cluster, note)
	sorted := make([]netip.Addr, 0, len(edges))
	for a := range edges {
		sorted = append(sorted, a)
	}
	slices.SortFunc(sorted, netip.Addr.Compare)
	for i, first := range sorted {
		last := lastOf(netip.PrefixFrom(first, 0))
		if i+1 < len(sorted) && sorted[i+1].Is4() == first.Is4() {
			last = sorted[i+1].Prev()
		}
		if _, taken := u.byAddr[first]; taken && first == last {
			continue
		}
		u.peers = append(u.peers, peer{addr: first, last: last, v6: first.Is6()})
	}
}

// eachNet calls f with every net of rules, sets and failsafe ports.
func eachNet(c *model.Cluster, f func(netip.Prefix)) {
	failsafeNets(c, f)
	for _, s := range c.Sets {
		for _, n := range s.Nets {
			f(n.Prefix)
		}
	}
	eachRule(c, func(r *model.Rule) {
		for _, side := range []*model.Side{&r.Match.Source, &r.Match.Destination} {
			for _, n := range side.Nets {
				f(n.Prefix)
			}
			for _, n := range side.NotNets {
				f(n.Prefix)
			}
			if side.Service != nil && side.Service.Service != nil {
				for _, b := range side.Service.Service.Backends {
					if b.Peer.Endpoint == nil && b.Peer.Addr.IsValid() {
						f(netip.PrefixFrom(b.Peer.Addr, b.Peer.Addr.BitLen()))
					}
				}
			}
		}
	})
}

// lastOf is the last address of a net.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// between is the part of u.addresses from first to last.
func (u *universe) between(first, last netip.Addr) (lo, hi int) {
	lo = sort.Search(len(u.addresses), func(i int) bool { return u.addresses[i].addr.Compare(first) >= 0 })
	hi = lo + sort.Search(len(u.addresses)-lo, func(i int) bool { return u.addresses[lo+i].addr.Compare(last) > 0 })
	return lo, hi
}

// net is the peers in a net.
func (u *universe) net(p netip.Prefix) match {
	p = p.Masked()
	if m, ok := u.nets[p]; ok {
		return m
	}
	known := bitset.New(len(u.peers))
	lo, hi := u.between(p.Addr(), lastOf(p))
	for _, x := range u.addresses[lo:hi] {
		known.Add(x.peer)
	}
	m := match{known, known}
	f := 0
	if p.Addr().Is6() {
		f = 1
	}
	m = m.or(answered(u.floating[f], u.cluster.PodNet(p)))
	m = m.or(answered(u.nodes.And(u.family[f]), u.cluster.NodeNet(p)))
	u.nets[p] = m
	return m
}

// anyNet is the peers in one of the nets.
func (u *universe) anyNet(nets []model.Net) match {
	var m match
	var ofVersion [2][]netip.Prefix
	for _, n := range nets {
		m = m.or(u.net(n.Prefix))
		f := 0
		if n.Addr().Is6() {
			f = 1
		}
		ofVersion[f] = append(ofVersion[f], n.Prefix)
	}
	for f, nets := range ofVersion {
		if len(nets) > 1 { // together they may cover where pods are, though none does alone
			m = m.or(answered(u.floating[f], u.cluster.PodNet(nets...)))
		}
	}
	return m
}

// answered is the peers for which a is the answer to whether they match.
func answered(peers bitset.Bits, a selector.Answer) match {
	switch a {
	case selector.Yes:
		return match{peers, peers}
	case selector.Maybe:
		return match{may: peers}
	}
	return match{}
}

// peerAt returns the peer at a known address.
func (u *universe) peerAt(a netip.Addr) int {
	if i, ok := u.byAddr[a]; ok {
		return i
	}
	i := sort.Search(len(u.addresses), func(i int) bool { return u.addresses[i].addr.Compare(a) > 0 })
	for i--; i >= 0 && !u.peers[u.addresses[i].peer].last.IsValid(); i-- {
	}
	return u.addresses[i].peer
}
