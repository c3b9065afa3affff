package model

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tierlint/tierlint/internal/flow"
)

// throughService does kube-proxy's part: it leads a connection to the ready backends of a Service,
// or, where the flow says that it came via one, to the backend that it names.
func (r *Resolver) throughService(f flow.Flow, p Packet, src, dst place) ([]Resolved, error) {
	svc, port, asked := dst.svc, p.DstPort, p.DstPort
	wanted := func(b *Backend) bool {
		return len(dst.peers) == 0 || r.versions(dst.peers[0])&r.versions(b.Peer) != 0
	}
	if f.Via != "" {
		var err error
		if svc, port, err = r.via(f.Via); err != nil {
			return nil, err
		}
		wanted = func(b *Backend) bool { return b.Port == asked && slices.ContainsFunc(dst.peers, b.Peer.Same) }
	}
	backends, err := backendsOf(svc, p.Proto, port)
	if err != nil {
		return nil, err
	}
	var out []Resolved
	f.Via = ServicePrefix + svc.ID() + ":" + strconv.Itoa(int(port))
	for _, b := range backends {
		if !wanted(b) {
			continue
		}
		f.Port, p.DstPort = int(b.Port), b.Port
		one, err := r.between(f, p, src, r.at(b.Peer))
		if err == nil {
			out = append(out, one)
		} else if !errors.Is(err, ErrIPVersion) {
			return nil, err
		}
	}
	switch {
	case len(out) > 0:
		return out, nil
	case dst.svc == nil:
		return nil, fmt.Errorf("%s does not lead to port %d of %s", f.Via, asked, dst.name)
	case !svc.BackendsKnown:
		return nil, fmt.Errorf("%w Service %s", ErrBackendsUnknown, svc.ID())
	}
	return nil, fmt.Errorf("%w Service %s for %s %d", ErrNoBackend, svc.ID(), p.Proto, port)
}

// via reads "svc:namespace/name:port".
func (r *Resolver) via(s string) (*Service, uint16, error) {
	i := strings.LastIndexByte(s, ':')
	id, isService := strings.CutPrefix(s[:max(i, 0)], ServicePrefix)
	port, err := strconv.ParseUint(s[i+1:], 10, 16)
	if !isService || err != nil {
		return nil, 0, fmt.Errorf("via %q: not svc:namespace/name:port", s)
	}
	svc := r.services[id]
	if svc == nil {
		return nil, 0, fmt.Errorf("via: no Service %s", id)
	}
	return svc, uint16(port), nil
}

// backendsOf is the ready backends of a Service's port, those with addresses first and in their order.
func backendsOf(svc *Service, proto flow.Proto, port uint16) ([]*Backend, error) {
	i := slices.IndexFunc(svc.Ports, func(p ServicePort) bool { return p.Proto == proto && p.Port == port })
	if i < 0 {
		return nil, fmt.Errorf("Service %s has no port %d for %s", svc.ID(), port, proto)
	}
	var out []*Backend
	for j := range svc.Backends {
		b := &svc.Backends[j]
		if b.Ready && b.PortName == svc.Ports[i].Name && b.Proto == proto {
			out = append(out, b)
		}
	}
	slices.SortStableFunc(out, compareBackends)
	return slices.CompactFunc(out, func(a, b *Backend) bool { return a.Port == b.Port && a.Peer.Same(b.Peer) }), nil
}

func compareBackends(a, b *Backend) int {
	known := func(p Peer) int {
		if p.Addr.IsValid() {
			return 0
		}
		return 1
	}
	id := func(p Peer) string {
		if p.Endpoint == nil {
			return ""
		}
		return byKind(p.Endpoint)
	}
	return cmp.Or(
		cmp.Compare(known(a.Peer), known(b.Peer)),
		a.Peer.Addr.Compare(b.Peer.Addr),
		cmp.Compare(id(a.Peer), id(b.Peer)),
		cmp.Compare(a.Port, b.Port),
	)
}
