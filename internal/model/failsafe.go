package model

import (
	"net/netip"

	"github.com/tierlint/tierlint/internal/flow"
)

// Failsafe is a port that Felix leaves open on host endpoints, whatever policies say, so that nobody
// locks himself out.
type Failsafe struct {
	Proto flow.Proto
	Port  uint16
	Net   netip.Prefix // where the other end must be; the zero value: anywhere
}
