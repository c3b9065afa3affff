package checks

import (
	"fmt"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
)

// CriterionUnchecked finds nets of which the rules that Felix programs never ask.
var CriterionUnchecked = &check.Check{
	ID:       "criterion-unchecked",
	Title:    "Felix never checks the rule's nets, so the rule matches more than is written",
	Doc:      criterionUncheckedDoc,
	Since:    "0.1",
	Severity: diag.Error,
	Exposes:  true, // what the unchecked criterion would keep out comes in
	Run:      reportUnchecked,
}

func reportUnchecked(p *check.Pass) error {
	for policy := range reviewedPolicies(p.Cluster) {
		for _, d := range []model.Direction{model.Ingress, model.Egress} {
			for _, rules := range eval.WrittenRules(policy, d) {
				for _, at := range rules[0].Match.Unchecked {
					reportUncheckedNets(p, rules[0], at)
				}
			}
		}
	}
	return nil
}

// reportUncheckedNets reports a list by the pointer to its first net.
func reportUncheckedNets(p *check.Pass, r *model.Rule, first string) {
	list := first[:len(first)-len("/0")]
	end := "destination"
	if r.Match.Source.At != "" && len(list) > len(r.Match.Source.At) && list[:len(r.Match.Source.At)] == r.Match.Source.At {
		end = "source"
	}
	then := map[model.Action]string{
		model.Allow: "lets through", model.Deny: "denies", model.Pass: "passes on", model.Log: "logs",
	}[r.Action]
	p.Report(diag.Diagnostic{
		At: r.Policy.KeyOrigin(list), Object: r.Policy.Object.String(),
		Message: fmt.Sprintf("Felix never checks these nets: with iptables or nftables a rule has room for two long lists, and this is the third, so the rule %s every %s that the rest of it matches", then, end),
		Help:    "one rule for each net, or the nets in a GlobalNetworkSet that the rule selects",
	})
}
