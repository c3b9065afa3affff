package regocheck

import (
	"net/netip"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
)

// factsOfDNS is, by workload, whether policy lets it ask the cluster's DNS over UDP and TCP: "allow" if
// some backend certainly answers, "deny" if none does, else "unknown". A workload that does not ask it is
// left out. All are where the inputs have no DNS Service, or have NodeLocal DNSCache, which pods ask instead.
func (in *input) factsOfDNS() (*ast.Term, error) {
	var fields []field
	if len(in.cluster.NodeCaches) > 0 {
		return in.object(), nil
	}
	known := map[client]*ast.Term{}
	for _, e := range in.analysis.Endpoints {
		if e.Type != model.Workload || e.Phantom || e.DNSPolicy == "Default" || e.DNSPolicy == "None" || in.servesDNS(e) {
			continue
		}
		as := client{in.analysis.Chain(e, model.Egress), in.analysis.Class(e)}
		if _, ok := known[as]; !ok {
			known[as] = in.object(
				field{"udp", in.asks(e, flow.UDP)},
				field{"tcp", in.asks(e, flow.TCP)},
			)
		}
		fields = append(fields, field{in.names.key(&e.Object), known[as]})
	}
	return in.object(fields...), nil
}

// client is what says how the questions of a workload fare.
type client struct {
	egress *eval.Chain
	class  [2]int
}

func (in *input) servesDNS(e *model.Endpoint) bool {
	for _, s := range in.cluster.DNS {
		for _, b := range s.Backends {
			if b.Peer.Endpoint == e {
				return true
			}
		}
	}
	return false
}

// asks is the verdict on a workload's questions over a protocol, nil if nobody answers over it.
func (in *input) asks(e *model.Endpoint, proto flow.Proto) *ast.Term {
	best, found := model.Denied, false
	for _, s := range in.cluster.DNS {
		for _, b := range s.Backends {
			if !b.Ready || b.Proto != proto || !in.isDNSPort(s, b) {
				continue
			}
			src, ok := in.towards(e, b.Peer)
			if !ok {
				continue
			}
			found = true
			egress, ingress := in.analysis.Decide(model.Packet{
				Src: src, Dst: b.Peer, Proto: proto, SrcPort: flow.DefaultSourcePort, DstPort: b.Port,
			})
			best = max(best, min(egress.Verdict, ingress.Verdict))
		}
	}
	if !found {
		return nil
	}
	return in.text(best.String())
}

// isDNSPort says whether a backend is behind port 53 of the Service (RFC 1035, 4.2).
func (in *input) isDNSPort(s *model.Service, b model.Backend) bool {
	return slices.ContainsFunc(s.Ports, func(p model.ServicePort) bool {
		return p.Port == 53 && p.Proto == b.Proto && p.Name == b.PortName
	})
}

// towards is the workload at the address from which it talks to a peer; false if the two have no IP
// version in common.
func (in *input) towards(e *model.Endpoint, to model.Peer) (model.Peer, bool) {
	is4 := !in.cluster.PodsAreIPv6()
	if to.Addr.IsValid() {
		is4 = to.Addr.Is4()
	}
	if i := slices.IndexFunc(e.Addrs, func(a netip.Addr) bool { return a.Is4() == is4 }); i >= 0 {
		return model.Peer{Endpoint: e, Addr: e.Addrs[i]}, true
	}
	return model.Peer{Endpoint: e}, len(e.Addrs) == 0 && is4 != in.cluster.PodsAreIPv6()
}
