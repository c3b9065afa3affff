package checks

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
)

// ipip is the protocol of packets in packets.
const ipip flow.Proto = 4

// tunnelled finds rules for pods that let out nothing but VXLAN or IP-in-IP, which Felix drops before it asks any
// policy (felix/rules/endpoints.go:591-609, v3.31.0).
func tunnelled(c *model.Cluster, rules []*model.Rule) (diag.Diagnostic, bool) {
	what, setting := "", ""
	for _, r := range rules {
		if what, setting = tunnel(c, r); what == "" {
			return diag.Diagnostic{}, false
		}
	}
	return diag.Diagnostic{
		Severity: diag.Warning, At: rules[0].Origin(rules[0].At),
		Message: fmt.Sprintf("this rule lets nothing out: Felix drops %s from pods before it asks any policy", what),
		Help:    setting + ": true in FelixConfiguration default, if pods have tunnels of their own; nodes need no rule for theirs",
	}, true
}

// tunnel is the kind of packets, and the setting that lets them out, if a rule is for nothing else.
func tunnel(c *model.Cluster, r *model.Rule) (what, setting string) {
	if r.Direction != model.Egress || r.Action != model.Allow || r.Match.Protocol == nil ||
		r.Policy.Global() && r.Policy.Written.NamespaceSelector == "" {
		return "", "" // it may be for nodes
	}
	vxlan := cmp.Or(c.Tunnels.VXLANPort, 4789)
	ports := r.Match.Destination.Ports
	switch {
	case *r.Match.Protocol == ipip && !c.Tunnels.IPIP:
		return "IP-in-IP", "allowIPIPPacketsFromWorkloads"
	case *r.Match.Protocol == flow.UDP && !c.Tunnels.VXLAN && len(ports) > 0 &&
		!slices.ContainsFunc(ports, func(p model.PortMatch) bool { return p.Name != "" || p.First != vxlan || p.Last != vxlan }):
		return fmt.Sprintf("VXLAN (UDP %d)", vxlan), "allowVXLANPacketsFromWorkloads"
	}
	return "", ""
}
