package checks

import (
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
)

// TierImplicitDrop finds ends of tiers that silently drop what was meant to go on: what a later
// tier would allow, or everything that a policy with nothing but Deny or Log rules does not name.
var TierImplicitDrop = &check.Check{
	ID:       "tier-implicit-drop",
	Title:    "The end of the tier drops what no rule of it decides",
	Doc:      tierImplicitDropDoc,
	Since:    "0.1",
	Severity: diag.Warning,

	FollowsFrom: []string{"policy-types"},
	Run:         reportImplicitDrops,
}

// drop is what one policy's tier drops at its end, with one chain as the example.
type drop struct {
	policy    *model.Policy // the last of the tier that isolates
	direction model.Direction
	dropped   pktset.Set
	chain     *eval.Chain
	lost      pktset.Set
	later     *model.Rule // a rule of a later tier that would allow it; nil: the policy only denies
	endpoints []*model.Endpoint
	others    []*model.Endpoint // of which no later rule would allow anything, if it would for the endpoints
	untyped   bool              // the policy went into storage without types, and has rules for the other direction only
}

func reportImplicitDrops(p *check.Pass) error {
	a, err := p.Eval()
	if err != nil {
		return err
	}
	type cause struct {
		policy    *model.Policy
		direction model.Direction
	}
	found := map[cause]*drop{}
	var order []*drop
	ends := map[*eval.Step]tierEnd{}
	for _, chains := range a.Chains {
		for _, c := range chains {
			for i, s := range c.Steps() {
				if !s.Certain || s.Dropped.IsEmpty() {
					continue
				}
				end, known := ends[s] // which chains that begin alike share
				if !known {
					end = endOf(c, s)
					ends[s] = end
				}
				if d := end.drop(a, c, i); d != nil {
					key := cause{d.policy, c.Direction}
					if found[key] == nil {
						found[key] = d
						order = append(order, d)
					}
					found[key].add(d)
				}
			}
		}
	}
	for _, d := range order {
		if err := d.report(p, a); err != nil {
			return err
		}
	}
	return nil
}

// add puts together what one policy's tier drops, in the light of a chain that loses something by it if there is one.
func (d *drop) add(more *drop) {
	switch {
	case d.later != nil && more.later == nil:
		d.others = append(d.others, more.chain.Endpoints...)
		return
	case d.later == nil && more.later != nil:
		d.others, d.endpoints = d.endpoints, nil
		d.chain, d.dropped, d.lost, d.later, d.untyped = more.chain, more.dropped, more.lost, more.later, false
	}
	d.endpoints = append(d.endpoints, more.chain.Endpoints...)
}

// tierEnd is what may be wrong with the end of a tier, by the policies of the tier.
type tierEnd struct {
	policy     *model.Policy // the last of the tier that isolates
	mayLose    bool          // to drop the rest is not all that the policies are for, as it is of those of Kubernetes
	onlyDenies bool
	unmeant    bool
}

func endOf(c *eval.Chain, end *eval.Step) tierEnd {
	out := tierEnd{policy: c.End(end).Policy}
	var policies []*model.Policy
	for _, s := range c.Steps() {
		if s.Policy != nil && s.Tier == end.Tier {
			policies = append(policies, s.Policy)
		}
	}
	out.mayLose = slices.ContainsFunc(policies, func(p *model.Policy) bool { return p.API != model.KubernetesNetworkPolicy })
	out.onlyDenies, out.unmeant = onlyDeny(policies, c.Direction), unmeant(policies, c.Direction)
	return out
}

// drop is what the end of a tier, the nth step of a chain, denies and was hardly meant to; nil if there is no such thing.
func (e *tierEnd) drop(a *eval.Analysis, c *eval.Chain, n int) *drop {
	if !e.policy.Reviewed() || !e.mayLose && !e.onlyDenies && !e.unmeant {
		return nil
	}
	// Of what is dropped some may have been allowed before.
	d := &drop{policy: e.policy, direction: c.Direction, dropped: c.Steps()[n].Dropped.Minus(c.Allowed), chain: c}
	switch {
	case d.dropped.IsEmpty():
		return nil
	case e.mayLose && d.loses(a, c.Steps()[n+1:]):
	case e.onlyDenies || e.unmeant:
		d.lost, d.untyped = d.dropped, !e.onlyDenies
	default:
		return nil
	}
	return d
}

// loses says whether a rule of a later tier would allow some of what is dropped. The baseline
// tiers are meant to come into play only where nothing isolates, so they do not count.
func (d *drop) loses(a *eval.Analysis, later []*eval.Step) bool {
	for _, s := range later {
		for _, u := range s.Uses {
			if u.Rule.Action != model.Allow || isBaseline(u.Rule.Policy) || s.Tier.Missing {
				continue
			}
			if lost := a.Match(u).Intersect(d.dropped); !lost.IsEmpty() {
				d.lost, d.later = lost, u.Rule
				return true
			}
		}
	}
	return false
}

func isBaseline(p *model.Policy) bool {
	return p.API == model.BaselineAdminNetworkPolicy || p.API == model.ClusterNetworkPolicy && p.Tier.Order > 1e6
}

// onlyDeny says whether each policy of the tier has rules, and all of them deny or log: then the
// end of the tier denies all the rest, which such rules would not be needed for.
func onlyDeny(policies []*model.Policy, d model.Direction) bool {
	letsThrough := func(r *model.Rule) bool { return r.Action == model.Allow || r.Action == model.Pass }
	return !slices.ContainsFunc(policies, func(p *model.Policy) bool {
		return len(p.Rules[d]) == 0 || slices.ContainsFunc(p.Rules[d], letsThrough)
	})
}

// unmeant says whether the direction is isolated only because the policies went into storage without types: their
// rules are all for the other one.
func unmeant(policies []*model.Policy, d model.Direction) bool {
	return !slices.ContainsFunc(policies, func(p *model.Policy) bool {
		return !p.Raw || p.TypesWritten || len(p.Rules[d]) > 0 || len(p.Rules[1-d]) == 0
	})
}

func (d *drop) report(p *check.Pass, a *eval.Analysis) error {
	endpoint := d.chain.Endpoints[0]
	packet, shown := example(a, endpoint, d.direction, d.lost)
	if shown {
		if err := p.Confirm(packet, d.direction, model.Denied); err != nil {
			return err
		}
	}
	by := model.By{Kind: model.ByEndOfTier, Tier: d.policy.Tier, Policy: d.policy}
	out := diag.Diagnostic{
		At:     d.policy.KeyOrigin("/spec/" + d.direction.String()),
		Object: d.policy.Object.String(),
		Parts:  []diag.Part{inDirection(d.policy, d.direction)},
		Message: fmt.Sprintf("the %s rules of tier %s only deny, so the end of the tier denies everything else of %s too",
			d.direction, d.policy.Tier.Name, check.Endpoints(d.endpoints)),
		Help:    "a last rule `action: Allow` (or `action: Pass`, where a later tier shall decide) for all that shall go on",
		Decided: check.Decided(by, endpoint, d.direction),
	}
	if shown {
		out.Witness = check.Flow(packet)
	}
	if d.untyped {
		out.At = d.policy.KeyOrigin("/spec")
		out.Message = fmt.Sprintf("this policy has %s rules only, but no types, and nobody sets them in %s: it isolates %s for %s too, and the end of tier %s denies all of that",
			1-d.direction, d.policy.APIVersion, check.Endpoints(d.endpoints), d.direction, d.policy.Tier.Name)
		out.Help = fmt.Sprintf("types: [%s]", [...]string{model.Ingress: "Ingress", model.Egress: "Egress"}[1-d.direction])
	}
	if d.later != nil {
		out.Message = fmt.Sprintf("tier %s ends here and drops the rest of the %s traffic of %s, which %s in tier %s would allow",
			d.policy.Tier.Name, d.direction, check.Endpoints(d.endpoints), d.later.Policy.String(), d.later.Policy.Tier.Name)
		if len(d.others) > 0 {
			out.Message += ", and all of that of " + check.Endpoints(d.others)
		}
		out.Help = fmt.Sprintf("a last rule `action: Pass` here, or `defaultAction: Pass` on tier %s", d.policy.Tier.Name)
		if r, ok := check.RelatedTo(model.By{Kind: model.ByRule, Rule: d.later}); ok {
			out.Related = append(out.Related, r)
		}
	}
	out.Fixes = d.fixes(p.Cluster)
	p.Report(out)
	return nil
}
