package checks

import (
	"fmt"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
)

// reportLateDenies reports Deny rules that are asked only after a Kubernetes policy has allowed their peers along
// with others. A Deny for more than that is what remains after exceptions, and meant so.
func reportLateDenies(p *check.Pass, a *eval.Analysis) error {
	for policy := range reviewedPolicies(p.Cluster) {
		if policy.API != model.CalicoNetworkPolicy && policy.API != model.GlobalNetworkPolicy {
			continue
		}
		for _, rules := range policy.Rules {
			for _, r := range rules {
				if r.Action != model.Deny || broad(r) {
					continue
				}
				if err := reportLateDeny(p, a, r); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func reportLateDeny(p *check.Pass, a *eval.Analysis, r *model.Rule) error {
	for _, u := range a.Uses(r) {
		if !u.Step.Certain || u.Live.IsEmpty() {
			continue // a rule that decides nothing at all is shadowed
		}
		match := a.Match(u)
		for _, b := range a.Before(u.Step, match) {
			first := b.By.Rule
			if first == nil || first.Action != model.Allow || first.Policy.API != model.KubernetesNetworkPolicy || !a.MorePeers(first, u) {
				continue
			}
			endpoint := u.Step.Endpoints()[0]
			packet, ok := example(a, endpoint, r.Direction, b.Part)
			if !ok {
				continue
			}
			if err := p.Confirm(packet, r.Direction, model.Allowed); err != nil {
				return err
			}
			out := diag.Diagnostic{
				At: r.Origin(r.At), Object: r.Policy.Object.String(), Parts: []diag.Part{part(r.Policy, r.At)},
				Message: fmt.Sprintf("this Deny comes too late for %s: %s, whose order is 1000, allows its traffic first", check.Endpoints(u.Step.Endpoints()), first.Policy.String()),
				Help:    fmt.Sprintf("an order below 1000 for %s, which has %s", r.Policy.String(), order(r.Policy)),
				Witness: check.Flow(packet), Decided: check.Decided(b.By, endpoint, r.Direction),
			}
			if related, ok := check.RelatedTo(b.By); ok {
				out.Related = []diag.Related{related}
			}
			p.Report(out)
			return nil
		}
	}
	return nil
}
