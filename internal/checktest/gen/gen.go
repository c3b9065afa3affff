// Package gen makes random clusters and packets, in the model's terms, over the whole language of
// policies. They are for holding two engines against each other, so they are dense: few labels, ports and
// addresses, much overlap, many ties. It is for tests.
package gen

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"

	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
)

// Options say what may be in a cluster.
type Options struct {
	Size     int  // endpoints, roughly, and half as many policies; at least 2
	Hosts    bool // host endpoints, and policies of theirs: doNotTrack, preDNAT
	Unknowns bool // pods without known addresses, labels that nobody knows, a tier that no file defines
	IPv6     bool // a second IP version
}

// generator makes one cluster.
type generator struct {
	*rand.Rand
	Options
	c     *model.Cluster
	nets4 []netip.Prefix
	nets6 []netip.Prefix
}

// Cluster makes a cluster. The same seed and options give the same cluster.
func Cluster(seed uint64, o Options) *model.Cluster {
	o.Size = max(o.Size, 2)
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 1)), Options: o, c: &model.Cluster{Version: model.V331}}
	g.nets4 = nets("0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/24", "10.0.0.0/30", "10.0.0.4/30", "10.0.0.5/32", "10.0.0.2/32",
		"192.168.1.0/24", "192.168.1.2/32", "172.16.0.0/12", "203.0.113.0/24", "203.0.113.7/32", "128.0.0.0/1")
	g.nets6 = nets("::/0", "fd00::/64", "fd00::2/127", "fd00::5/128", "2001:db8::/32", "2001:db8::7/128")
	if o.Unknowns && g.chance(2) {
		g.c.PodCIDRs = nets("10.0.0.0/24")
		if o.IPv6 {
			g.c.PodCIDRs = append(g.c.PodCIDRs, nets("fd00::/64")...)
		}
	}
	g.namespaces()
	g.endpoints()
	g.sets()
	g.services()
	g.tiers()
	g.failsafes()
	return g.c
}

func nets(texts ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, t := range texts {
		out = append(out, netip.MustParsePrefix(t))
	}
	return out
}

// chance is true once in n.
func (g *generator) chance(n int) bool { return g.IntN(n) == 0 }

// of picks one.
func of[T any](g *rand.Rand, choices ...T) T { return choices[g.IntN(len(choices))] }

// services makes Services, behind which are pods with addresses or without, addresses of nobody, and
// backends without ports.
func (g *generator) services() {
	for i := range 1 + g.IntN(3) {
		s := &model.Service{
			Object: model.Object{Kind: "Service", Namespace: of(g.Rand, g.c.Namespaces...).Name, Name: fmt.Sprint("svc", i)},
			Type:   "ClusterIP", BackendsKnown: true,
		}
		for range g.IntN(4) {
			b := model.Backend{Proto: of(g.Rand, flow.TCP, flow.UDP, flow.SCTP), Port: of(g.Rand, portNumbers()...), Ready: !g.chance(4)}
			if g.chance(8) {
				b.Proto, b.Port = 0, 0
			}
			if b.Peer = g.anyPeer(); b.Peer.Endpoint == nil && g.chance(2) {
				b.Peer.Addr = netip.MustParseAddr("203.0.113.7")
			}
			s.Backends = append(s.Backends, b)
		}
		g.c.Services = append(g.c.Services, s)
	}
	slices.SortFunc(g.c.Services, func(a, b *model.Service) int { return compareIDs(a.ID(), b.ID()) })
}

// failsafes makes the ports that are open on host endpoints, if they are not Felix's own.
func (g *generator) failsafes() {
	if !g.Hosts || !g.chance(2) {
		return
	}
	for d := range g.c.Failsafes {
		g.c.Failsafes[d] = []model.Failsafe{}
		for range g.IntN(4) {
			f := model.Failsafe{Proto: of(g.Rand, flow.TCP, flow.UDP), Port: of(g.Rand, portNumbers()...)}
			if g.chance(2) {
				f.Net = of(g.Rand, g.nets4...)
			} else if g.IPv6 && g.chance(2) {
				f.Net = of(g.Rand, g.nets6...)
			}
			g.c.Failsafes[d] = append(g.c.Failsafes[d], f)
		}
	}
}

// anyPeer is an endpoint at one of its addresses.
func (g *generator) anyPeer() model.Peer { return peerOf(g.Rand, of(g.Rand, g.c.Endpoints...)) }

// peerOf is an endpoint at one of its addresses, or at none if it has none. Only pods are known
// by what they are; what else has an address is known by the address.
func peerOf(r *rand.Rand, e *model.Endpoint) model.Peer {
	if len(e.Addrs) == 0 {
		return model.Peer{Endpoint: e}
	}
	p := model.Peer{Endpoint: e, Addr: of(r, e.Addrs...)}
	if e.Type != model.Workload && r.IntN(2) == 0 {
		p.Endpoint = nil
	}
	return p
}

func compareIDs(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
