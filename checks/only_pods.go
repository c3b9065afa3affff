package checks

import (
	"fmt"
	"net/netip"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// onlyPods says whether it is only a guess that a rule is meant for the API server, because it opens 443
// of all pods: it may as well be meant for the outside, and leads to neither.
func (b *breaks) onlyPods(a *eval.Analysis) bool {
	x := b.all[0]
	if !x.need.Guessed || !x.need.Is(&b.policy.Object) {
		return false
	}
	for _, r := range b.policy.Rules[b.direction] {
		if to := &r.Match.Destination; r.At == x.need.At && to.Selector != nil && allPods(to.Selector) && !x.opensOwn(r) {
			out := model.Peer{Addr: netip.MustParseAddr("203.0.113.1")}
			packet, ok := packetFor(a.Cluster, model.Egress, x.packet.Src.Endpoint, out, protoPort{flow.TCP, 443})
			return ok && decision(a, packet, model.Egress).Verdict == model.Denied
		}
	}
	return false
}

// opensOwn says whether a rule names the port on which the API server itself listens.
func (x *broken) opensOwn(r *model.Rule) bool {
	for _, p := range r.Match.Destination.Ports {
		if p.Name == "" && p.First <= x.packet.DstPort && x.packet.DstPort <= p.Last {
			return true
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

// allPods says whether a selector matches a pod of which nothing is known but that it is in some namespace.
func allPods(s *selector.Selector) bool {
	const some = "some-namespace"
	return s.Match(selector.Labels{Known: map[string]string{
		"projectcalico.org/namespace": some, "projectcalico.org/orchestrator": "k8s",
		"pcns.projectcalico.org/name": some, "pcns.kubernetes.io/metadata.name": some,
	}}) == selector.Yes
}
