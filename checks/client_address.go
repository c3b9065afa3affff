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

// ClientAddress finds rules for the addresses of clients outside of the cluster, who come through a Service
// that replaces their addresses by those of nodes
// (docs.tigera.io, network-policy/services/services-cluster-ips; Kubernetes, "Source IP for Services").
var ClientAddress = &check.Check{
	ID:       "client-address",
	Title:    "The rule names clients' addresses, which a Service replaces by those of nodes",
	Doc:      clientAddressDoc,
	Since:    "0.1",
	Severity: diag.Warning,
	Merge:    check.All,
	Run:      reportClientAddresses,
}

func reportClientAddresses(p *check.Pass) error {
	a, err := p.Eval()
	if err != nil {
		return err
	}
	for policy := range reviewedPolicies(p.Cluster) {
		if policy.PreDNAT || policy.DoNotTrack {
			continue
		}
		for _, rules := range eval.WrittenRules(policy, model.Ingress) {
			for _, r := range rules {
				if r.Action != model.Allow || !onlyOutside(r.Match.Source.Nets) {
					continue
				}
				if s, b := hidingService(a, r); s != nil {
					p.Report(hiddenClients(r, s, b))
					break
				}
			}
		}
	}
	return nil
}

// hidingService is a Service that replaces the addresses of those whom a rule lets in, and its backend;
// nil if the rule's workloads are behind none, or let nodes in as well.
func hidingService(a *eval.Analysis, r *model.Rule) (*model.Service, *model.Backend) {
	selected := selectedHere(a, r.Policy)
	for _, s := range a.Cluster.Services {
		if !hidesClients(s) {
			continue
		}
		for i := range s.Backends {
			b := &s.Backends[i]
			if slices.Contains(selected, b.Peer.Endpoint) && opensFor(r, protoPort{b.Proto, b.Port}) && onlyOutsideAllowed(a, b) {
				return s, b
			}
		}
	}
	return nil, nil
}

// hidesClients says whether connections from outside get a node's address on their way to another node's pods.
// Load balancers that lead to the pods themselves say so in an annotation.
func hidesClients(s *model.Service) bool {
	return (s.Type == "LoadBalancer" || s.Type == "NodePort") && s.ExternalTrafficPolicy == "Cluster" && s.Reviewed() &&
		!s.Positions.Has("/metadata/annotations/service.beta.kubernetes.io~1aws-load-balancer-nlb-target-type")
}

// opensFor says whether a rule is for a port, by its number or along with all.
func opensFor(r *model.Rule, port protoPort) bool {
	m := &r.Match
	return (m.Protocol == nil || *m.Protocol == port.proto) && (len(m.Destination.Ports) == 0 || namesPort(r, port.port))
}

// namesPort says whether a rule has the number among its ports.
func namesPort(r *model.Rule, n uint16) bool {
	return slices.ContainsFunc(r.Match.Destination.Ports, func(p model.PortMatch) bool { return p.Has(n) })
}

// onlyOutsideAllowed says whether a backend lets nobody without a name in who may be a node.
func onlyOutsideAllowed(a *eval.Analysis, b *model.Backend) bool {
	if !keepsNodesOut(a, b) {
		return false
	}
	return !slices.ContainsFunc(a.PeersIn(letIn(a, b)), func(p model.Peer) bool {
		if p.Endpoint == nil {
			return inside(netip.PrefixFrom(p.Addr, p.Addr.BitLen()))
		}
		packet, ok := packetFor(a.Cluster, model.Ingress, b.Peer.Endpoint, p, protoPort{b.Proto, b.Port})
		return p.Endpoint.Type != model.Workload && ok && decision(a, packet, model.Ingress).Verdict == model.Allowed
	})
}

// keepsNodesOut says whether private addresses, as nodes have them, are kept out, though no rule names them: where
// nothing isolates, or a tier passes on what it does not name, everybody is let in.
func keepsNodesOut(a *eval.Analysis, b *model.Backend) bool {
	for _, private := range []string{"10.255.255.253", "172.31.255.253", "192.168.255.253"} {
		from := model.Peer{Addr: netip.MustParseAddr(private)}
		packet, ok := packetFor(a.Cluster, model.Ingress, b.Peer.Endpoint, from, protoPort{b.Proto, b.Port})
		if ok && decision(a, packet, model.Ingress).Verdict == model.Allowed {
			return false
		}
	}
	return true
}

// onlyOutside says whether nets are of addresses that no cluster gives its nodes, as far as that goes: none is private.
func onlyOutside(nets []model.Net) bool {
	return len(nets) > 0 && !slices.ContainsFunc(nets, func(n model.Net) bool { return inside(n.Prefix) })
}

// inside says whether a net has addresses that networks give away on their own (RFC 1918, 4193, 6598).
func inside(net netip.Prefix) bool {
	for _, private := range []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7", "fe80::/10", "169.254.0.0/16"} {
		if net.Overlaps(netip.MustParsePrefix(private)) {
			return true
		}
	}
	return false
}

func hiddenClients(r *model.Rule, s *model.Service, b *model.Backend) diag.Diagnostic {
	return diag.Diagnostic{
		At:     r.Origin(r.Match.Source.Nets[0].At),
		Object: r.Policy.Object.String(),
		Parts:  []diag.Part{part(r.Policy, r.At)},
		Message: fmt.Sprintf("clients that Service %s leads to %s on another node arrive with a node's address, not one of %s, and no rule lets nodes in: externalTrafficPolicy is Cluster",
			s.ID(), b.Peer.Endpoint.String(), r.Match.Source.Nets[0].Prefix),
		Help:    "externalTrafficPolicy: Local in the Service, which keeps clients' addresses (so does Calico's eBPF data plane); or the nodes' addresses in a rule",
		Related: []diag.Related{{At: s.KeyOrigin("/spec"), Message: "Service " + s.ID()}},
	}
}
