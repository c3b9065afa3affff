package eval

import (
	"github.com/tierlint/tierlint/internal/bitset"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// Ends returns the endpoints, by their number in Endpoints, that meet what a rule asks of its source
// or of its destination, whatever it says of ports: those that certainly do at some address of theirs,
// and those that may, the certain ones included. The sets must not be changed.
func (a *Analysis) Ends(r *model.Rule, source bool) (must, may bitset.Bits) {
	if r.Match.Never != "" {
		return bitset.Bits{}, bitset.Bits{}
	}
	side := &r.Match.Destination
	if source {
		side = &r.Match.Source
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	c := a.compilers[r.Direction].sides
	peers := c.peers(side, source)
	if side.Service != nil && !source {
		peers = peers.and(c.serviceAddresses(side.Service))
	}
	return a.u.endpointsAt(peers.must), a.u.endpointsAt(peers.may)
}

// SelectedBits returns the endpoints, by their number in Endpoints, that a policy certainly selects, and
// those that it may; staged policies too.
func (a *Analysis) SelectedBits(p *model.Policy) (must, may bitset.Bits) {
	m, ok := a.selects[p]
	if !ok {
		a.mu.Lock()
		m = a.u.things(p.Selector)
		a.mu.Unlock()
	}
	return a.u.own(m.must), a.u.own(m.may)
}

// Matching returns what a selector certainly matches, and what it may: endpoints by their number in Endpoints, and
// the cluster's network sets by theirs in its Sets, which are counted on from there. Numbers beyond are phantoms.
func (a *Analysis) Matching(s *selector.Selector) (must, may bitset.Bits) {
	a.mu.Lock()
	defer a.mu.Unlock()
	m := a.u.things(s)
	return m.must, m.may
}

// endpointsAt is the endpoints that have one of their addresses among the peers.
func (u *universe) endpointsAt(peers bitset.Bits) bitset.Bits {
	further := bitset.New(len(u.endpoints))
	for i := len(u.endpoints); i < len(u.peers) && u.peers[i].endpoint != nil; i++ {
		e := u.peers[i].endpoint
		if !peers.Has(i) || e.Type == model.HostNetwork {
			continue
		}
		further.Add(u.byEndpoint[e][0])
	}
	return u.own(peers).Or(further)
}
