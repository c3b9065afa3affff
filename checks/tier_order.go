package checks

import (
	"fmt"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
)

// TierOrder finds tiers whose order is not the one that they seem to have.
var TierOrder = &check.Check{
	ID:       "tier-order",
	Title:    "The tier comes earlier than it seems, or its place depends on its name",
	Doc:      tierOrderDoc,
	Since:    "0.1",
	Severity: diag.Warning,
	Run:      reportTierOrders,
}

func reportTierOrders(p *check.Pass) error {
	for i, t := range p.Cluster.Tiers {
		if !t.Reviewed() {
			continue
		}
		switch {
		case t.Positions.Has("/spec/order"):
			reportSameOrder(p, t, p.Cluster.Tiers[:i])
		case t.Name < defaultTier:
			// libcalico-go/lib/resources/tier.go:21-35, v3.31.0, against api/pkg/apis/projectcalico/v3/tier.go:48-51
			p.Report(diag.Diagnostic{
				At: t.KeyOrigin("/spec"), Object: t.Object.String(), Parts: withPolicies(t),
				Message: fmt.Sprintf("a tier without order is not the last: it gets 1000000, as tier default has, and %s comes before default by its name, so before all Kubernetes policies", t.Name),
				Help:    "an order below 1000000 if that is meant, above it if the tier shall come after default",
			})
		}
		if t.Name == "adminnetworkpolicy" && !t.DefaultPass {
			p.Report(diag.Diagnostic{
				At: t.KeyOrigin("/spec"), Object: t.Object.String(),
				Message: "with a defaultAction other than Pass, an AdminNetworkPolicy denies everything that none of its rules decides",
				Help:    "defaultAction: Pass, or no Tier adminnetworkpolicy at all: Calico makes it",
				Fixes:   endWith(t, "Pass"),
			})
		}
	}
	return nil
}

// withPolicies is a tier with its policies, which it places.
func withPolicies(t *model.Tier) []diag.Part {
	out := []diag.Part{{Object: t.Object.String()}}
	for _, p := range t.Policies {
		out = append(out, part(p, ""))
	}
	return out
}

// reportSameOrder reports a tier with the order of an earlier one, if both have policies: their names decide.
func reportSameOrder(p *check.Pass, t *model.Tier, earlier []*model.Tier) {
	for _, e := range earlier {
		if e.Missing || e.Order != t.Order || len(e.Policies) == 0 || len(t.Policies) == 0 {
			continue
		}
		p.Report(diag.Diagnostic{
			At: t.Origin("/spec/order"), Object: t.Object.String(),
			Message: fmt.Sprintf("tiers %s and %s have the same order, so their names decide that %s comes first", e.Name, t.Name, e.Name),
			Help:    "a different order for each tier",
		})
		return
	}
}
