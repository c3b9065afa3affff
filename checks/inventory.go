package checks

import (
	"slices"
	"sync"

	"github.com/tierlint/tierlint/internal/bitset"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// inventory is everything with labels in the inputs, and which of it a selector matches. Selectors
// see workloads, host endpoints and network sets; what runs on its node's network has labels too,
// but no selector sees it. Checks share it.
type inventory struct {
	cluster *model.Cluster
	// things is endpoints, and after them network sets; index knows them by these numbers.
	things   []*model.Endpoint
	sets     []*model.NetworkSet
	index    *selector.Index
	seen     bitset.Bits                  // what selectors see
	hidden   bitset.Bits                  // what is on the network of its node
	platform bitset.Bits                  // what is only assumed to be there, because of the platform
	inside   map[string][]*model.Endpoint // workloads and hidden ones by namespace
	spaces   *selector.Index              // the namespaces, by their own labels
	// services is the Services that lead to an endpoint.
	services map[*model.Endpoint][]*model.Service

	// What checks have asked so far.
	matched remembered[*selector.Selector, found]
	parsed  remembered[string, *selector.Selector]
	asked   remembered[*selector.Selector, []selector.Term] // of those parsed
	texts   remembered[*model.Policy, []*written]
}

// remembered keeps what checks ask for at the same time, and makes one at a time.
type remembered[K comparable, V any] struct {
	mu   sync.RWMutex
	made map[K]V
}

func (r *remembered[K, V]) get(k K, answer func(K) V) V {
	r.mu.RLock()
	v, ok := r.made[k]
	r.mu.RUnlock()
	if ok {
		return v
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if v, ok = r.made[k]; !ok {
		if r.made == nil {
			r.made = map[K]V{}
		}
		v = answer(k)
		r.made[k] = v
	}
	return v
}

// found is what a selector matches: certainly, and perhaps.
type found struct{ must, may bitset.Bits }

func newInventory(c *model.Cluster) *inventory {
	v := &inventory{
		cluster: c, things: c.Endpoints, sets: c.Sets, inside: map[string][]*model.Endpoint{},
		services: make(map[*model.Endpoint][]*model.Service, len(c.Endpoints)),
	}
	n := len(c.Endpoints) + len(c.Sets)
	v.seen, v.hidden, v.platform = bitset.New(n), bitset.New(n), bitset.New(n)
	labels := make([]selector.Labels, 0, n)
	for i, e := range c.Endpoints {
		labels = append(labels, e.Labels)
		if e.Type == model.HostNetwork {
			v.hidden.Add(i)
		} else {
			v.seen.Add(i)
		}
		if e.Type != model.Host {
			v.inside[e.Namespace] = append(v.inside[e.Namespace], e)
		}
		if e.Assumed() {
			v.platform.Add(i)
		}
	}
	for i, s := range c.Sets {
		labels = append(labels, s.Labels)
		v.seen.Add(len(c.Endpoints) + i)
	}
	v.index = selector.NewIndex(labels)
	for _, s := range c.Services {
		for _, b := range s.Backends {
			if e := b.Peer.Endpoint; e != nil && !slices.Contains(v.services[e], s) {
				v.services[e] = append(v.services[e], s)
			}
		}
	}
	labels = nil
	for _, ns := range c.Namespaces {
		l := selector.Labels{Known: map[string]string{"projectcalico.org/name": ns.Name}}
		for k, value := range ns.Labels {
			l.Known[k] = value
		}
		if !ns.Known || ns.Assumed() {
			l.Open = []string{"*"}
		}
		labels = append(labels, l)
	}
	v.spaces = selector.NewIndex(labels)
	return v
}

// match is what a selector matches of everything, also of what no selector sees.
func (v *inventory) match(s *selector.Selector) found {
	return v.matched.get(s, func(s *selector.Selector) found {
		must, may := v.index.Match(s)
		return found{must, may}
	})
}

// parse parses a selector as written; nil if it cannot be, which loading has reported.
func (v *inventory) parse(expr string) *selector.Selector {
	return v.parsed.get(expr, func(expr string) *selector.Selector {
		s, _ := selector.Parse(expr)
		return s
	})
}

// written is the subject and the peers with selectors of a policy.
func (v *inventory) written(p *model.Policy) []*written { return v.texts.get(p, writtenSelectors) }

// endpoints is the endpoints of a set of things.
func (v *inventory) endpoints(of bitset.Bits) []*model.Endpoint {
	out := make([]*model.Endpoint, 0, of.Count())
	for i := range of.All() {
		if i < len(v.things) {
			out = append(out, v.things[i])
		}
	}
	return out
}

// networkSets is the network sets of a set of things.
func (v *inventory) networkSets(of bitset.Bits) []*model.NetworkSet {
	var out []*model.NetworkSet
	for i := range of.All() {
		if i >= len(v.things) {
			out = append(out, v.sets[i-len(v.things)])
		}
	}
	return out
}

// namespaces is the namespaces that a namespaceSelector matches, certainly and perhaps.
func (v *inventory) namespaces(expr string) (must, may []*model.Namespace) {
	s := v.parse(expr)
	if s == nil {
		return nil, nil
	}
	a, b := v.spaces.Match(s)
	for i, ns := range v.cluster.Namespaces {
		if a.Has(i) {
			must = append(must, ns)
		}
		if b.Has(i) {
			may = append(may, ns)
		}
	}
	return must, may
}

// known says whether the inputs give workloads of a namespace, so that a selector that matches none
// of them says something. A platform's own are not all there are.
func (v *inventory) known(namespace string) bool {
	for _, e := range v.inside[namespace] {
		if !e.Assumed() {
			return true
		}
	}
	return false
}

// assumed says whether a namespace is there because of the platform only.
func (v *inventory) assumed(ns *model.Namespace) bool {
	if ns.Assumed() || ns.Positions != nil || v.known(ns.Name) {
		return ns.Assumed()
	}
	return len(v.inside[ns.Name]) > 0 ||
		slices.ContainsFunc(v.cluster.Services, func(s *model.Service) bool { return s.Namespace == ns.Name && s.Assumed() })
}
