package eval

import (
	"fmt"

	"github.com/tierlint/tierlint/internal/bitset"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
	"github.com/tierlint/tierlint/internal/selector"
)

// traffic is a set of traffic of which only bounds may be known.
type traffic struct{ must, may pktset.Set }

func (t traffic) intersect(o traffic) traffic {
	if t.exact() && o.exact() {
		s := t.may.Intersect(o.may)
		return traffic{s, s}
	}
	return traffic{t.must.Intersect(o.must), t.may.Intersect(o.may)}
}

func (t traffic) union(o traffic) traffic {
	return traffic{t.must.Union(o.must), t.may.Union(o.may)}
}

func (t traffic) minus(o traffic) traffic {
	return traffic{t.must.Minus(o.may), t.may.Minus(o.must)}
}

// exact says whether both bounds are the same, as they nearly always are.
func (t traffic) exact() bool { return t.must.Same(t.may) }

func exactly(s pktset.Set) traffic { return traffic{s, s} }

// portSet is the peers that have a port, by the port: what Calico programs as a set of (address, protocol, port).
type portSet struct {
	proto flow.Proto
	ports map[uint16]match
}

// namedPort is a port that is looked for by name at the endpoints that a selector matches.
type namedPort struct {
	selector *selector.Selector
	name     string
	protos   string
}

// sides compiles the two ends of rules, first to peers, then, when all of those are known and the
// space is made, to traffic.
type sides struct {
	u        *universe
	s        *space
	sets     []bitset.Bits // every set of peers that a criterion makes
	seen     map[bitset.Identity]bool
	cuts     map[uint32]bool // where source ports are cut
	named    map[namedPort][]portSet
	services map[*model.Service][]portSet
	// addresses is each Service's backends, whatever their ports.
	addresses map[*model.Service]match
}

func newSides(u *universe) *sides {
	c := &sides{
		u: u, seen: map[bitset.Identity]bool{}, cuts: map[uint32]bool{},
		named: map[namedPort][]portSet{}, services: map[*model.Service][]portSet{},
		addresses: map[*model.Service]match{},
	}
	c.note(match{u.family[0], u.family[1]})
	c.note(match{u.floating[0], u.floating[1]})
	return c
}

// note remembers sets of peers, for the space to tell apart.
func (c *sides) note(m match) {
	for _, b := range []bitset.Bits{m.must, m.may} {
		if id := b.Identity(); !c.seen[id] {
			c.seen[id] = true
			c.sets = append(c.sets, b)
		}
	}
}

// prepare notes everything that a rule's criteria tell apart.
func (c *sides) prepare(r *model.Rule) {
	for _, side := range []*model.Side{&r.Match.Source, &r.Match.Destination} {
		for _, sel := range []*selector.Selector{side.Selector, side.NotSelector} {
			if sel != nil {
				c.note(c.u.selected(sel))
			}
		}
		for _, n := range side.Nets {
			c.note(c.u.net(n.Prefix))
		}
		for _, n := range side.NotNets {
			c.note(c.u.net(n.Prefix))
		}
		if side.Service != nil {
			c.notePorts(c.serviceSets(side.Service))
			c.note(c.serviceAddresses(side.Service))
		}
		source := side == &r.Match.Source
		for _, ports := range [][]model.PortMatch{side.Ports, side.NotPorts} {
			for _, p := range ports {
				if p.Name == "" && source {
					c.cuts[uint32(p.First)], c.cuts[uint32(p.Last)+1] = true, true
				}
				if p.Name != "" {
					sets := c.namedSets(side.Selector, p.Name, protosOf(&r.Match, c.u.cluster.Version))
					c.notePorts(sets)
					if source {
						c.cutAt(sets)
					}
				}
			}
		}
	}
}

func (c *sides) notePorts(sets []portSet) {
	for _, s := range sets {
		for _, m := range s.ports {
			c.note(m)
		}
	}
}

func (c *sides) cutAt(sets []portSet) {
	for _, s := range sets {
		for p := range s.ports {
			c.cuts[uint32(p)], c.cuts[uint32(p)+1] = true, true
		}
	}
}

// protosOf is the protocols with ports that a rule is about. A named port on a rule without
// protocol means TCP (felix/calc/rule_scanner.go:389-398, v3.31.0).
func protosOf(m *model.Match, v model.Version) []flow.Proto {
	if m.Protocol != nil {
		return []flow.Proto{*m.Protocol}
	}
	if v >= model.V332 {
		return []flow.Proto{flow.TCP, flow.UDP, flow.SCTP}
	}
	return []flow.Proto{flow.TCP}
}

// namedSets is the endpoints that declare a port by name, of those that the selector matches
// (felix/labelindex/named_port_index.go, v3.31.0); nil matches all.
func (c *sides) namedSets(sel *selector.Selector, name string, protos []flow.Proto) []portSet {
	key := namedPort{sel, name, fmt.Sprint(protos)}
	if out, ok := c.named[key]; ok {
		return out
	}
	matched := match{c.u.all, c.u.all}
	if sel != nil {
		matched = c.u.things(sel)
	}
	var out []portSet
	for _, proto := range protos {
		set := portSet{proto, map[uint16]match{}}
		for i := range c.u.own(matched.may).All() {
			for _, p := range c.u.endpoints[i].Ports {
				if p.Name == name && p.Proto == proto {
					set.add(c.u, i, p.Number, matched.must.Has(i))
				}
			}
		}
		out = append(out, set)
	}
	c.named[key] = out
	return out
}

// add puts endpoint i, wherever it is, into the set for a port.
func (s *portSet) add(u *universe, i int, port uint16, certain bool) {
	at := bitset.New(len(u.peers))
	at.Add(i)
	m := match{at, at}.or(u.elsewhere[i])
	if !certain {
		m.must = bitset.Bits{}
	}
	s.ports[port] = s.ports[port].or(m)
}

// serviceSets is the backends of a Service with their ports, ready or not (felix/serviceindex/serviceindex.go:193-237, v3.31.0).
func (c *sides) serviceSets(sm *model.ServiceMatch) []portSet {
	if sm.Service == nil {
		return nil
	}
	if out, ok := c.services[sm.Service]; ok {
		return out
	}
	var out []portSet
	for _, proto := range []flow.Proto{flow.TCP, flow.UDP, flow.SCTP} {
		set := portSet{proto, map[uint16]match{}}
		for _, b := range sm.Service.Backends {
			if b.Proto == proto && b.Port != 0 {
				set.ports[b.Port] = set.ports[b.Port].or(c.u.at(b.Peer))
			}
		}
		if len(set.ports) > 0 {
			out = append(out, set)
		}
	}
	c.services[sm.Service] = out
	return out
}

// serviceAddresses is all that its EndpointSlices list, whatever the ports, which is what a source matches
// (felix/serviceindex/serviceindex.go:238-253, v3.31.0).
func (c *sides) serviceAddresses(sm *model.ServiceMatch) match {
	if sm.Service == nil {
		return match{}
	}
	m, ok := c.addresses[sm.Service]
	if !ok {
		for _, b := range sm.Service.Backends {
			m = m.or(c.u.at(b.Peer))
		}
		c.addresses[sm.Service] = m
	}
	return m
}

// at is where one end of a connection is, as a match.
func (u *universe) at(p model.Peer) match {
	at := bitset.New(len(u.peers))
	for _, i := range u.peersOf(p) {
		at.Add(i)
	}
	return match{at, at}
}

// peersOf is where one end of a connection is: every peer at its address, or the endpoint itself.
func (u *universe) peersOf(p model.Peer) []int {
	if p.Addr.IsValid() {
		var out []int
		lo, hi := u.between(p.Addr, p.Addr)
		for _, x := range u.addresses[lo:hi] {
			if last := u.peers[x.peer].last; !last.IsValid() || last == p.Addr {
				out = append(out, x.peer)
			}
		}
		return out
	}
	return u.byEndpoint[p.Endpoint]
}

// peers is who meets the criteria of a side, but for ports, and for the Service of a destination.
func (c *sides) peers(side *model.Side, source bool) match {
	peers := match{c.u.all, c.u.all}
	if side.Selector != nil {
		peers = peers.and(c.u.selected(side.Selector))
	}
	if side.NotSelector != nil {
		peers = peers.minus(c.u.selected(side.NotSelector))
	}
	if len(side.Nets) > 0 {
		peers = peers.and(c.u.anyNet(side.Nets))
	}
	peers = peers.minus(c.u.anyNet(side.NotNets))
	if side.Service != nil && source {
		peers = peers.and(c.serviceAddresses(side.Service))
	}
	return peers
}

// side is the traffic whose end, on that side, meets the rule's criteria.
func (c *sides) side(r *model.Rule, side *model.Side) traffic {
	source := side == &r.Match.Source
	out := c.spread(c.peers(side, source))
	if side.Service != nil && !source {
		out = out.intersect(c.toPorts(c.serviceSets(side.Service)))
	}
	if len(side.Ports) > 0 {
		out = out.intersect(c.ports(r, side, side.Ports, source))
	}
	if len(side.NotPorts) > 0 {
		out = out.minus(c.ports(r, side, side.NotPorts, source))
	}
	return out
}

// spread is all traffic of the peers.
func (c *sides) spread(m match) traffic {
	may := pktset.Rect(c.s.columns(m.may), pktset.Everything)
	if m.exact() {
		return exactly(may)
	}
	return traffic{pktset.Rect(c.s.columns(m.must), pktset.Everything), may}
}

// ports is the traffic that has one of the ports on the side.
func (c *sides) ports(r *model.Rule, side *model.Side, ports []model.PortMatch, source bool) traffic {
	protos := []flow.Proto{flow.TCP, flow.UDP, flow.SCTP}
	if r.Match.Protocol != nil {
		protos = []flow.Proto{*r.Match.Protocol}
	}
	var out traffic
	var ranges []pktset.Range
	for _, p := range ports {
		if p.Name != "" {
			sets := c.namedSets(side.Selector, p.Name, protosOf(&r.Match, c.u.cluster.Version))
			if source {
				out = out.union(c.atPorts(sets))
			} else {
				out = out.union(c.toPorts(sets))
			}
			continue
		}
		for _, proto := range protos {
			ranges = append(ranges, pktset.Range{First: pktset.Point(proto, p.First), Last: pktset.Point(proto, p.Last)})
		}
	}
	if !source {
		return out.union(exactly(pktset.Rect(c.s.full, ranges...)))
	}
	cols := c.s.fromPorts(ports)
	for _, proto := range protos {
		out = out.union(c.fromKnown(exactly(pktset.Rect(cols, pktset.Of(proto)))))
	}
	return out
}

// fromKnown forgets what is certain about source ports where they are too many to be told apart.
func (c *sides) fromKnown(t traffic) traffic {
	if c.s.coarse {
		t.must = pktset.Set{}
	}
	return t
}

// toPorts is the traffic to the peers at their ports.
func (c *sides) toPorts(sets []portSet) traffic {
	var out traffic
	for _, s := range sets {
		for port, m := range s.ports {
			at := pktset.Range{First: pktset.Point(s.proto, port), Last: pktset.Point(s.proto, port)}
			out = out.union(traffic{pktset.Rect(c.s.columns(m.must), at), pktset.Rect(c.s.columns(m.may), at)})
		}
	}
	return out
}

// atPorts is the traffic from the peers at their ports.
func (c *sides) atPorts(sets []portSet) traffic {
	var out traffic
	for _, s := range sets {
		for port, m := range s.ports {
			out = out.union(c.fromKnown(traffic{
				pktset.Rect(c.s.withPort(c.s.columns(m.must), port), pktset.Of(s.proto)),
				pktset.Rect(c.s.withPort(c.s.columns(m.may), port), pktset.Of(s.proto)),
			}))
		}
	}
	return out
}
