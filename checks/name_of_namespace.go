package checks

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/near"
	"github.com/tierlint/tierlint/internal/selector"
)

// nameLabel is the label under which the API server keeps the name of every namespace.
const nameLabel = "kubernetes.io/metadata.name"

// otherLabel is a namespaceSelector that asks for the name of a namespace under a label that no cluster puts there.
type otherLabel struct {
	term selector.Term
	dns  string // the namespace of the cluster's DNS, if that is meant; otherwise the label is a slip of nameLabel
}

// underOtherLabel finds what asks for nearly the right label, and rules for the DNS that name its namespace under a label
// such as name: before Kubernetes 1.21 people had to put that there by hand. Where the inputs have a namespace with the
// label, or the DNS's own, others say what is wrong.
func (v *inventory) underOtherLabel(w *written) (otherLabel, bool) {
	s := v.parse(w.text.NamespaceSelector)
	if w.text.NamespaceSelector == "" || s == nil {
		return otherLabel{}, false
	}
	terms, ok := s.Terms()
	if !ok {
		return otherLabel{}, false
	}
	for _, t := range terms {
		if len(t.Values) == 0 {
			continue
		}
		if isSlipOfName(t.Key) && !slices.ContainsFunc(v.cluster.Namespaces, func(ns *model.Namespace) bool { _, has := ns.Labels[t.Key]; return has }) {
			return otherLabel{term: t}, true
		}
		if dns := v.dnsByOtherLabel(w, t); dns != "" {
			return otherLabel{t, dns}, true
		}
	}
	return otherLabel{}, false
}

// isSlipOfName says whether a key is meant for nameLabel. Kubernetes keeps labels of kubernetes.io/ for itself, and has no
// other for names of namespaces.
func isSlipOfName(key string) bool {
	if isNameOfNamespace(key) {
		return false
	}
	folded := strings.NewReplacer("/", ".", "-", ".", "_", ".").Replace(strings.ToLower(key))
	return near.Name(folded, []string{"kubernetes.io.metadata.name"}) != "" ||
		slices.Contains([]string{
			"kubernetes.io.metadata.name", "k8s.io.metadata.name", "metadata.name", "kubernetes.io.metadata.namespace",
			"kubernetes.io.namespace", "kubernetes.io.name", "kubernetes.io.namespace.name",
		}, folded)
}

// dnsByOtherLabel is the namespace of the cluster's DNS, if the inputs do not have it and a rule for DNS asks for its name
// under another label, where no other rule of the policy's namespace may let questions through.
func (v *inventory) dnsByOtherLabel(w *written, t selector.Term) string {
	if w.subject() || w.local || !namesNamespace(t.Key) || isNameOfNamespace(t.Key) || v.cluster.Platform == "openshift" || !allowsDNS(w.rules[0]) {
		return ""
	}
	var dns *model.Endpoint
	for _, s := range v.cluster.DNS {
		for _, b := range s.Backends {
			if e := b.Peer.Endpoint; e == nil || !e.Assumed() || !slices.Contains(t.Values, e.Namespace) {
				return ""
			}
			dns = b.Peer.Endpoint
		}
	}
	if dns == nil || slices.ContainsFunc(v.cluster.Namespaces, func(ns *model.Namespace) bool { return ns.Name == dns.Namespace && ns.Known && !ns.Assumed() }) {
		return ""
	}
	unlabelled := *dns
	unlabelled.Labels.Known = maps.Clone(dns.Labels.Known)
	unlabelled.Labels.Known["pcns."+t.Key] = "" // as if it had no such name
	for _, tier := range v.cluster.Tiers {
		for _, p := range tier.Policies {
			if p.Namespace != w.policy.Namespace && p.Namespace != "" {
				continue
			}
			if slices.ContainsFunc(p.Rules[model.Egress], func(r *model.Rule) bool { return mayLetDNS(r, &unlabelled) }) {
				return ""
			}
		}
	}
	return dns.Namespace
}

// mayLetDNS says whether a rule may let questions to a DNS pod through.
func mayLetDNS(r *model.Rule, dns *model.Endpoint) bool {
	to := &r.Match.Destination
	return r.Action == model.Allow && mayMatch(to, dns) && (r.Match.Protocol == nil || *r.Match.Protocol == flow.UDP || *r.Match.Protocol == flow.TCP) &&
		(len(to.Ports) == 0 || slices.ContainsFunc(to.Ports, func(p model.PortMatch) bool { return p.Name != "" || p.First <= dnsPort && dnsPort <= p.Last }))
}

// sayOtherLabel says under which label the name is, and who loses what by it.
func (v *inventory) sayOtherLabel(w *written, o otherLabel) diag.Diagnostic {
	d := diag.Diagnostic{
		Message: fmt.Sprintf("%s: namespaces have their names under %s, not under %s", w.loses(), nameLabel, o.term.Key),
		Help:    nameLabel + ": " + o.term.Values[0],
		Fixes:   w.namespaceFix(v.cluster, o.term, o.term.Values[0]),
	}
	if o.dns != "" {
		d.Message = fmt.Sprintf("this lets nothing through to the cluster's DNS, unless somebody has labelled its namespace by hand: no cluster puts %s on %s",
			say([]selector.Term{o.term}), o.dns)
		d.Help = nameLabel + ": " + o.dns
		d.Settle = "Namespace " + o.dns + " with its labels, in the files or the context"
	}
	return d
}
