package eval

import (
	"fmt"
	"net/netip"

	"github.com/tierlint/tierlint/internal/bitset"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
)

// Reach is who can connect to whom, from an ephemeral port, as both ends' policy has it. Workloads that
// fare alike, whoever the other end is, are a group, so that it stays small where pairs would be many.
//
// Its sets of traffic have columns of their own: the groups first, then the ranges Outside.
type Reach struct {
	Groups [][]*model.Endpoint // workloads, those on their node's network among them, without phantoms
	// Outside is the ranges of addresses that rules tell apart, but for those that workloads have.
	Outside []Range

	a       *Analysis
	of      map[*model.Endpoint]int
	outside [2]bitset.Bits // the columns of ranges by IP version
	classes [2]classColumns
	keys    []groupKey
	to      map[reachKey]pktset.Set
	from    map[reachKey]pktset.Set
	sides   [2]map[bound]*oneEnd // by direction
}

// Range is a range of addresses of one IP version, both ends included.
type Range struct{ First, Last netip.Addr }

// groupKey is what workloads of a group have in common.
type groupKey struct {
	chains [2]*Chain // by direction; nil: no policy applies
	at     localClass
}

// bound is which of two bounds a set is: what certainly is allowed, or what may be.
type bound bool

const (
	certain  bound = true
	possible bound = false
)

type reachKey struct {
	group int
	bound bound
}

// reachWork bounds how much traffic is turned around, in words of bitsets: a second or so.
const reachWork = 2e9

// Reach computes who can connect to whom; an error if that is too much.
func (a *Analysis) Reach() (*Reach, error) {
	r := &Reach{a: a, of: map[*model.Endpoint]int{}, to: map[reachKey]pktset.Set{}, from: map[reachKey]pktset.Set{}}
	r.group()
	r.findOutside()
	for f := range r.classes {
		r.classes[f] = r.columnsOfClasses(f)
	}
	for d := range r.sides {
		r.sides[d] = map[bound]*oneEnd{}
		for _, b := range []bound{certain, possible} {
			end, err := r.newOneEnd(model.Direction(d), b)
			if err != nil {
				return nil, err
			}
			r.sides[d][b] = end
		}
	}
	return r, nil
}

// group finds the groups, in the order of their first workloads.
func (r *Reach) group() {
	groups := map[groupKey]int{}
	add := func(e *model.Endpoint, key groupKey) {
		g, ok := groups[key]
		if !ok {
			g = len(r.Groups)
			groups[key] = g
			r.Groups, r.keys = append(r.Groups, nil), append(r.keys, key)
		}
		r.Groups[g] = append(r.Groups[g], e)
		r.of[e] = g
	}
	for _, e := range r.a.Endpoints {
		if e.Type == model.Workload && !e.Phantom {
			add(e, groupKey{[2]*Chain{r.a.chains[0][e], r.a.chains[1][e]}, r.a.localClass(e)})
		}
	}
	for _, e := range r.a.Cluster.Endpoints {
		if e.Type != model.HostNetwork {
			continue
		}
		var key groupKey
		for _, p := range r.a.u.byEndpoint[e] {
			host := r.a.policed(model.Peer{Endpoint: e, Addr: r.a.u.peers[p].addr})
			for d := range key.chains {
				key.chains[d] = r.a.chains[d][host]
			}
		}
		key.at = r.a.localClass(e)
		add(e, key)
	}
}

// findOutside numbers the ranges of addresses.
func (r *Reach) findOutside() {
	for _, p := range r.a.u.peers {
		if p.last.IsValid() {
			r.Outside = append(r.Outside, Range{p.addr, p.last})
		}
	}
	n := 0
	for f := range r.outside {
		r.outside[f] = r.none()
	}
	for _, p := range r.a.u.peers {
		if p.last.IsValid() {
			r.outside[familyOf(p)].Add(len(r.Groups) + n)
			n++
		}
	}
}

func familyOf(p peer) int {
	if p.v6 {
		return 1
	}
	return 0
}

func (r *Reach) none() bitset.Bits { return bitset.New(len(r.Groups) + len(r.Outside)) }

// Group is the number of a workload's group.
func (r *Reach) Group(e *model.Endpoint) int { return r.of[e] }

// To is what the group may send that arrives, by the destination; if sure only what certainly does.
func (r *Reach) To(group int, sure bool) pktset.Set {
	return r.both(r.to, group, bound(sure), model.Egress)
}

// From is what arrives at the group, by the source; if sure only what certainly does.
func (r *Reach) From(group int, sure bool) pktset.Set {
	return r.both(r.from, group, bound(sure), model.Ingress)
}

// both is what the policy of the group, which is the local end of direction d, and that of the other ends
// allow.
func (r *Reach) both(known map[reachKey]pktset.Set, group int, b bound, d model.Direction) pktset.Set {
	key := reachKey{group, b}
	if s, ok := known[key]; ok {
		return s
	}
	var out pktset.Set
	here, there := r.sides[d][b], r.sides[1-d][b]
	for f, class := range r.keys[group].at {
		if class != 0 {
			out = out.Union(here.of(r.keys[group].chains[d], f).Intersect(there.towards(f, class-1)))
		}
	}
	known[key] = out
	return out
}

// errTooMuch says that who reaches whom would take too long.
func errTooMuch(groups int) error {
	return fmt.Errorf("who reaches whom is too much to compute for %d kinds of workloads", groups)
}
