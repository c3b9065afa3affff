package eval

import (
	"fmt"

	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
)

// Decide says what becomes of a packet at its source and at its destination.
func (a *Analysis) Decide(p model.Packet) (egress, ingress model.Decision) {
	return a.DecideAt(p, model.Egress), a.DecideAt(p, model.Ingress)
}

// DecideAt says what becomes of a packet at one end.
func (a *Analysis) DecideAt(p model.Packet, d model.Direction) model.Decision {
	local := a.policed(p.Local(d))
	c := a.Chain(local, d)
	if c == nil {
		return model.Decision{Verdict: model.Allowed, By: model.By{Kind: model.ByNoPolicy}}
	}
	at, col := a.point(p, d)
	v := c.verdict(at, col)
	if v == model.Unknown {
		return model.Decision{Verdict: v, By: a.whyUnknown(c, local, p, at, col)}
	}
	return model.Decision{Verdict: v, By: a.decider(c, local, at, col)}
}

// VerdictAt is the verdict of DecideAt alone, which is quicker than who decides it.
func (a *Analysis) VerdictAt(p model.Packet, d model.Direction) model.Verdict {
	c := a.Chain(a.policed(p.Local(d)), d)
	if c == nil {
		return model.Allowed
	}
	return c.verdict(a.point(p, d))
}

// verdict is what becomes of a point of the chain's traffic.
func (c *Chain) verdict(at pktset.L4, col int) model.Verdict {
	switch allowed, denied := c.Allowed.Has(at, col), c.Denied.Has(at, col); {
	case allowed && denied:
		return model.Unknown
	case allowed:
		return model.Allowed
	}
	return model.Denied
}

// point is where a packet is in the traffic that one end sees.
func (a *Analysis) point(p model.Packet, d model.Direction) (at pktset.L4, col int) {
	return pointOf(p), a.space.column(a.peerOf(p.Remote(d)), p.SrcPort)
}

// policed is the endpoint whose policy applies at an end; nil if none does.
func (a *Analysis) policed(p model.Peer) *model.Endpoint {
	if p.Endpoint != nil && p.Endpoint.Type != model.HostNetwork {
		return p.Endpoint
	}
	if p.Addr.IsValid() {
		return a.Endpoint(p.Addr)
	}
	return nil
}

// peerOf is the number of the peer that an end is.
func (a *Analysis) peerOf(p model.Peer) int {
	if p.Addr.IsValid() {
		return a.u.peerAt(p.Addr)
	}
	return a.u.byEndpoint[p.Endpoint][0]
}

func pointOf(p model.Packet) pktset.L4 {
	switch {
	case p.Proto.HasPorts():
		return pktset.Point(p.Proto, p.DstPort)
	case p.Proto == flow.ICMP || p.Proto == flow.ICMPv6:
		return pktset.Point(p.Proto, uint16(p.ICMPType)<<8|uint16(p.ICMPCode))
	}
	return pktset.Point(p.Proto, 0)
}

// decider is the first that certainly decides the point, or else the first that may. Where the verdict is
// certain and something on the way is not, others may decide it to the same end: a Deny rule whose
// addresses may be those of the peer is not to blame for what is denied without it.
func (a *Analysis) decider(c *Chain, local *model.Endpoint, at pktset.L4, col int) model.By {
	for _, certainly := range []bool{true, false} {
		if by, found := a.firstDecider(c, at, col, certainly); found {
			return by
		}
	}
	return a.profileOf(local).By
}

func (a *Analysis) firstDecider(c *Chain, at pktset.L4, col int, certainly bool) (by model.By, found bool) {
	for _, s := range c.path {
		if certainly && !s.Certain && s.kind != failsafeStep {
			continue
		}
		for _, u := range s.Uses {
			if u.Rule.Action == model.Log || u.Rule.Action == model.Pass || !u.Live.Has(at, col) ||
				certainly && !a.matches(u).must.Has(at, col) {
				continue
			}
			if u.Rule.Policy.DoNotTrack {
				return model.By{Kind: model.ByUntracked, Rule: u.Rule}, true
			}
			return model.By{Kind: model.ByRule, Rule: u.Rule}, true
		}
		if s.Dropped.Has(at, col) {
			return c.End(s), true
		}
		if s.kind == failsafeStep && s.state.allowed.Has(at, col) && !(certainly && s.state.fresh.Has(at, col)) {
			return model.By{Kind: model.ByFailsafe}, true
		}
	}
	return model.By{}, false
}

// End is the end of a tier, which is one of the chain's steps, as a decider: with the last policy of the
// tier that isolates.
func (c *Chain) End(s *Step) model.By {
	by := model.By{Kind: model.ByEndOfTier, Tier: s.Tier}
	for _, p := range c.path {
		if p.Policy != nil && p.Tier == s.Tier && (p.Certain || by.Policy == nil) {
			by.Policy = p.Policy
		}
	}
	return by
}

// whyUnknown names the first thing on the way of which the inputs do not say whether it decides.
func (a *Analysis) whyUnknown(c *Chain, local *model.Endpoint, p model.Packet, at pktset.L4, col int) model.By {
	by := model.By{Kind: model.ByUnknown}
	for _, s := range c.path {
		for _, u := range s.Uses {
			if !u.Live.Has(at, col) || u.Rule.Action == model.Log {
				continue
			}
			by.Rule, by.Policy, by.Tier = u.Rule, s.Policy, s.Tier
			if !s.Certain {
				by.Gap = whySelected(s.Policy, local)
				return by
			}
			if !a.matches(u).must.Has(at, col) {
				by.Gap = fmt.Sprintf("whether rule %d of %s matches depends on addresses or labels that are not in the files%s", u.Rule.Index, s.Policy, model.SettleRule(u.Rule, p))
				return by
			}
			if s.Tier.Elsewhere {
				by.Gap = whyElsewhere(s.Tier)
				return by
			}
		}
		if s.kind == failsafeStep && s.state.allowed.Has(at, col) {
			by.Gap = "whether a failsafe port is open to the other end depends on its address, which is not in the files"
			return by
		}
		if s.kind == tierEnd && (!s.Certain || s.Tier.Elsewhere) && s.Dropped.Has(at, col) {
			e := c.End(s)
			by.Tier, by.Policy = s.Tier, e.Policy
			if by.Gap = whyElsewhere(s.Tier); !s.Certain {
				by.Gap = whySelected(e.Policy, local)
			}
			return by
		}
	}
	by.Gap = "it depends on labels or addresses that are not in the files"
	return by
}

func whyElsewhere(t *model.Tier) string {
	return fmt.Sprintf("which tiers come before tier %s, and what its end does, is in no file (Tier %[1]s would say)", t.Name)
}

func whySelected(p *model.Policy, e *model.Endpoint) string {
	return fmt.Sprintf("whether %s selects %s depends on labels that are not in the files%s", p, e, model.SettleSelector(p.Selector, e))
}
