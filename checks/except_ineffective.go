package checks

import (
	"fmt"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
)

// ExceptIneffective finds exceptions from a net that another peer, rule or policy lets through all
// the same: an exception only narrows its own peer, it denies nothing.
var ExceptIneffective = &check.Check{
	ID:       "except-ineffective",
	Title:    "Addresses that a rule excepts are let through by another",
	Doc:      exceptIneffectiveDoc,
	Since:    "0.1",
	Severity: diag.Warning,
	Exposes:  true, // the excepted addresses come in all the same
	Run:      reportExceptions,
}

func reportExceptions(p *check.Pass) error {
	a, err := p.Eval()
	if err != nil {
		return err
	}
	for policy := range reviewedPolicies(p.Cluster) {
		for d := range policy.Rules {
			seen := map[string]bool{}
			for _, r := range policy.Rules[d] {
				if r.Action != model.Allow || len(remoteSide(r).Nets) == 0 {
					continue
				}
				for _, n := range remoteSide(r).NotNets {
					if seen[n.At] {
						continue
					}
					found, err := reportException(p, a, r, n)
					if err != nil {
						return err
					}
					seen[n.At] = found
				}
			}
		}
	}
	return nil
}

// reportException reports an exception of which everything is let through by one other rule, at
// every port that the excepting rule is for, at some endpoint of the policy.
func reportException(p *check.Pass, a *eval.Analysis, r *model.Rule, n model.Net) (bool, error) {
	ports, none := samplePorts(r)
	if none {
		return false, nil
	}
	for _, e := range some(a.Selected(r.Policy)) {
		var by *model.Rule
		var packet model.Packet
		for i, port := range ports {
			next, ok := packetFor(p.Cluster, r.Direction, e, model.Peer{Addr: n.Addr(), Endpoint: a.Endpoint(n.Addr())}, port)
			d := decision(a, next, r.Direction)
			if !ok || d.Verdict != model.Allowed || d.By.Kind != model.ByRule || i > 0 && d.By.Rule.At != by.At || !coversNet(d.By.Rule, n) {
				by = nil
				break
			}
			by, packet = d.By.Rule, next
		}
		if by == nil || by == r {
			continue
		}
		if err := p.Confirm(packet, r.Direction, model.Allowed); err != nil {
			return false, err
		}
		who := by.Policy.String()
		if by.Policy == r.Policy {
			who = fmt.Sprintf("another peer of this policy (line %d)", by.Origin(remoteAt(by)).Start.Line)
		}
		d := diag.Diagnostic{
			At: r.Origin(n.At), Object: r.Policy.Object.String(), Witness: check.Flow(packet),
			Message: fmt.Sprintf("this exception keeps nothing out: %s lets all of %s through", who, n.Prefix),
			Help:    "the same exception there, or a policy that denies: in Kubernetes, exceptions only narrow their own peer",
			Decided: check.Decided(model.By{Kind: model.ByRule, Rule: by}, e, r.Direction),
		}
		if related, ok := check.RelatedTo(model.By{Kind: model.ByRule, Rule: by}); ok {
			d.Related = []diag.Related{related}
		}
		p.Report(d)
		return true, nil
	}
	return false, nil
}

// remoteAt is where the peer of a rule is written, or the rule if it has none.
func remoteAt(r *model.Rule) string {
	if at := remoteSide(r).At; at != "" {
		return at
	}
	return r.At
}

// coversNet says whether the rule is for all addresses of a net, without naming just that net: who excepts
// one in a rule for everybody and names it in another has told the inside from the outside.
func coversNet(r *model.Rule, n model.Net) bool {
	s := remoteSide(r)
	if s.Selector != nil || s.NotSelector != nil || s.Service != nil {
		return false
	}
	for _, not := range s.NotNets {
		if not.Overlaps(n.Prefix) {
			return false
		}
	}
	wider := false
	for _, in := range s.Nets {
		if in.Prefix == n.Prefix {
			return false
		}
		wider = wider || in.Bits() <= n.Bits() && in.Contains(n.Addr())
	}
	return wider || len(s.Nets) == 0
}
