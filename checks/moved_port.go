package checks

import (
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
)

// protoPort is a protocol and a port.
type protoPort struct {
	proto flow.Proto
	port  uint16
}

// movedPort is a port of a Service that some of its pods do not listen on.
type movedPort struct {
	service *model.Service
	port    *model.ServicePort
}

// movedPorts is the ports, and the node ports, of Services, by number, that kube-proxy turns into
// others. DNS has a check of its own. Nobody turns the ports of headless Services.
func movedPorts(c *model.Cluster) map[protoPort][]movedPort {
	out := map[protoPort][]movedPort{}
	for _, s := range c.Services {
		if s.Headless {
			continue
		}
		for i := range s.Ports {
			port := &s.Ports[i]
			if port.Port == dnsPort && slices.Contains(c.DNS, s) {
				continue
			}
			for _, n := range []uint16{port.Port, port.NodePort} {
				elsewhere := func(b model.Backend) bool { return b.PortName == port.Name && b.Proto == port.Proto && b.Port != n }
				if n != 0 && slices.ContainsFunc(s.Backends, elsewhere) {
					k := protoPort{port.Proto, n}
					out[k] = append(out[k], movedPort{s, port})
				}
			}
		}
	}
	return out
}

// visits is connections through the Service that begin or end at the endpoint; those that end
// there come from one of whom the rule matches.
func (m movedPort) visits(c *model.Cluster, a *eval.Analysis, d model.Direction, e *model.Endpoint, match pktset.Set) []visit {
	if d == model.Egress {
		return slices.Collect(visits(c, e, m.service, m.port))
	}
	var out []visit
	for i := range m.service.Backends {
		b := &m.service.Backends[i]
		if b.Peer.Endpoint != e || b.PortName != m.port.Name || b.Proto != m.port.Proto {
			continue
		}
		if packet, ok := a.Witness(e, d, match); ok {
			packet.Src, packet.DstPort = client(c, packet, a.PeersIn(match)), b.Port
			out = append(out, visit{packet: packet, service: m.service, port: m.port})
		}
	}
	return out
}

// client is the source that makes the best example: neither the pod itself nor one that is only
// assumed to be there, if there is such a one.
func client(c *model.Cluster, packet model.Packet, sources []model.Peer) model.Peer {
	for _, p := range append([]model.Peer{packet.Src}, sources...) {
		other := packet
		other.Src = p
		if p.Endpoint != packet.Dst.Endpoint && (p.Endpoint == nil || !p.Endpoint.Assumed()) && c.IPVersion(&other) == c.IPVersion(&packet) {
			return p
		}
	}
	return packet.Src
}

// leadsTo says whether the pod is behind the port of the Service.
func (m movedPort) leadsTo(e *model.Endpoint) bool {
	return slices.ContainsFunc(m.service.Backends, func(b model.Backend) bool {
		return b.Peer.Endpoint == e && b.PortName == m.port.Name && b.Proto == m.port.Proto
	})
}

// podPorts is where those of the pods that are behind the Service listen.
func (m movedPort) podPorts(pods []*model.Endpoint) []string {
	var out []string
	for _, b := range m.service.Backends {
		n := fmt.Sprint(b.Port)
		if b.PortName == m.port.Name && b.Proto == m.port.Proto && slices.Contains(pods, b.Peer.Endpoint) && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}
