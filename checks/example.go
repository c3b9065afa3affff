package checks

import (
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
)

// example is a connection of a set of traffic of an endpoint; false if nothing in it has a name or
// an address, as a network set that is in no file, or a range of which endpoints have every address.
func example(a *eval.Analysis, e *model.Endpoint, d model.Direction, set pktset.Set) (model.Packet, bool) {
	packet, ok := a.Witness(e, d, set)
	remote := packet.Remote(d)
	if remote.Endpoint == nil {
		ok = ok && remote.Addr.IsValid() && a.Endpoint(remote.Addr) == nil
	}
	return packet, ok
}
