package checks

import (
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
)

// reportFailsafe reports rules that deny hosts a port by its number which Felix leaves open before any policy is asked, to
// whoever is at the other end (felix/rules/static.go, failsafeInChain and failsafeOutChain, v3.31.0).
func reportFailsafe(p *check.Pass, a *eval.Analysis, policy *model.Policy) {
	if !onlyHosts(a.MaySelect(policy)) {
		return
	}
	for _, d := range []model.Direction{model.Ingress, model.Egress} {
		for _, r := range policy.Rules[d] {
			port := deniedFailsafe(p.Cluster, r)
			if port == nil || !policy.Governs[d] {
				continue
			}
			setting := [2]string{model.Ingress: "failsafeInboundHostPorts", model.Egress: "failsafeOutboundHostPorts"}[d]
			open := [2]string{model.Ingress: "open on the node", model.Egress: "within reach of the node"}[d]
			out := diag.Diagnostic{
				At: r.Origin(port.At), Object: policy.Object.String(),
				Message: fmt.Sprintf("%s %d stays %s all the same: it is a failsafe port, which Felix lets through before it asks any policy", r.Match.Protocol, port.First, open),
				Help:    fmt.Sprintf("%s in FelixConfiguration default, with the ports to leave open in an emergency and without this one", setting),
			}
			if p.Cluster.Failsafes[d] == nil { // those that Felix has by itself
				out.Settle = setting + " of FelixConfiguration default, in the files or the context"
			}
			p.Report(out)
			return
		}
	}
}

// deniedFailsafe is a port that a rule denies by its number, although it is a failsafe port wherever the other end is; nil if there is none.
func deniedFailsafe(c *model.Cluster, r *model.Rule) *model.PortMatch {
	if r.Action != model.Deny || r.Match.Protocol == nil {
		return nil
	}
	ports := r.Match.Destination.Ports
	i := slices.IndexFunc(ports, func(port model.PortMatch) bool {
		return port.Name == "" && port.First == port.Last && slices.ContainsFunc(eval.Failsafes(c, r.Direction), func(f model.Failsafe) bool {
			return !f.Net.IsValid() && f.Proto == *r.Match.Protocol && f.Port == port.First
		})
	})
	if i < 0 {
		return nil
	}
	return &ports[i]
}
