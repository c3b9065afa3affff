package model

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/tierlint/tierlint/internal/flow"
)

// Resolved is a connection as policy sees it.
type Resolved struct {
	Flow   flow.Flow // as answered: Dst and Port are the backend's, where Via is the Service
	Packet Packet
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
