package eval

import (
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
)

// Dead is a rule as written that never decides anything, although traffic matches it, at none of
// the endpoints that its policy may select.
type Dead struct {
	Rules []*model.Rule // what Calico makes of the written rule
	// Shown is a use of it at which nothing of what it certainly matches, which is Contradicted, fares as the rule says: all is
	// denied though the rule allows, allowed though it denies, or decided though it passes on. nil and
	// empty where the rule is merely superfluous, or the exception to it comes first.
	Shown        *Use
	Contradicted pktset.Set
}

// WrittenRules groups the rules of a policy by the rule in the file that they come from. The groups must not be changed.
func WrittenRules(p *model.Policy, d model.Direction) [][]*model.Rule {
	out := make([][]*model.Rule, 0, len(p.Rules[d]))
	first := 0
	for i, r := range p.Rules[d] {
		if i+1 == len(p.Rules[d]) || p.Rules[d][i+1].At != r.At {
			out = append(out, p.Rules[d][first:i+1:i+1])
			first = i + 1
		}
	}
	return out
}

// Dead returns the dead rules of a policy, and how many of its rules decide something. A rule that
// matches nothing at all is neither, nor is a Log rule.
func (a *Analysis) Dead(p *model.Policy) (dead []Dead, live int) {
	for _, d := range []model.Direction{model.Ingress, model.Egress} {
		for _, rules := range WrittenRules(p, d) {
			if rules[0].Action == model.Log {
				continue
			}
			if a.live(rules) {
				live++
			} else if x, matched := a.dead(rules); matched {
				dead = append(dead, x)
			}
		}
	}
	return dead, live
}

// live says whether a rule may decide anything anywhere.
func (a *Analysis) live(rules []*model.Rule) bool {
	for _, r := range rules {
		for _, u := range a.uses[r] {
			if !a.mayDecide(u).IsEmpty() {
				return true
			}
		}
	}
	return false
}

// dead describes a rule that is not live; false if nothing matches it anyway.
func (a *Analysis) dead(rules []*model.Rule) (x Dead, matched bool) {
	x.Rules = rules
	for _, r := range rules {
		for _, u := range a.uses[r] {
			match := a.Match(u)
			matched = matched || !match.IsEmpty()
			if x.Shown != nil {
				continue
			}
			if certain := a.matches(u).must.Intersect(u.Step.universe); a.contradicts(u, certain) {
				x.Shown, x.Contradicted = u, certain
			}
		}
	}
	return x, matched
}

// contradicts says whether all of the traffic certainly fares otherwise than the rule says. All of
// it is decided before the rule, or passed on by the rule's own tier, so any chain of the step will do.
func (a *Analysis) contradicts(u *Use, match pktset.Set) bool {
	if match.IsEmpty() {
		return false
	}
	c := u.Step.chains[0]
	switch u.Rule.Action {
	case model.Allow:
		return !match.Overlaps(c.Allowed)
	case model.Deny:
		return !match.Overlaps(c.Denied)
	}
	for _, b := range a.Blockers(u) {
		if b.By.Kind == model.ByRule && b.By.Rule.Action == model.Pass {
			return false
		}
	}
	return true
}
