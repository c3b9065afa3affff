package model

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"strings"

	"github.com/tierlint/tierlint/internal/flow"
)

// Resolver turns connections between named ends into packets between the ends of a cluster.
type Resolver struct {
	cluster *Cluster
	// named is the pods and workloads by "namespace/name" and "namespace/kind/name", the kind in small letters.
	named map[string][]*Endpoint
	// numbered is those that share even their kind with others, each with a number.
	numbered map[*Endpoint]string
	byAddr   map[netip.Addr]*Endpoint // workloads
	services map[string]*Service
	vips     map[netip.Addr]*Service
}

// NewResolver prepares a cluster.
func NewResolver(c *Cluster) *Resolver {
	r := &Resolver{
		cluster: c,
		named:   map[string][]*Endpoint{}, numbered: map[*Endpoint]string{}, byAddr: map[netip.Addr]*Endpoint{},
		services: map[string]*Service{}, vips: map[netip.Addr]*Service{},
	}
	for _, e := range c.Endpoints {
		if e.Type == Host || e.Phantom {
			continue
		}
		r.named[e.ID()] = append(r.named[e.ID()], e)
		r.named[byKind(e)] = append(r.named[byKind(e)], e)
		if e.Type == Workload {
			for _, a := range e.Addrs {
				r.byAddr[a] = e
			}
		}
	}
	r.number()
	for _, s := range c.Services {
		r.services[s.ID()] = s
		for _, a := range s.Addrs {
			r.vips[a] = s
		}
	}
	return r
}

// number gives a name of its own to each of several endpoints with the same kind and name, as manifests have
// that never were in one cluster.
func (r *Resolver) number() {
	for name, found := range maps.Clone(r.named) {
		if len(found) < 2 || name != byKind(found[0]) {
			continue
		}
		for i, e := range found {
			r.numbered[e] = fmt.Sprintf("%s (%d)", name, i+1)
			r.named[r.numbered[e]] = []*Endpoint{e}
		}
	}
}

// Name is what names an endpoint and no other: "namespace/name", with its kind where others share that.
func (r *Resolver) Name(e *Endpoint) string {
	if name, ok := r.numbered[e]; ok {
		return name
	}
	if len(r.named[e.ID()]) > 1 {
		return byKind(e)
	}
	return e.ID()
}

func byKind(e *Endpoint) string {
	return e.Namespace + "/" + strings.ToLower(e.Kind) + "/" + e.Name
}

// Resolved is a connection as policy sees it.
type Resolved struct {
	Flow   flow.Flow // as answered: Dst and Port are the backend's, where Via is the Service
	Packet Packet
}

// ServicePrefix marks the name of a Service among ends.
const ServicePrefix = "svc:"

// place is a resolved end: a Service, or where something is.
type place struct {
	name  string
	peers []Peer // one for each known address
	svc   *Service
}

// Resolve finds what a connection asked for by names means. Its ends are "namespace/name" of a pod
// or workload, "namespace/kind/name" where that is ambiguous, an address, or a node (OwnNode, OtherNode or
// NodePrefix and a name), which is answered once for each of its addresses. A destination may also be
// "svc:namespace/name" or a Service's cluster address, and is then answered once for each
// ready backend, in the order of their addresses. The error says what is wrong with the question.
func (r *Resolver) Resolve(f flow.Flow) ([]Resolved, error) {
	p, err := packetOf(&f)
	if err != nil {
		return nil, err
	}
	sources, err := r.places(f.Src)
	if err != nil {
		return nil, fmt.Errorf("source: %w", err)
	}
	if sources[0].svc != nil {
		return nil, fmt.Errorf("source: %s is a Service, and a Service sends nothing", f.Src)
	}
	destinations, err := r.places(f.Dst)
	if err != nil {
		return nil, fmt.Errorf("destination: %w", err)
	}
	var out []Resolved
	var first error
	for _, src := range sources {
		for _, dst := range destinations {
			some, err := r.fromTo(f, p, src, dst)
			if first == nil {
				first = err
			}
			out = append(out, some...)
		}
	}
	if len(out) > 0 {
		return out, nil
	}
	return nil, first
}

// fromTo resolves a connection between one place and another.
func (r *Resolver) fromTo(f flow.Flow, p Packet, src, dst place) ([]Resolved, error) {
	src, err := r.settleNode(src, dst)
	if err != nil {
		return nil, fmt.Errorf("source: %w", err)
	}
	if dst, err = r.settleNode(dst, src); err != nil {
		return nil, fmt.Errorf("destination: %w", err)
	}
	if dst.svc == nil && f.Via == "" {
		one, err := r.between(f, p, src, dst)
		if err != nil {
			return nil, err
		}
		return []Resolved{one}, nil
	}
	return r.throughService(f, p, src, dst)
}

// packetOf reads what a flow says besides its ends, and completes the flow.
func packetOf(f *flow.Flow) (Packet, error) {
	proto, err := flow.ParseProto(f.Proto)
	if err != nil {
		return Packet{}, err
	}
	if f.Proto == "" {
		f.Proto = "tcp"
	}
	for _, port := range []int{f.Port, f.SrcPort} {
		if port < 0 || port > 65535 {
			return Packet{}, fmt.Errorf("port %d: not from 0 to 65535", port)
		}
	}
	p := Packet{Proto: proto, DstPort: uint16(f.Port), SrcPort: uint16(cmp.Or(f.SrcPort, flow.DefaultSourcePort))}
	switch proto {
	case flow.ICMP:
		p.ICMPType = 8 // echo request
	case flow.ICMPv6:
		p.ICMPType = 128 // echo request
	}
	if p.ICMPType, err = icmpNumber(f.ICMPType, p.ICMPType, "type"); err != nil {
		return Packet{}, err
	}
	p.ICMPCode, err = icmpNumber(f.ICMPCode, 0, "code")
	return p, err
}

func icmpNumber(n *int, unset uint8, what string) (uint8, error) {
	if n == nil {
		return unset, nil
	}
	if *n < 0 || *n > 255 {
		return 0, fmt.Errorf("ICMP %s %d: not from 0 to 255", what, *n)
	}
	return uint8(*n), nil
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

// Why a connection between ends that exist leads nowhere, or nobody knows where.
var (
	ErrIPVersion       = errors.New("no IP version in common")
	ErrNoBackend       = errors.New("nothing ready is behind")
	ErrBackendsUnknown = errors.New("the inputs do not say what is behind")
)

// between makes the packet between two places: from the first address of the source of whose IP
// version the destination has one.
func (r *Resolver) between(f flow.Flow, p Packet, src, dst place) (Resolved, error) {
	for _, a := range src.peers {
		for _, b := range dst.peers {
			if r.versions(a)&r.versions(b) != 0 {
				f.Src, f.Dst = src.name, dst.name
				p.Src, p.Dst, p.SameNode = a, b, sameNode(src, dst)
				return Resolved{f, p}, nil
			}
		}
	}
	return Resolved{}, fmt.Errorf("%s and %s: %w", src.name, dst.name, ErrIPVersion)
}

// versions is the IP versions that a peer may talk, as bits. A pod without known address has those of the
// pods' CIDRs, or else IPv4; a node may have both.
func (r *Resolver) versions(p Peer) int {
	const v4, v6 = 1, 2
	of := func(is4 bool) int {
		if is4 {
			return v4
		}
		return v6
	}
	switch {
	case p.Addr.IsValid():
		return of(p.Addr.Is4())
	case p.Endpoint.Type == HostNetwork:
		return v4 | v6
	case len(r.cluster.PodCIDRs) == 0:
		return v4
	}
	out := 0
	for _, n := range r.cluster.PodCIDRs {
		out |= of(n.Addr().Is4())
	}
	return out
}
