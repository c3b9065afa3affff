package model

import (
	"fmt"
	"maps"
	"net/netip"
	"strings"
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
