package checks

import (
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
)

// VersionMismatch finds what the version of Calico does not have: kinds, which loading finds, the tier that Calico's
// operator used to make, and what its eBPF data plane leaves out.
var VersionMismatch = &check.Check{
	ID:       "version-mismatch",
	Title:    "This version of Calico, or its data plane, does not enforce it",
	Doc:      versionMismatchDoc,
	Since:    "0.1",
	Severity: diag.Error,
	Exposes:  true, // what is not enforced keeps nothing out
	Run:      reportUnenforced,
}

func reportUnenforced(p *check.Pass) error {
	if p.Cluster.EBPF.File != "" {
		for policy := range reviewedPolicies(p.Cluster) {
			reportSCTP(p, policy)
		}
	}
	return reportOperatorTiers(p)
}

// reportSCTP: Calico lists policy for SCTP among what its eBPF data plane does not support
// (docs.tigera.io, operations/ebpf/enabling-ebpf, 3.31).
func reportSCTP(p *check.Pass, policy *model.Policy) {
	for _, r := range slices.Concat(policy.Rules[model.Ingress], policy.Rules[model.Egress]) {
		if r.Match.Protocol == nil || *r.Match.Protocol != flow.SCTP {
			continue
		}
		at := r.At + "/protocol"
		if ports := r.Match.Destination.Ports; !policy.Positions.Has(at) && len(ports) > 0 {
			at = ports[0].At
		}
		p.Report(diag.Diagnostic{
			Severity: diag.Warning, At: r.Origin(at), Object: policy.Object.String(),
			Message: "Calico's eBPF data plane, which is turned on, does not support policy for SCTP: do not count on this rule",
			Help:    "the iptables or nftables data plane where SCTP has to be let through or kept out",
			Related: []diag.Related{{At: p.Cluster.EBPF, Message: "the data plane"}},
		})
		return
	}
}

// reportOperatorTiers: 3.32 renamed the operator's tier, and leaves other people's policies in the
// old one behind (release notes of Calico 3.32).
func reportOperatorTiers(p *check.Pass) error {
	old, is := "calico-system", "allow-tigera"
	if p.Cluster.Version >= model.V332 {
		old, is = is, old
	}
	for _, t := range p.Cluster.Tiers {
		if t.Name != old || !t.Missing {
			continue
		}
		for _, policy := range t.Policies {
			if !policy.Reviewed() {
				continue // one finding for all of them, at the first
			}
			at := policy.Origin("/metadata/name")
			if policy.Positions.Has("/spec/tier") {
				at = policy.Origin("/spec/tier")
			}
			d := diag.Diagnostic{
				At: at, Object: policy.Object.String(),
				Message: fmt.Sprintf("the operator's tier is called %s in Calico %s: there is no tier %s, so %s is refused, or asked after all others", is, p.Cluster.Version, old, policiesOf(t)),
				Help:    "tier " + is,
			}
			if p.Cluster.VersionAssumed {
				d.Severity = diag.Note
				d.Settle = "which version of Calico the cluster runs: --calico-version, or calicoVersion in the settings"
			}
			p.Report(d)
			break
		}
	}
	return nil
}
