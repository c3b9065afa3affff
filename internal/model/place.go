package model

import (
	"fmt"
	"net/netip"
	"strings"
)

// ServicePrefix marks the name of a Service among ends.
const ServicePrefix = "svc:"

// place is a resolved end: a Service, or where something is.
type place struct {
	name  string
	peers []Peer // one for each known address
	svc   *Service
}

// places resolves one end: to one place, but to one for each address of a node.
func (r *Resolver) places(s string) ([]place, error) {
	if nodes, isNode, err := r.nodePlaces(s); isNode {
		return nodes, err
	}
	one, err := r.place(s)
	return []place{one}, err
}

// place resolves one end that is no node.
func (r *Resolver) place(s string) (place, error) {
	if id, ok := strings.CutPrefix(s, ServicePrefix); ok {
		svc := r.services[id]
		if svc == nil {
			return place{}, fmt.Errorf("no Service %s", id)
		}
		return place{name: s, svc: svc}, nil
	}
	if found := r.named[s]; len(found) > 0 {
		if len(found) > 1 {
			return place{}, r.ambiguous(s, found)
		}
		return place{name: r.Name(found[0]), peers: peersOf(found[0])}, nil
	}
	if a, err := netip.ParseAddr(s); err == nil {
		a = a.Unmap()
		if svc := r.vips[a]; svc != nil {
			return place{name: s, peers: []Peer{{Addr: a}}, svc: svc}, nil
		}
		return r.at(Peer{Endpoint: r.byAddr[a], Addr: a}), nil
	}
	if !strings.Contains(s, "/") {
		return place{}, fmt.Errorf("%q is neither namespace/name, svc:namespace/name nor node:NAME, nor an address", s)
	}
	if name, ok := strings.CutPrefix(s, "node/"); ok {
		return place{}, fmt.Errorf("no pod or workload %s: a node is written %s%s", s, NodePrefix, name)
	}
	return place{}, fmt.Errorf("no pod or workload %s", s)
}

func (r *Resolver) ambiguous(name string, found []*Endpoint) error {
	var say []string
	for _, e := range found {
		say = append(say, r.Name(e))
	}
	return fmt.Errorf("%s is ambiguous: say %s", name, strings.Join(say, " or "))
}

// at is the place of one peer. One address of an endpoint that has several is called by the address.
func (r *Resolver) at(p Peer) place {
	name := p.Addr.String()
	if p.Endpoint != nil && (!p.Addr.IsValid() || len(p.Endpoint.Addrs) == 1 && p.Endpoint.Type != HostNetwork) {
		name = r.Name(p.Endpoint)
	}
	return place{name: name, peers: []Peer{p}}
}

// peersOf is an endpoint at each of its addresses, or where none is known at an unknown one.
func peersOf(e *Endpoint) []Peer {
	if len(e.Addrs) == 0 {
		return []Peer{{Endpoint: e}}
	}
	out := make([]Peer, len(e.Addrs))
	for i, a := range e.Addrs {
		out[i] = Peer{Endpoint: e, Addr: a}
	}
	return out
}
