package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
)

// RuleNeverMatches finds rules and policies whose criteria exclude each other, so that no traffic
// at all could match them, whatever is in the cluster, and rules for what Felix drops before any policy.
var RuleNeverMatches = &check.Check{
	ID:       "rule-never-matches",
	Title:    "Nothing can match the rule or policy: its criteria exclude each other, or Felix drops the traffic before",
	Doc:      ruleNeverMatchesDoc,
	Since:    "0.1",
	Severity: diag.Error,
	Run:      reportNeverMatching,
}

func reportNeverMatching(p *check.Pass) error {
	v, err := inventoryOf(p)
	if err != nil {
		return err
	}
	for policy := range reviewedPolicies(p.Cluster) {
		if key, never := policy.Selector.Impossible(); never {
			p.Report(diag.Diagnostic{
				At: policy.Origin(policy.SelectorAt), Object: policy.Object.String(),
				Message: "the policy applies to nothing: " + unsatisfied(key, "this selector", &policy.Written),
				Help:    "one of the conditions, or `||` or `in {...}` between them if either will do",
			})
			continue
		}
		for _, rules := range slices.Concat(eval.WrittenRules(policy, model.Ingress), eval.WrittenRules(policy, model.Egress)) {
			found := v.neverMatches(rules)
			if d, ok := tunnelled(p.Cluster, rules); ok {
				found = append(found, d)
			}
			for _, d := range found {
				d.Object = policy.Object.String()
				p.Report(d)
			}
		}
	}
	return nil
}

// plain is a label as people write it.
func plain(key string) string {
	return strings.TrimPrefix(strings.TrimPrefix(key, "pcns."), "pcsa.")
}

// unsatisfied says that nothing meets a selector's conditions on a label. Where they are spread over selector and
// namespaceSelector it is a namespace that both ask for.
func unsatisfied(key, what string, w *model.Written) string {
	const own = "projectcalico.org/namespace"
	if name := plain(key); w.NamespaceSelector != "" && strings.Contains(w.Selector, own) && (name == own || isNameOfNamespace(name)) {
		return "no namespace satisfies both selector and namespaceSelector"
	}
	return fmt.Sprintf("no value of %s satisfies %s", plain(key), what)
}

// neverMatches says what is wrong with what Calico makes of one rule as written: each peer by itself.
func (v *inventory) neverMatches(rules []*model.Rule) []diag.Diagnostic {
	var out []diag.Diagnostic
	seen := map[string]bool{}
	for _, r := range rules {
		d, ok := neverMatches(r)
		if !ok {
			d, ok = v.wrongSide(r)
		}
		if !ok {
			d, ok = v.wrongPorts(r)
		}
		if !ok {
			continue
		}
		if place := fmt.Sprint(d.At.Span, d.Message); !seen[place] {
			seen[place] = true
			out = append(out, d)
		}
	}
	return out
}

func neverMatches(r *model.Rule) (diag.Diagnostic, bool) {
	if r.Match.Never != "" {
		return diag.Diagnostic{
			At: r.Origin(r.At), Message: "this rule matches nothing: " + r.Match.Never,
			Help: "a rule for each IP version",
		}, true
	}
	for _, side := range []*model.Side{&r.Match.Source, &r.Match.Destination} {
		if side.Selector != nil {
			if key, never := side.Selector.Impossible(); never {
				return impossiblePeer(r, side, key), true
			}
		}
		if n := excluded(side); n != "" {
			return diag.Diagnostic{
				At:      r.Origin(n),
				Message: "this peer matches nothing: what is excluded covers all of its nets",
				Help:    "a narrower exception, or none",
			}, true
		}
	}
	return diag.Diagnostic{}, false
}

func impossiblePeer(r *model.Rule, side *model.Side, key string) diag.Diagnostic {
	d := diag.Diagnostic{
		At:      r.Origin(side.SelectorAt),
		Message: "this peer matches nothing: " + unsatisfied(key, "its selector", &side.Written),
		Help:    "one of the conditions, or `||` or `in {...}` between them if either will do",
	}
	if r.Policy.API != model.CalicoNetworkPolicy && r.Policy.API != model.GlobalNetworkPolicy {
		d.At = r.Policy.KeyOrigin(side.SelectorAt) // a map of labels, not one text
	}
	if key == "projectcalico.org/namespace" && !r.Policy.Global() && side.Written.NamespaceSelector == "" {
		d.Message = fmt.Sprintf("this peer matches nothing: without a namespaceSelector, Calico adds that the namespace is %s, and the selector asks for another",
			r.Policy.Namespace)
		d.Help = "namespaceSelector: kubernetes.io/metadata.name == '...' instead"
	}
	return d
}

// excluded is the pointer to the exceptions of a side if they cover all of its nets.
func excluded(side *model.Side) string {
	if len(side.Nets) == 0 {
		return ""
	}
	for _, n := range side.Nets {
		if !slices.ContainsFunc(side.NotNets, func(x model.Net) bool { return x.Bits() <= n.Bits() && x.Contains(n.Addr()) }) {
			return ""
		}
	}
	return side.NotNets[0].At
}
