// Package refeval decides one connection by walking tiers, policies and rules in order, as Calico
// v3.31.0 would, and keeps a trace of the way. It is slow and plain on purpose: it shares nothing
// with the set algebra of package eval, so that each can be checked against the other.
//
// What it follows: felix/rules/endpoints.go (tiers and profiles of an endpoint),
// felix/rules/policy.go (rules), felix/calc/rule_scanner.go (selectors and named ports) and
// felix/labelindex/named_port_index.go (what is at an address), all v3.31.0.
package refeval

import (
	"net/netip"
	"slices"
	"sync"

	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// Evaluator decides connections in one cluster. It may be used by several goroutines.
type Evaluator struct {
	cluster *model.Cluster
	// at is the endpoints at each known address, host endpoints first, otherwise by ID. Pods on
	// their node's network are not there: no selector matches them.
	at       map[netip.Addr][]*model.Endpoint
	selected sync.Map // localEnd to []tier
	possible sync.Map // namespace to policies by tier, [][]*model.Policy
	// inNamespace is, for each tier, the numbers of its policies by namespace, global ones under "".
	inNamespace []map[string][]int
}

// New prepares a cluster.
func New(c *model.Cluster) *Evaluator {
	e := &Evaluator{cluster: c, at: map[netip.Addr][]*model.Endpoint{}}
	for _, t := range []model.EndpointType{model.Host, model.Workload} {
		for _, ep := range c.Endpoints {
			if ep.Type != t {
				continue
			}
			for _, a := range ep.Addrs {
				e.at[a] = append(e.at[a], ep)
			}
		}
	}
	for _, t := range c.Tiers {
		in := map[string][]int{}
		for i, p := range t.Policies {
			in[p.Namespace] = append(in[p.Namespace], i)
		}
		e.inNamespace = append(e.inNamespace, in)
	}
	return e
}

// Decide decides one connection in a cluster. For many, make an Evaluator.
func Decide(c *model.Cluster, p model.Packet) Trace { return New(c).Decide(p) }

// Decide decides one connection at both of its ends, each whatever the other says.
func (e *Evaluator) Decide(p model.Packet) Trace {
	v := e.view(&p)
	t := Trace{Packet: p}
	for _, d := range []model.Direction{model.Ingress, model.Egress} {
		t.Ends[d] = e.end(v, d)
	}
	return t
}

// DecideAt decides one connection at one of its ends.
func (e *Evaluator) DecideAt(p model.Packet, d model.Direction) End { return e.end(e.view(&p), d) }

// end decides at one end.
func (e *Evaluator) end(v *view, d model.Direction) End {
	exempt, decision := e.ownNode(v.packet, d)
	if exempt == selector.Yes {
		return End{Direction: d, Decision: decision}
	}
	out := e.byPolicy(v, d)
	if exempt == selector.Maybe && out.Decision.Verdict != decision.Verdict {
		out.Possible = append(out.Possible, decision)
		out.Decision = model.Decision{Verdict: model.Unknown, By: notPlaced(v.packet)}
	}
	return out
}

// byPolicy decides at one end by the policies that apply there.
func (e *Evaluator) byPolicy(v *view, d model.Direction) End {
	local := v.packet.Local(d)
	out := End{Direction: d, Endpoint: e.policed(local)}
	if out.Endpoint == nil && e.guarded(local) {
		out.Decision = model.Decision{Verdict: model.Unknown, By: model.By{Kind: model.ByUnknown, Gap: "which host endpoint, if any, that node has (node:NAME says which node)"}}
		return out
	}
	if out.Endpoint == nil {
		out.Decision = model.Decision{Verdict: model.Allowed, By: model.By{Kind: model.ByNoPolicy}}
		return out
	}
	w := &walk{cluster: e.cluster, view: v, end: &out, tiers: e.tiers(out.Endpoint, d)}
	if out.Endpoint.Type == model.Host {
		w.host()
	} else {
		w.workload()
	}
	w.conclude()
	return out
}

// policed returns the endpoint whose policy applies at an end, if any. Pods on their node's network
// are known by its address alone, as everything that is no pod is.
func (e *Evaluator) policed(p model.Peer) *model.Endpoint {
	if p.Endpoint != nil && p.Endpoint.Type != model.HostNetwork {
		return p.Endpoint
	}
	if owners := e.at[p.Addr]; len(owners) > 0 {
		return owners[0]
	}
	if p.IsNode() && p.Endpoint.Name != "" {
		return e.hostOf(p.Endpoint.Name)
	}
	return nil
}

// tier is the policies of a tier that select an endpoint, or may, for all classes of a host endpoint.
type tier struct {
	*model.Tier
	policies []chosen
}

// chosen is a policy and whether it selects the endpoint at hand: Yes or Maybe.
type chosen struct {
	*model.Policy
	selects selector.Answer
}

// localEnd is the end of a connection at which policies apply.
type localEnd struct {
	endpoint  *model.Endpoint
	direction model.Direction
}

// tiers returns the tiers that have policies for an endpoint in a direction, in evaluation order. A host endpoint's
// are those for both: what its failsafe ports are depends on policies for either.
func (e *Evaluator) tiers(ep *model.Endpoint, d model.Direction) []tier {
	at := localEnd{ep, d}
	if known, ok := e.selected.Load(at); ok {
		return known.([]tier)
	}
	out := make([]tier, 0, len(e.cluster.Tiers))
	for i, policies := range e.policiesFor(ep.Namespace) {
		in := tier{Tier: e.cluster.Tiers[i], policies: make([]chosen, 0, min(len(policies), 16))}
		for _, p := range policies {
			if p.Staged || !p.Governs[d] && ep.Type != model.Host {
				continue
			}
			if a := p.Selector.Match(ep.Labels); a != selector.No {
				in.policies = append(in.policies, chosen{p, a})
			}
		}
		if len(in.policies) > 0 {
			out = append(out, in)
		}
	}
	e.selected.Store(at, out)
	return out
}

// policiesFor is the policies of each tier, in order, that may be for a namespace: a namespaced one's selector
// asks for its namespace. An endpoint without namespace gets the global ones.
func (e *Evaluator) policiesFor(namespace string) [][]*model.Policy {
	if known, ok := e.possible.Load(namespace); ok {
		return known.([][]*model.Policy)
	}
	out := make([][]*model.Policy, len(e.cluster.Tiers))
	for i, t := range e.cluster.Tiers {
		in := e.inNamespace[i]
		at := in[""]
		if namespace != "" {
			at = slices.Concat(at, in[namespace])
			slices.Sort(at)
		}
		out[i] = make([]*model.Policy, 0, len(at))
		for _, n := range at {
			out[i] = append(out[i], t.Policies[n])
		}
	}
	e.possible.Store(namespace, out)
	return out
}

// has says whether any of the policies is of the class.
func has(tiers []tier, c Class) bool {
	return slices.ContainsFunc(tiers, func(t tier) bool {
		return slices.ContainsFunc(t.policies, func(p chosen) bool { return classOf(p.Policy) == c })
	})
}
