package checks

import (
	"fmt"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
)

// PassToAllow finds Pass where no later tier is asked, so that the namespace's profile allows what is passed on.
var PassToAllow = &check.Check{
	ID:       "pass-to-allow",
	Title:    "Pass in the last tier allows what it passes on",
	Doc:      passToAllowDoc,
	Since:    "0.1",
	Severity: diag.Warning,
	Exposes:  true, // what is passed on is allowed
	Run:      reportPasses,
}

func reportPasses(p *check.Pass) error {
	a, err := p.Eval()
	if err != nil {
		return err
	}
	reportDefaultPass(p)
	if err := reportLatePass(p, a); err != nil {
		return err
	}
	done := map[*model.Rule]bool{}
	for _, b := range bypasses(a) {
		done[b.rule] = true // isolation-bypassed says so
	}
	for policy := range reviewedPolicies(p.Cluster) {
		if policy.Tier.Name != defaultTier && (policy.Tier.Missing || policy.Tier.Order <= defaultTierOrder) {
			continue // what an earlier tier passes on is often decided by nobody, and meant so
		}
		for _, rules := range policy.Rules {
			for _, r := range rules {
				if r.Action != model.Pass || done[r] || policy.API != model.CalicoNetworkPolicy && policy.API != model.GlobalNetworkPolicy {
					continue
				}
				if err := reportPass(p, a, r); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// The tier of policies that name none, and Calico's order for it (api/pkg/apis/projectcalico/v3/tier.go, v3.31.0).
const (
	defaultTier      = "default"
	defaultTierOrder = 1e6
)

func reportPass(p *check.Pass, a *eval.Analysis, r *model.Rule) error {
	for _, u := range a.Uses(r) {
		endpoint := u.Step.Endpoints()[0]
		c := a.Chain(endpoint, r.Direction)
		if !u.Step.Certain || endpoint.Type != model.Workload {
			continue
		}
		lost := undecidedAfter(c, u)
		packet, ok := example(a, endpoint, r.Direction, lost)
		if !ok {
			continue
		}
		if err := p.Confirm(packet, r.Direction, model.Allowed); err != nil {
			return err
		}
		p.Report(diag.Diagnostic{
			At: r.Origin(r.At + "/action"), Object: r.Policy.Object.String(),
			Message: fmt.Sprintf("this Pass allows: no tier after %s decides about %s, and the namespace's profile allows what is passed on",
				r.Policy.Tier.Name, check.Endpoints(u.Step.Endpoints())),
			Help:    "action: Allow, if that is meant; otherwise `action: Deny`, or no rule",
			Witness: check.Flow(packet),
			Decided: check.Decided(decision(a, packet, r.Direction).By, endpoint, r.Direction),
		})
		return nil
	}
	return nil
}

// undecidedAfter is what a Pass rule passes on and no later tier decides, so that it is certainly allowed.
func undecidedAfter(c *eval.Chain, u *eval.Use) pktset.Set {
	lost := u.Live.Intersect(c.Allowed).Minus(c.Denied)
	after := false
	for _, s := range c.Steps() {
		after = after || s == u.Step
		if !after || s.Tier == u.Rule.Policy.Tier {
			continue
		}
		for _, o := range s.Uses {
			if o.Rule.Action == model.Allow || o.Rule.Action == model.Deny {
				lost = lost.Minus(o.Live)
			}
		}
	}
	return lost
}
