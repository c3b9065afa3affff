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

// PodNet says whether the address of a pod is in one of nets, which are of one IP version, where
// the inputs do not give the address.
//
// With pod CIDRs it is: surely if the nets cover all of its IP version, surely not if they touch none.
// Without them a pod has some address of the private spaces, and a net of a single address or
// of link-local or loopback addresses is meant for something else.
func (c *Cluster) PodNet(nets ...netip.Prefix) selector.Answer {
	possible := make([]netip.Prefix, 0, 8) // on the stack, for most
	for _, n := range nets {
		if n = n.Masked(); c.maybePods(n) {
			possible = append(possible, n)
		}
	}
	if len(possible) == 0 {
		return selector.No
	}
	usual, rare := c.podSpaces(possible[0])
	if !slices.ContainsFunc(possible, func(n netip.Prefix) bool {
		return slices.ContainsFunc(usual, n.Overlaps) || slices.ContainsFunc(rare, n.Overlaps)
	}) {
		return selector.No
	}
	for _, s := range usual {
		if !slices.ContainsFunc(possible, func(n netip.Prefix) bool { return covers(n, s) }) {
			return selector.Maybe
		}
	}
	return selector.Is(len(usual) > 0)
}

// maybePods says whether a net may be meant for pods.
func (c *Cluster) maybePods(net netip.Prefix) bool {
	if len(c.PodCIDRs) > 0 {
		return true
	}
	return !net.IsSingleIP() && !c.onlyServices(net) && !neverRouted(net)
}

// podSpaces is where pods have their addresses, and where they do in a few clusters only, of the
// IP version of net.
func (c *Cluster) podSpaces(net netip.Prefix) (usual, rare []netip.Prefix) {
	switch {
	case len(c.PodCIDRs) > 0:
		return ofVersion(c.PodCIDRs, net), nil
	case net.Addr().Is4():
		return private4, shared4
	}
	return routed6, nil
}

// The private addresses (RFC 1918), those that carriers share (RFC 6598), and of IPv6 the local (RFC 4193) and
// the global ones (RFC 4291).
var (
	private4 = []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	}
	shared4 = []netip.Prefix{netip.MustParsePrefix("100.64.0.0/10")}
	routed6 = []netip.Prefix{netip.MustParsePrefix("fc00::/7"), netip.MustParsePrefix("2000::/3")}
)

// PeerNet says whether the address of a peer is in one of nets, which are of one IP version, by the
// address if it is known.
func (c *Cluster) PeerNet(p Peer, nets ...netip.Prefix) selector.Answer {
	if !p.Addr.IsValid() && p.Endpoint != nil && p.Endpoint.Type == Workload {
		return c.PodNet(nets...)
	}
	a := selector.No
	for _, n := range nets {
		if p.Addr.IsValid() {
			a = max(a, selector.Is(n.Contains(p.Addr)))
		} else {
			a = max(a, c.NodeNet(n))
		}
	}
	return a
}

// Same says whether two peers are the same as policy sees them: at the same address or, where
// none is known, the same endpoint.
func (p Peer) Same(o Peer) bool {
	if p.Addr.IsValid() || o.Addr.IsValid() {
		return p.Addr == o.Addr
	}
	return p.Endpoint == o.Endpoint
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

// NodeNet says whether a node whose address is not known is in the net. Nodes may have any
// address but those of Services, so only a net of all addresses is certain.
func (c *Cluster) NodeNet(p netip.Prefix) selector.Answer {
	switch {
	case p.Bits() == 0:
		return selector.Yes
	case c.onlyServices(p):
		return selector.No
	}
	return selector.Maybe
}

// onlyServices says whether a net has none but cluster IPs of Services: one of a Service here, or some of those
// that Services get theirs from.
func (c *Cluster) onlyServices(net netip.Prefix) bool {
	return slices.ContainsFunc(c.ServiceCIDRs, func(s netip.Prefix) bool { return covers(s, net) }) ||
		net.IsSingleIP() && slices.ContainsFunc(c.Services, func(s *Service) bool { return slices.Contains(s.Addrs, net.Addr()) })
}
