package eval

import (
	"github.com/tierlint/tierlint/internal/bitset"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
)

// Between is what one end may send to another that arrives, from an ephemeral port, by what both
// ends' policy certainly allows. An endpoint without an address is at its first of each IP version.
func (a *Analysis) Between(src, dst model.Peer) []pktset.Range {
	from, to := a.classes(src), a.classes(dst)
	var out pktset.Set
	for f := range from {
		if from[f] == 0 || to[f] == 0 {
			continue
		}
		sent := a.certainly(src, model.Egress, to[f]-1)
		arrives := a.certainly(dst, model.Ingress, from[f]-1)
		out = out.Union(sent.Intersect(arrives))
	}
	var ranges []pktset.Range
	for run := range out.Ranges {
		ranges = append(ranges, run)
	}
	return ranges
}

// classes is one more than the class of an end, by IP version; 0: it has no address of that.
func (a *Analysis) classes(p model.Peer) localClass {
	if !p.Addr.IsValid() {
		return a.localClass(p.Endpoint)
	}
	var at localClass
	i := a.u.peerAt(p.Addr)
	at[familyOf(a.u.peers[i])] = a.space.classOf[i] + 1
	return at
}

// certainly is what the policy of an end allows with peers of the class, in a single column.
func (a *Analysis) certainly(local model.Peer, d model.Direction, class int) pktset.Set {
	one := bitset.Full(1)
	c := a.Chain(a.policed(local), d)
	if c == nil {
		return pktset.Rect(one, pktset.Everything)
	}
	col := a.space.piece(flow.DefaultSourcePort)*a.space.block + class
	var ranges []pktset.Range
	for run, cols := range c.Universe.Minus(c.Denied).Ranges {
		if cols.Has(col) {
			ranges = append(ranges, run)
		}
	}
	return pktset.Rect(one, ranges...)
}
