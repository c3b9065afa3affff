package refeval

import (
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
)

// protoPort is a protocol and a port.
type protoPort struct {
	proto flow.Proto
	port  uint16
}

// inbound and outbound are the ports of a host that policy cannot close
// (felix/config/config_params.go, FailsafeInboundHostPorts and FailsafeOutboundHostPorts, v3.31.0).
func inbound() []protoPort {
	return append([]protoPort{{flow.TCP, 22}, {flow.UDP, 68}}, bothWays()...)
}

func outbound() []protoPort {
	return append([]protoPort{{flow.UDP, 53}, {flow.UDP, 67}}, bothWays()...)
}

// bothWays is BGP, etcd, Typha, the Kubernetes API and etcd as some set it up.
func bothWays() []protoPort {
	var out []protoPort
	for _, p := range []uint16{179, 2379, 2380, 5473, 6443, 6666, 6667} {
		out = append(out, protoPort{flow.TCP, p})
	}
	return out
}

// host sends the packet through the tables in the kernel's order: untracked policy, pre-DNAT policy for
// ingress, then normal policy and the endpoint's profiles. An Allow in an earlier one is final. Ends of
// tiers deny in normal policy only (felix/rules/endpoints.go:622-708, v3.31.0).
func (w *walk) host() {
	if w.failsafe() {
		w.decide(true, model.Allowed, model.By{Kind: model.ByFailsafe})
		return
	}
	if !w.class(Untracked) {
		return
	}
	if w.end.Direction == model.Ingress && !w.class(PreDNAT) {
		return
	}
	if w.class(Normal) {
		w.profiles(w.end.Endpoint.Profiles)
	}
}

// failsafe says whether the packet is to a port that is always open. Where the endpoint has
// untracked policies, which see packets before connection tracking does, so are the ports that
// replies come from (felix/rules/static.go, failsafeInChain and failsafeOutChain, v3.31.0).
func (w *walk) failsafe() bool {
	to, from := inbound(), outbound()
	if w.end.Direction == model.Egress {
		to, from = from, to
	}
	p := w.view.packet
	return slices.Contains(to, protoPort{p.Proto, p.DstPort}) ||
		has(w.tiers, Untracked) && slices.Contains(from, protoPort{p.Proto, p.SrcPort})
}

// allowAll is the profile that Calico itself provides.
const allowAll = "projectcalico-default-allow"

// profile says what a profile does. Calico has one for each namespace, which allows everything,
// one for each service account, which only has labels, and allowAll; any other denies
// (libcalico-go/lib/backend/k8s/resources/profile.go:128-156, felix/calc/active_rules_calculator.go:391-424, v3.31.0).
func (w *walk) profile(name string) ProfileEffect {
	namespace, ofNamespace := strings.CutPrefix(name, "kns.")
	switch {
	case name == allowAll:
		return ProfileAllows
	case strings.HasPrefix(name, "ksa."):
		return ProfileSilent
	case !ofNamespace:
		return ProfileDenies
	}
	ep := w.end.Endpoint
	exists := ep.Type == model.Workload && ep.Namespace == namespace ||
		slices.ContainsFunc(w.cluster.Namespaces, func(n *model.Namespace) bool { return n.Name == namespace })
	if exists {
		return ProfileAllows
	}
	return ProfileDenies
}
