package checks

import (
	"fmt"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
)

// RedundantPolicy finds policies without which everything would be as it is.
var RedundantPolicy = &check.Check{
	ID:       "redundant-policy",
	Title:    "Without the policy everything would be as it is",
	Doc:      redundantPolicyDoc,
	Since:    "0.1",
	Severity: diag.Note,
	Off:      true, // policies that overlap are often kept on purpose
	Merge:    check.All,
	Run:      reportRedundantPolicies,
}

func reportRedundantPolicies(p *check.Pass) error {
	a, err := p.Eval()
	if err != nil {
		return err
	}
	for policy := range reviewedPolicies(p.Cluster) {
		endpoints := a.MaySelect(policy)
		if len(endpoints) == 0 || endpoints[0].Phantom || policy.DoNotTrack || policy.PreDNAT {
			continue
		}
		dead, live := a.Dead(policy)
		redundant := live == 0 && len(dead) > 0
		for _, d := range dead {
			redundant = redundant && d.Shown == nil
		}
		for _, d := range []model.Direction{model.Ingress, model.Egress} {
			for _, s := range a.Steps(policy, d) {
				for _, e := range s.Endpoints() {
					redundant = redundant && othersIsolate(a.Chain(e, d).Steps(), policy)
				}
			}
		}
		if redundant {
			p.Report(diag.Diagnostic{
				At: policy.KeyOrigin("/spec"), Object: policy.Object.String(),
				Message: fmt.Sprintf("without this policy everything would be as it is for %s: other policies isolate the same pods, and allow or deny what this one does", check.Endpoints(endpoints)),
				Help:    "nothing: the policy can go, unless it says something that readers need",
			})
		}
	}
	return nil
}

// othersIsolate says whether another policy of the same tier certainly isolates where a chain has these steps.
func othersIsolate(steps []*eval.Step, policy *model.Policy) bool {
	for _, s := range steps {
		if s.Policy != nil && s.Policy != policy && s.Certain && s.Tier == policy.Tier {
			return true
		}
	}
	return false
}
