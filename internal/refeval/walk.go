package refeval

import (
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// walk is the way of one packet at one end. Where a policy or rule may match, it follows both ways.
type walk struct {
	cluster *model.Cluster
	view    *view
	end     *End
	tiers   []tier
	// certain is the first decision that rests on nothing unknown but what led to it by itself.
	certain *model.Decision
	gap     model.By // the first thing that is not known
}

// workload: tiers in order, then the namespace's profile, which allows everything. Policies for
// other classes than normal do not touch workloads.
func (w *walk) workload() {
	if w.class(Normal) {
		w.profiles([]string{"kns." + w.end.Endpoint.Namespace})
	}
}

// decide notes that the packet may end here.
func (w *walk) decide(certain bool, v model.Verdict, by model.By) {
	d := model.Decision{Verdict: v, By: by}
	w.end.Possible = append(w.end.Possible, d)
	if certain && w.certain == nil {
		w.certain = &d
	}
}

// conclude decides, if all ways agree.
func (w *walk) conclude() {
	for _, d := range w.end.Possible {
		if d.Verdict != w.certain.Verdict {
			w.end.Decision = model.Decision{Verdict: model.Unknown, By: w.gap}
			return
		}
	}
	w.end.Decision = *w.certain
}

// class walks the tiers of a class and says whether the packet may come out at their end.
func (w *walk) class(c Class) bool {
	w.end.Tiers = slices.Grow(w.end.Tiers, len(w.tiers))
	for _, t := range w.tiers {
		step := TierStep{Class: c, Tier: t.Tier}
		policies := w.of(c, t.policies)
		if len(policies) == 0 {
			continue
		}
		before := len(w.end.Possible)
		goesOn := w.tier(&step, policies)
		w.end.Tiers = append(w.end.Tiers, step)
		if t.Elsewhere && len(w.end.Possible) > before {
			// Others may come before it, and its end may let everything go on.
			w.unknown(model.By{Tier: t.Tier, Gap: fmt.Sprintf("which tiers come before tier %s, and what its end does (Tier %[1]s would say)", t.Name)})
			goesOn = true
		}
		if !goesOn {
			return false
		}
	}
	return true
}

// of is the policies of a class that govern the direction.
func (w *walk) of(c Class, policies []chosen) []chosen {
	other := func(p chosen) bool { return classOf(p.Policy) != c || !p.Governs[w.end.Direction] }
	if !slices.ContainsFunc(policies, other) {
		return policies
	}
	return slices.DeleteFunc(slices.Clone(policies), other)
}

// tier walks the policies of a tier that isolate the endpoint, and says whether the packet may go
// on to the next tier.
func (w *walk) tier(step *TierStep, policies []chosen) bool {
	// The packet may still be in the tier untouched, because no policy so far need select the
	// endpoint, or after a policy that does; or it may have passed to the next tier.
	untouched, touched, passed := true, false, false
	certain := false
	var last *model.Policy
	step.Policies = make([]PolicyStep, 0, len(policies))
	for _, p := range policies {
		if p.selects == selector.Maybe {
			w.unknown(model.By{Policy: p.Policy, Gap: fmt.Sprintf("whether %s selects %s", p.Policy, w.end.Endpoint) + model.SettleSelector(p.Selector, w.end.Endpoint)})
		}
		through, passes := w.policy(step, p)
		passed = passed || passes
		if p.selects == selector.Yes {
			untouched, touched, certain = false, through, true
		} else {
			touched = touched || through
		}
		last = p.Policy
		if !untouched && !touched {
			return passed
		}
	}
	if touched && step.Class == Normal && !step.Tier.DefaultPass {
		step.End = TierDenies
		w.decide(certain, model.Denied, model.By{Kind: model.ByEndOfTier, Tier: step.Tier, Policy: last})
		return untouched || passed
	}
	step.End = TierPasses
	return true
}

// policy walks a policy's rules, and says whether the packet may fall through to the tier's next
// policy, and whether it may pass to the next tier.
func (w *walk) policy(tier *TierStep, p chosen) (through, passes bool) {
	tier.Policies = append(tier.Policies, PolicyStep{Policy: p.Policy, Selects: p.selects})
	step := &tier.Policies[len(tier.Policies)-1]
	step.Rules = make([]RuleStep, 0, min(len(p.Rules[w.end.Direction]), 8))
	for _, r := range p.Rules[w.end.Direction] {
		matches, why := w.view.match(r)
		step.Rules = append(step.Rules, RuleStep{Rule: r, Matches: matches, Criterion: why})
		if matches == selector.No || r.Action == model.Log {
			continue
		}
		if matches == selector.Maybe {
			w.unknown(model.By{Rule: r, Policy: p.Policy,
				Gap: fmt.Sprintf("whether the %s of rule %d of %s matches", why.Name, r.Index, p.Policy) + model.SettleRule(r, *w.view.packet)})
		}
		if r.Action == model.Pass {
			passes = true
		} else {
			w.byRule(tier.Class, min(matches, p.selects) == selector.Yes, r)
		}
		if matches == selector.Yes {
			return false, passes
		}
	}
	return true, passes
}

func (w *walk) byRule(c Class, certain bool, r *model.Rule) {
	by := model.By{Kind: model.ByRule, Rule: r, Policy: r.Policy, Tier: r.Policy.Tier}
	if c == Untracked {
		by.Kind = model.ByUntracked
	}
	v := model.Denied
	if r.Action == model.Allow {
		v = model.Allowed
	}
	w.decide(certain, v, by)
}

// unknown notes the first thing that is not known.
func (w *walk) unknown(by model.By) {
	if w.gap.Kind != model.ByUnknown {
		w.gap = by
		w.gap.Kind = model.ByUnknown
	}
}

// profiles decides by the profiles of an endpoint, after the tiers.
func (w *walk) profiles(names []string) {
	for _, n := range names {
		effect := w.profile(n)
		w.end.Profiles = append(w.end.Profiles, ProfileStep{n, effect})
		by := model.By{Kind: model.ByProfile, Profile: n}
		switch effect {
		case ProfileAllows:
			w.decide(true, model.Allowed, by)
			return
		case ProfileDenies:
			w.decide(true, model.Denied, by)
			return
		}
	}
	w.decide(true, model.Denied, model.By{Kind: model.ByNoProfileMatch})
}
