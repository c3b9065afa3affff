package refeval

import (
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// ownNode says whether something else than policy decides at an end, because the packet stays on one node,
// and how. A node reaches the pods on it, as the kubelet's probes do, and its host endpoints are not on the
// way; what a pod sends to its node passes the pod's own policies, and is then up to a setting
// (felix/rules/static.go:453-466 and :720-744, felix/rules/dispatch.go:204-217, v3.31.0).
func (e *Evaluator) ownNode(p *model.Packet, d model.Direction) (selector.Answer, model.Decision) {
	fromPod := !p.Src.IsNode() && p.Src.Endpoint != nil && p.Src.Endpoint.Type == model.Workload
	switch {
	case p.SameNode == selector.No, fromPod && d == model.Egress:
		return selector.No, model.Decision{}
	case !fromPod:
		return p.SameNode, model.Decision{Verdict: model.Allowed, By: model.By{Kind: model.ByOwnNode}}
	case e.cluster.ToHost == model.Allow:
		return p.SameNode, model.Decision{Verdict: model.Allowed, By: model.By{Kind: model.ByToHost}}
	case e.cluster.ToHost == model.Deny:
		return p.SameNode, model.Decision{Verdict: model.Denied, By: model.By{Kind: model.ByToHost}}
	}
	return selector.No, model.Decision{}
}

// notPlaced is the decider where the inputs do not say on which node the pod of a packet is.
func notPlaced(p *model.Packet) model.By {
	node, pod := p.Src.Endpoint, p.Dst.Endpoint
	if !p.Src.IsNode() {
		node, pod = pod, node
	}
	return model.By{Kind: model.ByUnknown,
		Gap: fmt.Sprintf("whether %s is on node %s, where that does not depend on policy (an export of the pods would say)", pod, node.Name)}
}

// hostOf is the host endpoint of a node at whose address there is none: that for all of its interfaces, or else
// the first by name, if it has any.
func (e *Evaluator) hostOf(node string) *model.Endpoint {
	var first *model.Endpoint
	for _, ep := range e.cluster.Endpoints {
		if ep.Type != model.Host || ep.Node != node {
			continue
		}
		if ep.Interface == "*" {
			return ep
		}
		if first == nil {
			first = ep
		}
	}
	return first
}

// guarded says whether a peer is some node and there are nodes with host endpoints.
func (e *Evaluator) guarded(p model.Peer) bool {
	return p.IsNode() && p.Endpoint.Name == "" && !p.Addr.IsValid() &&
		slices.ContainsFunc(e.cluster.Endpoints, func(ep *model.Endpoint) bool { return ep.Type == model.Host })
}
