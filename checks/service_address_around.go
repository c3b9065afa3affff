package checks

import (
	"fmt"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
)

// reportServiceSources reports addresses of Services as sources: nobody connects from them.
func reportServiceSources(p *check.Pass, policy *model.Policy, reported map[string]bool) {
	for _, r := range policy.Rules[model.Ingress] {
		if r.Action != model.Allow && r.Action != model.Deny {
			continue
		}
		for _, n := range r.Match.Source.Nets {
			written := writtenNet{n, &policy.Object, ""}
			net, ok := serviceNetOf(p.Cluster, n.Prefix)
			if !ok || !net.inside() || reported[written.key()] {
				continue
			}
			reported[written.key()] = true
			severity := diag.Error
			if net.assumed {
				severity = diag.Warning
			}
			p.Report(diag.Diagnostic{
				Severity: severity, At: r.Origin(n.At), Object: policy.Object.String(), Parts: []diag.Part{part(policy, r.At)},
				Message: fmt.Sprintf("%s, and nobody connects from there, so it never matches", net.is()),
				Help:    "the clients: a selector for pods, nets or ipBlock for others",
			})
		}
	}
}

// inside says whether the net is of addresses that Services have inside the cluster only.
func (n *serviceNet) inside() bool {
	return !n.net.IsSingleIP() || hasClusterAddress(n.services, n.net)
}

// is says what the net is.
func (n *serviceNet) is() string {
	if n.net.IsSingleIP() {
		return fmt.Sprintf("%s is the address of Service %s", n.net.Addr(), n.services[0].ID())
	}
	return fmt.Sprintf("%s is where a Service has its address", n.net)
}

// reportServiceExceptions reports exceptions for addresses of Services where these are all that a rule excepts:
// what is behind the Services stays within reach. Among others, they are there for completeness.
func reportServiceExceptions(p *check.Pass, a *eval.Analysis, r *model.Rule, reported map[string]bool) error {
	to := &r.Match.Destination
	if r.Action != model.Allow {
		return nil
	}
	var nets []writtenNet
	for _, n := range to.NotNets {
		if !narrow(n) {
			nets = append(nets, writtenNet{n, &r.Policy.Object, "this rule"})
		} else if _, ok := serviceNetOf(p.Cluster, n.Prefix); ok {
			nets = append(nets, writtenNet{n, &r.Policy.Object, "this rule"})
		}
	}
	if others(p.Cluster, nets) {
		return nil
	}
	for _, n := range nets {
		net, ok := serviceNetOf(p.Cluster, n.Prefix)
		if !ok || !net.inside() || reported[n.key()] {
			continue
		}
		v, found := net.visitWith(p.Cluster, a, r, model.Allowed, true)
		if !found {
			continue
		}
		reported[n.key()] = true
		d := decision(a, v.packet, model.Egress)
		if err := p.Confirm(v.packet, model.Egress, d.Verdict); err != nil {
			return err
		}
		p.Report(diag.Diagnostic{
			Severity: diag.Warning, At: r.Origin(n.At), Object: r.Policy.Object.String(), Parts: []diag.Part{part(r.Policy, r.At)},
			Message: fmt.Sprintf("%s, which is replaced by a backend's before this rule sees it: the exception keeps nobody from what is behind Service %s",
				net.is(), v.service.ID()),
			Help:    "the addresses of pods, if these are to be out of reach, or a rule that denies by their labels",
			Witness: v.flow(),
		})
	}
	return nil
}
