package gen

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// The vocabulary: small, so that selectors hit.
func labelKeys() []string    { return []string{"app", "role", "track"} }
func labelValues() []string  { return []string{"a", "b", "c"} }
func portNames() []string    { return []string{"http", "dns", "metrics"} }
func portNumbers() []uint16  { return []uint16{53, 80, 443, 8080, 9090} }
func accountNames() []string { return []string{"default", "robot"} }

func (g *generator) labels() map[string]string {
	out := map[string]string{}
	for _, k := range labelKeys() {
		if !g.chance(3) {
			out[k] = of(g.Rand, labelValues()...)
		}
	}
	return out
}

func (g *generator) namespaces() {
	for i := range 2 + g.IntN(2) {
		name := fmt.Sprint("ns", i)
		ns := &model.Namespace{
			Object: model.Object{Kind: "Namespace", Name: name},
			Labels: map[string]string{"kubernetes.io/metadata.name": name}, Known: true,
		}
		if g.Unknowns && g.chance(3) {
			ns.Known = false
		} else if g.chance(2) {
			ns.Labels["env"] = of(g.Rand, labelValues()...)
		}
		g.c.Namespaces = append(g.c.Namespaces, ns)
	}
}

// namespaced is labels with those that being in a namespace brings.
func namespaced(own map[string]string, ns *model.Namespace) selector.Labels {
	l := selector.Labels{Known: maps.Clone(own)}
	l.Known["projectcalico.org/namespace"] = ns.Name
	l.Known["pcns.projectcalico.org/name"] = ns.Name
	for k, v := range ns.Labels {
		l.Known["pcns."+k] = v
	}
	if !ns.Known {
		l.Open = []string{"pcns.*"}
	}
	return l
}

func (g *generator) endpoints() {
	for i := range g.Size {
		switch {
		case g.chance(10):
			g.c.Endpoints = append(g.c.Endpoints, g.hostNetworkPod(i))
		default:
			g.c.Endpoints = append(g.c.Endpoints, g.pod(i))
		}
	}
	if g.Hosts {
		for i := range 1 + g.IntN(3) {
			g.c.Endpoints = append(g.c.Endpoints, g.host(i))
		}
	}
	slices.SortFunc(g.c.Endpoints, func(a, b *model.Endpoint) int { return compareIDs(a.ID(), b.ID()) })
}

func (g *generator) pod(i int) *model.Endpoint {
	ns := of(g.Rand, g.c.Namespaces...)
	e := &model.Endpoint{
		Object:         model.Object{Kind: "Pod", Namespace: ns.Name, Name: fmt.Sprint("pod", i)},
		Own:            g.labels(),
		ServiceAccount: of(g.Rand, accountNames()...),
	}
	e.Labels = namespaced(e.Own, ns)
	e.Labels.Known["projectcalico.org/orchestrator"] = "k8s"
	e.Labels.Known["projectcalico.org/serviceaccount"] = e.ServiceAccount
	e.Labels.Known["pcsa.projectcalico.org/name"] = e.ServiceAccount
	if g.Unknowns && g.chance(4) {
		e.Labels.Open = append(e.Labels.Open, of(g.Rand, labelKeys()...))
	}
	for range g.IntN(3) {
		e.Ports = append(e.Ports, model.Port{
			Name: of(g.Rand, portNames()...), Proto: of(g.Rand, flow.TCP, flow.TCP, flow.UDP, flow.SCTP), Number: of(g.Rand, portNumbers()...),
		})
	}
	if g.Unknowns && g.chance(3) {
		return e
	}
	at := byte(1 + i)
	if g.chance(20) && i > 0 {
		at = byte(i) // the same as the pod before
	}
	e.Addrs = []netip.Addr{netip.AddrFrom4([4]byte{10, 0, 0, at})}
	if g.IPv6 && g.chance(2) {
		six := netip.MustParseAddr("fd00::").As16()
		six[15] = at
		e.Addrs = append(e.Addrs, netip.AddrFrom16(six))
		if g.chance(3) {
			e.Addrs = e.Addrs[1:]
		}
	}
	return e
}

func node(i int) netip.Addr { return netip.AddrFrom4([4]byte{192, 168, 1, byte(1 + i)}) }

// hostNetworkPod has a selector's labels, which must not be looked at.
func (g *generator) hostNetworkPod(i int) *model.Endpoint {
	e := g.pod(i)
	e.Type, e.Addrs = model.HostNetwork, []netip.Addr{node(g.IntN(3))}
	if g.Unknowns && g.chance(3) {
		e.Addrs = nil
	}
	return e
}

func (g *generator) host(i int) *model.Endpoint {
	e := &model.Endpoint{
		Object: model.Object{Kind: "HostEndpoint", Name: fmt.Sprint("host", i)},
		Type:   model.Host, Own: g.labels(), Interface: "*",
		Addrs: []netip.Addr{node(i)},
	}
	e.Labels = selector.Labels{Known: maps.Clone(e.Own)}
	for range g.IntN(3) {
		e.Profiles = append(e.Profiles, of(g.Rand, "projectcalico-default-allow", "kns.ns0", "ksa.ns0.robot", "missing"))
	}
	if g.Unknowns && g.chance(4) {
		e.Addrs = nil // no selector in a rule matches it then
	}
	return e
}

// sets makes network sets, of namespaces and global.
func (g *generator) sets() {
	for i := range g.IntN(4) {
		s := &model.NetworkSet{Object: model.Object{Kind: "GlobalNetworkSet", Name: fmt.Sprint("set", i)}, Own: g.labels()}
		s.Labels = selector.Labels{Known: maps.Clone(s.Own)}
		if g.chance(2) {
			ns := of(g.Rand, g.c.Namespaces...)
			s.Kind, s.Namespace, s.Labels = "NetworkSet", ns.Name, namespaced(s.Own, ns)
		}
		s.Nets = g.someNets(g.IntN(4), g.IPv6)
		g.c.Sets = append(g.c.Sets, s)
	}
	slices.SortFunc(g.c.Sets, func(a, b *model.NetworkSet) int { return compareIDs(a.ID(), b.ID()) })
}

// someNets is n nets, with mixed of both IP versions.
func (g *generator) someNets(n int, mixed bool) []model.Net {
	var out []model.Net
	for range n {
		p := of(g.Rand, g.nets4...)
		if mixed && g.chance(2) {
			p = of(g.Rand, g.nets6...)
		}
		out = append(out, model.Net{Prefix: p})
	}
	return out
}
