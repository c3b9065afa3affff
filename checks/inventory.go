package checks

import (
	"iter"
	"maps"
	"slices"
	"sync"

	"github.com/tierlint/tierlint/internal/bitset"
	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// inventory is everything with labels in the inputs, and which of it a selector matches. Selectors
// see workloads, host endpoints and network sets; what runs on its node's network has labels too,
// but no selector sees it. Checks share it.
type inventory struct {
	cluster  *model.Cluster
	analysis *eval.Analysis
	// Everything has a number: the endpoints that Calico polices, as in the analysis, then network sets, and then what
	// is on the network of its node, of which index knows the labels.
	policed, onNodes []*model.Endpoint
	sets             []*model.NetworkSet
	index            *selector.Index
	seen             bitset.Bits                  // what selectors see
	hidden           bitset.Bits                  // what is on the network of its node
	platform         bitset.Bits                  // what is only assumed to be there, because of the platform
	inside           map[string][]*model.Endpoint // workloads and hidden ones by namespace
	spaces           *selector.Index              // the namespaces, by their own labels
	// services is the Services that lead to an endpoint.
	services map[*model.Endpoint][]*model.Service
	// texts is the subject and the peers with selectors of each policy that a finding may point at.
	texts [][]*written

	// What checks have asked so far.
	matched remembered[*selector.Selector, found]
	parsed  remembered[string, *selector.Selector]
	asked   remembered[*selector.Selector, []selector.Term] // of those parsed
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

// inventoryOf is the inventory of the cluster that a check runs on.
func inventoryOf(p *check.Pass) (*inventory, error) {
	a, err := p.Eval()
	if err != nil {
		return nil, err
	}
	return check.Shared(p, func(*model.Cluster) *inventory { return newInventory(a) }), nil
}

func newInventory(a *eval.Analysis) *inventory {
	c := a.Cluster
	v := &inventory{
		cluster: c, analysis: a, policed: a.Endpoints, sets: c.Sets, inside: map[string][]*model.Endpoint{},
		services: make(map[*model.Endpoint][]*model.Service, len(c.Endpoints)),
	}
	var labels []selector.Labels
	for _, e := range c.Endpoints {
		if e.Type == model.HostNetwork {
			v.onNodes = append(v.onNodes, e)
			labels = append(labels, e.Labels)
		}
		if e.Type != model.Host {
			v.inside[e.Namespace] = append(v.inside[e.Namespace], e)
		}
	}
	v.index = selector.NewIndex(labels)
	v.seen = bitset.Full(v.firstOnNode()).Minus(v.those(func(e *model.Endpoint) bool { return e.Phantom }))
	v.hidden = v.those(func(e *model.Endpoint) bool { return e.Type == model.HostNetwork })
	v.platform = v.those(func(e *model.Endpoint) bool { return e.Assumed() })
	for _, s := range c.Services {
		for _, b := range s.Backends {
			if e := b.Peer.Endpoint; e != nil && !slices.Contains(v.services[e], s) {
				v.services[e] = append(v.services[e], s)
			}
		}
	}
	v.spaces = selector.NewIndex(labelsOfNamespaces(c))
	for p := range reviewedPolicies(c) {
		texts := writtenSelectors(p)
		for _, w := range texts {
			w.matches, w.pods = v.find(w.sel), v.parse(w.text.Selector)
			w.terms = v.termsOf(w)
		}
		v.texts = append(v.texts, texts)
	}
	return v
}

// labelsOfNamespaces is what namespace selectors see of each namespace of the cluster.
func labelsOfNamespaces(c *model.Cluster) []selector.Labels {
	var out []selector.Labels
	for _, ns := range c.Namespaces {
		l := selector.Labels{Known: map[string]string{"projectcalico.org/name": ns.Name}}
		maps.Copy(l.Known, ns.Labels)
		if !ns.Known || ns.Assumed() {
			l.Open = []string{"*"}
		}
		out = append(out, l)
	}
	return out
}

// those is the endpoints that are kept.
func (v *inventory) those(keep func(*model.Endpoint) bool) bitset.Bits {
	out := bitset.New(v.count())
	for i, e := range v.policed {
		if keep(e) {
			out.Add(i)
		}
	}
	for i, e := range v.onNodes {
		if keep(e) {
			out.Add(v.firstOnNode() + i)
		}
	}
	return out
}

func (v *inventory) firstOnNode() int { return len(v.policed) + len(v.sets) }

func (v *inventory) count() int { return v.firstOnNode() + len(v.onNodes) }

// match is what a selector matches of everything, also of what no selector sees.
func (v *inventory) match(s *selector.Selector) found { return v.matched.get(s, v.find) }

func (v *inventory) find(s *selector.Selector) found {
	must, may := v.analysis.Matching(s)
	onNodes, perhaps := v.index.Match(s)
	certain := v.with(must, onNodes)
	if must.Identity() == may.Identity() && onNodes.Identity() == perhaps.Identity() {
		return found{certain, certain}
	}
	return found{certain, v.with(may, perhaps)}
}

// with is what selectors see of a set of the analysis, and some of what is on the network of its node.
func (v *inventory) with(seen, onNodes bitset.Bits) bitset.Bits {
	seen = seen.And(v.seen)
	if onNodes.IsEmpty() {
		return seen
	}
	out := bitset.New(v.count())
	for i := range onNodes.All() {
		out.Add(v.firstOnNode() + i)
	}
	return seen.Or(out)
}

// parse parses a selector as written; nil if it cannot be, which loading has reported.
func (v *inventory) parse(expr string) *selector.Selector {
	return v.parsed.get(expr, func(expr string) *selector.Selector {
		s, _ := selector.Parse(expr)
		return s
	})
}

// reviewed is the policies that a finding may point at, with the subject and the peers with selectors of each.
func (v *inventory) reviewed() iter.Seq2[*model.Policy, []*written] {
	return func(yield func(*model.Policy, []*written) bool) {
		for _, texts := range v.texts {
			if !yield(texts[0].policy, texts) {
				return
			}
		}
	}
}

// endpoints is the endpoints of a set of things.
func (v *inventory) endpoints(of bitset.Bits) []*model.Endpoint {
	out := make([]*model.Endpoint, 0, of.Count())
	for i := range of.All() {
		switch first := v.firstOnNode(); {
		case i < len(v.policed):
			out = append(out, v.policed[i])
		case i >= first:
			out = append(out, v.onNodes[i-first])
		}
	}
	return out
}

// onlyWorkload says whether no workload but one is policed in a set of things.
func (v *inventory) onlyWorkload(of bitset.Bits, e *model.Endpoint) bool {
	for i := range of.All() {
		if i < len(v.policed) && v.policed[i] != e && v.policed[i].Type == model.Workload {
			return false
		}
	}
	return true
}

// networkSets is the network sets of a set of things.
func (v *inventory) networkSets(of bitset.Bits) []*model.NetworkSet {
	var out []*model.NetworkSet
	for i := range v.sets {
		if of.Has(len(v.policed) + i) {
			out = append(out, v.sets[i])
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
