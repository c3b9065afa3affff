package refeval

import (
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// inbound and outbound are the ports of a host that policy cannot close, where nobody says which
// (felix/config/config_params.go, FailsafeInboundHostPorts and FailsafeOutboundHostPorts, v3.31.0).
func inbound() []model.Failsafe {
	return append([]model.Failsafe{{Proto: flow.TCP, Port: 22}, {Proto: flow.UDP, Port: 68}}, bothWays()...)
}

func outbound() []model.Failsafe {
	return append([]model.Failsafe{{Proto: flow.UDP, Port: 53}, {Proto: flow.UDP, Port: 67}}, bothWays()...)
}

// bothWays is BGP, etcd, Typha, the Kubernetes API and etcd as some set it up.
func bothWays() []model.Failsafe {
	var out []model.Failsafe
	for _, p := range []uint16{179, 2379, 2380, 5473, 6443, 6666, 6667} {
		out = append(out, model.Failsafe{Proto: flow.TCP, Port: p})
	}
	return out
}

// host sends the packet through the tables in the kernel's order: untracked policy, pre-DNAT policy for
// ingress, then normal policy and the endpoint's profiles. An Allow in an earlier one is final. Ends of
// tiers deny in normal policy only (felix/rules/endpoints.go:622-708, v3.31.0).
func (w *walk) host() {
	switch open := w.failsafe(); open {
	case selector.Yes:
		w.decide(true, model.Allowed, model.By{Kind: model.ByFailsafe})
		return
	case selector.Maybe:
		w.unknown(model.By{Gap: "whether a failsafe port is open to the other end depends on its address, which is not in the files"})
		w.decide(false, model.Allowed, model.By{Kind: model.ByFailsafe})
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

// failsafe says whether the packet is to a port that policy does not close. Where the endpoint has
// untracked policies, which see packets before connection tracking does, so are the ports that
// replies come from (felix/rules/static.go, failsafeInChain and failsafeOutChain, v3.31.0).
func (w *walk) failsafe() selector.Answer {
	in, out := w.cluster.Failsafes[model.Ingress], w.cluster.Failsafes[model.Egress]
	if in == nil {
		in = inbound()
	}
	if out == nil {
		out = outbound()
	}
	to, from := in, out
	if w.end.Direction == model.Egress {
		to, from = out, in
	}
	open := selector.No
	for _, f := range to {
		if f.Proto == w.view.packet.Proto && f.Port == w.view.packet.DstPort {
			open = max(open, w.across(f))
		}
	}
	for _, f := range from {
		if has(w.tiers, Untracked) && f.Proto == w.view.packet.Proto && f.Port == w.view.packet.SrcPort {
			open = max(open, w.across(f))
		}
	}
	return open
}

// across says whether the other end is where that of a failsafe port must be.
func (w *walk) across(f model.Failsafe) selector.Answer {
	if !f.Net.IsValid() {
		return selector.Yes
	}
	return w.view.in(w.view.packet.Remote(w.end.Direction), []model.Net{{Prefix: f.Net}})
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
