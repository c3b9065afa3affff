package checks

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
)

// reportOwnPods reports rules for hosts and pods as their peers that do not hold for the pods on the host itself: what
// those send there is up to a setting first (felix/rules/static.go:453-466, v3.31.0).
func reportOwnPods(p *check.Pass, a *eval.Analysis, policy *model.Policy) {
	c := p.Cluster
	if c.ToHost == model.Pass || policy.PreDNAT || policy.DoNotTrack || !onlyHosts(a.MaySelect(policy)) {
		return
	}
	for _, r := range policy.Rules[model.Ingress] {
		denies := r.Action == model.Deny && c.ToHost == model.Allow
		if !denies && (r.Action != model.Allow || c.ToHost != model.Deny) || !forPods(a, r) {
			continue
		}
		d := diag.Diagnostic{
			At: r.Origin(r.At), Object: policy.Object.String(),
			Message: "pods on the node itself stay out all the same: defaultEndpointToHostAction is Drop, so what a pod sends to its own node is dropped, and no policy for hosts is asked",
			Help:    "defaultEndpointToHostAction: Return in FelixConfiguration default, with which policies for hosts decide",
		}
		if denies {
			d.Message = "pods on the node itself get in all the same: defaultEndpointToHostAction is Accept, so what a pod's own policies let out to its node is allowed, and no policy for hosts is asked"
			d.Help += "; or deny it in an egress policy for the pods"
		}
		if c.ToHostAt.File == "" {
			d.Severity = diag.Note
			d.Settle = "FelixConfiguration default, in the files or the context"
			d.Message += " (Calico's manifests and its operator set it so, and no file says otherwise)"
		} else {
			d.Related = []diag.Related{{At: c.ToHostAt, Message: "what pods send to their own node"}}
		}
		p.Report(d)
		return
	}
}

// forPods says whether the peers of a rule are pods, by a selector or by their nets.
func forPods(a *eval.Analysis, r *model.Rule) bool {
	side := remoteSide(r)
	if side.Selector == nil {
		return len(side.Nets) > 0 && !slices.ContainsFunc(side.Nets, func(n model.Net) bool {
			return !slices.ContainsFunc(a.Cluster.PodCIDRs, func(pods netip.Prefix) bool { return pods.Bits() <= n.Bits() && pods.Contains(n.Addr()) })
		})
	}
	return slices.ContainsFunc(a.Uses(r), func(u *eval.Use) bool {
		return slices.ContainsFunc(a.PeersIn(a.Match(u)), func(peer model.Peer) bool { return isWorkload(peer.Endpoint) })
	})
}

// isWorkload says whether an endpoint is a workload of the files.
func isWorkload(e *model.Endpoint) bool {
	return e != nil && e.Type == model.Workload && !e.Phantom && !e.Assumed()
}

// reportForwarded reports a policy for what hosts forward that lets nothing through for their pods. What no rule
// decides of that is dropped (felix/rules/endpoints.go:722-735, v3.31.0).
func reportForwarded(p *check.Pass, a *eval.Analysis, policy *model.Policy) {
	if !forwards(policy) || policy.Tier.DefaultPass || !onlyHosts(a.Selected(policy)) ||
		!slices.ContainsFunc(p.Cluster.Endpoints, isWorkload) {
		return
	}
	host := a.Selected(policy)[0]
	for _, d := range []model.Direction{model.Ingress, model.Egress} {
		if !policy.Governs[d] || forwardsToPods(p.Cluster, a, host, d) {
			continue
		}
		p.Report(diag.Diagnostic{
			At: policy.KeyOrigin("/spec/applyOnForward"), Object: policy.Object.String(),
			Message: fmt.Sprintf("with this, the policy also decides what %s forwards for its pods, and no %s rule is for that, so the end of tier %s drops it", host.String(), d, policy.Tier.Name),
			Help:    "before it, a rule that allows the addresses of pods; or no applyOnForward, if the host's own processes are meant",
		})
		return
	}
}

// forwards says whether a policy decides about traffic that hosts forward, after DNAT.
func forwards(policy *model.Policy) bool {
	return policy.API == model.GlobalNetworkPolicy && policy.ApplyOnForward && !policy.PreDNAT && !policy.DoNotTrack
}

// forwardsToPods says whether a rule may be there for what a host forwards: one for any port, for certain addresses
// on the pods' side, or for a port that a workload has.
func forwardsToPods(c *model.Cluster, a *eval.Analysis, host *model.Endpoint, d model.Direction) bool {
	for _, t := range c.Tiers {
		for _, policy := range t.Policies {
			if forwards(policy) && slices.Contains(a.MaySelect(policy), host) &&
				slices.ContainsFunc(policy.Rules[d], func(r *model.Rule) bool { return forForwarded(c, r) }) {
				return true
			}
		}
	}
	return false
}

func forForwarded(c *model.Cluster, r *model.Rule) bool {
	if r.Action != model.Allow && r.Action != model.Pass {
		return false
	}
	local := r.Match.Source
	if r.Direction == model.Ingress {
		local = r.Match.Destination
		local.Ports, local.NotPorts = nil, nil
	}
	ports := r.Match.Destination.Ports
	return !local.Any() || len(ports) == 0 || slices.ContainsFunc(ports, func(port model.PortMatch) bool {
		return port.Name != "" || slices.ContainsFunc(c.Endpoints, func(e *model.Endpoint) bool {
			return isWorkload(e) && slices.ContainsFunc(e.Ports, func(own model.Port) bool { return port.Has(own.Number) })
		})
	})
}
