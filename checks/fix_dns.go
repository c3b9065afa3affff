package checks

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/fix"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// fixes adds the rule that lets names be resolved. It is safe where that is certainly missing: for
// workloads in the files that may send something, in a policy that has rules for others. A rule that
// only has the wrong port is for DNSPortAfterDNAT to fix.
func (c *cause) fixes(p *check.Pass) []diag.Fix {
	switch c.policy.API {
	case model.KubernetesNetworkPolicy, model.CalicoNetworkPolicy, model.GlobalNetworkPolicy:
	default:
		return nil
	}
	a, err := p.Eval()
	if err != nil || !c.policy.Reviewed() || slices.ContainsFunc(c.cuts, func(x *cut) bool {
		r := wouldAllow(a, x.visit, c.direction)
		return r != nil && r.rule.Policy == c.policy
	}) {
		return nil
	}
	way := [...]string{model.Ingress: "in", model.Egress: "out"}[c.direction]
	if c.rule != nil {
		return addRules(p.Cluster, c.policy, c.direction, indexOf(c.rule), "let DNS "+way+" before this rule", false, c.wanted())
	}
	safe := c.direction == model.Egress && !c.closed() && len(c.policy.Rules[c.direction]) > 0 && c.severity(a) == diag.Error
	index := firstPass(c.policy, c.direction)
	return addRules(p.Cluster, c.policy, c.direction, index, "let DNS "+way, safe && index < 0, c.wanted())
}

// firstPass is the number of the first rule that may pass DNS on before a rule behind it is asked; -1: none.
func firstPass(p *model.Policy, d model.Direction) int {
	for _, r := range p.Rules[d] {
		if r.Action == model.Pass {
			return indexOf(r)
		}
	}
	return -1
}

// indexOf is the number of a rule in its list as written.
func indexOf(r *model.Rule) int {
	_, last := cutLast(r.At)
	n, err := strconv.Atoi(last)
	if err != nil {
		return -1
	}
	return n
}

// fixes matches the DNS pods where they listen. A rule for DNS alone does so by `services`, which is
// right whatever the port, where the policy can say so, and else by the port; that is safe. One that is
// for others too may be meant for other servers, at the port as it is, and gets one more.
func (r *dnsPortRule) fixes(p *check.Pass, number string) []diag.Fix {
	a, err := p.Eval()
	if err != nil {
		return nil
	}
	safe := r.decided.Verdict == model.Denied && r.onlyDNS(p.Cluster, a)
	if !safe {
		return r.anotherPort(p.Cluster, number)
	}
	var out []diag.Fix
	if r.mayNameService() {
		s := r.visit.service
		out = change(p.Cluster, r.rule.Policy, r.rule.Match.Destination.At, "match the DNS Service with services", true, func(at yamldoc.Place) ([]yamldoc.Edit, bool) {
			return at.Rewrite(fmt.Sprintf("services:\n  name: %s\n  namespace: %s", s.Name, s.Namespace))
		})
	}
	title := "match port " + number + ", where the DNS pods listen"
	return append(out, r.eachPort(func(at string) []diag.Fix {
		return change(p.Cluster, r.rule.Policy, at, title, true, func(at yamldoc.Place) ([]yamldoc.Edit, bool) { return at.Set(number) })
	})...)
}

// eachPort makes one fix of those for each of the rule's ports for DNS, or none if one of them has none.
func (r *dnsPortRule) eachPort(one func(at string) []diag.Fix) []diag.Fix {
	var out []diag.Fix
	for _, at := range r.ports {
		more := one(at)
		switch {
		case len(more) == 0:
			return nil
		case out == nil:
			out = more
		default:
			out[0].Safe = out[0].Safe && more[0].Safe
			out[0].Edits = append(out[0].Edits, more[0].Edits...)
		}
	}
	return out
}

// anotherPort adds the port where the DNS pods listen, behind each port for DNS.
func (r *dnsPortRule) anotherPort(c *model.Cluster, number string) []diag.Fix {
	return r.eachPort(func(at string) []diag.Fix {
		item := strings.TrimSuffix(at, "/port")
		list, last := cutLast(item)
		index, err := strconv.Atoi(last)
		if err != nil {
			return nil
		}
		rule := number
		if item != at { // of a Kubernetes policy
			rule = "{port: " + number + "}"
			if protocol, ok := fix.At(r.rule.Policy.Positions, item+"/protocol"); ok {
				rule = fmt.Sprintf("{protocol: %s, port: %s}", protocol.Node().Value, number)
			}
		}
		return change(c, r.rule.Policy, list, "match port "+number+" too, where the DNS pods listen", false, func(at yamldoc.Place) ([]yamldoc.Edit, bool) {
			return at.Insert(index+1, "["+rule+"]")
		})
	})
}

// cutLast splits a pointer before its last step.
func cutLast(pointer string) (before, last string) {
	i := strings.LastIndexByte(pointer, '/')
	return pointer[:max(i, 0)], pointer[i+1:]
}

// mayNameService says whether `services` can take the place of the whole destination
// (libcalico-go/lib/validator/v3/validator.go, v3.31.0: it allows nothing beside it).
func (r *dnsPortRule) mayNameService() bool {
	to := &r.rule.Match.Destination
	return r.rule.Direction == model.Egress &&
		(r.rule.Policy.API == model.CalicoNetworkPolicy || r.rule.Policy.API == model.GlobalNetworkPolicy) &&
		len(to.NotNets) == 0 && len(to.NotPorts) == 0 && to.NotSelector == nil && to.Written.NotSelector == "" &&
		!slices.ContainsFunc(to.Ports, func(port model.PortMatch) bool { return !slices.Contains(r.ports, port.At) })
}

// onlyDNS says whether the rule, in all that Calico makes of it, is for the DNS pods and nobody else.
func (r *dnsPortRule) onlyDNS(c *model.Cluster, a *eval.Analysis) bool {
	for _, rule := range r.rule.Policy.Rules[r.rule.Direction] {
		if rule.At != r.rule.At {
			continue
		}
		if rule.Direction == model.Egress && (rule.Match.Destination.Selector == nil || len(rule.Match.Destination.Nets) > 0) {
			return false
		}
		for _, u := range a.Uses(rule) {
			m := a.Match(u)
			if m.IsEmpty() {
				continue
			}
			served := u.Step.Endpoints()
			if rule.Direction == model.Egress {
				served = nil
				for _, peer := range a.PeersIn(m) {
					served = append(served, peer.Endpoint)
				}
			}
			if slices.ContainsFunc(served, func(e *model.Endpoint) bool { return e == nil || !servesDNS(c, e) }) {
				return false
			}
		}
	}
	return true
}

// fixes lets the cache be asked beside the DNS pods. It is not safe: the addresses are those that most clusters use.
func (u *uncached) fixes(c *model.Cluster) []diag.Fix {
	switch u.rule.Policy.API {
	case model.KubernetesNetworkPolicy, model.CalicoNetworkPolicy, model.GlobalNetworkPolicy:
	default:
		return nil
	}
	index := indexOf(u.rule)
	if u.rule.Action != model.Deny {
		index++
	}
	return addRules(c, u.rule.Policy, model.Egress, index, "let NodeLocal DNSCache be asked", false, u.ruleToWrite(c))
}
