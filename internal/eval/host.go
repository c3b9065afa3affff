package eval

import (
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
)

// protoPort is a protocol and port.
type protoPort struct {
	proto flow.Proto
	port  uint16
}

// failsafes are the ports that Felix leaves open on host endpoints, ingress and egress
// (felix/config/config_params.go:410-411, v3.31.0).
var failsafes = [2][]protoPort{
	model.Ingress: {
		{flow.TCP, 22}, {flow.UDP, 68}, {flow.TCP, 179}, {flow.TCP, 2379}, {flow.TCP, 2380},
		{flow.TCP, 5473}, {flow.TCP, 6443}, {flow.TCP, 6666}, {flow.TCP, 6667},
	},
	model.Egress: {
		{flow.UDP, 53}, {flow.UDP, 67}, {flow.TCP, 179}, {flow.TCP, 2379}, {flow.TCP, 2380},
		{flow.TCP, 5473}, {flow.TCP, 6443}, {flow.TCP, 6666}, {flow.TCP, 6667},
	},
}

// walkFailsafe allows the failsafe ports before any policy. Where the endpoint has untracked
// policies, which see packets before connection tracking, it allows the replies too
// (felix/rules/static.go, failsafeInChain and failsafeOutChain for the raw table, v3.31.0).
func (a *Analysis) walkFailsafe(n *Step, d model.Direction) {
	var open pktset.Set
	for _, f := range failsafes[d] {
		at := pktset.Point(f.proto, f.port)
		open = open.Union(pktset.Rect(a.space.full, pktset.Range{First: at, Last: at}))
	}
	if n.key.falls && !a.space.coarse {
		for _, f := range failsafes[1-d] {
			open = open.Union(pktset.Rect(a.space.withPort(a.space.full, f.port), pktset.Of(f.proto)))
		}
	}
	n.state.allowed = n.state.fresh.Intersect(open)
	n.state.fresh = n.state.fresh.Minus(open)
}

// cutFailsafes cuts source ports where replies from failsafe ports are told apart.
func cutFailsafes(c *model.Cluster, cuts map[uint32]bool) {
	for _, t := range c.Tiers {
		for _, p := range t.Policies {
			if !p.DoNotTrack {
				continue
			}
			for _, ports := range failsafes {
				for _, f := range ports {
					cuts[uint32(f.port)], cuts[uint32(f.port)+1] = true, true
				}
			}
			return
		}
	}
}
