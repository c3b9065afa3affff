package checks

import (
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
)

// cause is what a person would change so that workloads can resolve names, and all whom that helps.
type cause struct {
	policy    *model.Policy
	rule      *model.Rule // the Deny rule; nil: the policy isolates, and no rule helps
	direction model.Direction
	cuts      []*cut // real workloads first
}

func (c *cause) clients() []*model.Endpoint {
	var out []*model.Endpoint
	for _, x := range c.cuts {
		out = append(out, x.client)
	}
	return out
}

// closed says that none of the clients may send anything at all, as where somebody just denies everything.
func (c *cause) closed() bool {
	return c.direction == model.Egress && !slices.ContainsFunc(c.cuts, func(x *cut) bool { return !x.nothing })
}

// part is what it rests on: the Deny rule, or all that the policy has for the direction.
func (c *cause) part() diag.Part {
	if c.rule != nil {
		return part(c.policy, c.rule.At)
	}
	return inDirection(c.policy, c.direction)
}

// beside: a rule that is not what is written explains what it denies, but not what is lacking beside it; and
// one with the wrong port explains all where, with the right one, names would be resolved over both protocols.
func (c *cause) beside(a *eval.Analysis) []string {
	var out []string
	if c.rule == nil {
		out = misread()
	}
	if c.rule != nil || slices.ContainsFunc(c.cuts, func(x *cut) bool { return !x.wrongPort(a) }) {
		out = append(out, "dns-port-after-dnat")
	}
	return out
}

// wrongPort says whether rules would let the client ask over UDP and over TCP if they named the port of the DNS pods.
func (x *cut) wrongPort(a *eval.Analysis) bool {
	for _, proto := range []flow.Proto{flow.UDP, flow.TCP} {
		open := false
		for v := range dnsVisits(a.Cluster, x.client, proto) {
			open = open || decision(a, v.packet, x.direction).Verdict == model.Allowed || wouldAllow(a, v, x.direction) != nil
		}
		if !open {
			return false
		}
	}
	return true
}

// podAddresses is what says whether pods have private addresses.
const podAddresses = "where pods get their addresses: podCIDRs in the settings, or an IPPool of the cluster in its context"

// settle is what would say whether an unknown cut is one: what a Deny rule is about, or else the labels by which
// the namespace of the DNS pods may be one of those that a rule is for.
func (x *cut) settle() string {
	switch {
	case x.decided.Verdict != model.Unknown:
		return ""
	case x.decided.By.Rule != nil:
		return podAddresses
	}
	return fmt.Sprintf("the labels of namespace %s, as in an export of the cluster: --context", x.visit.service.Namespace)
}

// causesOf finds the fewest causes: Deny rules, and of the policies that isolate in a tier those that
// explain the most.
func causesOf(a *eval.Analysis, cuts []*cut, helped bool) []*cause {
	type deny struct {
		policy *model.Policy
		at     string
	}
	var out []*cause
	denies := map[deny]*cause{}
	var rest []*cut
	for _, x := range cuts {
		if x.decided.By.Rule == nil {
			rest = append(rest, x)
			continue
		}
		key := deny{x.decided.By.Rule.Policy, x.decided.By.Rule.At}
		if denies[key] == nil {
			denies[key] = &cause{policy: x.decided.By.Rule.Policy, rule: x.decided.By.Rule, direction: x.direction}
			out = append(out, denies[key])
		}
		denies[key].cuts = append(denies[key].cuts, x)
	}
	return append(out, isolations(a, rest, helped)...)
}

// isolation is a policy that isolates an end of cuts.
type isolation struct {
	cause
	spares bool // it also isolates workloads that can resolve names, so somebody helped those
}

// isolations explains cuts at the ends of tiers.
func isolations(a *eval.Analysis, cuts []*cut, helped bool) []*cause {
	all := isolating(a, cuts)
	isCut := map[*model.Endpoint]bool{}
	for _, x := range cuts {
		isCut[x.client] = true
	}
	for _, i := range all {
		i.spares = helped && i.direction == model.Egress && slices.ContainsFunc(dnsClients(a.Cluster, a.Selected(i.policy)),
			func(e *model.Endpoint) bool { return !isCut[e] })
	}
	var out []*cause
	done := map[*cut]bool{}
	for len(done) < len(cuts) {
		var best *isolation
		for _, i := range all {
			i.cuts = slices.DeleteFunc(i.cuts, func(x *cut) bool { return done[x] })
			if len(i.cuts) > 0 && (best == nil || i.betterThan(best)) {
				best = i
			}
		}
		for _, x := range best.cuts {
			done[x] = true
		}
		out = append(out, &cause{policy: best.policy, direction: best.direction, cuts: slices.Clone(best.cuts)})
	}
	return out
}

// isolating is the policies that isolate the ends of cuts, in evaluation order: those under
// review, or if there is none the one that the evaluation names.
func isolating(a *eval.Analysis, cuts []*cut) []*isolation {
	type key struct {
		policy    *model.Policy
		direction model.Direction
	}
	found := map[key]*isolation{}
	var out []*isolation
	for _, x := range cuts {
		local := x.visit.packet.Local(x.direction).Endpoint
		var policies []*model.Policy
		for _, p := range a.Chain(local, x.direction).Policies() {
			if p.Tier == x.decided.By.Tier && p.Reviewed() {
				policies = append(policies, p)
			}
		}
		if len(policies) == 0 {
			policies = []*model.Policy{x.decided.By.Policy}
		}
		for _, p := range policies {
			k := key{p, x.direction}
			if found[k] == nil {
				found[k] = &isolation{cause: cause{policy: p, direction: x.direction}}
				out = append(out, found[k])
			}
			found[k].cuts = append(found[k].cuts, x)
		}
	}
	return out
}

// betterThan prefers a policy that spares nobody, then one that explains more, then one with rules:
// an allow-list that forgot DNS rather than the default deny beside it.
func (i *isolation) betterThan(o *isolation) bool {
	switch {
	case i.spares != o.spares:
		return o.spares
	case len(i.cuts) != len(o.cuts):
		return len(i.cuts) > len(o.cuts)
	}
	return len(i.policy.Rules[i.direction]) > 0 && len(o.policy.Rules[o.direction]) == 0
}
