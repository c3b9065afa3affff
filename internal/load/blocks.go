package load

import (
	"net/netip"

	"github.com/tierlint/tierlint/internal/model"
)

// forgetBlocks leaves out the criteria of a rule that Felix's iptables and nftables rules fail to
// ask for (felix/rules/policy.go, matchBlockBuilder, v3.31.0).
//
// A list that does not fit into one iptables match becomes a block of rules that sets a mark. Blocks
// come in the order source ports, destination ports, source nets, destination nets. The first has a
// mark of its own; all others share one, which is never cleared between them. So once the second
// block matches, the third and the fourth count as matching too.
func forgetBlocks(m *model.Match) {
	blocks := 0
	for _, ports := range [][]model.PortMatch{m.Source.Ports, m.Destination.Ports} {
		if portBlock(ports) {
			blocks++
		}
	}
	for _, side := range []*model.Side{&m.Source, &m.Destination} {
		if !netBlock(side.Nets) {
			continue
		}
		if blocks++; blocks > 2 {
			m.Unchecked = append(m.Unchecked, side.Nets[0].At)
			side.Nets = nil
		}
	}
}

// portBlock says whether ports take more than one match: each takes 15 numbers, a range counting
// twice, and each named port is one (felix/rules/policy.go:558, SplitPortList, v3.31.0).
func portBlock(ports []model.PortMatch) bool {
	matches, free := 0, 0
	for _, p := range ports {
		need := 2
		switch {
		case p.Name != "":
			matches++
			continue
		case p.First == p.Last:
			need = 1
		}
		if free < need {
			matches++
			free = 15
		}
		free -= need
	}
	return matches > 1
}

// netBlock says whether nets take more than one match. Nets of both IP versions, which Calico's
// validator refuses, are rendered apart and are not looked at here.
func netBlock(nets []model.Net) bool {
	is4 := func(p netip.Prefix) bool { return p.Addr().Is4() }
	for _, n := range nets {
		if is4(n.Prefix) != is4(nets[0].Prefix) {
			return false
		}
	}
	return len(nets) > 1
}
