package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// nearby is for a selector that misses a workload by little: a slip in a label, labels that the workload has and not its
// pods, its name in place of a label, or another namespace.
func (v *inventory) nearby(w *written, terms []selector.Term, among []*model.Endpoint, nobody string) (diag.Diagnostic, bool) {
	d := diag.Diagnostic{At: w.origin("")}
	if near, ok := nearest(terms, among); ok {
		has := strings.Join(near.has, ",")
		if has == "" {
			has = sayLabels(near.endpoint.Own)
		}
		d.At = w.origin(near.key)
		d.Message = fmt.Sprintf("%s: %s, but %s has %s", w.loses(), nobody, near.endpoint.String(), has)
		d.Help = fmt.Sprintf("the labels that the pods have, as in %s: %s", near.endpoint.String(), has)
		d.Related = labelled(near.endpoint)
		d.Fixes = w.nearFix(v.cluster, near)
		return d, true
	}
	if i := slices.IndexFunc(among, func(e *model.Endpoint) bool { return len(terms) > 0 && hasAll(terms, e.Outer) }); i >= 0 {
		e := among[i]
		d.At = w.origin(terms[0].Key)
		d.Message = fmt.Sprintf("%s: %s; %s has, but on itself, not on its pods", w.loses(), nobody, e.String())
		d.Help = fmt.Sprintf("labels that the pods have, as in %s: %s", e.String(), sayLabels(e.Own))
		d.Related = []diag.Related{{At: e.KeyOrigin("/metadata/labels"), Message: "the labels of " + e.String() + ", which its pods do not have"}}
		return d, true
	}
	if e, key, said := v.namesake(terms, among); e != nil {
		d.At = w.origin(key)
		d.Message = fmt.Sprintf("%s: %s, but %s", w.loses(), nobody, said)
		d.Help = fmt.Sprintf("the labels that the pods have, as in %s: %s", e.String(), sayLabels(e.Own))
		d.Related = labelled(e)
		return d, true
	}
	return v.inOtherNamespace(w, terms, nobody)
}

// inOtherNamespace is for pods of another namespace than that of the policy: peers without a namespaceSelector, and a
// policy that a kustomization puts elsewhere.
func (v *inventory) inOtherNamespace(w *written, terms []selector.Term, nobody string) (diag.Diagnostic, bool) {
	elsewhere := v.elsewhere(w, terms)
	if len(elsewhere) == 0 {
		return diag.Diagnostic{At: w.origin("")}, false
	}
	e := elsewhere[0]
	if !w.subject() {
		return diag.Diagnostic{
			At:      w.origin(""),
			Message: fmt.Sprintf("%s: %s; a podSelector alone looks only into the policy's own namespace, and %s is in %s", w.loses(), nobody, e.String(), e.Namespace),
			Help:    fmt.Sprintf("in the same item: namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %s}}", e.Namespace),
			Related: labelled(e),
			Fixes:   w.inNamespaces(v.cluster, "{matchLabels: {kubernetes.io/metadata.name: "+e.Namespace+"}}"),
		}, true
	}
	at := w.policy.Origin("/metadata/namespace")
	if at.File == "" || at.File == w.policy.Origin("/kind").File {
		return diag.Diagnostic{At: w.origin("")}, false
	}
	return diag.Diagnostic{
		At: at,
		Message: fmt.Sprintf("this puts %s into namespace %s, where it applies to nothing: %s; %s does", w.policy.Object.String(), w.policy.Namespace,
			nobody, e.String()),
		Help:    "policies where their pods are: in a kustomization that leaves their namespaces alone",
		Related: labelled(e),
	}, true
}

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

// unmatched says that nothing is as a selector wants it. It is a note, because what the inputs do not have may be, unless the
// peer is there for DNS and the inputs have that.
func (v *inventory) unmatched(w *written, nobody, help string) diag.Diagnostic {
	if dns := v.missedDNS(w); dns != nil {
		return diag.Diagnostic{
			Message: fmt.Sprintf("%s: %s; DNS is %s, with %s, in a namespace with %s",
				w.loses(), nobody, dns.String(), sayLabels(dns.Own), v.labelsOf(dns.Namespace)),
			Help: fmt.Sprintf("namespaceSelector for kubernetes.io/metadata.name %s, and the labels of %s: %s", dns.Namespace, dns.String(), sayLabels(dns.Own)),
		}
	}
	return diag.Diagnostic{Severity: diag.Note, Message: fmt.Sprintf("%s, as far as the inputs go: %s", w.loses(), nobody), Help: help}
}

// missedDNS is a DNS pod of the inputs, if the peer is there for DNS, and no rule for DNS reaches that pod from the policy's namespace.
func (v *inventory) missedDNS(w *written) *model.Endpoint {
	if w.subject() || w.local || !allowsDNS(w.rules[0]) {
		return nil
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
		return nil
	}
	for _, t := range v.cluster.Tiers {
		for _, p := range t.Policies {
			if p.Namespace != w.policy.Namespace && p.Namespace != "" {
				continue
			}
			if slices.ContainsFunc(p.Rules[model.Egress], func(r *model.Rule) bool { return allowsDNS(r) && mayMatch(&r.Match.Destination, dns) }) {
				return nil
			}
		}
	}
	return dns
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
