package checks

import (
	"fmt"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
)

// PolicyTypes finds policies that govern another direction than they seem to: types that are left
// out mean something else for each API, and rules for a direction that types leave out count for nothing.
var PolicyTypes = &check.Check{
	ID:       "policy-types",
	Title:    "The policy governs other directions than its rules say",
	Doc:      policyTypesDoc,
	Since:    "0.1",
	Severity: diag.Error,
	Exposes:  true, // the direction that is not governed stays open
	Run:      reportPolicyTypes,
}

func reportPolicyTypes(p *check.Pass) error {
	for policy := range reviewedPolicies(p.Cluster) {
		for _, d := range policyTypes(policy, p.Cluster.Version) {
			d.Object = policy.Object.String()
			d.Fixes = typesFixes(p.Cluster, policy)
			p.Report(d)
		}
	}
	return nil
}

// typesKey is what the list of directions is called in the policy's API; empty if there is none.
func typesKey(p *model.Policy) string {
	switch p.API {
	case model.KubernetesNetworkPolicy:
		return "policyTypes"
	case model.CalicoNetworkPolicy, model.GlobalNetworkPolicy:
		return "types"
	}
	return ""
}

func policyTypes(p *model.Policy, v model.Version) []diag.Diagnostic {
	key := typesKey(p)
	if key == "" {
		return nil
	}
	if p.TypesWritten {
		return ignoredRules(p, key)
	}
	none := len(p.Rules[model.Ingress])+len(p.Rules[model.Egress]) == 0
	switch {
	case p.Raw:
		return rawTypes(p)
	case len(p.Rules[model.Egress]) == 0 && !p.Governs[model.Egress] && p.Positions.Has("/spec/egress") && !(v >= model.V332 && p.API != model.KubernetesNetworkPolicy):
		// pkg/apis/networking/v1/defaults.go:39-47 of Kubernetes; clientv3/globalnetworkpolicy.go:205-224.
		return []diag.Diagnostic{{
			Severity: diag.Warning, At: p.KeyOrigin("/spec/egress"), Parts: []diag.Part{inDirection(p, model.Egress)},
			Message: fmt.Sprintf("egress stays open: without %s, an empty list of egress rules counts as none, and the policy governs ingress only", key),
			Help:    key + ": [Egress], or [Ingress, Egress]",
		}}
	case none && p.API != model.KubernetesNetworkPolicy && !p.Positions.Has("/spec/ingress"):
		return []diag.Diagnostic{{
			Severity: diag.Warning, At: p.KeyOrigin("/spec"), Parts: []diag.Part{inDirection(p, model.Egress)},
			Message: "egress stays open: a policy without rules and without types governs ingress only",
			Help:    "types: [Ingress, Egress], or [Ingress] if that is meant",
		}}
	}
	return nil
}

// ignoredRules finds rules for a direction that the policy does not govern
// (felix/calc/event_sequencer.go:1221-1228, v3.31.0).
func ignoredRules(p *model.Policy, key string) []diag.Diagnostic {
	var out []diag.Diagnostic
	for _, d := range []model.Direction{model.Ingress, model.Egress} {
		if p.Governs[d] || len(p.Rules[d]) == 0 {
			continue
		}
		out = append(out, diag.Diagnostic{
			At:      p.KeyOrigin("/spec/" + d.String()),
			Parts:   []diag.Part{inDirection(p, d)},
			Message: fmt.Sprintf("these rules count for nothing: %s does not list %s, so the policy leaves %s alone", key, title(d), d),
			Help:    fmt.Sprintf("%s in %s", title(d), key),
			Related: []diag.Related{{At: p.KeyOrigin(p.TypesAt), Message: "what the policy governs"}},
		})
	}
	return out
}

// rawTypes finds policies that nobody defaults: Felix takes them for both directions
// (felix/calc/policy_sorter.go:189-192, v3.31.0).
func rawTypes(p *model.Policy) []diag.Diagnostic {
	for _, d := range []model.Direction{model.Ingress, model.Egress} {
		other := model.Ingress + model.Egress - d
		if len(p.Rules[d]) == 0 || len(p.Rules[other]) > 0 {
			continue
		}
		return []diag.Diagnostic{{
			At:    p.KeyOrigin("/spec/" + d.String()),
			Parts: []diag.Part{inDirection(p, other)},
			Message: fmt.Sprintf("the policy isolates for %s as well, without any rule for it: in crd.projectcalico.org/v1 types that are left out mean both",
				other),
			Help: fmt.Sprintf("types: [%s], and apiVersion projectcalico.org/v3", title(d)),
		}}
	}
	return nil
}

// title is a direction as lists of types have it.
func title(d model.Direction) string { return [...]string{"Ingress", "Egress"}[d] }
