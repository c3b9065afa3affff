package checks

import (
	"iter"
	"net/netip"
	"slices"
	"strconv"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
)

// visit is a connection to a Service as policy sees it: kube-proxy has led it to a backend before
// any policy is asked (docs.tigera.io, reference/resources/globalnetworkpolicy, "applyOnForward").
type visit struct {
	packet  model.Packet // to the backend, at the port where it listens
	service *model.Service
	port    *model.ServicePort
}

// visits leads a client to each ready backend of a Service's port that it has an IP version in common with.
func visits(c *model.Cluster, client *model.Endpoint, s *model.Service, port *model.ServicePort) iter.Seq[visit] {
	return func(yield func(visit) bool) {
		for i := range s.Backends {
			b := &s.Backends[i]
			if !b.Ready || b.Port == 0 || b.PortName != port.Name || b.Proto != port.Proto {
				continue
			}
			src, ok := towards(c, client, b.Peer)
			if ok && !yield(visit{service: s, port: port, packet: model.Packet{
				Src: src, Dst: b.Peer, Proto: port.Proto, SrcPort: flow.DefaultSourcePort, DstPort: b.Port,
			}}) {
				return
			}
		}
	}
}

// towards is the client at the address from which it talks to a peer; false if the two have no IP version in common.
func towards(c *model.Cluster, client *model.Endpoint, to model.Peer) (model.Peer, bool) {
	is4 := !c.PodsAreIPv6()
	if to.Addr.IsValid() {
		is4 = to.Addr.Is4()
	}
	if i := slices.IndexFunc(client.Addrs, func(a netip.Addr) bool { return a.Is4() == is4 }); i >= 0 {
		return model.Peer{Endpoint: client, Addr: client.Addrs[i]}, true
	}
	return model.Peer{Endpoint: client}, len(client.Addrs) == 0 && is4 != c.PodsAreIPv6()
}

// before is the same connection with the port that the client asked the Service for, as a rule
// would have to see it that names the Service's port.
func (v *visit) before() model.Packet {
	p := v.packet
	p.DstPort = v.port.Port
	return p
}

// flow is the visit in words, with the Service that led to it.
func (v *visit) flow() *flow.Flow {
	f := check.Flow(v.packet)
	f.Via = model.ServicePrefix + v.service.ID() + ":" + strconv.Itoa(int(v.port.Port))
	return f
}

// decision is who decides a packet at one end.
func decision(a *eval.Analysis, p model.Packet, d model.Direction) model.Decision {
	return a.DecideAt(p, d)
}

// part is a part of a policy.
func part(p *model.Policy, pointer string) diag.Part {
	return diag.Part{Object: p.Object.String(), Pointer: pointer}
}

// inDirection is all that a policy has for a direction.
func inDirection(p *model.Policy, d model.Direction) diag.Part { return part(p, "/spec/"+d.String()) }

// relatedTo is the place of a decider, unless it is the end of a tier and the policy that the finding is about.
func relatedTo(by model.By, about *model.Policy) []diag.Related {
	if r, ok := check.RelatedTo(by); ok && (by.Rule != nil || by.Policy != about) {
		return []diag.Related{r}
	}
	return nil
}
