package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// PortNotListened finds policies that open ports on which their pods do not listen, and none of
// those on which they do. Pods need not declare their ports, so only this much is strong evidence.
var PortNotListened = &check.Check{
	ID:       "port-not-listened",
	Title:    "The rules open ports that the pods do not listen on, and not those that they do",
	Doc:      portNotListenedDoc,
	Since:    "0.1",
	Severity: diag.Warning,
	Merge:    check.All,
	Run:      reportUnheardPorts,
}

func reportUnheardPorts(p *check.Pass) error {
	v, err := inventoryOf(p)
	if err != nil {
		return err
	}
	a := v.analysis
	for policy, texts := range v.reviewed() {
		pods := real(a.Selected(policy))
		if d, ok := v.unheard(policy.Rules[model.Ingress], func() []*model.Rule { return rulesFor(a, policy, pods, model.Ingress) }, pods); ok {
			d.Object = policy.Object.String()
			p.Report(d)
		} else if d, ok := portTwice(a, policy, pods); ok {
			d.Object = policy.Object.String()
			p.Report(d)
		}
		for _, w := range texts {
			if w.subject() || w.local || w.rules[0].Direction != model.Egress || len(w.terms) == 0 {
				continue
			}
			m := w.matches
			if d, ok := v.unheard(w.rules, func() []*model.Rule { return rulesFor(a, policy, pods, model.Egress) }, v.endpoints(m.must)); ok {
				d.Object = policy.Object.String()
				p.Report(d)
			}
		}
	}
	return nil
}

// rulesFor is the rules of a policy, and of the others that decide for any of the pods.
func rulesFor(a *eval.Analysis, policy *model.Policy, pods []*model.Endpoint, d model.Direction) []*model.Rule {
	policies := []*model.Policy{policy}
	for _, e := range pods {
		if chain := a.Chain(e, d); chain != nil {
			for _, p := range chain.Policies() {
				if !slices.Contains(policies, p) {
					policies = append(policies, p)
				}
			}
		}
	}
	var out []*model.Rule
	for _, p := range policies {
		out = append(out, p.Rules[d]...)
	}
	return out
}

// unheard says whether rules open single ports only, none of which the pods listen on, although
// Services lead to ports of theirs that none of all the rules opens.
func (v *inventory) unheard(rules []*model.Rule, all func() []*model.Rule, pods []*model.Endpoint) (diag.Diagnostic, bool) {
	var ports []protoPort
	for _, r := range rules {
		if r.Action != model.Allow || len(r.Match.Destination.Ports) == 0 {
			return diag.Diagnostic{}, false
		}
		for _, p := range r.Match.Destination.Ports {
			if p.Name != "" || p.First != p.Last {
				return diag.Diagnostic{}, false
			}
			ports = append(ports, protoPort{protoOf(r), p.First})
		}
	}
	if len(ports) == 0 || len(pods) > maxPairs {
		return diag.Diagnostic{}, false // for none, or for too many to be about one port
	}
	heard := v.listensOn(pods)
	if len(heard) == 0 || slices.ContainsFunc(ports, func(p protoPort) bool {
		return slices.Contains(heard, p) || v.moved(pods, p) || p == (protoPort{flow.TCP, model.HBONE})
	}) {
		return diag.Diagnostic{}, false
	}
	others := all()
	for _, h := range heard {
		if slices.ContainsFunc(others, func(r *model.Rule) bool { return opens(r, h) && v.isFor(r, pods) }) {
			return diag.Diagnostic{}, false
		}
	}
	var have []string
	for _, h := range heard {
		have = append(have, h.String())
	}
	r := rules[0]
	var fixes []diag.Fix
	if len(ports) == 1 && len(heard) == 1 && ports[0].proto == heard[0].proto {
		fixes = setPort(v.cluster, r.Policy, r.Match.Destination.Ports[0].At, fmt.Sprint(heard[0].port))
	}
	return diag.Diagnostic{
		Fixes: fixes,
		At:    r.Origin(r.Match.Destination.Ports[0].At),
		Message: fmt.Sprintf("this opens %s, but %s listens on %s, as containers and Services say, and no rule opens that",
			ports[0], check.Endpoints(pods), strings.Join(have, ", ")),
		Help:    "port: " + fmt.Sprint(heard[0].port),
		Related: declared(pods[0], pods[0].Ports[0]),
	}, true
}

// listensOn is the ports that all the pods declare and that Services lead to; none if a pod
// declares nothing, or a Service leads to another port, so that declarations are not all there is.
func (v *inventory) listensOn(pods []*model.Endpoint) []protoPort {
	var out []protoPort
	for i, e := range pods {
		if len(e.Ports) == 0 {
			return nil
		}
		var own []protoPort
		for _, p := range e.Ports {
			own = append(own, protoPort{p.Proto, p.Number})
		}
		if i > 0 && !slices.Equal(own, out) {
			return nil
		}
		out = own
	}
	served := false
	for _, e := range pods {
		for _, s := range v.services[e] {
			for _, b := range s.Backends {
				if b.Peer.Endpoint != e {
					continue
				}
				served = true
				if !slices.Contains(out, protoPort{b.Proto, b.Port}) {
					return nil
				}
			}
		}
	}
	if served || v.servedByAddress(pods, out) {
		return out
	}
	return nil
}

// servedByAddress says whether a Service leads to addresses of nodes at the ports of pods on their network.
func (v *inventory) servedByAddress(pods []*model.Endpoint, ports []protoPort) bool {
	if slices.ContainsFunc(pods, func(e *model.Endpoint) bool { return e.Type != model.HostNetwork }) {
		return false
	}
	return slices.ContainsFunc(v.cluster.Services, func(s *model.Service) bool {
		return slices.ContainsFunc(s.Backends, func(b model.Backend) bool {
			return b.Peer.Endpoint == nil && slices.Contains(ports, protoPort{b.Proto, b.Port})
		})
	})
}

// opens says whether a rule may let a port through.
func opens(r *model.Rule, p protoPort) bool {
	if r.Action != model.Allow && r.Action != model.Pass || r.Match.Protocol != nil && *r.Match.Protocol != p.proto {
		return false
	}
	ports := r.Match.Destination.Ports
	return len(ports) == 0 || slices.ContainsFunc(ports, func(m model.PortMatch) bool {
		return m.Name != "" || m.Has(p.port)
	})
}

// isFor says whether an egress rule may be for one of the pods.
func (v *inventory) isFor(r *model.Rule, pods []*model.Endpoint) bool {
	s := r.Match.Destination.Selector
	return r.Direction == model.Ingress || s == nil ||
		slices.ContainsFunc(pods, func(e *model.Endpoint) bool { return s.Match(e.Labels) != selector.No })
}

// moved says whether a Service turns the port into another of the pods'; that is service-port's.
func (v *inventory) moved(pods []*model.Endpoint, p protoPort) bool {
	return slices.ContainsFunc(pods, func(e *model.Endpoint) bool {
		return slices.ContainsFunc(v.services[e], func(s *model.Service) bool {
			return slices.ContainsFunc(s.Ports, func(port model.ServicePort) bool {
				return port.Proto == p.proto && (port.Port == p.port || port.NodePort == p.port)
			})
		})
	})
}
