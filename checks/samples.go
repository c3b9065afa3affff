package checks

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

func (p protoPort) String() string { return fmt.Sprintf("%s %d", p.proto, p.port) }

// singlePorts is the destination ports, by number and not in ranges, of rules.
func singlePorts(rules []*model.Rule) []protoPort {
	var out []protoPort
	for _, r := range rules {
		for _, p := range r.Match.Destination.Ports {
			if p.Name == "" && p.First == p.Last {
				out = append(out, protoPort{protoOf(r), p.First})
			}
		}
	}
	return out
}

// protoOf is the protocol of a rule's ports.
func protoOf(r *model.Rule) flow.Proto {
	if p := r.Match.Protocol; p != nil {
		return *p
	}
	return flow.TCP
}

// samplePorts is destination ports that a rule is for, one of each range; any TCP port where it is
// for all. none is true of a rule that has no ports but cannot have TCP, and of named ports.
func samplePorts(r *model.Rule) (out []protoPort, none bool) {
	if len(r.Match.Destination.Ports) == 0 {
		if !protoOf(r).HasPorts() || r.Match.NotProtocol != nil || len(r.Match.Destination.NotPorts) > 0 {
			return nil, true
		}
		return []protoPort{{protoOf(r), 443}, {protoOf(r), 32123}}, false
	}
	for _, p := range r.Match.Destination.Ports {
		if p.Name != "" {
			return nil, true
		}
		out = append(out, protoPort{protoOf(r), p.First})
	}
	return out, false
}

// packetFor is a connection at the endpoint in the direction of the rule, with the peer.
func packetFor(c *model.Cluster, d model.Direction, at *model.Endpoint, peer model.Peer, port protoPort) (model.Packet, bool) {
	local, ok := towards(c, at, peer)
	packet := model.Packet{Src: local, Dst: peer, Proto: port.proto, SrcPort: flow.DefaultSourcePort, DstPort: port.port}
	if d == model.Ingress {
		packet.Src, packet.Dst = peer, local
	}
	return packet, ok
}

// selectedHere is the workloads of the inputs that a policy certainly selects.
func selectedHere(a *eval.Analysis, p *model.Policy) []*model.Endpoint {
	return withoutPhantoms(a.Selected(p))
}

// withoutPhantoms is those of the endpoints that the inputs have: the same list, if it has no others.
func withoutPhantoms(es []*model.Endpoint) []*model.Endpoint {
	phantom := func(e *model.Endpoint) bool { return e.Phantom }
	if !slices.ContainsFunc(es, phantom) {
		return es
	}
	return slices.DeleteFunc(slices.Clone(es), phantom)
}

// somePodOf is the labels of a pod of which only the namespace is known.
func somePodOf(namespace string) selector.Labels {
	return selector.Labels{Open: []string{"*"}, Known: map[string]string{
		"projectcalico.org/namespace":      namespace,
		"projectcalico.org/orchestrator":   "k8s",
		"pcns.projectcalico.org/name":      namespace,
		"pcns.kubernetes.io/metadata.name": namespace,
	}}
}

// allPods says whether a selector matches a pod that has no labels of its own, in a namespace of no particular name.
func allPods(s *selector.Selector) bool {
	return s.Match(selector.Labels{Known: somePodOf("some-namespace").Known}) == selector.Yes
}

// outsiders are clients or servers outside of the cluster, one of each IP version, at addresses for examples (RFC 5737,
// RFC 3849).
var outsiders = []model.Peer{{Addr: netip.MustParseAddr("203.0.113.1")}, {Addr: netip.MustParseAddr("2001:db8::1")}}

// some is the first of many endpoints: what a finding shows at one of them is enough.
func some(es []*model.Endpoint) []*model.Endpoint { return es[:min(len(es), maxPairs)] }
