package load

import (
	"fmt"
	"slices"
	"strings"

	v3 "github.com/projectcalico/api/pkg/apis/projectcalico/v3"
	"github.com/projectcalico/api/pkg/lib/numorstring"
	"github.com/projectcalico/calico/libcalico-go/lib/names"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/tierlint/tierlint/internal/model"
)

// kubernetesOrder is the order that Calico gives to every NetworkPolicy of Kubernetes
// (libcalico-go/lib/backend/k8s/conversion/conversion.go:792-794, v3.31.0).
const kubernetesOrder = 1000.0

// addKubernetesPolicies makes the policies of networking.k8s.io, and the staged ones.
func (l *loader) addKubernetesPolicies() {
	for _, o := range l.objects["networking.k8s.io/NetworkPolicy"] {
		v := &networkingv1.NetworkPolicy{}
		if !l.decodeStrict(o, v) {
			continue
		}
		l.fillPlaceholders(o, &v.Spec)
		if l.validKubernetes(o, v) {
			l.addKubernetes(o, &v.Spec, false)
		}
	}
	for _, o := range l.staged("projectcalico.org/StagedKubernetesNetworkPolicy") {
		v := &v3.StagedKubernetesNetworkPolicy{}
		if !l.decodeStrict(o, v) || !l.valid(o, v) || v.Spec.StagedAction == v3.StagedActionDelete {
			continue
		}
		_, np := v3.ConvertStagedKubernetesPolicyToK8SEnforced(v)
		if l.validKubernetes(o, np) {
			l.addKubernetes(o, &np.Spec, true)
		}
	}
}

// addKubernetes converts a NetworkPolicy as Calico does
// (libcalico-go/lib/backend/k8s/conversion/conversion.go, K8sNetworkPolicyToCalico, v3.31.0).
func (l *loader) addKubernetes(o *Object, s *networkingv1.NetworkPolicySpec, staged bool) {
	order := kubernetesOrder
	p := &model.Policy{
		Object: o.Object, API: model.KubernetesNetworkPolicy, Order: &order, Staged: staged,
		SelectorAt: "/spec/podSelector", TypesAt: "/spec", TypesWritten: len(s.PolicyTypes) > 0,
		Governs: kubernetesTypes(s, staged),
		Written: model.Written{Selector: podSelector(&s.PodSelector)},
	}
	if p.TypesWritten {
		p.TypesAt = "/spec/policyTypes"
	}
	p.FelixName = felixName(o.Namespace, names.K8sNetworkPolicyNamePrefix+o.Name, staged)
	kind := "KubernetesNetworkPolicy"
	if l.opts.Version >= model.V332 {
		p.FelixName = felixName(o.Namespace, o.Name, staged)
	}
	if staged {
		kind = o.Kind
	}
	var ingress, egress []written
	for i, r := range s.Ingress {
		ingress = append(ingress, kubernetesRules(items("/spec/ingress")(i), model.Ingress, r.From, r.Ports)...)
	}
	for i, r := range s.Egress {
		egress = append(egress, kubernetesRules(items("/spec/egress")(i), model.Egress, r.To, r.Ports)...)
	}
	if l.fill(p, l.namespacedSubject(o.Namespace, podSelector(&s.PodSelector), ""), ingress, egress) {
		l.addPolicy(p, names.DefaultTierName, kind)
	}
}

// kubernetesTypes are the directions of the policy. The API server defaults them
// (k8s.io/kubernetes/pkg/apis/networking/v1/defaults.go:39-47, v1.33); for a staged policy nobody
// does, and Calico's converter takes ingress only (conversion.go:848-853, v3.31.0).
func kubernetesTypes(s *networkingv1.NetworkPolicySpec, staged bool) [2]bool {
	if len(s.PolicyTypes) == 0 {
		return [2]bool{true, len(s.Egress) > 0 && !staged}
	}
	return [2]bool{
		slices.Contains(s.PolicyTypes, networkingv1.PolicyTypeIngress),
		slices.Contains(s.PolicyTypes, networkingv1.PolicyTypeEgress),
	}
}

// kubernetesRules makes Calico's rules of one rule: one for each protocol and peer.
func kubernetesRules(at string, d model.Direction, peers []networkingv1.NetworkPolicyPeer, ports []networkingv1.NetworkPolicyPort) []written {
	var portItems []portItem
	for i := range ports {
		portItems = append(portItems, kubernetesPort(&ports[i], items(at+"/ports")(i)))
	}
	peerList := "/from"
	if d == model.Egress {
		peerList = "/to"
	}
	var sides []writtenSide
	for i := range peers {
		sides = append(sides, kubernetesPeer(&peers[i], fmt.Sprintf("%s%s/%d", at, peerList, i)))
	}
	if len(sides) == 0 {
		sides = []writtenSide{{}} // anybody
	}
	return combine(at, d, v3.Allow, sides, portItems)
}

// writtenSide is the peer of a rule and where it is written.
type writtenSide struct {
	v3.EntityRule
	places
}

func kubernetesPeer(p *networkingv1.NetworkPolicyPeer, at string) writtenSide {
	s := writtenSide{places: places{peer: at, selector: at}}
	if b := p.IPBlock; b != nil {
		s.Nets, s.NotNets = []string{b.CIDR}, b.Except
		s.net = func(int) string { return at + "/ipBlock/cidr" }
		s.notNet = items(at + "/ipBlock/except")
		return s
	}
	s.Selector, s.NamespaceSelector = podSelector(p.PodSelector), namespaceSelector(p.NamespaceSelector)
	switch {
	case p.PodSelector != nil:
		s.selector = at + "/podSelector"
	case p.NamespaceSelector != nil:
		s.selector = at + "/namespaceSelector"
	}
	return s
}

// portItem is one entry of a list of ports: a protocol with a port, or with all ports, or, with no
// protocol, everything.
type portItem struct {
	protocol string
	port     *numorstring.Port // nil: all ports
	at       string
}

func kubernetesPort(p *networkingv1.NetworkPolicyPort, at string) portItem {
	item := portItem{protocol: "TCP", at: at}
	if p.Protocol != nil {
		item.protocol = string(*p.Protocol)
	}
	if p.Port == nil {
		return item
	}
	item.at = at + "/port"
	port := numorstring.NamedPort(p.Port.StrVal)
	if p.Port.StrVal == "" {
		port = numorstring.SinglePort(uint16(p.Port.IntVal))
		if p.EndPort != nil {
			port.MaxPort = uint16(*p.EndPort)
		}
	}
	item.port = &port
	return item
}

// combine makes one rule for each protocol, in the order of their names, and peer. The ports stay
// as they are written, where Calico merges ranges: they match the same.
func combine(at string, d model.Direction, a v3.Action, sides []writtenSide, items []portItem) []written {
	var out []written
	for _, g := range groupPorts(items) {
		for _, s := range sides {
			w := written{at: at, Rule: v3.Rule{Action: a}}
			if g.protocol != "" {
				p := numorstring.ProtocolFromString(g.protocol)
				w.Protocol = &p
			}
			local := places{port: func(i int) string { return g.at[i] }}
			if d == model.Ingress {
				w.Source, w.source = s.EntityRule, s.places
				w.Destination.Ports, w.destination = g.ports, local
			} else {
				w.Destination, w.destination = s.EntityRule, s.places
				w.Destination.Ports, w.destination.port = g.ports, local.port
			}
			out = append(out, w)
		}
	}
	return out
}

// portGroup is the ports of one protocol.
type portGroup struct {
	protocol string
	all      bool
	ports    []numorstring.Port
	at       []string
}

func groupPorts(items []portItem) []*portGroup {
	if len(items) == 0 {
		return []*portGroup{{}}
	}
	byProtocol := map[string]*portGroup{}
	var out []*portGroup
	for _, i := range items {
		if i.protocol == "" && i.port == nil {
			return []*portGroup{{}} // everything, whatever else there is
		}
		g := byProtocol[i.protocol]
		if g == nil {
			g = &portGroup{protocol: i.protocol}
			byProtocol[i.protocol] = g
			out = append(out, g)
		}
		switch {
		case i.port == nil:
			g.all, g.ports, g.at = true, nil, nil
		case !g.all:
			g.ports, g.at = append(g.ports, *i.port), append(g.at, i.at)
		}
	}
	slices.SortFunc(out, func(a, b *portGroup) int { return strings.Compare(a.protocol, b.protocol) })
	return out
}
