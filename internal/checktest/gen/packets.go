package gen

import (
	"cmp"
	"math/rand/v2"
	"net/netip"
	"slices"

	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
)

// Packets makes packets in a cluster, mostly at the edges of what its rules mention.
type Packets struct {
	rand    *rand.Rand
	cluster *model.Cluster
	owners  map[netip.Addr]*model.Endpoint
	addrs   []netip.Addr // first and last of every net, and their neighbours
	ports   []uint16
}

// NewPackets prepares a cluster. The same seed gives the same packets.
func NewPackets(c *model.Cluster, seed uint64) *Packets {
	p := &Packets{rand: rand.New(rand.NewPCG(seed, 2)), cluster: c, owners: map[netip.Addr]*model.Endpoint{}}
	for _, e := range c.Endpoints {
		if e.Type != model.Workload {
			continue
		}
		for _, a := range e.Addrs {
			p.owners[a] = e
		}
	}
	for _, s := range c.Sets {
		p.edges(s.Nets)
	}
	p.ports = append(portNumbers(), 0, 22, 40000, 65535)
	for _, t := range c.Tiers {
		for _, policy := range t.Policies {
			for _, r := range slices.Concat(policy.Rules[0], policy.Rules[1]) {
				p.note(&r.Match.Source)
				p.note(&r.Match.Destination)
			}
		}
	}
	p.addrs = append(p.addrs, netip.MustParseAddr("8.8.8.8"), node(0), node(2))
	return p
}

func (p *Packets) note(s *model.Side) {
	p.edges(s.Nets)
	p.edges(s.NotNets)
	for _, m := range slices.Concat(s.Ports, s.NotPorts) {
		if m.Name == "" {
			p.ports = append(p.ports, m.First-1, m.First, m.Last, m.Last+1)
		}
	}
}

func (p *Packets) edges(nets []model.Net) {
	for _, n := range nets {
		first, last := n.Masked().Addr(), n.Masked().Addr().AsSlice()
		for i := n.Bits(); i < len(last)*8; i++ {
			last[i/8] |= 0x80 >> (i % 8)
		}
		end, _ := netip.AddrFromSlice(last)
		for _, a := range []netip.Addr{first.Prev(), first, end, end.Next()} {
			if a.IsValid() {
				p.addrs = append(p.addrs, a)
			}
		}
	}
}

// Next makes a packet.
func (p *Packets) Next() model.Packet {
	for {
		pkt := model.Packet{
			Src: p.peer(), Dst: p.peer(),
			Proto:   of(p.rand, flow.TCP, flow.TCP, flow.TCP, flow.UDP, flow.SCTP, flow.ICMP, flow.ICMPv6, flow.UDPLite, flow.Proto(50)),
			SrcPort: flow.DefaultSourcePort, DstPort: of(p.rand, p.ports...),
		}
		if p.rand.IntN(3) == 0 {
			pkt.SrcPort = of(p.rand, p.ports...)
		}
		p.shape(&pkt)
		if p.possible(pkt.Src, pkt.Dst) {
			return pkt
		}
	}
}

// shape gives a packet what its protocol has.
func (p *Packets) shape(pkt *model.Packet) {
	switch {
	case pkt.Proto == flow.ICMP || pkt.Proto == flow.ICMPv6:
		pkt.ICMPType, pkt.ICMPCode = of(p.rand, uint8(8), uint8(3), uint8(128)), uint8(p.rand.IntN(2))
		pkt.SrcPort, pkt.DstPort = 0, 0
	case !pkt.Proto.HasPorts():
		pkt.SrcPort, pkt.DstPort = 0, 0
	}
}

// peer is an endpoint, or an address that may have one.
func (p *Packets) peer() model.Peer {
	if p.rand.IntN(4) > 0 {
		return peerOf(p.rand, of(p.rand, p.cluster.Endpoints...))
	}
	a := of(p.rand, p.addrs...)
	return model.Peer{Endpoint: p.owners[a], Addr: a}
}

// possible says whether two ends have an IP version in common, and whether one is policed.
func (p *Packets) possible(a, b model.Peer) bool {
	return p.version(a) == p.version(b) && cmp.Or(a.Endpoint, b.Endpoint) != nil
}

// version is that of an address, or the one that ends without known address have.
func (p *Packets) version(a model.Peer) uint8 {
	return p.cluster.IPVersion(&model.Packet{Src: a, Dst: model.Peer{}})
}
