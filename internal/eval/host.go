package eval

import (
	"net/netip"

	"github.com/tierlint/tierlint/internal/bitset"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
)

// ownFailsafes are the ports that Felix leaves open on host endpoints if nobody says which
// (felix/config/config_params.go:410-411, v3.31.0).
var ownFailsafes = [2][]model.Failsafe{
	model.Ingress: {
		{Proto: flow.TCP, Port: 22}, {Proto: flow.UDP, Port: 68}, {Proto: flow.TCP, Port: 179}, {Proto: flow.TCP, Port: 2379},
		{Proto: flow.TCP, Port: 2380}, {Proto: flow.TCP, Port: 5473}, {Proto: flow.TCP, Port: 6443}, {Proto: flow.TCP, Port: 6666},
		{Proto: flow.TCP, Port: 6667},
	},
	model.Egress: {
		{Proto: flow.UDP, Port: 53}, {Proto: flow.UDP, Port: 67}, {Proto: flow.TCP, Port: 179}, {Proto: flow.TCP, Port: 2379},
		{Proto: flow.TCP, Port: 2380}, {Proto: flow.TCP, Port: 5473}, {Proto: flow.TCP, Port: 6443}, {Proto: flow.TCP, Port: 6666},
		{Proto: flow.TCP, Port: 6667},
	},
}

// Failsafes is the ports that Felix leaves open on the cluster's host endpoints.
func Failsafes(c *model.Cluster, d model.Direction) []model.Failsafe {
	if c.Failsafes[d] != nil {
		return c.Failsafes[d]
	}
	return ownFailsafes[d]
}

// failsafeNets calls f with where the other ends of failsafe ports must be.
func failsafeNets(c *model.Cluster, f func(netip.Prefix)) {
	for _, ports := range c.Failsafes {
		for _, p := range ports {
			if p.Net.IsValid() {
				f(p.Net)
			}
		}
	}
}

// walkFailsafe allows the failsafe ports before any policy. Where the endpoint has untracked
// policies, which see packets before connection tracking, it allows the replies too
// (felix/rules/static.go, failsafeInChain and failsafeOutChain for the raw table, v3.31.0).
func (a *Analysis) walkFailsafe(n *Step, d model.Direction) {
	var open traffic
	for _, f := range Failsafes(a.Cluster, d) {
		at := pktset.Point(f.Proto, f.Port)
		must, may := a.across(f)
		open = open.union(traffic{pktset.Rect(must, pktset.Range{First: at, Last: at}), pktset.Rect(may, pktset.Range{First: at, Last: at})})
	}
	if n.key.falls && !a.space.coarse {
		for _, f := range Failsafes(a.Cluster, 1-d) {
			must, may := a.across(f)
			open = open.union(traffic{
				pktset.Rect(a.space.withPort(must, f.Port), pktset.Of(f.Proto)), pktset.Rect(a.space.withPort(may, f.Port), pktset.Of(f.Proto)),
			})
		}
	}
	s := &n.state
	if !open.must.Equal(open.may) {
		s.blur(n.universe)
	}
	s.allowed = s.fresh.Intersect(open.may)
	s.fresh = s.fresh.Minus(open.must)
}

// across is the columns of who may be at the other end of a failsafe port, certainly and perhaps.
func (a *Analysis) across(f model.Failsafe) (must, may bitset.Bits) {
	if !f.Net.IsValid() {
		return a.space.full, a.space.full
	}
	m := a.u.net(f.Net)
	return a.space.columns(m.must), a.space.columns(m.may)
}

// cutFailsafes cuts source ports where replies from failsafe ports are told apart.
func cutFailsafes(c *model.Cluster, cuts map[uint32]bool) {
	for _, t := range c.Tiers {
		for _, p := range t.Policies {
			if !p.DoNotTrack {
				continue
			}
			for _, d := range []model.Direction{model.Ingress, model.Egress} {
				for _, f := range Failsafes(c, d) {
					cuts[uint32(f.Port)], cuts[uint32(f.Port)+1] = true, true
				}
			}
			return
		}
	}
}
