package checks

import (
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
)

// onlyPods says whether it is only a guess that a rule is meant for the API server, because it opens 443
// of all pods: it may as well be meant for the outside, and leads to neither.
func (b *breaks) onlyPods(a *eval.Analysis) bool {
	x := b.all[0]
	if !x.need.Guessed || !x.need.Is(&b.policy.Object) {
		return false
	}
	for _, r := range b.policy.Rules[b.direction] {
		if to := &r.Match.Destination; r.At == x.need.At && to.Selector != nil && allPods(to.Selector) && !namesPort(r, x.packet.DstPort) {
			return !slices.ContainsFunc(outsiders, func(out model.Peer) bool {
				packet, ok := packetFor(a.Cluster, model.Egress, x.packet.Src.Endpoint, out, protoPort{flow.TCP, 443})
				return ok && decision(a, packet, model.Egress).Verdict != model.Denied
			})
		}
	}
	return false
}

// leadsToPods is the message for such a rule, and what to write, which is for the API server first.
func (b *breaks) leadsToPods(forServer string) (message, help string) {
	message = fmt.Sprintf("443 of all pods leads neither to the API server, which is no pod, nor out of the cluster, and no other rule lets %s there",
		check.Endpoints(b.clients()))
	if isAdmin(b.policy.API) {
		return message, "for the API server, " + forServer
	}
	if b.policy.API == model.KubernetesNetworkPolicy {
		return message, "for the API server, " + forServer + "\nand for the outside\n- to:\n  - ipBlock: {cidr: 0.0.0.0/0}  # with the addresses of pods and nodes in except\n  ports: [{protocol: TCP, port: 443}]"
	}
	return message, "for the API server, " + forServer + "\nand for the outside\n- {action: Allow, protocol: TCP, destination: {nets: [0.0.0.0/0], ports: [443]}}  # with the addresses of pods and nodes in notNets"
}
