package eval

import (
	"github.com/tierlint/tierlint/internal/bitset"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
)

// classColumns is, for one IP version, the columns of a Reach that each class of peers is at.
type classColumns struct {
	at  map[int]bitset.Bits // by class
	all bitset.Bits         // the classes, as columns of the analysis
}

// columnsOfClasses finds which groups and ranges are in each class.
func (r *Reach) columnsOfClasses(family int) classColumns {
	out := classColumns{map[int]bitset.Bits{}, bitset.New(r.a.space.width())}
	add := func(class, column int) {
		at, ok := out.at[class]
		if !ok {
			at = r.none()
			out.at[class] = at
			out.all.Add(class)
		}
		at.Add(column)
	}
	for g, key := range r.keys {
		if class := key.at[family]; class != 0 {
			add(class-1, g)
		}
	}
	n := len(r.Groups)
	for i, p := range r.a.u.peers {
		if !p.last.IsValid() {
			continue
		}
		if familyOf(p) == family {
			add(r.a.space.classOf[i], n)
		}
		n++
	}
	return out
}

// oneEnd is what the policy of one direction allows, of all groups.
type oneEnd struct {
	r       *Reach
	d       model.Direction
	bound   bound
	local   map[localTraffic]pktset.Set
	columns [2]map[bitset.Identity]bitset.Bits
	remote  [2]map[int]pktset.Set // by class: which groups' policy allows what, with that class as the peer
	rest    [2]pktset.Set         // for any class
}

// localTraffic is a chain and an IP version.
type localTraffic struct {
	chain  *Chain
	family int
}

func (r *Reach) newOneEnd(d model.Direction, b bound) (*oneEnd, error) {
	e := &oneEnd{r: r, d: d, bound: b, local: map[localTraffic]pktset.Set{}}
	members := map[*Chain]bitset.Bits{}
	var order []*Chain
	for g, key := range r.keys {
		c := key.chains[d]
		in, ok := members[c]
		if !ok {
			in = r.none()
			members[c] = in
			order = append(order, c)
		}
		in.Add(g)
	}
	work := 0
	for f := range e.remote {
		e.columns[f] = map[bitset.Identity]bitset.Bits{}
		turned := turning{r: r, classes: map[int]map[pktset.Range]bitset.Bits{}, all: map[pktset.Range]bitset.Bits{}}
		for _, c := range order {
			groups := members[c]
			for run, cols := range e.allowed(c).Ranges {
				work += turned.add(run, cols, groups, &r.classes[f])
				if work > reachWork {
					return nil, errTooMuch(len(r.Groups))
				}
			}
		}
		e.rest[f] = joined(turned.all).Union(pktset.Rect(r.outside[f], pktset.Everything))
		e.remote[f] = map[int]pktset.Set{}
		for class, runs := range turned.classes {
			e.remote[f][class] = joined(runs).Union(e.rest[f])
		}
	}
	return e, nil
}

// allowed is what a chain allows. Where no policy applies that is everything.
func (e *oneEnd) allowed(c *Chain) pktset.Set {
	switch {
	case c == nil:
		return e.r.a.Everything()
	case e.bound == certain:
		return c.Universe.Minus(c.Denied)
	}
	return c.Allowed
}

// of is what a chain allows with peers of one IP version, by their columns in Reach.
func (e *oneEnd) of(c *Chain, family int) pktset.Set {
	key := localTraffic{c, family}
	if s, ok := e.local[key]; ok {
		return s
	}
	s := e.allowed(c).Map(func(cols bitset.Bits) bitset.Bits { return e.turn(cols, family) })
	e.local[key] = s
	return s
}

// turn makes columns of the analysis, those with an ephemeral source port, columns of Reach.
func (e *oneEnd) turn(cols bitset.Bits, family int) bitset.Bits {
	if out, ok := e.columns[family][cols.Identity()]; ok {
		return out
	}
	out := e.r.none()
	classes := &e.r.classes[family]
	for class := range cols.And(classes.all).All() {
		out.AddAll(classes.at[class])
	}
	e.columns[family][cols.Identity()] = out
	return out
}

// towards is which groups' policy allows what, with the class as their peer. No policy applies outside.
func (e *oneEnd) towards(family, class int) pktset.Set {
	if s, ok := e.remote[family][class]; ok {
		return s
	}
	return e.rest[family]
}

// turning collects what groups allow, by the class of the peer.
type turning struct {
	r       *Reach
	classes map[int]map[pktset.Range]bitset.Bits
	all     map[pktset.Range]bitset.Bits // what is allowed with every class
}

// add notes that groups allow a run of traffic with the columns, and returns how much work that was.
func (t *turning) add(run pktset.Range, cols, groups bitset.Bits, classes *classColumns) int {
	words := (len(t.r.Groups) + len(t.r.Outside) + 63) / 64
	if classes.all.SubsetOf(cols) {
		t.put(t.all, run, groups)
		return words
	}
	work := 0
	for class := range cols.And(classes.all).All() {
		if t.classes[class] == nil {
			t.classes[class] = map[pktset.Range]bitset.Bits{}
		}
		t.put(t.classes[class], run, groups)
		work += words
	}
	return work
}

func (t *turning) put(to map[pktset.Range]bitset.Bits, run pktset.Range, groups bitset.Bits) {
	all, ok := to[run]
	if !ok {
		all = t.r.none()
		to[run] = all
	}
	all.AddAll(groups)
}

// joined makes one set of runs, which may overlap.
func joined(runs map[pktset.Range]bitset.Bits) pktset.Set {
	var out pktset.Set
	for run, cols := range runs {
		out = out.Union(pktset.Rect(cols, run))
	}
	return out
}
