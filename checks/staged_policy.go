package checks

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
)

// StagedPolicy says that a policy is staged, and what it would cut off if it were enforced.
var StagedPolicy = &check.Check{
	ID:       "staged-policy",
	Title:    "The policy is staged: it decides nothing",
	Doc:      stagedPolicyDoc,
	Since:    "0.1",
	Severity: diag.Note,
	Exposes:  true, // what the policy would deny goes on
	Run:      reportStaged,
}

func reportStaged(p *check.Pass) error {
	if !slices.ContainsFunc(p.Cluster.Staged, func(s *model.Policy) bool { return s.Reviewed() }) {
		return nil
	}
	now, err := p.Eval()
	if err != nil {
		return err
	}
	then, err := eval.New(context.Background(), promoted(p.Cluster))
	if err != nil {
		return err
	}
	for _, s := range p.Cluster.Staged {
		if !s.Reviewed() {
			continue
		}
		out := diag.Diagnostic{
			At: s.Origin("/kind"), Object: s.Object.String(),
			Message: "this policy is staged, so it decides nothing: Calico only logs what it would do",
			Help:    "kind " + strings.Replace(strings.TrimPrefix(s.Kind, "Staged"), "KubernetesNetworkPolicy", "NetworkPolicy", 1) + ", once it shall count",
		}
		if packet, d, ok := cutOff(now, then, s); ok {
			if err := p.Confirm(packet, d, model.Allowed); err != nil {
				return err
			}
			out.Message += "; enforced, together with what else is staged, it would deny what is allowed now"
			out.Witness = check.Flow(packet)
			out.Decided = check.Decided(decision(now, packet, d).By, packet.Local(d).Endpoint, d)
		}
		p.Report(out)
	}
	return nil
}

// promoted is the cluster with all staged policies enforced. One that has the name of an enforced
// policy replaces it, as promoting it would.
func promoted(c *model.Cluster) *model.Cluster {
	out := *c
	out.Tiers, out.Staged = nil, nil
	for _, t := range c.Tiers {
		tier := *t
		tier.Policies = slices.Clone(t.Policies)
		for _, s := range c.Staged {
			if s.Tier == t {
				tier.Policies = promote(tier.Policies, s)
			}
		}
		out.Tiers = append(out.Tiers, &tier)
	}
	return &out
}

func promote(policies []*model.Policy, staged *model.Policy) []*model.Policy {
	name := func(p *model.Policy) string { return strings.Replace(p.FelixName, "staged:", "", 1) }
	policies = slices.DeleteFunc(policies, func(p *model.Policy) bool { return name(p) == name(staged) })
	order := func(p *model.Policy) float64 {
		if p.Order == nil {
			return math.Inf(1)
		}
		return *p.Order
	}
	policies = append(policies, staged)
	slices.SortStableFunc(policies, func(a, b *model.Policy) int {
		return cmp.Or(cmp.Compare(order(a), order(b)), strings.Compare(name(a), name(b)))
	})
	return policies
}

// cutOff is a connection that is certainly allowed now, and that the staged policy, if enforced, would deny: by
// a rule, or because its tier ends there.
func cutOff(now, then *eval.Analysis, s *model.Policy) (model.Packet, model.Direction, bool) {
	for _, d := range []model.Direction{model.Egress, model.Ingress} {
		for _, step := range then.Steps(s, d) {
			for _, e := range step.Endpoints() {
				c := then.Chain(e, d)
				for _, at := range c.Steps() {
					if at.Tier != s.Tier || !step.Certain {
						continue
					}
					lost := at.Dropped
					for _, u := range at.Uses {
						if at == step && u.Rule.Action == model.Deny {
							lost = lost.Union(u.Live)
						}
					}
					packet, ok := example(then, e, d, lost)
					if phantom := packet.Remote(d).Endpoint; phantom != nil && phantom.Phantom {
						continue // the two evaluations have phantoms of their own
					}
					if ok && now.Chain(e, d) != nil && decision(now, packet, d).Verdict == model.Allowed {
						return packet, d, true
					}
				}
			}
		}
	}
	return model.Packet{}, 0, false
}
