package checks

import (
	"iter"
	"net/netip"
	"slices"

	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
)

// dnsPort is where resolvers ask (RFC 1035, 4.2).
const dnsPort = 53

// dnsVisits is the connections by which a client resolves names: one for each backend of the cluster's DNS.
func dnsVisits(c *model.Cluster, client *model.Endpoint, protos ...flow.Proto) iter.Seq[visit] {
	return func(yield func(visit) bool) {
		for _, proto := range protos {
			for _, s := range c.DNS {
				for i := range s.Ports {
					if p := &s.Ports[i]; p.Port != dnsPort || p.Proto != proto {
						continue
					}
					for v := range visits(c, client, s, &s.Ports[i]) {
						if !yield(v) {
							return
						}
					}
				}
			}
		}
	}
}

// dnsClients is the endpoints that ask the cluster's DNS: not the DNS pods themselves, and not
// those that resolve names in the way of their node or of their own (pods' dnsPolicy).
func dnsClients(c *model.Cluster, endpoints []*model.Endpoint) []*model.Endpoint {
	out := make([]*model.Endpoint, 0, len(endpoints))
	for _, e := range endpoints {
		if e.Type == model.Workload && e.DNSPolicy != "Default" && e.DNSPolicy != "None" && !servesDNS(c, e) {
			out = append(out, e)
		}
	}
	return out
}

// helpful is a rule that lets clients ask the DNS in one way, but not in all that they need.
type helpful struct {
	rule    *model.Rule
	clients []*model.Endpoint
}

func (h *helpful) helps() *helpful { return h }

// byRule finds something of each client, or nil, and puts together what is about the same rule, in the clients' order.
func byRule[T interface {
	comparable
	helps() *helpful
}](clients []*model.Endpoint, find func(*model.Endpoint) T) []T {
	type place struct {
		policy *model.Policy
		at     string
	}
	var none T
	found := map[place]*helpful{}
	var out []T
	for _, client := range clients {
		x := find(client)
		if x == none {
			continue
		}
		h := x.helps()
		k := place{h.rule.Policy, h.rule.At}
		if found[k] == nil {
			found[k] = h
			out = append(out, x)
		} else {
			found[k].clients = append(found[k].clients, client)
		}
	}
	return out
}

func servesDNS(c *model.Cluster, e *model.Endpoint) bool {
	return slices.ContainsFunc(c.DNS, func(s *model.Service) bool {
		return slices.ContainsFunc(s.Backends, func(b model.Backend) bool { return b.Peer.Endpoint == e })
	})
}

// asksNodeCache says whether a client may ask NodeLocal DNSCache: if the inputs have it, by any rule, otherwise by one
// that is meant for it: caches listen at an address of the node's own.
func asksNodeCache(c *model.Cluster, a *eval.Analysis, client *model.Endpoint) bool {
	cached, addrs := len(c.NodeCaches) > 0, cacheAddrs(c)
	if !cached {
		addrs = linkLocalPeers(a.Chain(client, model.Egress))
	}
	for _, addr := range addrs {
		to := model.Peer{Addr: addr}
		src, ok := towards(c, client, to)
		if !ok {
			continue
		}
		d := decision(a, model.Packet{Src: src, Dst: to, Proto: flow.UDP, SrcPort: flow.DefaultSourcePort, DstPort: dnsPort}, model.Egress)
		if d.Verdict == model.Allowed && (cached || names(d.By.Rule, addr)) {
			return true
		}
	}
	return false
}

// linkLocalPeers is the addresses of a node's own that egress rules open port 53 of. A rule for any port may be for the
// cloud's metadata.
func linkLocalPeers(c *eval.Chain) []netip.Addr {
	var out []netip.Addr
	for _, p := range c.Policies() {
		for _, r := range p.Rules[model.Egress] {
			side := &r.Match.Destination
			forDNS := slices.ContainsFunc(side.Ports, func(p model.PortMatch) bool { return p.Has(dnsPort) })
			for _, n := range side.Nets {
				if n.Addr().IsLinkLocalUnicast() && (forDNS || n.Contains(model.UsualNodeCache)) {
					out = append(out, n.Addr())
				}
			}
		}
	}
	return out
}

// names says whether a rule names the address, or the link-local network that it is in.
func names(r *model.Rule, addr netip.Addr) bool {
	return r != nil && slices.ContainsFunc(r.Match.Destination.Nets, func(n model.Net) bool {
		return n.Contains(addr) && n.Bits() >= 16
	})
}

// deniedAsPrivate says whether all that is not known of a connection is whether the pod's address
// is among the private ones, all of which (RFC 1918) the rule that is next to decide denies.
func deniedAsPrivate(d model.Decision) bool {
	if d.Verdict != model.Unknown || d.By.Rule == nil || d.By.Rule.Action != model.Deny {
		return false
	}
	for _, private := range []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"} {
		p := netip.MustParsePrefix(private)
		if !slices.ContainsFunc(d.By.Rule.Match.Destination.Nets, func(n model.Net) bool { return n.Bits() <= p.Bits() && n.Contains(p.Addr()) }) {
			return false
		}
	}
	return true
}
