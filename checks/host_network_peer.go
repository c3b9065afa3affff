package checks

import (
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
)

// HostNetworkPeer finds policies and peers that are meant for pods on the network of their node. No
// selector sees those: for policy they are the node's addresses
// (libcalico-go/lib/backend/k8s/conversion/conversion.go:141-146, v3.31.0).
var HostNetworkPeer = &check.Check{
	ID:       "host-network-peer",
	Title:    "A selector is meant for pods on the network of their node, which no selector sees",
	Doc:      hostNetworkPeerDoc,
	Since:    "0.1",
	Severity: diag.Warning,
	Merge:    check.All,
	Run:      reportHostNetworkPeers,
}

func reportHostNetworkPeers(p *check.Pass) error {
	v, err := inventoryOf(p)
	if err != nil {
		return err
	}
	for _, texts := range v.reviewed() {
		for _, w := range texts {
			switch {
			case w.local:
			case v.emptiness(w) == hiddenOnly:
				p.Report(w.hidden(v.endpoints(w.matches.must.And(v.hidden))))
			case !w.subject():
				if d := v.hiddenPort(w); d != nil {
					p.Report(*d)
				}
			}
		}
	}
	return nil
}

// hidden is the finding for a selector that matches nothing but pods on the network of their node.
func (w *written) hidden(pods []*model.Endpoint) diag.Diagnostic {
	d := diag.Diagnostic{
		At: w.origin(""), Object: w.policy.Object.String(), Related: onHostNetwork(pods[0]),
		Message: fmt.Sprintf("%s: it selects only %s, on the network of the node, where no policy for pods applies", w.effect(), check.Endpoints(pods)),
		Help:    "a HostEndpoint and a GlobalNetworkPolicy for the node, or nothing: this policy protects nothing",
	}
	if !w.subject() {
		d.Message = fmt.Sprintf("%s, so %s: it is only %s, on the network of the node, which no selector sees", w.is()+" matches nothing",
			w.effect(), check.Endpoints(pods))
		d.Help = "the addresses of the nodes: ipBlock in a NetworkPolicy of Kubernetes, nets in one of Calico"
	}
	return d
}

func onHostNetwork(e *model.Endpoint) []diag.Related {
	at := e.KeyOrigin(e.ContainersAt)
	if at.File == "" {
		return nil
	}
	return []diag.Related{{At: at, Message: e.String() + " has hostNetwork: true"}}
}

// hiddenPort finds egress rules for a port that nothing listens on of what the peer matches, but
// something on the network of a node does that the peer would match as well.
func (v *inventory) hiddenPort(w *written) *diag.Diagnostic {
	r := w.rules[0]
	if r.Direction != model.Egress || r.Action != model.Allow || w.local {
		return nil
	}
	m := w.matches
	hidden := v.endpoints(m.must.And(v.hidden))
	for _, port := range singlePorts(w.rules) {
		e, s := v.behind(w, hidden, port)
		if e == nil && s == nil {
			continue
		}
		others := slices.ContainsFunc(v.endpoints(m.may.And(v.seen)), func(e *model.Endpoint) bool { return v.serves(e, port) })
		if others && (e == nil || len(w.terms) == 0 || opensAddresses(w.policy, r.Direction, port)) {
			continue
		}
		d := &diag.Diagnostic{
			At: r.Origin(w.side.At), Object: w.policy.Object.String(),
			Help: "the addresses of the nodes and the port where it listens: ipBlock in a NetworkPolicy of Kubernetes; nets or services in one of Calico",
		}
		switch {
		case others:
			d.Message = fmt.Sprintf("this peer leaves out %s, which listens on %s too: it is on the network of the node, which no selector sees", e.String(), port)
			d.Related = onHostNetwork(e)
		case e != nil:
			d.Message = fmt.Sprintf("nothing that this peer matches listens on %s; %s does, but it is on the network of the node, which no selector sees", port, e.String())
			d.Related = onHostNetwork(e)
		default:
			d.Message = fmt.Sprintf("nothing that this peer matches listens on %s; Service %s does, but it leads to addresses of nodes, which no selector sees", port, s.ID())
		}
		return d
	}
	return nil
}

// opensAddresses says whether a rule of the policy lets a port of addresses be reached, as those of nodes have to be.
func opensAddresses(p *model.Policy, d model.Direction, port protoPort) bool {
	return slices.ContainsFunc(p.Rules[d], func(r *model.Rule) bool {
		return r.Action == model.Allow && r.Match.Destination.Selector == nil && opensFor(r, port)
	})
}

// behind is who of the hidden ones listens on the port, or a Service in the peer's namespaces that leads from
// it to nothing but nodes.
func (v *inventory) behind(w *written, hidden []*model.Endpoint, port protoPort) (*model.Endpoint, *model.Service) {
	for _, e := range hidden {
		if !e.Assumed() && slices.ContainsFunc(e.Ports, func(p model.Port) bool { return p.Proto == port.proto && p.Number == port.port }) {
			return e, nil
		}
	}
	if len(w.terms) > 0 {
		return nil, nil // for certain pods
	}
	in, _ := v.scope(w)
	for _, s := range v.cluster.Services {
		if s.Assumed() || len(s.Backends) == 0 || !slices.ContainsFunc(in, func(ns *model.Namespace) bool { return ns.Name == s.Namespace }) {
			continue
		}
		onPort := slices.ContainsFunc(s.Ports, func(p model.ServicePort) bool { return p.Proto == port.proto && p.Port == port.port })
		onPods := slices.ContainsFunc(s.Backends, func(b model.Backend) bool {
			return b.Peer.Endpoint != nil && b.Peer.Endpoint.Type == model.Workload
		})
		if onPort && !onPods {
			return nil, s
		}
	}
	return nil, nil
}

// serves says whether a pod may be meant by a port: it listens there, or a Service of that port
// leads to it.
func (v *inventory) serves(e *model.Endpoint, port protoPort) bool {
	return listens(v.cluster, e, port.proto, port.port, port.port) ||
		slices.ContainsFunc(v.services[e], func(s *model.Service) bool {
			return slices.ContainsFunc(s.Ports, func(p model.ServicePort) bool { return p.Proto == port.proto && p.Port == port.port })
		})
}
