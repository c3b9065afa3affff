package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
	"github.com/tierlint/tierlint/internal/source"
)

// at is the line that must change: the Deny rule, the list that lacks a rule, or what isolates.
// Where nobody under review wrote that, it is what counts on the connection.
func (b *breaks) at() source.Origin {
	if !b.policy.Reviewed() {
		for _, x := range b.all {
			if x.need.Reviewed() {
				return x.need.Origin(x.need.At)
			}
		}
		return source.Origin{}
	}
	if port, _ := b.servicePort(); port != nil && b.rule == nil {
		return b.policy.Origin(port.At)
	}
	if n := b.all[0].need; n.Is(&b.policy.Object) { // a rule that is meant for it
		return b.policy.Origin(n.At)
	}
	return (&cause{policy: b.policy, rule: b.rule, direction: b.direction}).at()
}

// whats names what is broken, each once.
func (b *breaks) whats() string {
	var out []string
	for _, x := range b.all {
		if !slices.Contains(out, x.need.What) {
			out = append(out, x.need.What)
		}
	}
	return check.Some(out)
}

// why says what keeps the connection from its end.
func (b *breaks) why(from string) string {
	return b.whyOf(check.Name(b.all[0].packet.Local(b.direction)), from)
}

// whyOf is why, where the end at which the policy applies is called local.
func (b *breaks) whyOf(local, from string) string {
	x := b.all[0]
	policy := "this policy"
	if !b.policy.Reviewed() {
		policy = b.policy.Object.String()
	}
	port := protoPort{x.packet.Proto, x.packet.DstPort}.String()
	switch {
	case b.rule != nil:
		return fmt.Sprintf("a Deny rule of %s keeps %s from reaching %s on %s", policy, strings.TrimSuffix(from, ", which is no pod"), check.Name(x.packet.Dst), port)
	case b.direction == model.Ingress:
		return fmt.Sprintf("%s isolates %s for ingress, and no rule lets %s in from %s", policy, local, port, from) + b.moved()
	}
	return fmt.Sprintf("%s isolates %s for egress, and no rule lets %s out to %s", policy, local, port, check.Name(x.packet.Dst)) + b.moved()
}

// moved says that the policy opens the port of the Service instead.
func (b *breaks) moved() string {
	port, s := b.servicePort()
	if port == nil {
		return ""
	}
	return fmt.Sprintf("; port %d, which the policy opens, is that of Service %s, and is replaced before policy sees it", port.First, s.ID())
}

// servicePort is where the policy opens the port of the Service, if that is another than the
// backends'; nil if it does not.
func (b *breaks) servicePort() (*model.PortMatch, *model.Service) {
	x := b.all[0]
	s := x.need.Port
	if s == nil || s.Port == x.packet.DstPort {
		return nil, nil
	}
	for _, r := range b.policy.Rules[b.direction] {
		for i, p := range r.Match.Destination.Ports {
			if p.Name == "" && p.First == s.Port && p.Last == s.Port && protoOf(r) == s.Proto && x.mayMean(r) {
				return &r.Match.Destination.Ports[i], x.need.Service
			}
		}
	}
	return nil, nil
}

// mayMean says whether a rule that opens the port of the Service is for it. What is let in is, because
// the pods are the Service's; what is let out may be for others.
func (x *broken) mayMean(r *model.Rule) bool {
	if x.direction == model.Ingress || x.need.Is(&r.Policy.Object) && x.need.At == r.At {
		return true
	}
	to := &r.Match.Destination
	if to.Selector != nil {
		return x.packet.Dst.Endpoint != nil && to.Selector.Match(x.packet.Dst.Endpoint.Labels) == selector.Yes
	}
	return len(to.Nets) == 0 || slices.ContainsFunc(to.Nets, func(n model.Net) bool {
		return x.packet.Dst.Addr.IsValid() && n.Contains(x.packet.Dst.Addr) || slices.ContainsFunc(x.need.Service.Addrs, n.Contains)
	})
}

// witness is the connection, with the Service that leads to it.
func (x *broken) witness() *flow.Flow {
	if x.need.Port == nil {
		return check.Flow(x.packet)
	}
	v := visit{packet: x.packet, service: x.need.Service, port: x.need.Port}
	return v.flow()
}

// report reports what one policy or rule breaks.
func (b *breaks) report(p *check.Pass, severity diag.Severity, message, help string, fixes ...diag.Fix) error {
	x := b.all[0]
	if err := p.Confirm(x.packet, b.direction, model.Denied); err != nil {
		return err
	}
	if b.rule != nil {
		help = "before this rule, " + help
	}
	related := relatedTo(x.decided.By, b.policy)
	for _, y := range b.all {
		if len(related) < 4 && y.need.Kind != model.APIAccess && y.need.Reviewed() {
			related = append(related, diag.Related{At: y.need.Origin(y.need.At), Message: y.need.What + " counts on it"})
		}
	}
	p.Report(diag.Diagnostic{
		Severity: severity, At: b.at(), Object: b.policy.Object.String(), Parts: []diag.Part{inDirection(b.policy, b.direction)}, Message: message, Help: help,
		Witness: x.witness(), Decided: check.Decided(x.decided.By, x.packet.Local(b.direction).Endpoint, b.direction), Related: related, Fixes: fixes, Settle: b.settle,
	})
	return nil
}

// write says where to add a rule, and which.
func (b *breaks) write(kubernetes, calico string) string {
	return fmt.Sprintf("under %s:\n%s", b.direction, b.ruleToWrite(kubernetes, calico))
}

// ruleToWrite is a rule to add to the policy that breaks, in its API: for the port, and for a peer, as an
// item of a Kubernetes peer list and as criteria of Calico; empty: anybody.
func (b *breaks) ruleToWrite(kubernetes, calico string) string {
	x := b.all[0]
	proto, port := x.packet.Proto.String(), x.packet.DstPort
	if b.policy.API == model.KubernetesNetworkPolicy || !b.policy.Reviewed() {
		ports := fmt.Sprintf("ports: [{protocol: %s, port: %d}]", proto, port)
		list := [...]string{model.Ingress: "from", model.Egress: "to"}[b.direction]
		if kubernetes == "" {
			return "- " + ports
		}
		return fmt.Sprintf("- %s:\n  - %s\n  %s", list, kubernetes, ports)
	}
	if isAdmin(b.policy.API) {
		return adminRule(b.policy.API, b.direction, kubernetes, protoPort{x.packet.Proto, port})
	}
	source, destination := "", fmt.Sprintf("ports: [%d]", port)
	switch {
	case calico == "":
	case b.direction == model.Ingress:
		source = fmt.Sprintf("source: {%s}, ", calico)
	case strings.HasPrefix(calico, "services:"):
		destination = calico // whose ports are the pods'
	default:
		destination = calico + ", " + destination
	}
	return fmt.Sprintf("- {action: Allow, protocol: %s, %sdestination: {%s}}", proto, source, destination)
}
