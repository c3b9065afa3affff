package checks

import (
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/near"
)

// TierMissing finds policies in a tier that no file defines and Calico does not make.
var TierMissing = &check.Check{
	ID:       "tier-missing",
	Title:    "The policy's tier does not exist",
	Doc:      tierMissingDoc,
	Since:    "0.1",
	Severity: diag.Warning,
	Merge:    check.All,
	Run:      reportMissingTiers,
}

func reportMissingTiers(p *check.Pass) error {
	var known []string // tiers of somebody's own
	for _, t := range p.Cluster.Tiers {
		if !t.Missing && t.Positions != nil {
			known = append(known, t.Name)
		}
	}
	for _, t := range p.Cluster.Tiers {
		i := slices.IndexFunc(t.Policies, func(policy *model.Policy) bool { return policy.Reviewed() })
		if !t.Missing || i < 0 || operatorTier(t.Name) {
			continue
		}
		policy := t.Policies[i]
		if tier := policy.TierWritten; policy.Raw && p.Cluster.Version < model.V332 && tier != t.Name {
			reportTierOfName(p, policy)
			continue
		}
		p.Report(missingTier(p.Cluster, policy, t, known))
	}
	return nil
}

// operatorTier says whether the tier is one of those that Calico's operator makes for its own
// policies (release notes of 3.32: allow-tigera became calico-system).
func operatorTier(name string) bool { return name == "allow-tigera" || name == "calico-system" }

// missingTier is a note where the files define no tiers at all: then they are somewhere else.
func missingTier(c *model.Cluster, policy *model.Policy, t *model.Tier, known []string) diag.Diagnostic {
	at := policy.Origin("/metadata/name")
	if policy.Positions.Has("/spec/tier") {
		at = policy.Origin("/spec/tier")
	}
	d := diag.Diagnostic{
		Severity: diag.Note, At: at, Object: policy.Object.String(),
		Message: fmt.Sprintf("tier %s is in no file: if the cluster does not have it, Calico's API refuses %s, and what is already there is enforced after all other tiers", t.Name, policiesOf(t)),
		Help:    fmt.Sprintf("a Tier named %s beside its policies; or, if it is managed elsewhere, give that as context", t.Name),
	}
	if len(known) > 0 {
		d.Severity = diag.Warning
	}
	if i := slices.IndexFunc(known, func(k string) bool { return near.Slip(k, t.Name) }); i >= 0 {
		d.Severity = diag.Error
		d.Message = fmt.Sprintf("there is no tier %s, but a tier %s: Calico's API refuses %s, and what is already there is enforced after all other tiers", t.Name, known[i], policiesOf(t))
		d.Help, d.Fixes = "tier "+known[i], moveToTier(c, t, known[i])
	}
	return d
}

func policiesOf(t *model.Tier) string {
	var names []string
	for _, p := range t.Policies {
		names = append(names, p.String())
	}
	return check.Some(names)
}

// reportTierOfName: up to 3.31 Felix reads a policy's tier from its name, which nobody compares
// with spec.tier in what goes straight into storage (libcalico-go/lib/names/policy.go:52-78, v3.31.0).
func reportTierOfName(p *check.Pass, policy *model.Policy) {
	written := policy.TierWritten
	if written == "" {
		written = defaultTier
	}
	p.Report(diag.Diagnostic{
		Severity: diag.Error, At: policy.Origin("/metadata/name"), Object: policy.Object.String(),
		Message: fmt.Sprintf("Calico %s takes the tier from the name, and this one says %s, not %s: there is no such tier, so the policy is asked after all others",
			p.Cluster.Version, policy.Tier.Name, written),
		Help: fmt.Sprintf("a name that begins with %q, and has no other dot; and apiVersion projectcalico.org/v3, which checks it", written+"."),
	})
}
