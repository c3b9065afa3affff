package load

import (
	"fmt"

	v3 "github.com/projectcalico/api/pkg/apis/projectcalico/v3"
	"github.com/projectcalico/calico/libcalico-go/lib/names"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/tierlint/tierlint/internal/model"
)

// adminKind is what Calico makes of a kind.
type adminKind struct {
	key         string
	api         model.PolicyAPI
	from, until model.Version // until is not included; zero: no end
	tier        string
	prefix      string // of the name in Calico
}

// adminKinds lists the kinds and the versions of Calico that enforce them.
func adminKinds() []adminKind {
	const group = "policy.networking.k8s.io/"
	return []adminKind{
		{group + "AdminNetworkPolicy", model.AdminNetworkPolicy, model.V329, model.V332,
			names.AdminNetworkPolicyTierName, names.K8sAdminNetworkPolicyNamePrefix},
		{group + "BaselineAdminNetworkPolicy", model.BaselineAdminNetworkPolicy, model.V330, model.V332,
			names.BaselineAdminNetworkPolicyTierName, names.K8sBaselineAdminNetworkPolicyNamePrefix},
		{group + "ClusterNetworkPolicy", model.ClusterNetworkPolicy, model.V332, 0, kubeAdminTier, ""},
	}
}

func (l *loader) addAdminPolicies() {
	for _, k := range adminKinds() {
		for _, o := range l.objects[k.key] {
			if l.opts.Version < k.from || k.until != 0 && l.opts.Version >= k.until {
				l.reportVersion(o, fmt.Sprintf("does not enforce the kind %s, so nothing of this policy applies", o.Kind),
					"a kind that it enforces: AdminNetworkPolicy is for Calico 3.29 to 3.31, BaselineAdminNetworkPolicy for 3.30 and 3.31, ClusterNetworkPolicy for 3.32 and later")
				continue
			}
			v := &adminPolicy{}
			if l.decodeStrict(o, v) {
				l.addAdmin(o, v, k)
			}
		}
	}
}

func (l *loader) addAdmin(o *Object, v *adminPolicy, k adminKind) {
	if !l.admitAdmin(o, v, k.api) {
		return
	}
	order := 0.0
	if v.Spec.Priority != nil {
		order = float64(*v.Spec.Priority)
	}
	if k.api == model.BaselineAdminNetworkPolicy {
		order = kubernetesOrder
	}
	tier := k.tier
	if v.Spec.Tier == "Baseline" {
		tier = kubeBaselineTier
	}
	p := &model.Policy{
		Object: o.Object, API: k.api, Order: &order, FelixName: k.prefix + o.Name,
		SelectorAt: "/spec/subject", TypesAt: "/spec", Written: adminWritten(&v.Spec.Subject),
	}
	var rules [2][]written
	for d, list := range [2][]adminRule{v.Spec.Ingress, v.Spec.Egress} {
		for i := range list {
			at := items("/spec/" + model.Direction(d).String())(i)
			rules[d] = append(rules[d], l.adminRule(o, k.api, &list[i], at, model.Direction(d))...)
		}
		// The tiers pass by default, so only rules make a policy govern a direction.
		p.Governs[d] = len(rules[d]) > 0
	}
	if l.fill(p, l.globalSubject(p.Written.Selector, p.Written.NamespaceSelector, ""), rules[model.Ingress], rules[model.Egress]) {
		l.addPolicy(p, tier, "Kubernetes"+o.Kind)
	}
}

// adminWritten is the subject as somebody wrote it: always pods.
func adminWritten(s *adminPeer) model.Written {
	if s.Namespaces != nil {
		return model.Written{Selector: podSelector(nil), NamespaceSelector: namespaceSelector(s.Namespaces)}
	}
	return model.Written{Selector: podSelector(s.Pods.PodSelector), NamespaceSelector: namespaceSelector(orAll(s.Pods.NamespaceSelector))}
}

// orAll is the selector, or one of everything, which is what the field means where it may be left out.
func orAll(s *metav1.LabelSelector) *metav1.LabelSelector {
	if s == nil {
		return &metav1.LabelSelector{}
	}
	return s
}

// adminRule makes Calico's rules of one rule. A rule with something that Calico does not support
// fails closed as a whole: Allow matches nothing, Deny and Pass deny everything.
func (l *loader) adminRule(o *Object, api model.PolicyAPI, r *adminRule, at string, d model.Direction) []written {
	ports, problemAt, problemText := l.adminPorts(o, r, at)
	list, peers := "/from", r.From
	if d == model.Egress {
		list, peers = "/to", r.To
	}
	var sides []writtenSide
	for i := range peers {
		peerAt := items(at + list)(i)
		s, unsupported := l.adminPeer(&peers[i], peerAt)
		if unsupported != "" && problemText == "" {
			problemAt, problemText = peerAt, unsupported
		}
		sides = append(sides, s)
	}
	action, _ := adminAction(api, r.Action)
	if problemText == "" {
		return combine(at, d, action, sides, ports)
	}
	out, effect := []written(nil), "it leaves the whole rule out"
	if action == v3.Deny || action == v3.Pass {
		out, effect = []written{{Rule: v3.Rule{Action: v3.Deny}, at: at}}, "it turns the whole rule into Deny for every address and port"
	}
	l.report(&o.Object, problem{check: CheckPolicy, at: problemAt, message: problemText + ": " + effect})
	return out
}

func adminAction(api model.PolicyAPI, a string) (v3.Action, bool) {
	switch {
	case a == "Deny":
		return v3.Deny, true
	case a == "Pass" && api != model.BaselineAdminNetworkPolicy:
		return v3.Pass, true
	case a == "Accept" && api == model.ClusterNetworkPolicy, a == "Allow" && api != model.ClusterNetworkPolicy:
		return v3.Allow, true
	}
	return "", false
}

// adminPeer converts a peer, or says what Calico does not support in it. Unlike a NetworkPolicy's,
// a peer by namespaces has no pod selector, and so it matches NetworkSets too.
func (l *loader) adminPeer(p *adminPeer, at string) (s writtenSide, unsupported string) {
	s.places = places{peer: at, selector: at, net: items(at + "/networks")}
	found := false
	if p.Namespaces != nil {
		s.NamespaceSelector, s.selector, found = namespaceSelector(p.Namespaces), at+"/namespaces", true
	}
	if p.Pods != nil {
		s.Selector = podSelector(p.Pods.PodSelector)
		s.NamespaceSelector, s.selector, found = namespaceSelector(orAll(p.Pods.NamespaceSelector)), at+"/pods", true
	}
	for _, n := range p.Networks {
		if _, ok := parseNet(n); !ok {
			return s, fmt.Sprintf("%q is not a CIDR", n)
		}
		s.Nets, found = append(s.Nets, n), l.opts.Version >= model.V330 // conversion.go, since v3.30
	}
	if !found {
		return s, fmt.Sprintf("Calico %s does not support peers by %s", l.opts.Version, p.by())
	}
	return s, ""
}

// by is what a peer goes by that Calico does not support.
func (p *adminPeer) by() string {
	switch {
	case p.Nodes != nil:
		return "nodes"
	case p.DomainNames != nil:
		return "domainNames"
	}
	return "networks"
}
