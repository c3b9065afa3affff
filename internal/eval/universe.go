package eval

import (
	"net/netip"
	"slices"

	"github.com/tierlint/tierlint/internal/bitset"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// peer is one end that traffic can have: an endpoint at one of its addresses, an endpoint whose
// address is not known, or a range of addresses between which no rule and no set distinguishes.
type peer struct {
	endpoint *model.Endpoint
	addr     netip.Addr // not valid: unknown; of a range: its first
	last     netip.Addr // of a range: its last; otherwise not valid
	v6       bool
	phantom  bool
}

// match is a set of peers or of traffic of which only bounds may be known: what certainly
// matches, and what may (the certain included).
type match struct{ must, may bitset.Bits }

func (m match) and(o match) match {
	return m.bounds(o, bitset.Bits.And)
}

func (m match) or(o match) match { return m.bounds(o, bitset.Bits.Or) }

func (m match) minus(o match) match {
	return m.bounds(match{o.may, o.must}, bitset.Bits.Minus)
}

// bounds does the same with both bounds, once where they are one.
func (m match) bounds(o match, op func(a, b bitset.Bits) bitset.Bits) match {
	must := op(m.must, o.must)
	if m.exact() && o.exact() {
		return match{must, must}
	}
	return match{must, op(m.may, o.may)}
}

// exact says whether both bounds are one and the same.
func (m match) exact() bool { return m.must.Identity() == m.may.Identity() }

// universe is everybody who can be a peer, and the index that says what selectors and nets match.
//
// Selectors match addresses through the things that have them (felix/labelindex/named_port_index.go:298-346,
// v3.31.0): endpoints, host endpoints and network sets. Things are numbered endpoints first, then sets; peers
// have the same numbers for endpoints at their first address, then come further addresses, pods on
// their node's network, and address ranges.
type universe struct {
	cluster   *model.Cluster
	endpoints []*model.Endpoint // that Calico polices, phantoms last
	index     *selector.Index
	peers     []peer
	all       bitset.Bits
	family    [2]bitset.Bits // IPv4, IPv6
	// elsewhere[i] is where thing i is besides at the peer with its own number.
	elsewhere []match
	irregular bitset.Bits // the things that have an elsewhere

	byAddr     map[netip.Addr]int // known addresses to the first peer there
	byEndpoint map[*model.Endpoint][]int
	addresses  []addressed // known addresses and ranges, sorted
	// floating is the pods whose address is not known, by IP version; nodes is the host endpoints
	// and pods on their node's network of which that is so. No set of addresses holds the latter
	// (felix/labelindex/named_port_index.go:315-326, v3.31.0).
	floating [2]bitset.Bits
	nodes    bitset.Bits

	matched   map[*selector.Selector]match // things
	selectors map[*selector.Selector]match // peers
	nets      map[netip.Prefix]match
}

func newUniverse(c *model.Cluster, phantoms []phantom) *universe {
	u := &universe{
		cluster:    c,
		byAddr:     map[netip.Addr]int{},
		byEndpoint: map[*model.Endpoint][]int{},
		matched:    map[*selector.Selector]match{},
		selectors:  map[*selector.Selector]match{},
		nets:       map[netip.Prefix]match{},
	}
	things := u.addEndpoints(phantoms)
	for _, s := range c.Sets {
		things = append(things, s.Labels)
	}
	for _, p := range phantoms {
		if p.endpoint == nil {
			things = append(things, p.labels)
		}
	}
	u.addRanges()
	setPeers := len(u.peers)
	for _, p := range phantoms {
		if p.endpoint == nil {
			u.peers = append(u.peers, peer{phantom: true})
		}
	}
	u.index = selector.NewIndex(things)
	u.all = bitset.Full(len(u.peers))
	u.sortPeers()
	u.placeThings(len(things), setPeers)
	return u
}

// addEndpoints numbers the endpoints and their addresses, and returns the things they are.
func (u *universe) addEndpoints(phantoms []phantom) []selector.Labels {
	var things []selector.Labels
	var further, nodes []peer
	add := func(e *model.Endpoint) {
		if e.Type == model.HostNetwork {
			for _, a := range e.Addrs {
				nodes = append(nodes, peer{endpoint: e, addr: a, v6: a.Is6()})
			}
			if len(e.Addrs) == 0 {
				nodes = append(nodes, peer{endpoint: e})
			}
			return
		}
		u.endpoints = append(u.endpoints, e)
		things = append(things, e.Labels)
		first := peer{endpoint: e, phantom: e.Phantom, v6: e.Type == model.Workload && u.cluster.PodsAreIPv6()}
		if len(e.Addrs) > 0 {
			first.addr, first.v6 = e.Addrs[0], e.Addrs[0].Is6()
			for _, a := range e.Addrs[1:] {
				further = append(further, peer{endpoint: e, addr: a, v6: a.Is6()})
			}
		}
		u.peers = append(u.peers, first)
	}
	for _, e := range u.cluster.Endpoints {
		add(e)
	}
	for _, p := range phantoms {
		if p.endpoint != nil {
			add(p.endpoint)
		}
	}
	u.peers = append(append(u.peers, further...), nodes...)
	for i, p := range u.peers {
		u.byEndpoint[p.endpoint] = append(u.byEndpoint[p.endpoint], i)
		if p.addr.IsValid() {
			// A host endpoint comes before pods that share its address.
			if at, taken := u.byAddr[p.addr]; !taken || p.endpoint.Type == model.Host && u.peers[at].endpoint.Type != model.Host {
				u.byAddr[p.addr] = i
			}
		}
	}
	return things
}

func eachRule(c *model.Cluster, f func(*model.Rule)) {
	for _, t := range c.Tiers {
		for _, p := range t.Policies {
			for _, rules := range p.Rules {
				for _, r := range rules {
					f(r)
				}
			}
		}
	}
}

// sortPeers sorts peers by what is known of their addresses.
func (u *universe) sortPeers() {
	u.nodes = bitset.New(len(u.peers))
	for f := range 2 {
		u.family[f], u.floating[f] = bitset.New(len(u.peers)), bitset.New(len(u.peers))
	}
	for i, p := range u.peers {
		f := 0
		if p.v6 {
			f = 1
		}
		u.family[f].Add(i)
		switch {
		case p.addr.IsValid():
			u.addresses = append(u.addresses, addressed{p.addr, i})
		case p.endpoint != nil && p.endpoint.Type == model.Workload:
			u.floating[f].Add(i)
		case p.endpoint != nil:
			u.nodes.Add(i)
		}
	}
	slices.SortStableFunc(u.addresses, func(a, b addressed) int { return a.addr.Compare(b.addr) })
}

// placeThings notes where things are besides at their own peer. Phantoms that are no endpoints
// are at the peers from setPeers on.
func (u *universe) placeThings(things, setPeers int) {
	u.elsewhere = make([]match, things)
	u.irregular = bitset.New(things)
	for i, e := range u.endpoints {
		var at bitset.Bits
		for _, a := range e.Addrs {
			lo, hi := u.between(a, a)
			for _, x := range u.addresses[lo:hi] {
				if x.peer != i && !u.peers[x.peer].last.IsValid() {
					if at.IsEmpty() {
						at = bitset.New(len(u.peers))
					}
					at.Add(x.peer)
				}
			}
		}
		u.place(i, match{at, at})
	}
	for i, s := range u.cluster.Sets {
		u.place(len(u.endpoints)+i, u.anyNet(s.Nets))
	}
	for i := len(u.endpoints) + len(u.cluster.Sets); i < things; i++ {
		at := bitset.New(len(u.peers))
		at.Add(setPeers)
		setPeers++
		u.place(i, match{at, at})
	}
	u.placeUnknownHosts()
}

// placeUnknownHosts: a pod on its node's network, where the node is not known, may be at any host endpoint.
func (u *universe) placeUnknownHosts() {
	if u.nodes.IsEmpty() {
		return
	}
	for i, e := range u.endpoints {
		if e.Type == model.Host && len(e.Addrs) > 0 {
			u.place(i, u.elsewhere[i].or(match{may: u.nodes}))
		}
	}
}

func (u *universe) place(thing int, m match) {
	if m.may.IsEmpty() {
		return
	}
	u.elsewhere[thing] = m
	u.irregular.Add(thing)
}

// things is what a selector matches, by number.
func (u *universe) things(s *selector.Selector) match {
	m, ok := u.matched[s]
	if !ok {
		m.must, m.may = u.index.Match(s)
		u.matched[s] = m
	}
	return m
}

// selected is the peers at whose address a selector matches something.
func (u *universe) selected(s *selector.Selector) match {
	m, ok := u.selectors[s]
	if ok {
		return m
	}
	things := u.things(s)
	m.must = u.own(things.must)
	m.may = m.must
	if !things.exact() {
		m.may = u.own(things.may)
	}
	m = m.minus(match{u.nodes, u.nodes})
	for i := range things.may.And(u.irregular).All() {
		at := u.elsewhere[i]
		if !things.must.Has(i) {
			at.must = bitset.Bits{}
		}
		m = m.or(at)
	}
	if m.must.Equal(m.may) {
		m.may = m.must
	}
	u.selectors[s] = m
	return m
}

// own is the peers that have the same numbers as the endpoints among the things.
func (u *universe) own(things bitset.Bits) bitset.Bits { return things.Below(len(u.endpoints)) }
