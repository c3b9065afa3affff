package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// namesake is for a label that has the name of a workload, or of a Service in front of it, as its value, where the
// pods have another label: somebody wrote the name of the one for that of the other.
func (v *inventory) namesake(terms []selector.Term, among []*model.Endpoint) (e *model.Endpoint, key, said string) {
	i := slices.IndexFunc(terms, func(t selector.Term) bool { return len(t.Values) == 1 && slices.Contains(nameKeys, t.Key) })
	if i < 0 {
		return nil, "", ""
	}
	name, others := terms[i].Values[0], slices.Delete(slices.Clone(terms), i, i+1)
	for _, e := range among {
		if e.Name == name && hasAll(others, e.Own) {
			return e, terms[i].Key, fmt.Sprintf("%s has %s", e.String(), sayLabels(e.Own))
		}
	}
	for _, e := range among {
		for _, s := range v.services[e] {
			if s.Name == name && s.Namespace == e.Namespace && hasAll(others, e.Own) {
				return e, terms[i].Key, fmt.Sprintf("Service %s leads to %s, which has %s", s.ID(), e.String(), sayLabels(e.Own))
			}
		}
	}
	return nil, "", ""
}

// forDNS makes more than a note of what is said of a peer that is there for DNS, where the inputs have the DNS pods,
// and no rule for DNS reaches them in the policy's namespace.
func (v *inventory) forDNS(w *written, d *diag.Diagnostic) {
	if w.subject() || w.local || !allowsDNS(w.rules[0]) {
		return
	}
	var dns *model.Endpoint
	for _, s := range v.cluster.DNS {
		for _, b := range s.Backends {
			if e := b.Peer.Endpoint; e != nil && !e.Assumed() {
				dns = e
			}
		}
	}
	if dns == nil {
		return
	}
	for _, t := range v.cluster.Tiers {
		for _, p := range t.Policies {
			if p.Namespace != w.policy.Namespace && p.Namespace != "" {
				continue
			}
			if slices.ContainsFunc(p.Rules[model.Egress], func(r *model.Rule) bool { return allowsDNS(r) && mayMatch(&r.Match.Destination, dns) }) {
				return
			}
		}
	}
	d.Severity = diag.Default
	d.Message = strings.Replace(d.Message, ", as far as the inputs go", "", 1) +
		fmt.Sprintf("; DNS is %s, with %s, in a namespace with %s", dns.String(), sayLabels(dns.Own), v.labelsOf(dns.Namespace))
	d.Help = fmt.Sprintf("namespaceSelector for kubernetes.io/metadata.name %s, and the labels of %s: %s", dns.Namespace, dns.String(), sayLabels(dns.Own))
}

// labelsOf is the labels of a namespace in words.
func (v *inventory) labelsOf(namespace string) string {
	for _, ns := range v.cluster.Namespaces {
		if ns.Name == namespace {
			return sayLabels(ns.Labels)
		}
	}
	return sayLabels(nil)
}

// allowsDNS says whether a rule lets out what is for port 53, or for a port of such a name, and nothing else.
func allowsDNS(r *model.Rule) bool {
	ports := r.Match.Destination.Ports
	return r.Direction == model.Egress && r.Action == model.Allow && len(ports) > 0 && !slices.ContainsFunc(ports, func(p model.PortMatch) bool {
		return p.Name == "" && (p.First != p.Last || p.First != dnsPort) || p.Name != "" && !strings.Contains(p.Name, "dns")
	})
}

// mayMatch says whether one end in a rule may be the endpoint.
func mayMatch(side *model.Side, e *model.Endpoint) bool {
	return side.Selector == nil || side.Selector.Match(e.Labels) != selector.No
}
