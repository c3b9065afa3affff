package checks

import (
	"fmt"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
)

// BaselineUnreachable finds baseline policies that never decide anything here, because other
// policies isolate all that they are for.
var BaselineUnreachable = &check.Check{
	ID:       "baseline-unreachable",
	Title:    "The baseline never decides anything: other policies isolate all that it is for",
	Doc:      baselineUnreachableDoc,
	Since:    "0.1",
	Severity: diag.Note,
	Merge:    check.All,
	Run:      reportUnreachableBaselines,
}

func reportUnreachableBaselines(p *check.Pass) error {
	a, err := p.Eval()
	if err != nil {
		return err
	}
	for policy := range reviewedPolicies(p.Cluster) {
		if !isBaseline(policy) {
			continue
		}
		endpoints := a.MaySelect(policy)
		if len(endpoints) == 0 || endpoints[0].Phantom {
			continue
		}
		dead, live := a.Dead(policy)
		if live > 0 || len(dead) == 0 || dead[0].Shown == nil {
			continue
		}
		u := dead[0].Shown
		endpoint := u.Step.Endpoints()[0]
		packet, ok := example(a, endpoint, u.Rule.Direction, dead[0].Contradicted)
		if !ok {
			continue
		}
		d := decision(a, packet, u.Rule.Direction)
		if err := p.Confirm(packet, u.Rule.Direction, d.Verdict); err != nil {
			return err
		}
		out := diag.Diagnostic{
			At: policy.KeyOrigin("/spec"), Object: policy.Object.String(),
			Message: fmt.Sprintf("this baseline never decides anything for %s: other policies isolate the same pods, and what those do not allow is denied before the baseline is asked", check.Endpoints(endpoints)),
			Help:    "nothing, if each of them shall have policies of its own; otherwise a NetworkPolicy for what the baseline is meant to allow",
			Witness: check.Flow(packet), Decided: check.Decided(d.By, endpoint, u.Rule.Direction),
		}
		if r, ok := check.RelatedTo(d.By); ok {
			out.Related = []diag.Related{r}
		}
		p.Report(out)
	}
	return nil
}
