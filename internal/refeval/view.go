package refeval

import (
	"net/netip"
	"slices"

	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// view is a packet as rules see it.
type view struct {
	cluster     *model.Cluster
	packet      *model.Packet
	version     uint8 // of IP: 4 or 6
	source, dst end
}

// end is one end of a packet.
type end struct {
	peer   model.Peer
	port   uint16
	things []thing
}

// thing is something that selectors match, and whether it has the address at hand.
type thing struct {
	endpoint *model.Endpoint // nil: a network set
	labels   selector.Labels
	here     selector.Answer // Maybe or Yes
}

func (e *Evaluator) view(p *model.Packet) *view {
	v := &view{cluster: e.cluster, packet: p, version: e.cluster.IPVersion(p)}
	v.source = end{p.Src, p.SrcPort, e.things(p.Src, v)}
	v.dst = end{p.Dst, p.DstPort, e.things(p.Dst, v)}
	return v
}

// things returns all that has a peer's address. Several endpoints may have the same one, and all
// of them count, as do network sets (felix/labelindex/named_port_index.go:298-346, v3.31.0).
func (e *Evaluator) things(p model.Peer, v *view) []thing {
	var out []thing
	for _, ep := range e.at[p.Addr] {
		out = append(out, thing{ep, ep.Labels, selector.Yes})
	}
	if ep := p.Endpoint; ep != nil && ep.Type == model.Workload && !slices.Contains(e.at[p.Addr], ep) {
		out = append(out, thing{ep, ep.Labels, selector.Yes})
	}
	if !p.Addr.IsValid() && p.Endpoint != nil && p.Endpoint.Type != model.Workload {
		// A pod on its node's network, or a host endpoint that gives no address: no set of addresses has it, but its
		// node may have the address that another host endpoint gives.
		for _, ep := range e.cluster.Endpoints {
			if ep.Type == model.Host && len(ep.Addrs) > 0 {
				out = append(out, thing{ep, ep.Labels, selector.Maybe})
			}
		}
	}
	for _, s := range e.cluster.Sets {
		if here := v.in(p, s.Nets); here != selector.No {
			out = append(out, thing{nil, s.Labels, here})
		}
	}
	return out
}

// in says whether a peer's address is in one of the nets.
func (v *view) in(p model.Peer, nets []model.Net) selector.Answer {
	ofVersion := make([]netip.Prefix, 0, 8) // on the stack, for most
	for _, n := range nets {
		if v.ofVersion(n) {
			ofVersion = append(ofVersion, n.Prefix)
		}
	}
	return v.cluster.PeerNet(p, ofVersion...)
}

// ofVersion says whether a net is of the packet's IP version.
func (v *view) ofVersion(n model.Net) bool { return n.Addr().Is4() == (v.version == 4) }

// selected says whether a selector matches something at the end's address.
func (e *end) selected(s *selector.Selector) selector.Answer {
	a := selector.No
	for _, t := range e.things {
		a = max(a, min(t.here, s.Match(t.labels)))
	}
	return a
}
