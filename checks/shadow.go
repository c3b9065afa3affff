package checks

import (
	"slices"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/source"
)

// ShadowedPolicy finds policies of which no rule ever decides anything, because others in the
// same tier decide first.
var ShadowedPolicy = shadows(wholePolicy, "shadowed-policy", shadowedPolicyDoc,
	"No rule of the policy ever decides anything: earlier policies of its tier decide first")

// ShadowedRule finds single rules that never decide anything, because others in the same tier do.
var ShadowedRule = shadows(singleRule, "shadowed-rule", shadowedRuleDoc,
	"The rule never decides anything: earlier rules of its tier decide first")

// ShadowedByTier finds policies and rules that never decide anything, because an earlier tier
// decides first: with a rule, or by dropping silently what reaches its end.
var ShadowedByTier = shadows(byTier, "shadowed-by-tier", shadowedByTierDoc,
	"The policy or rule never decides anything: an earlier tier decides first")

// shadows is the check for one kind of shadows. What is misspelt somewhere decides other than it was meant to.
func shadows(kind shadowKind, id, doc, title string) *check.Check {
	return &check.Check{
		ID: id, Title: title, Doc: doc, Since: "0.1", Severity: diag.Error,
		SwallowedBy: misread(),
		FollowsFrom: []string{"tier-implicit-drop", "tier-order"},
		Run:         func(p *check.Pass) error { return reportShadows(p, kind) },
	}
}

// shadowKind is which of the three checks a shadow belongs to.
type shadowKind uint8

const (
	wholePolicy shadowKind = iota
	singleRule
	byTier
)

// reportShadows reports the shadows of one kind.
func reportShadows(p *check.Pass, want shadowKind) error {
	a, err := p.Eval()
	if err != nil {
		return err
	}
	for _, s := range check.Shared(p, func(*model.Cluster) []*shadow { return shadowsIn(a) }) {
		if s.kind() != want {
			continue
		}
		if err := s.report(p); err != nil {
			return err
		}
	}
	return nil
}

// shadowsIn finds all shadows: a policy once, not again for each of its rules. A rule that is merely superfluous,
// because the traffic fares as the rule says all the same, is none.
func shadowsIn(a *eval.Analysis) []*shadow {
	var out []*shadow
	for _, t := range a.Cluster.Tiers {
		for _, policy := range t.Policies {
			// A baseline is meant to count only where nothing else isolates. Where a tier that is in no file comes is not known.
			if !policy.Reviewed() || isBaseline(policy) || t.Missing {
				continue
			}
			dead, live := a.Dead(policy)
			whole := live == 0
			dead = slices.DeleteFunc(dead, func(d eval.Dead) bool { return d.Shown == nil })
			if whole && len(dead) > 1 {
				dead = dead[:1]
			}
			for _, d := range dead {
				if by := blockers(a, d); len(by) > 0 { // failsafe ports are before all policies
					out = append(out, &shadow{a: a, Dead: d, policy: policy, whole: whole, by: by})
				}
			}
		}
	}
	return out
}

// blockers is who decides what the rule would have decided otherwise.
func blockers(a *eval.Analysis, d eval.Dead) []eval.Decider {
	var out []eval.Decider
	for _, b := range a.Blockers(d.Shown) {
		if b.Part = b.Part.Intersect(d.Contradicted); !b.Part.IsEmpty() {
			out = append(out, b)
		}
	}
	return out
}

// shadow is a policy or rule and who stands before it.
type shadow struct {
	eval.Dead
	a      *eval.Analysis
	policy *model.Policy
	whole  bool // the policy as a whole, not just one rule
	by     []eval.Decider
}

// kind is byTier if nothing but earlier tiers decides what the rules would.
func (s *shadow) kind() shadowKind {
	for _, b := range s.by {
		if tierOf(b.By) == s.policy.Tier {
			if s.whole {
				return wholePolicy
			}
			return singleRule
		}
	}
	return byTier
}

func tierOf(by model.By) *model.Tier {
	if by.Rule != nil {
		return by.Rule.Policy.Tier
	}
	return by.Tier
}

func (s *shadow) report(p *check.Pass) error {
	rule := s.Shown.Rule
	endpoint := s.Shown.Step.Endpoints()[0]
	first := s.by[0]
	packet, shown := example(s.a, endpoint, rule.Direction, first.Part)
	if shown {
		if err := s.confirm(p, packet); err != nil {
			return err
		}
	}
	d := diag.Diagnostic{
		Severity: s.severity(),
		At:       s.at(),
		Object:   s.policy.Object.String(),
		Parts:    s.parts(),
		Message:  s.message(),
		Help:     s.help(),
		Decided:  check.Decided(first.By, endpoint, rule.Direction),
	}
	if shown {
		d.Witness = check.Flow(packet)
	}
	for _, b := range s.by {
		if r, ok := check.RelatedTo(b.By); ok && len(d.Related) < 3 {
			d.Related = append(d.Related, r)
		}
	}
	p.Report(d)
	return nil
}

// severity: files of which only the names of their policies say who is asked first may not be meant to be applied
// together, as one that allows everything and one that denies it.
func (s *shadow) severity() diag.Severity {
	file := s.at().File
	if slices.ContainsFunc(s.by, func(b eval.Decider) bool {
		return b.By.Rule == nil || !sameOrder(b.By.Rule.Policy, s.policy) || b.By.Rule.Policy.Origin(b.By.Rule.At).File == file
	}) {
		return diag.Error
	}
	return diag.Warning
}

// parts are the rules that it is about, and those that decide before them.
func (s *shadow) parts() []diag.Part {
	out := []diag.Part{part(s.policy, "/spec")}
	if !s.whole {
		out[0].Pointer = s.Rules[0].At
	}
	for _, b := range s.by {
		if b.By.Rule != nil {
			out = append(out, part(b.By.Rule.Policy, b.By.Rule.At))
		} else {
			out = append(out, inDirection(b.By.Policy, s.Shown.Rule.Direction))
		}
	}
	return out
}

// confirm: what an Allow rule would allow is denied, and what a Deny rule would deny allowed.
func (s *shadow) confirm(p *check.Pass, packet model.Packet) error {
	switch s.Shown.Rule.Action {
	case model.Allow:
		return p.Confirm(packet, s.Shown.Rule.Direction, model.Denied)
	case model.Deny:
		return p.Confirm(packet, s.Shown.Rule.Direction, model.Allowed)
	}
	return nil
}

func (s *shadow) at() source.Origin {
	if s.whole {
		return s.policy.KeyOrigin("/spec")
	}
	return s.policy.Origin(s.Rules[0].At)
}
