package checks

import (
	"net/netip"

	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
)

// cutFromEveryone finds DNS pods that nobody at all may ask, where the inputs have no workload that could.
func cutFromEveryone(c *model.Cluster, a *eval.Analysis) []*cut {
	client := &model.Endpoint{
		Object: model.Object{Name: "every workload"}, Phantom: true, Addrs: []netip.Addr{somePodAddress(c)},
	}
	var out *cut
	for v := range dnsVisits(c, client, flow.UDP) {
		chain := a.Chain(v.packet.Dst.Endpoint, model.Ingress)
		if chain == nil {
			return nil
		}
		at := pktset.Point(flow.UDP, v.packet.DstPort)
		if chain.Allowed.Overlaps(pktset.Rect(chain.Universe.Columns(), pktset.Range{First: at, Last: at})) {
			return nil
		}
		if out == nil {
			v.packet.Src = model.Peer{Addr: client.Addrs[0]}
			out = &cut{client: client, visit: v, direction: model.Ingress, decided: decision(a, v.packet, model.Ingress)}
		}
	}
	if out == nil || out.decided.Verdict != model.Denied {
		return nil
	}
	return []*cut{out}
}

// somePodAddress is an address that a pod may have: of the pods' CIDRs, or of Calico's default pool
// (manifests/calico.yaml, CALICO_IPV4POOL_CIDR, v3.31.0).
func somePodAddress(c *model.Cluster) netip.Addr {
	a := netip.AddrFrom4([4]byte{192, 168, 0, 0})
	if len(c.PodCIDRs) > 0 {
		a = c.PodCIDRs[0].Addr()
	}
	return a.Next()
}
