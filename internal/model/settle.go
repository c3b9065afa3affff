package model

import (
	"strings"

	"github.com/tierlint/tierlint/internal/selector"
)

// SettleSelector is what would say whether a selector matches an endpoint, for the end of a gap's
// text; "" if nothing that it asks for is unknown.
func SettleSelector(s *selector.Selector, e *Endpoint) string {
	if s == nil || e == nil || s.Match(e.Labels) != selector.Maybe {
		return ""
	}
	var out []string
	pod := false
	for _, open := range e.Labels.Open {
		switch {
		case strings.HasPrefix(open, "pcns."):
			if strings.Contains(s.String(), "pcns.") {
				out = append(out, "Namespace "+e.Namespace)
			}
		case strings.HasPrefix(open, "pcsa."):
			if strings.Contains(s.String(), "pcsa.") {
				out = append(out, "ServiceAccount "+e.Namespace+"/"+e.ServiceAccount)
			}
		default:
			pod = pod || strings.Contains(s.String(), strings.TrimSuffix(open, "*"))
		}
	}
	switch {
	case len(out) > 0:
		return " (" + strings.Join(out, " and ") + " in the files would say)"
	case pod:
		return " (an export of the pods would say)"
	}
	return ""
}

// SettleRule is what would say whether a rule matches the packet.
func SettleRule(r *Rule, p Packet) string {
	ends := []struct {
		side *Side
		peer Peer
	}{{&r.Match.Source, p.Src}, {&r.Match.Destination, p.Dst}}
	for _, end := range ends {
		for _, s := range []*selector.Selector{end.side.Selector, end.side.NotSelector} {
			if by := SettleSelector(s, end.peer.Endpoint); by != "" {
				return by
			}
		}
	}
	for _, end := range ends {
		if !end.side.Any() && !end.peer.Addr.IsValid() && end.peer.Endpoint != nil {
			if end.peer.Endpoint.Type == Workload {
				return " (podCIDRs in the settings, or an export of the pods, would say)"
			}
			if end.peer.IsNode() {
				return " (an export of the nodes would say)"
			}
			return " (an export of the pods would say)"
		}
	}
	return ""
}
