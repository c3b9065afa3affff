package eval

import (
	"github.com/tierlint/tierlint/internal/bitset"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
)

// compiler turns rules into traffic.
type compiler struct {
	*sides
	remotes map[*model.Rule]traffic
	locals  map[localKey]traffic
	matches map[localKey]traffic
}

// localKey is a rule and the classes, for IPv4 and IPv6, of the endpoint at which it applies. For
// a rule without criteria for the local end, at is the zero value.
type localKey struct {
	rule *model.Rule
	at   localClass
}

// localClass is one more than the classes of an endpoint's IPv4 and IPv6 address; 0: it has none.
type localClass [2]int

func newCompiler(s *sides) *compiler {
	return &compiler{s, map[*model.Rule]traffic{}, map[localKey]traffic{}, map[localKey]traffic{}}
}

// localSide is the end of the rule at which its policy applies.
func localSide(r *model.Rule) *model.Side {
	if r.Direction == model.Egress {
		return &r.Match.Source
	}
	return &r.Match.Destination
}

func remoteSide(r *model.Rule) *model.Side {
	if r.Direction == model.Egress {
		return &r.Match.Destination
	}
	return &r.Match.Source
}

// dependsOnLocal says whether a rule may match at one endpoint and not at another. Ports by
// number at the local end, the usual case in ingress rules, are the same at every one.
func dependsOnLocal(r *model.Rule) bool {
	side := *localSide(r)
	for _, ports := range [][]model.PortMatch{side.Ports, side.NotPorts} {
		for _, p := range ports {
			if p.Name != "" {
				return true
			}
		}
	}
	side.Ports, side.NotPorts = nil, nil
	return !side.Any()
}

// match is the traffic that a rule matches at an endpoint.
func (c *compiler) match(r *model.Rule, at localClass) traffic {
	key := localKey{r, at}
	if !dependsOnLocal(r) {
		key.at = localClass{}
	}
	if m, ok := c.matches[key]; ok {
		return m
	}
	m := c.remote(r)
	if local := localSide(r); !local.Any() {
		m = m.intersect(c.local(key))
	}
	c.matches[key] = m
	return m
}

// remote is what the rule says of everything but the local end.
func (c *compiler) remote(r *model.Rule) traffic {
	if m, ok := c.remotes[r]; ok {
		return m
	}
	m := traffic{}
	if r.Match.Never == "" {
		m = exactly(c.carried(&r.Match))
		if remote := remoteSide(r); !remote.Any() {
			m = m.intersect(c.side(r, remote))
		}
	}
	c.remotes[r] = m
	return m
}

// local is what the rule says of the local end.
func (c *compiler) local(key localKey) traffic {
	if m, ok := c.locals[key]; ok {
		return m
	}
	side := c.side(key.rule, localSide(key.rule))
	m := side
	if key.at != (localClass{}) {
		m = traffic{}
		for f, class := range key.at {
			if class == 0 {
				continue
			}
			peer := c.s.first[class-1]
			family := c.s.columns(c.u.family[f])
			may := c.s.row(side.may, peer).Within(family)
			must := may
			if !side.exact() {
				must = c.s.row(side.must, peer).Within(family)
			}
			m = m.union(traffic{must, may})
		}
	}
	c.locals[key] = m
	return m
}

// carried is the traffic of the IP version, protocol and ICMP types that a rule matches.
func (c *compiler) carried(m *model.Match) pktset.Set {
	if m.IPVersion == 0 && m.ICMP == nil && m.NotICMP == nil {
		return pktset.Rect(c.s.full, protocols(m, flow.ICMP)...)
	}
	var out pktset.Set
	for f, icmp := range []flow.Proto{flow.ICMP, flow.ICMPv6} {
		if version := []uint8{4, 6}[f]; m.IPVersion != 0 && m.IPVersion != version {
			continue
		}
		out = out.Union(pktset.Rect(c.s.columns(c.u.family[f]), protocols(m, icmp)...))
	}
	return out
}

// protocols is the protocols and ICMP types that a rule matches where icmp is the ICMP of the IP
// version. A condition on ICMP types holds for no other protocol, nor does its opposite.
func protocols(m *model.Match, icmp flow.Proto) []pktset.Range {
	out := []pktset.Range{pktset.Everything}
	if m.Protocol != nil {
		out = []pktset.Range{pktset.Of(*m.Protocol)}
	}
	if m.ICMP != nil || m.NotICMP != nil {
		if m.Protocol != nil && *m.Protocol != icmp {
			return nil
		}
		out = []pktset.Range{pktset.Of(icmp)}
	}
	if m.ICMP != nil {
		out = []pktset.Range{icmpRange(icmp, m.ICMP)}
	}
	if m.NotICMP != nil {
		out = without(out, icmpRange(icmp, m.NotICMP))
	}
	if m.NotProtocol != nil {
		out = without(out, pktset.Of(*m.NotProtocol))
	}
	return out
}

func icmpRange(p flow.Proto, i *model.ICMP) pktset.Range {
	first, last := uint16(i.Type)<<8, uint16(i.Type)<<8|0xff
	if i.Code != nil {
		first, last = first|uint16(*i.Code), first|uint16(*i.Code)
	}
	return pktset.Range{First: pktset.Point(p, first), Last: pktset.Point(p, last)}
}

// without cuts a range out of ranges.
func without(rs []pktset.Range, cut pktset.Range) []pktset.Range {
	var out []pktset.Range
	for _, r := range rs {
		if r.First < cut.First {
			out = append(out, pktset.Range{First: r.First, Last: min(r.Last, cut.First-1)})
		}
		if r.Last > cut.Last {
			out = append(out, pktset.Range{First: max(r.First, cut.Last+1), Last: r.Last})
		}
	}
	return out
}

// universeOf is all traffic that an endpoint with these classes can have: of its IP versions.
func (c *compiler) universeOf(at localClass) pktset.Set {
	var cols bitset.Bits
	for f, class := range at {
		if class != 0 {
			cols = cols.Or(c.s.columns(c.u.family[f]))
		}
	}
	return pktset.Rect(cols, pktset.Everything)
}
