package model

import (
	"net/netip"
	"slices"

	"github.com/tierlint/tierlint/internal/selector"
)

// PodsAreIPv6 says which IP version a pod without known address is taken to have: IPv6 where the
// pods' CIDRs are known and all are IPv6, otherwise IPv4.
func (c *Cluster) PodsAreIPv6() bool {
	return len(c.PodCIDRs) > 0 && !slices.ContainsFunc(c.PodCIDRs, isIPv4)
}

func isIPv4(p netip.Prefix) bool { return p.Addr().Is4() }

// IPVersion is the version that a packet travels as, 4 or 6. Known addresses decide; between two
// ends without any it is the pods'.
func (c *Cluster) IPVersion(p *Packet) uint8 {
	for _, end := range []Peer{p.Src, p.Dst} {
		switch {
		case end.Addr.Is4():
			return 4
		case end.Addr.IsValid():
			return 6
		}
	}
	for _, end := range []Peer{p.Src, p.Dst} {
		if end.Endpoint != nil && end.Endpoint.Type == Workload && c.PodsAreIPv6() {
			return 6
		}
	}
	return 4
}

// PodNet says whether the address of a pod is in net where the inputs do not give the address.
//
// With pod CIDRs it is: surely if net covers all of its IP version, surely not if it touches none.
// Without them a pod has some address of the spaces that pods get theirs from, and a net of a
// single address or of link-local or loopback addresses is meant for something else.
func (c *Cluster) PodNet(net netip.Prefix) selector.Answer {
	net = net.Masked()
	if len(c.PodCIDRs) > 0 {
		return within(net, ofVersion(c.PodCIDRs, net))
	}
	if net.IsSingleIP() || neverRouted(net) {
		return selector.No
	}
	if net.Addr().Is4() {
		return within(net, []netip.Prefix{
			netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"),
			netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("100.64.0.0/10"),
		})
	}
	return within(net, []netip.Prefix{netip.MustParsePrefix("fc00::/7"), netip.MustParsePrefix("2000::/3")})
}

// PeerNet says whether the address of a peer is in net, by the address if it is known.
func (c *Cluster) PeerNet(p Peer, net netip.Prefix) selector.Answer {
	switch {
	case p.Addr.IsValid():
		return selector.Is(net.Contains(p.Addr))
	case p.Endpoint != nil && p.Endpoint.Type == Workload:
		return c.PodNet(net)
	}
	return c.NodeNet(net)
}

// Same says whether two peers are the same as policy sees them: at the same address or, where
// none is known, the same endpoint.
func (p Peer) Same(o Peer) bool {
	if p.Addr.IsValid() || o.Addr.IsValid() {
		return p.Addr == o.Addr
	}
	return p.Endpoint == o.Endpoint
}

// within says whether an address that is somewhere in the spaces is in net.
func within(net netip.Prefix, spaces []netip.Prefix) selector.Answer {
	touches := slices.ContainsFunc(spaces, net.Overlaps)
	leavesOut := slices.ContainsFunc(spaces, func(s netip.Prefix) bool { return !covers(net, s) })
	switch {
	case !touches:
		return selector.No
	case leavesOut:
		return selector.Maybe
	}
	return selector.Yes
}

// covers says whether all of inner is in outer.
func covers(outer, inner netip.Prefix) bool {
	return outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}

// neverRouted says whether net holds only addresses that pods are never reached at.
func neverRouted(net netip.Prefix) bool {
	a := net.Addr()
	return net.Bits() > 0 && (a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsMulticast())
}

func ofVersion(nets []netip.Prefix, like netip.Prefix) []netip.Prefix {
	var out []netip.Prefix
	for _, n := range nets {
		if isIPv4(n) == isIPv4(like) {
			out = append(out, n)
		}
	}
	return out
}
