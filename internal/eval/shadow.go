package eval

import (
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
)

// Uses returns the rule wherever chains have it: once for each group of chains that begin alike.
func (a *Analysis) Uses(r *model.Rule) []*Use { return a.uses[r] }

// Steps returns the policy wherever chains have it, in one direction.
func (a *Analysis) Steps(p *model.Policy, d model.Direction) []*Step { return a.steps[p][d] }

// Endpoints is all endpoints whose chains go through the step.
func (s *Step) Endpoints() []*model.Endpoint {
	var out []*model.Endpoint
	for _, c := range s.chains {
		out = append(out, c.Endpoints...)
	}
	return out
}

// Match is the traffic that the rule may match at the endpoints of the step, whoever decides it.
func (a *Analysis) Match(u *Use) pktset.Set {
	return a.matches(u).may.Intersect(u.Step.universe)
}

func (a *Analysis) matches(u *Use) traffic {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.compilers[u.Rule.Direction].match(u.Rule, u.Step.key.at)
}

// Selected returns the endpoints that a policy certainly selects, phantoms included. The list must not be changed.
func (a *Analysis) Selected(p *model.Policy) []*model.Endpoint {
	return a.endpointsIn(a.selects[p].must)
}

// MaySelect returns the endpoints that a policy selects or, for all the inputs say, may select. The list must not
// be changed.
func (a *Analysis) MaySelect(p *model.Policy) []*model.Endpoint {
	return a.endpointsIn(a.selects[p].may)
}

// Decider is something that decides a part of some traffic.
type Decider struct {
	By   model.By
	Part pktset.Set // never empty
}

// Before returns who decides traffic before it reaches a step of a policy: earlier rules that allow or deny
// it, rules of the same tier that pass it on, and ends of earlier tiers. Together the parts are all
// of the traffic that does not reach the step.
func (a *Analysis) Before(s *Step, traffic pktset.Set) []Decider {
	var steps []*Step
	for p := s.parent; p.kind != rootStep; p = p.parent {
		steps = append(steps, p)
	}
	var out []Decider
	for i := len(steps) - 1; i >= 0; i-- {
		out = append(out, a.deciders(steps[i], s, traffic)...)
	}
	return out
}

// deciders is those within one step, for traffic on its way to step s.
func (a *Analysis) deciders(at, s *Step, traffic pktset.Set) []Decider {
	var out []Decider
	for _, u := range at.Uses {
		if u.Rule.Action == model.Log || u.Rule.Action == model.Pass && at.Tier != s.Tier {
			continue
		}
		if part := u.Live.Intersect(traffic); !part.IsEmpty() {
			out = append(out, Decider{model.By{Kind: model.ByRule, Rule: u.Rule}, part})
		}
	}
	if part := at.Dropped.Intersect(traffic); !part.IsEmpty() {
		by := model.By{Kind: model.ByEndOfTier, Tier: at.Tier}
		for p := at.parent; p.kind != rootStep && p.Tier == at.Tier; p = p.parent {
			if p.Policy != nil {
				by.Policy = p.Policy
				break
			}
		}
		out = append(out, Decider{by, part})
	}
	return out
}

// Blockers returns who decides all that the rule would match before the rule is asked, in order:
// earlier policies, then earlier rules of its own. It is meant for rules with nothing Live.
func (a *Analysis) Blockers(u *Use) []Decider {
	traffic := a.Match(u)
	out := a.Before(u.Step, traffic)
	for _, o := range u.Step.Uses {
		if o == u {
			break
		}
		if o.Rule.Action == model.Log {
			continue
		}
		if part := o.Live.Intersect(traffic); !part.IsEmpty() {
			out = append(out, Decider{model.By{Kind: model.ByRule, Rule: o.Rule}, part})
		}
	}
	return out
}

// MorePeers says whether a rule, wherever the endpoints of a use have it, matches all peers that the use
// matches, and others besides.
func (a *Analysis) MorePeers(r *model.Rule, than *Use) bool {
	fewer := a.Match(than).Columns()
	for _, u := range a.uses[r] {
		if !u.leadsTo(than.Step) {
			continue
		}
		if more := a.Match(u).Columns(); !fewer.SubsetOf(more) || more.SubsetOf(fewer) {
			return false
		}
	}
	return true
}

// leadsTo says whether the use is on the way to a step.
func (u *Use) leadsTo(s *Step) bool {
	for p := s; p != nil; p = p.parent {
		if p == u.Step {
			return true
		}
	}
	return false
}

// SelectsAll says whether a policy certainly selects every endpoint that another one selects or may select.
func (a *Analysis) SelectsAll(p, of *model.Policy) bool {
	return a.u.own(a.selects[of].may).SubsetOf(a.u.own(a.selects[p].must))
}
