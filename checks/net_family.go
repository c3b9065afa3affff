package checks

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
)

// NetFamily finds rules with nets of one IP version where pods have both, and for the ICMP of one: for the other version
// the rule does not exist (felix/rules/policy.go:128-155, felix/calc/rule_convert.go:217-239, v3.31.0). It says nothing
// unless the inputs show that pods have both.
var NetFamily = &check.Check{
	ID:       "net-family",
	Title:    "On a dual-stack cluster, the rule exists for one IP version only",
	Doc:      netFamilyDoc,
	Since:    "0.1",
	Severity: diag.Warning,
	Run:      reportFamilies,
}

func reportFamilies(p *check.Pass) error {
	if !dualStack(p.Cluster) {
		return nil
	}
	for policy := range reviewedPolicies(p.Cluster) {
		for d := range policy.Rules {
			seen := map[string]bool{}
			for _, r := range policy.Rules[d] {
				out, ok := oneFamily(policy, r)
				if !ok {
					out, ok = oneICMP(p.Cluster, r)
				}
				if at := fmt.Sprint(out.At.Span); ok && !seen[at] {
					seen[at] = true
					out.Object = policy.Object.String()
					p.Report(out)
				}
			}
		}
	}
	return nil
}

// dualStack says whether pods surely have addresses of both IP versions.
func dualStack(c *model.Cluster) bool {
	is4 := func(a netip.Addr) bool { return a.Is4() }
	is6 := func(a netip.Addr) bool { return a.Is6() }
	var known []netip.Addr
	for _, n := range c.PodCIDRs {
		known = append(known, n.Addr())
	}
	if slices.ContainsFunc(known, is4) && slices.ContainsFunc(known, is6) {
		return true
	}
	return slices.ContainsFunc(c.Endpoints, func(e *model.Endpoint) bool {
		return e.Type == model.Workload && slices.ContainsFunc(e.Addrs, is4) && slices.ContainsFunc(e.Addrs, is6)
	})
}

// oneFamily finds a rule for all addresses of one IP version, or all but some, that has no counterpart for the other.
func oneFamily(p *model.Policy, r *model.Rule) (diag.Diagnostic, bool) {
	side := remoteSide(r)
	at := everybodyBut(side)
	if at == "" || r.Match.IPVersion == 0 || r.Match.Protocol != nil && !r.Match.Protocol.HasPorts() {
		return diag.Diagnostic{}, false
	}
	for _, o := range p.Rules[r.Direction] {
		if o.Action == r.Action && o.Match.IPVersion != r.Match.IPVersion && (remoteSide(o).Any() || everybodyBut(remoteSide(o)) != "") {
			return diag.Diagnostic{}, false
		}
	}
	other, all := "IPv6", "::/0"
	if r.Match.IPVersion == 6 {
		other, all = "IPv4", "0.0.0.0/0"
	}
	d := diag.Diagnostic{
		At:   r.Origin(at),
		Help: fmt.Sprintf("the same for %s, %s, in a rule of its own", other, all),
	}
	switch r.Action {
	case model.Deny:
		d.Message = fmt.Sprintf("pods have addresses of both IP versions, and this rule denies nothing that comes over %s", other)
	case model.Allow:
		d.Severity = diag.Note
		d.Message = fmt.Sprintf("pods have addresses of both IP versions, and this rule lets nothing through over %s", other)
	default:
		return d, false
	}
	return d, true
}

// everybodyBut is the pointer to what makes a side one of all addresses of an IP version, but for exceptions.
func everybodyBut(s *model.Side) string {
	if s.Selector != nil || s.NotSelector != nil {
		return ""
	}
	for _, n := range s.Nets {
		if n.Bits() == 0 {
			return n.At
		}
	}
	if len(s.Nets) == 0 && len(s.NotNets) > 0 {
		return s.NotNets[0].At
	}
	return ""
}

// oneICMP finds a rule for the ICMP of one IP version and peers that have both, where no rule is for that of the other.
func oneICMP(c *model.Cluster, r *model.Rule) (diag.Diagnostic, bool) {
	proto, side := r.Match.Protocol, remoteSide(r)
	if proto == nil || *proto != flow.ICMP && *proto != flow.ICMPv6 || r.Action != model.Allow && r.Action != model.Deny ||
		len(side.Nets)+len(side.NotNets) > 0 || r.Policy.Positions.Has(r.At+"/ipVersion") {
		return diag.Diagnostic{}, false
	}
	other := flow.ICMP + flow.ICMPv6 - *proto
	version := map[flow.Proto]string{flow.ICMP: "IPv4", flow.ICMPv6: "IPv6"}
	for _, t := range c.Tiers {
		for _, o := range t.Policies {
			if slices.ContainsFunc(o.Rules[r.Direction], func(o *model.Rule) bool { return o.Action == r.Action && answersICMP(o, r, other) }) {
				return diag.Diagnostic{}, false
			}
		}
	}
	effect := "lets only the ICMP of %s through"
	if r.Action == model.Deny {
		effect = "denies only the ICMP of %s"
	}
	return diag.Diagnostic{
		At: r.Origin(r.At + "/protocol"),
		Message: fmt.Sprintf("pods have addresses of both IP versions, and this rule "+effect+": that of %s is another protocol, %s",
			version[*proto], version[other], other),
		Help: fmt.Sprintf("the same for protocol %s, whose types have other numbers, in a rule of its own", other),
	}, true
}

// answersICMP says whether a rule is for an ICMP as well: by its name, or along with all protocols for the peers of
// rule r, or for everybody.
func answersICMP(o, r *model.Rule, icmp flow.Proto) bool {
	if p := o.Match.Protocol; p != nil {
		return *p == icmp
	}
	same := o.Policy == r.Policy && remoteSide(o).Selector == remoteSide(r).Selector
	return o.Match.NotProtocol == nil && (same || broad(o))
}
