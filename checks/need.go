package checks

import (
	"slices"

	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// broken is a need that policy certainly denies, by every way from who connects to what is connected to.
type broken struct {
	need      *model.Need
	packet    model.Packet // one of the ways
	direction model.Direction
	decided   model.Decision
	closed    bool // the end that denies has no traffic at all in that direction
}

// breaks is what one policy or rule denies.
type breaks struct {
	policy    *model.Policy
	rule      *model.Rule // the Deny rule; nil: the policy isolates, and no rule helps
	direction model.Direction
	all       []*broken
	settle    string // what would settle what the inputs do not say; empty if they say all
}

// breakNeed finds whether policy denies a need; nil if it does not, or the inputs do not say.
func breakNeed(c *model.Cluster, a *eval.Analysis, n *model.Need) *broken {
	var out *broken
	for _, b := range n.To {
		for _, from := range n.From {
			packet := model.Packet{Src: from, Dst: b.Peer, Proto: b.Proto, SrcPort: flow.DefaultSourcePort, DstPort: b.Port}
			if from.Endpoint != nil && from.Endpoint == b.Peer.Endpoint {
				return nil // it reaches itself
			}
			if !sameVersion(c, packet) {
				continue
			}
			egress, ingress := a.Decide(packet)
			x := &broken{need: n, packet: packet, direction: model.Egress, decided: egress}
			if egress.Verdict != model.Denied {
				x.direction, x.decided = model.Ingress, ingress
			}
			if x.decided.Verdict != model.Denied || getsThroughMesh(a, packet) {
				return nil
			}
			if out == nil {
				out = x
			}
		}
	}
	if out != nil {
		chain := a.Chain(out.packet.Local(out.direction).Endpoint, out.direction)
		if chain == nil {
			return nil
		}
		out.closed = chain.Allowed.IsEmpty()
	}
	return out
}

// getsThroughMesh says whether both ends are in an ambient mesh, and policy lets through, or may, what they send instead.
func getsThroughMesh(a *eval.Analysis, p model.Packet) bool {
	p, ok := throughMesh(p)
	if !ok {
		return false
	}
	egress, ingress := a.Decide(p)
	return egress.Verdict != model.Denied && ingress.Verdict != model.Denied
}

// sameVersion says whether both ends can have addresses of one IP version.
func sameVersion(c *model.Cluster, p model.Packet) bool {
	v := c.IPVersion(&p)
	for _, end := range []model.Peer{p.Src, p.Dst} {
		if end.Addr.IsValid() && end.Addr.Is4() != (v == 4) {
			return false
		}
	}
	return true
}

// breaksOf puts together what one policy or rule denies, in the order of the needs.
func breaksOf(a *eval.Analysis, all []*broken) []*breaks {
	type key struct {
		policy    *model.Policy
		at        string
		direction model.Direction
	}
	found := map[key]*breaks{}
	var out []*breaks
	for _, x := range all {
		k := key{direction: x.direction}
		if x.decided.By.Rule != nil {
			k.policy, k.at = x.decided.By.Rule.Policy, x.decided.By.Rule.At
		} else {
			k.policy = x.culprit(a)
		}
		if k.policy == nil {
			continue // a host endpoint without policies
		}
		if found[k] == nil {
			found[k] = &breaks{policy: k.policy, rule: x.decided.By.Rule, direction: x.direction}
			out = append(out, found[k])
		}
		found[k].all = append(found[k].all, x)
	}
	return out
}

// culprit is the policy to change where the end of a tier denies: of those that isolate in the
// tier one that is meant for the connection, but has another port or peer; otherwise the last.
func (x *broken) culprit(a *eval.Analysis) *model.Policy {
	best, most := x.decided.By.Policy, -1
	for _, p := range a.Chain(x.packet.Local(x.direction).Endpoint, x.direction).Policies() {
		if p.Tier != x.decided.By.Tier || !p.Reviewed() {
			continue
		}
		if n := x.meant(p); n >= most {
			best, most = p, n
		}
	}
	return best
}

// meant says how much a policy looks as if it was to let the connection through.
func (x *broken) meant(p *model.Policy) int {
	most := 0
	for _, r := range p.Rules[x.direction] {
		if r.Action != model.Allow {
			continue
		}
		remote := &r.Match.Source
		if x.direction == model.Egress {
			remote = &r.Match.Destination
		}
		switch {
		case x.opens(r) || x.admits(remote):
			most = max(most, 2)
		case len(r.Match.Destination.Ports) == 0 && remote.Selector != nil:
			most = max(most, 1)
		}
	}
	return most
}

// admits says whether a rule is for the other end in particular, so that only its ports are wrong.
func (x *broken) admits(remote *model.Side) bool {
	e := x.packet.Remote(x.direction).Endpoint
	matches := func(e *model.Endpoint) bool {
		return e != nil && e.Type == model.Workload && remote.Selector.Match(e.Labels) == selector.Yes
	}
	return remote.Selector != nil && matches(e) && !matches(x.packet.Local(x.direction).Endpoint)
}

// opens says whether a rule names the port of the connection, as the Service or the pods have it.
func (x *broken) opens(r *model.Rule) bool {
	return slices.ContainsFunc(r.Match.Destination.Ports, func(p model.PortMatch) bool {
		everyPort := p.First == 0 && p.Last == 65535
		return !everyPort && (p.Has(x.packet.DstPort) || x.need.Port != nil && p.Has(x.need.Port.Port))
	})
}
