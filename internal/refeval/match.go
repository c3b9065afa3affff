package refeval

import (
	"slices"

	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// verdict is the answer so far to whether a rule matches, and the criterion that made it so.
type verdict struct {
	answer selector.Answer
	why    Criterion
}

// and adds a criterion. It returns false once the rule cannot match.
func (m *verdict) and(a selector.Answer, name, at string) bool {
	if a < m.answer {
		m.answer, m.why = a, Criterion{name, at}
	}
	return m.answer != selector.No
}

// match says whether a rule matches the packet: whether all of its criteria hold.
func (v *view) match(r *model.Rule) (selector.Answer, Criterion) {
	m := verdict{answer: selector.Yes}
	if m.and(selector.Is(r.Match.Never == ""), "rule as Calico programs it", r.At) &&
		m.and(selector.Is(v.versionMatches(&r.Match)), "IP version", r.At) &&
		m.and(selector.Is(v.protocolMatches(&r.Match)), "protocol", r.At) &&
		m.and(selector.Is(v.icmpMatches(&r.Match)), "ICMP type", r.At) &&
		v.side(&m, r, &r.Match.Source, "source ") {
		v.side(&m, r, &r.Match.Destination, "destination ")
	}
	return m.answer, m.why
}

// versionMatches: a rule may be for one IP version, and is not there for a version that one of its
// lists of nets has nothing of (felix/rules/policy.go:128-210, v3.31.0).
func (v *view) versionMatches(m *model.Match) bool {
	if m.IPVersion != 0 && m.IPVersion != v.version {
		return false
	}
	for _, nets := range [][]model.Net{m.Source.Nets, m.Source.NotNets, m.Destination.Nets, m.Destination.NotNets} {
		if len(nets) > 0 && !slices.ContainsFunc(nets, v.ofVersion) {
			return false
		}
	}
	return true
}

func (v *view) protocolMatches(m *model.Match) bool {
	p := v.packet.Proto
	return (m.Protocol == nil || *m.Protocol == p) && (m.NotProtocol == nil || *m.NotProtocol != p)
}

// icmpMatches: a packet of another protocol meets neither a condition on ICMP types nor its opposite.
func (v *view) icmpMatches(m *model.Match) bool {
	if m.ICMP == nil && m.NotICMP == nil {
		return true
	}
	if v.version == 4 && v.packet.Proto != flow.ICMP || v.version == 6 && v.packet.Proto != flow.ICMPv6 {
		return false
	}
	return (m.ICMP == nil || v.hasType(m.ICMP)) && (m.NotICMP == nil || !v.hasType(m.NotICMP))
}

func (v *view) hasType(i *model.ICMP) bool {
	return i.Type == v.packet.ICMPType && (i.Code == nil || *i.Code == v.packet.ICMPCode)
}

// side adds what the rule says of one end.
func (v *view) side(m *verdict, r *model.Rule, s *model.Side, name string) bool {
	e := &v.source
	if s == &r.Match.Destination {
		e = &v.dst
	}
	if s.Selector != nil && !m.and(e.selected(s.Selector), name+"selector", s.SelectorAt) ||
		s.NotSelector != nil && !m.and(e.selected(s.NotSelector).Not(), name+"notSelector", s.SelectorAt) ||
		len(s.Nets) > 0 && !m.and(v.in(e.peer, s.Nets), name+"nets", s.Nets[0].At) ||
		len(s.NotNets) > 0 && !m.and(v.in(e.peer, s.NotNets).Not(), name+"notNets", s.NotNets[0].At) {
		return false
	}
	if s.Service != nil && !m.and(v.backend(e, s.Service), name+"service", s.Service.At) {
		return false
	}
	if len(s.Ports) > 0 && !m.and(v.ports(r, s, e, s.Ports), name+"ports", s.Ports[0].At) {
		return false
	}
	return len(s.NotPorts) == 0 || m.and(v.noneOfPorts(r, s, e), name+"notPorts", s.NotPorts[0].At)
}

// ports says whether the end's port is one of those listed.
func (v *view) ports(r *model.Rule, s *model.Side, e *end, ports []model.PortMatch) selector.Answer {
	a := selector.No
	for _, p := range ports {
		switch {
		case p.Name != "":
			a = max(a, v.namedPort(r, s, e, p.Name))
		case v.packet.Proto.HasPorts() && p.First <= e.port && e.port <= p.Last:
			return selector.Yes
		}
	}
	return a
}

// noneOfPorts: what has no ports meets neither a condition on port numbers nor its opposite.
func (v *view) noneOfPorts(r *model.Rule, s *model.Side, e *end) selector.Answer {
	byNumber := slices.ContainsFunc(s.NotPorts, func(p model.PortMatch) bool { return p.Name == "" })
	if byNumber && !v.packet.Proto.HasPorts() {
		return selector.No
	}
	return v.ports(r, s, e, s.NotPorts).Not()
}

// namedPort says whether an endpoint here that meets the side's selector declares the end's port
// under the name, for the rule's protocol: TCP if it has none or one without ports, and from 3.32
// any if it has none (felix/calc/rule_scanner.go:389-421 and :509-528, v3.31.0).
func (v *view) namedPort(r *model.Rule, s *model.Side, e *end, name string) selector.Answer {
	proto := flow.TCP
	if p := r.Match.Protocol; p != nil && p.HasPorts() {
		proto = *p
	} else if p == nil && v.cluster.Version >= model.V332 {
		proto = v.packet.Proto
	}
	if proto != v.packet.Proto {
		return selector.No
	}
	a := selector.No
	for _, t := range e.things {
		if t.endpoint == nil || !slices.ContainsFunc(t.endpoint.Ports, func(p model.Port) bool {
			return p.Name == name && p.Proto == proto && p.Number == e.port
		}) {
			continue
		}
		matches := t.here
		if s.Selector != nil {
			matches = min(matches, s.Selector.Match(t.labels))
		}
		a = max(a, matches)
	}
	return a
}

// backend says whether the end is a backend of a Service, ready or not: for a destination at the
// backend's port, for a source at any (felix/serviceindex/serviceindex.go:193-253, v3.31.0).
func (v *view) backend(e *end, m *model.ServiceMatch) selector.Answer {
	if m.Service == nil {
		return selector.No
	}
	for _, b := range m.Service.Backends {
		portMatches := e == &v.source || b.Proto == v.packet.Proto && b.Port == e.port
		if portMatches && b.Peer.Same(e.peer) {
			return selector.Yes
		}
	}
	return selector.No
}
