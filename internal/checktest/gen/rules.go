package gen

import (
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
)

// match makes a rule's criteria, such as Calico accepts. scope confines selectors to a namespace.
func (g *generator) match(scope string) model.Match {
	m := model.Match{}
	g.protocol(&m)
	ports := m.Protocol != nil && m.Protocol.HasPorts()
	version := of(g.Rand, 0, 4, 4, 6)
	if !g.IPv6 || m.IPVersion != 0 {
		version = 4
	}
	if m.IPVersion == 6 {
		version = 6
	}
	for _, s := range []*model.Side{&m.Source, &m.Destination} {
		if !g.chance(3) {
			g.side(s, scope, version, ports)
		}
		if g.chance(8) {
			s.Service = &model.ServiceMatch{Namespace: "ns0", Name: "none"}
			if !g.chance(5) {
				s.Service.Service = of(g.Rand, g.c.Services...)
			}
		}
	}
	restrict(&m)
	return m
}

func (g *generator) protocol(m *model.Match) {
	pick := func() *flow.Proto {
		p := of(g.Rand, flow.TCP, flow.TCP, flow.TCP, flow.UDP, flow.UDP, flow.SCTP, flow.UDPLite, flow.Proto(50))
		return &p
	}
	switch g.IntN(8) {
	case 0, 1:
	case 2:
		m.NotProtocol = pick()
	case 3:
		p := flow.ICMP
		m.Protocol, m.IPVersion = &p, 4
		if g.IPv6 && g.chance(2) {
			*m.Protocol, m.IPVersion = flow.ICMPv6, 6
		}
		g.icmp(m)
	default:
		m.Protocol = pick()
	}
	if g.chance(12) && m.IPVersion == 0 {
		m.IPVersion = of(g.Rand, uint8(4), uint8(6))
	}
}

func (g *generator) icmp(m *model.Match) {
	pick := func() *model.ICMP {
		i := &model.ICMP{Type: of(g.Rand, uint8(8), uint8(3), uint8(128))}
		if g.chance(2) {
			code := uint8(g.IntN(2))
			i.Code = &code
		}
		return i
	}
	if g.chance(2) {
		m.ICMP = pick()
	}
	if g.chance(3) {
		m.NotICMP = pick()
	}
}

// side makes what a rule says of one end: nets of the IP version (0: both).
func (g *generator) side(s *model.Side, scope string, version int, ports bool) {
	switch g.IntN(6) {
	case 0, 1, 2:
		s.Selector = parse(and(scope, g.expr(1)))
	case 3:
		if scope != "" { // Calico makes the namespace a positive selector, and adds the rest
			s.Selector = parse("(" + scope + ") && !(" + g.expr(1) + ")")
		} else {
			s.NotSelector = parse(g.expr(1))
		}
	}
	if g.chance(3) {
		s.Nets = g.netsOf(version)
	}
	if g.chance(5) {
		s.NotNets = g.netsOf(version)
	}
	if ports && g.chance(2) {
		s.Ports = g.ports()
	}
	if ports && g.chance(6) {
		s.NotPorts = g.ports()
	}
}

func (g *generator) netsOf(version int) []model.Net {
	n := 1 + g.IntN(3)
	if version == 0 {
		return g.someNets(n, true)
	}
	from := g.nets4
	if version == 6 {
		from = g.nets6
	}
	var out []model.Net
	for range n {
		out = append(out, model.Net{Prefix: of(g.Rand, from...)})
	}
	return out
}

func (g *generator) ports() []model.PortMatch {
	var out []model.PortMatch
	for range 1 + g.IntN(3) {
		if g.chance(3) {
			out = append(out, model.PortMatch{Name: of(g.Rand, portNames()...)})
			continue
		}
		first := of(g.Rand, append(portNumbers(), 0, 40000)...)
		last := first
		if g.chance(3) {
			last = max(first, of(g.Rand, append(portNumbers(), 65535)...))
		}
		out = append(out, model.PortMatch{First: first, Last: last})
	}
	return out
}

// restrict says for which IP versions Calico programs the rule, as the model wants it said: those
// of which each list of nets has one, and no negated list excludes all
// (felix/rules/policy.go, FilterRuleToIPVersion, v3.31.0).
func restrict(m *model.Match) {
	four, six := m.IPVersion != 6, m.IPVersion != 4
	for _, s := range []*model.Side{&m.Source, &m.Destination} {
		four = four && reaches(s.Nets, false, true) && reaches(s.NotNets, true, true)
		six = six && reaches(s.Nets, false, false) && reaches(s.NotNets, true, false)
	}
	switch {
	case !four && !six:
		m.Never = "no IP version is left"
	case !six:
		m.IPVersion = 4
	case !four:
		m.IPVersion = 6
	}
}

func reaches(nets []model.Net, negated, four bool) bool {
	any := len(nets) == 0
	for _, n := range nets {
		if n.Addr().Is4() != four {
			continue
		}
		if negated && n.Bits() == 0 {
			return false
		}
		any = true
	}
	return any
}
