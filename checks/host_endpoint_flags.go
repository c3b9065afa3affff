package checks

import (
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// reportFlagsOnPods: workloads are given only policies without these flags
// (felix/calc/event_sequencer.go:1240-1249, v3.31.0).
func reportFlagsOnPods(p *check.Pass, a *eval.Analysis, policy *model.Policy) {
	flag := flagOf(policy)
	if flag == "" {
		return
	}
	selected := a.MaySelect(policy)
	if slices.ContainsFunc(selected, func(e *model.Endpoint) bool { return e.Type == model.Host }) {
		return
	}
	var pods []*model.Endpoint
	for _, e := range selected {
		if e.Type == model.Workload && !e.Phantom {
			pods = append(pods, e)
		}
	}
	d := diag.Diagnostic{
		Severity: diag.Error, At: policy.KeyOrigin("/spec/" + flag), Object: policy.Object.String(),
		Message: fmt.Sprintf("a policy with %s is for host endpoints only, and this one selects pods: it has no effect on %s", flag, check.Endpoints(pods)),
		Help:    "no " + flag + "; or a selector of host endpoints",
	}
	if policy.Selector.Match(selector.Labels{}) == selector.Yes { // it may be for hosts that are not in the files
		if written := policy.Written.Selector; written != "" && written != "all()" {
			return
		}
		d.Severity = diag.Note
		d.Message = fmt.Sprintf("a policy with %s is for host endpoints only, of which the files have none: without them it has no effect, and on pods it never has", flag)
		d.Help = "a HostEndpoint for each node, or automatic ones (KubeControllersConfiguration default)"
		d.Settle = "the host endpoints, as in an export of the cluster: --context"
	}
	if len(pods) > 0 {
		p.Report(d)
	}
}

// reportEgressBeforeDNAT: DNAT is for what comes in (felix/calc/event_sequencer.go:1230-1267, v3.31.0). Calico's API server refuses
// such a policy; in its storage, nobody does.
func reportEgressBeforeDNAT(p *check.Pass, policy *model.Policy) {
	if !policy.PreDNAT || policy.DoNotTrack || len(policy.Rules[model.Egress]) == 0 {
		return
	}
	p.Report(diag.Diagnostic{
		At: policy.KeyOrigin("/spec/egress"), Object: policy.Object.String(),
		Message: "these rules decide nothing: a policy with preDNAT sees what comes in, and nothing else",
		Help:    "a policy of their own without preDNAT",
	})
}

func flagOf(policy *model.Policy) string {
	switch {
	case policy.DoNotTrack:
		return "doNotTrack"
	case policy.PreDNAT:
		return "preDNAT"
	}
	return ""
}

// reportNodePorts: a policy without flags sees what processes of the host get, and node ports lead
// elsewhere before that (docs.tigera.io, reference/host-endpoints/pre-dnat).
func reportNodePorts(p *check.Pass, a *eval.Analysis, policy *model.Policy) {
	if policy.PreDNAT || policy.DoNotTrack {
		return
	}
	for _, r := range policy.Rules[model.Ingress] {
		for _, port := range r.Match.Destination.Ports {
			if port.Name != "" || port.First < 30000 || port.Last > 32767 || !onlyHosts(a.MaySelect(policy)) {
				continue
			}
			p.Report(diag.Diagnostic{
				At: r.Origin(port.At), Object: policy.Object.String(),
				Message: "this policy never sees a node port: connections to one are led on to a pod before it is asked",
				Help:    "preDNAT: true and applyOnForward: true, which sees the port before it is translated",
			})
			return
		}
	}
}

func onlyHosts(endpoints []*model.Endpoint) bool {
	return len(endpoints) > 0 && !slices.ContainsFunc(endpoints, func(e *model.Endpoint) bool { return e.Type != model.Host })
}

// reportUntracked reports what untracked policies lack: replies are packets like any other, and a
// host endpoint for all interfaces has no untracked policy at all
// (felix/dataplane/linux/endpoint_mgr.go:1155-1160, v3.31.0).
func reportUntracked(p *check.Pass, a *eval.Analysis, policy *model.Policy) {
	if !policy.DoNotTrack {
		return
	}
	var tracked []*model.Endpoint
	selected := a.Selected(policy)
	for _, e := range selected {
		if e.Type == model.Host && e.Interface == "*" {
			tracked = append(tracked, e)
		}
	}
	if len(tracked) > 0 && len(tracked) == len(selected) {
		p.Report(diag.Diagnostic{
			At: policy.KeyOrigin("/spec/doNotTrack"), Object: policy.Object.String(),
			Message: fmt.Sprintf("Felix does not support doNotTrack on host endpoints for all interfaces, so this policy has no effect on %s", check.Endpoints(tracked)),
			Help:    "a HostEndpoint for each interface",
		})
	}
	for d, rules := range policy.Rules {
		back := policy.Rules[1-d]
		for _, r := range rules {
			if r.Action == model.Allow && len(r.Match.Destination.Ports) > 0 && !slices.ContainsFunc(back, func(o *model.Rule) bool { return answers(o, r) }) &&
				!othersAnswer(p.Cluster, policy, model.Direction(1-d), r) {
				p.Report(diag.Diagnostic{
					At: r.Origin(r.At), Object: policy.Object.String(),
					Message: fmt.Sprintf("replies to what this rule allows are not allowed: without connection tracking they are packets of their own, and no %s rule lets them through untracked", model.Direction(1-d)),
					Help:    fmt.Sprintf("an %s rule with the same ports as source ports", model.Direction(1-d)),
				})
				return
			}
		}
	}
}

// answers says whether a rule for the other direction lets replies through.
func answers(o, r *model.Rule) bool {
	if o.Action != model.Allow || o.Match.Protocol != nil && r.Match.Protocol != nil && *o.Match.Protocol != *r.Match.Protocol || len(o.Match.Destination.Ports) > 0 {
		return false
	}
	for _, port := range r.Match.Destination.Ports {
		if len(o.Match.Source.Ports) > 0 && !slices.ContainsFunc(o.Match.Source.Ports, func(q model.PortMatch) bool {
			return q.Name == port.Name && q.First <= port.First && port.Last <= q.Last
		}) {
			return false
		}
	}
	return true
}

// othersAnswer says whether another untracked policy may let the replies through.
func othersAnswer(c *model.Cluster, policy *model.Policy, d model.Direction, r *model.Rule) bool {
	for _, t := range c.Tiers {
		for _, o := range t.Policies {
			if o != policy && o.DoNotTrack && slices.ContainsFunc(o.Rules[d], func(x *model.Rule) bool { return answers(x, r) }) {
				return true
			}
		}
	}
	return false
}
