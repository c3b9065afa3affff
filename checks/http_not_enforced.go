package checks

import (
	"fmt"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
)

// HTTPNotEnforced finds HTTP criteria, which Felix ignores.
var HTTPNotEnforced = &check.Check{
	ID:       "http-not-enforced",
	Title:    "Felix ignores the rule's HTTP criteria",
	Doc:      httpNotEnforcedDoc,
	Since:    "0.1",
	Severity: diag.Note,
	Exposes:  true, // every method and path is let through
	Run:      reportHTTP,
}

// reportHTTP: felix/calc/rule_scanner.go:359-361, v3.31.0, leaves the criterion to Dikastes, in Envoy.
func reportHTTP(p *check.Pass) error {
	for policy := range reviewedPolicies(p.Cluster) {
		for _, d := range []model.Direction{model.Ingress, model.Egress} {
			for _, rules := range eval.WrittenRules(policy, d) {
				if !rules[0].Match.HTTP {
					continue
				}
				message := "Felix ignores HTTP criteria: without application layer policy, in Envoy, this rule lets through every connection that its other criteria match"
				if v := p.Cluster.Version; v == model.V330 || v == model.V331 {
					message += fmt.Sprintf("; and in Calico %s application layer policy is broken", v)
				}
				p.Report(diag.Diagnostic{
					At: policy.KeyOrigin(rules[0].At + "/http"), Object: policy.Object.String(), Message: message,
					Help: "the peers and ports that may connect at all; methods and paths belong into the service mesh or gateway",
				})
			}
		}
	}
	return nil
}
