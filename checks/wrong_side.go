package checks

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// wrongSide finds criteria for the end at which the policy applies that nothing that it selects can meet.
func (v *inventory) wrongSide(r *model.Rule) (diag.Diagnostic, bool) {
	side, name, other := &r.Match.Destination, "destination", "source"
	if r.Direction == model.Egress {
		side, name, other = &r.Match.Source, "source", "destination"
	}
	if d, ok := v.wrongNets(r, side, name, other); ok {
		return d, true
	}
	if side.Selector == nil || side.Written.Selector == "" && side.Written.NamespaceSelector == "" && side.Written.Accounts == "" {
		return diag.Diagnostic{}, false
	}
	d := diag.Diagnostic{
		At: r.Origin(side.SelectorAt),
		Message: fmt.Sprintf("this rule never matches: for %s the %s is what the policy selects, and none of that matches this selector",
			r.Direction, name),
		Help: fmt.Sprintf("under `%s`, if the other end is meant; otherwise in the policy's own selector", other),
	}
	if !r.Policy.Global() && side.Selector.Match(somePodOf(r.Policy.Namespace)) == selector.No {
		return d, true // it is for another namespace
	}
	both := v.parse(fmt.Sprintf("(%s) && (%s)", r.Policy.Selector, side.Selector))
	if both == nil {
		return d, false
	}
	if _, never := both.Impossible(); never {
		return d, true
	}
	d.Severity = diag.Warning
	d.Message = fmt.Sprintf("this rule matches nothing that the inputs have: for %s the %s is what the policy selects, and none of that matches this selector, neither %s nor anything else",
		r.Direction, name, v.first(r.Policy.Selector))
	return d, v.apart(r.Policy.Selector, side.Selector, both)
}

// apart says whether two selectors certainly match some of the inputs each, and nothing of them both.
func (v *inventory) apart(a, b, both *selector.Selector) bool {
	here := v.seen.Minus(v.platform)
	return !v.match(a).must.And(here).IsEmpty() && !v.match(b).must.And(here).IsEmpty() && v.match(both).may.And(here).IsEmpty()
}

// first names a workload or host that a selector matches.
func (v *inventory) first(s *selector.Selector) string {
	if es := v.endpoints(v.match(s).must.And(v.seen).Minus(v.platform)); len(es) > 0 {
		return es[0].String()
	}
	return "anything"
}

// wrongNets finds public addresses for the end at which the policy applies, where it selects pods, which have others.
func (v *inventory) wrongNets(r *model.Rule, side *model.Side, name, other string) (diag.Diagnostic, bool) {
	if len(side.Nets) == 0 || forHosts(r.Policy) || slices.ContainsFunc(side.Nets, func(n model.Net) bool { return v.mayBePods(n) }) {
		return diag.Diagnostic{}, false
	}
	selected := v.endpoints(v.match(r.Policy.Selector).may.And(v.seen))
	if len(selected) == 0 || slices.ContainsFunc(selected, func(e *model.Endpoint) bool {
		return e.Type == model.Host || slices.ContainsFunc(side.Nets, func(n model.Net) bool { return slices.ContainsFunc(e.Addrs, n.Contains) })
	}) {
		return diag.Diagnostic{}, false
	}
	return diag.Diagnostic{
		Severity: diag.Warning,
		At:       r.Origin(side.Nets[0].At),
		Message: fmt.Sprintf("this rule matches nothing unless pods have public addresses: for %s the %s is what the policy selects, as %s",
			r.Direction, name, selected[0].String()),
		Help: fmt.Sprintf("under `%s`, if the other end is meant", other),
	}, true
}

// forHosts says whether a policy is meant for hosts, and what they forward, if it selects pods as well.
func forHosts(p *model.Policy) bool { return p.DoNotTrack || p.PreDNAT || p.ApplyOnForward }

// mayBePods says whether pods may have addresses in a net: in what the inputs say, or else in any that is not public.
func (v *inventory) mayBePods(n model.Net) bool {
	if len(v.cluster.PodCIDRs) > 0 {
		return slices.ContainsFunc(v.cluster.PodCIDRs, n.Overlaps)
	}
	return n.Addr().Is6() || n.Bits() < 8 || n.Addr().IsPrivate() || sharedAddresses.Overlaps(n.Prefix)
}

// sharedAddresses is what providers use in their own networks, and some clusters for pods (RFC 6598).
var sharedAddresses = netip.MustParsePrefix("100.64.0.0/10")

// wrongPorts finds ports of the source that the pods at the destination listen on: connections come from ports that
// clients choose at random, and there is no telling them from others.
func (v *inventory) wrongPorts(r *model.Rule) (diag.Diagnostic, bool) {
	from, to := &r.Match.Source, &r.Match.Destination
	if len(from.Ports) == 0 || len(to.Ports) > 0 || forHosts(r.Policy) || r.Match.Protocol == nil {
		return diag.Diagnostic{}, false
	}
	servers := r.Policy.Selector
	if r.Direction == model.Egress {
		servers = to.Selector
	}
	if servers == nil {
		return diag.Diagnostic{}, false
	}
	for _, e := range v.endpoints(v.match(servers).must.And(v.seen).Minus(v.platform)) {
		for _, p := range from.Ports {
			if p.Name == "" && p.First == p.Last && e.Type == model.Workload && v.serves(e, protoPort{*r.Match.Protocol, p.First}) {
				return diag.Diagnostic{
					Severity: diag.Warning,
					At:       r.Origin(p.At),
					Message: fmt.Sprintf("this rule hardly ever matches: %d is asked of the port that connections come from, which clients choose at random; it is where %s listens",
						p.First, e.String()),
					Help: fmt.Sprintf("ports: [%d] under `destination`", p.First),
				}, true
			}
		}
	}
	return diag.Diagnostic{}, false
}
