package model

import (
	"net/netip"

	"github.com/tierlint/tierlint/internal/selector"
)

// NodeNet says whether a node whose address is not known is in the net. Nodes may have any
// address, so only a net of all addresses is certain.
func (c *Cluster) NodeNet(p netip.Prefix) selector.Answer {
	if p.Bits() == 0 {
		return selector.Yes
	}
	return selector.Maybe
}
