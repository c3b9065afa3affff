package checks

import (
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
	"github.com/tierlint/tierlint/internal/selector"
)

// HostEndpointLockout finds global policies that are meant for pods and cut off nodes as well.
var HostEndpointLockout = &check.Check{
	ID:       "host-endpoint-lockout",
	Title:    "The policy selects host endpoints along with pods, and cuts nodes off",
	Doc:      hostEndpointLockoutDoc,
	Since:    "0.1",
	Severity: diag.Warning,
	Run:      reportLockouts,
}

// kubelet is what the control plane reaches every node at.
var kubelet = pktset.Point(flow.TCP, 10250)

func reportLockouts(p *check.Pass) error {
	a, err := p.Eval()
	if err != nil {
		return err
	}
	for policy := range reviewedPolicies(p.Cluster) {
		if policy.API != model.GlobalNetworkPolicy || policy.DoNotTrack || policy.PreDNAT {
			continue
		}
		// What has no labels at all is selected only by all(), or by what is not there. Where it is namespaces
		// that must not be, selector-too-wide says so.
		if policy.Selector.Match(selector.Labels{}) != selector.Yes || policy.Written.NamespaceSelector != "" || policy.Written.Accounts != "" {
			continue
		}
		if err := reportLockout(p, a, policy); err != nil {
			return err
		}
	}
	return nil
}

// reportLockout warns where a host endpoint of the files is cut off, and otherwise notes that one
// would be.
func reportLockout(p *check.Pass, a *eval.Analysis, policy *model.Policy) error {
	out := diag.Diagnostic{
		At: policy.KeyOrigin(policy.SelectorAt), Object: policy.Object.String(),
		Help:  "namespaceSelector: has(projectcalico.org/name), beside the selector: hosts have no namespace",
		Fixes: notHosts(p.Cluster, policy),
	}
	for _, d := range []model.Direction{model.Ingress, model.Egress} {
		for _, s := range a.Steps(policy, d) {
			for _, e := range s.Endpoints() {
				if e.Type != model.Host || !s.Certain {
					continue
				}
				packet, ok := cutOffHost(a, policy, e, d)
				if !ok {
					continue
				}
				if err := p.Confirm(packet, d, model.Denied); err != nil {
					return err
				}
				out.Message = fmt.Sprintf("this selects %s along with pods, and denies its %s traffic except for the failsafe ports", e.String(), d)
				out.Witness = check.Flow(packet)
				out.Decided = check.Decided(decision(a, packet, d).By, e, d)
				p.Report(out)
				return nil
			}
		}
	}
	if hasHosts(p.Cluster) || !denies(policy) {
		return nil
	}
	out.Message = "this selects host endpoints, too, and Calico makes one of every node: it cuts the nodes off except for the failsafe ports"
	if allowsHosts(p, a) || !autoHosts(p.Cluster, &out) {
		out.Settle = "HostEndpoints, or KubeControllersConfiguration default, in the files or the context"
		out.Severity = diag.Note
		out.Message = "this selects host endpoints, too: on a cluster that has them, as with automatic ones, it cuts nodes off except for the failsafe ports"
	}
	p.Report(out)
	return nil
}

// cutOffHost is a connection to or from the host that is denied at the end of the policy's tier.
func cutOffHost(a *eval.Analysis, policy *model.Policy, e *model.Endpoint, d model.Direction) (model.Packet, bool) {
	c := a.Chain(e, d)
	for _, s := range c.Steps() {
		if s.Tier != policy.Tier || s.Dropped.IsEmpty() {
			continue
		}
		lost := s.Dropped.Minus(c.Allowed)
		at := pktset.Rect(lost.Columns(), pktset.Range{First: kubelet, Last: kubelet})
		if only := lost.Intersect(at); !only.IsEmpty() {
			lost = only
		}
		return example(a, e, d, lost)
	}
	return model.Packet{}, false
}

// allowsHosts says whether a global policy for labels that no workload has, so probably for nodes, allows something.
func allowsHosts(p *check.Pass, a *eval.Analysis) bool {
	for policy := range reviewedPolicies(p.Cluster) {
		if policy.API != model.GlobalNetworkPolicy || policy.Written.NamespaceSelector != "" || policy.Written.Accounts != "" ||
			policy.Selector.Match(selector.Labels{}) == selector.Yes || slices.ContainsFunc(a.MaySelect(policy), isWorkload) {
			continue
		}
		for _, rules := range policy.Rules {
			if slices.ContainsFunc(rules, func(r *model.Rule) bool { return r.Action == model.Allow }) {
				return true
			}
		}
	}
	return false
}

// autoHosts says whether Calico is told to make a host endpoint of every node, and adds where to the finding.
func autoHosts(c *model.Cluster, out *diag.Diagnostic) bool {
	if c.AutoHosts.File == "" {
		return false
	}
	out.Related = append(out.Related, diag.Related{At: c.AutoHosts, Message: "automatic host endpoints are turned on"})
	return true
}

func hasHosts(c *model.Cluster) bool {
	for _, e := range c.Endpoints {
		if e.Type == model.Host {
			return true
		}
	}
	return false
}

// denies says whether a policy leaves anything for the end of its tier to deny.
func denies(p *model.Policy) bool {
	if p.Tier.DefaultPass {
		return false
	}
	for d, governs := range p.Governs {
		if !governs {
			continue
		}
		open := false
		for _, r := range p.Rules[d] {
			peers := remoteSide(r).Selector // hosts talk with hosts, so any pod is not enough
			open = open || (r.Action == model.Allow || r.Action == model.Pass) && broad(r) && (peers == nil || peers.String() == "all()")
		}
		if !open {
			return true
		}
	}
	return false
}
