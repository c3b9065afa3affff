package checks

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
	"github.com/tierlint/tierlint/internal/selector"
)

// meansOtherDNS says whether a rule for the client is meant for a DNS of which the inputs do not show
// enough: where the DNS is only assumed, it may have more labels, other distributions than the one that
// the cluster is known to be have it in another namespace, and a rule for its Service's own address may be there
// for NodeLocal DNSCache.
func meansOtherDNS(a *eval.Analysis, v *visit) bool {
	dns := v.packet.Dst.Endpoint
	if dns == nil || !dns.Assumed() {
		return false
	}
	for _, p := range a.Chain(v.packet.Src.Endpoint, model.Egress).Policies() {
		for _, r := range p.Rules[model.Egress] {
			side := &r.Match.Destination
			switch {
			case r.Action != model.Allow || r.Match.Protocol != nil && *r.Match.Protocol != flow.UDP:
			case side.Service != nil && side.Service.Service == nil && strings.Contains(side.Service.Name, "dns") &&
				(side.Service.Namespace == dns.Namespace || !knownDistribution(a.Cluster)),
				side.Selector != nil && namesDNSPort(side, v) && mayBeOther(a.Cluster, side.Selector, p, dns) &&
					len(injectedInto(p, side.SelectorAt, side.Written.Selector)) == 0,
				opensOtherPort(a.Cluster, side, v),
				namesDNSPort(side, v) && slices.ContainsFunc(v.service.Addrs, func(a netip.Addr) bool { return names(r, a) }):
				return true
			}
		}
	}
	return false
}

// mayBeOther says whether a selector would match the DNS pods if they, or their namespace where the inputs do not
// have it, had further labels, or is for pods that are neither in their namespace nor in the policy's.
func mayBeOther(c *model.Cluster, sel *selector.Selector, p *model.Policy, dns *model.Endpoint) bool {
	if _, never := sel.Impossible(); never {
		return false
	}
	open := []string{"*"}
	if c.Platform == "openshift" && knownDistribution(c) {
		open = []string{"pcns.*"} // its operator labels the pods (openshift/cluster-dns-operator, controller_dns_daemonset.go, release-4.16)
	} else if writtenNamespace(c, dns.Namespace) {
		open = slices.DeleteFunc(sel.Keys(), func(key string) bool { return strings.HasPrefix(key, "pcns.") })
	}
	switch sel.Match(selector.Labels{Known: dns.Labels.Known, Open: open}) {
	case selector.Maybe:
		return true
	case selector.Yes:
		return false
	}
	return !knownDistribution(c) && sel.Match(somePodOf(dns.Namespace)) == selector.No &&
		(p.Namespace == "" || sel.Match(somePodOf(p.Namespace)) == selector.No)
}

// knownDistribution says whether somebody said, or the inputs certainly show, what the cluster is, so that the
// namespace of its DNS is known. Any cluster is of Kubernetes.
func knownDistribution(c *model.Cluster) bool {
	return !c.PlatformGuessed && c.Platform != "" && c.Platform != "kubernetes" && c.Platform != "nodelocaldns"
}

// namesDNSPort says whether one end in a rule is for DNS by its ports: 53, where DNS pods listen
// here or elsewhere, or a port with such a name.
func namesDNSPort(side *model.Side, v *visit) bool {
	return slices.ContainsFunc(side.Ports, func(p model.PortMatch) bool {
		if p.Name != "" {
			return strings.Contains(p.Name, "dns")
		}
		usual := []uint16{dnsPort, 1053, 5353, 8053, v.packet.DstPort}
		return p.First == p.Last && slices.Contains(usual, p.First)
	})
}

// openshiftDNSPort is where OpenShift's DNS pods listen (openshift/cluster-dns-operator,
// controller_dns_service.go, release-4.16), and nothing else that pods ask.
const openshiftDNSPort = 5353

// opensOtherPort says whether one end in a rule is for the DNS of OpenShift, which the cluster may be: its port at
// any pod, or anywhere.
func opensOtherPort(c *model.Cluster, side *model.Side, v *visit) bool {
	anyPod := somePodOf(v.packet.Dst.Endpoint.Namespace)
	anyPod.Open = []string{"pcns.*"}
	return !knownDistribution(c) && v.packet.DstPort != openshiftDNSPort &&
		slices.ContainsFunc(side.Ports, func(p model.PortMatch) bool { return p.Name == "" && p.First == openshiftDNSPort && p.Last == p.First }) &&
		side.Service == nil && len(side.Nets) == 0 && (side.Selector == nil || side.Selector.Match(anyPod) == selector.Yes)
}

// deniedAsUnlabelled says whether all that is not known of a question to the DNS, which is only assumed, is whether
// its namespace has the label by which a rule lets the client talk to its own kind: to namespaces like the client's.
func deniedAsUnlabelled(c *model.Cluster, a *eval.Analysis, v *visit, d model.Decision) bool {
	client, dns := v.packet.Src.Endpoint, v.packet.Dst.Endpoint
	if d.Verdict != model.Unknown || d.By.Tier == nil || dns == nil || !dns.Assumed() {
		return false
	}
	toOwnKind := false
	for _, p := range a.Chain(client, model.Egress).Policies() {
		for _, r := range p.Rules[model.Egress] {
			to := &r.Match.Destination
			switch {
			case to.Selector != nil && slices.ContainsFunc(c.Sets, func(s *model.NetworkSet) bool { return to.Selector.Match(s.Labels) != selector.No }):
				return false // whose nets may be those of pods
			case r.Match.Protocol != nil && *r.Match.Protocol != v.packet.Proto,
				to.Selector != nil && to.Selector.Match(dns.Labels) == selector.No:
				continue
			case r.Action == model.Allow && to.Selector != nil && len(to.Ports) == 0 && to.Selector.Match(client.Labels) == selector.Yes &&
				to.Selector.Match(dns.Labels) == selector.Maybe:
				toOwnKind = true
				continue
			}
			return false
		}
	}
	return toOwnKind
}

// reachesOnlyAPI says whether a client may reach the API server, and may send nothing except to its port.
func reachesOnlyAPI(a *eval.Analysis, client *model.Endpoint) bool {
	chain := a.Chain(client, model.Egress)
	return slices.ContainsFunc(a.Cluster.APIServers, func(server model.Backend) bool {
		src, ok := towards(a.Cluster, client, server.Peer)
		packet := model.Packet{Src: src, Dst: server.Peer, Proto: server.Proto, SrcPort: flow.DefaultSourcePort, DstPort: server.Port}
		at := pktset.Point(server.Proto, server.Port)
		return ok && a.VerdictAt(packet, model.Egress) != model.Denied &&
			chain.Allowed.SubsetOf(pktset.Rect(chain.Universe.Columns(), pktset.Range{First: at, Last: at}))
	})
}

// byName says whether a Deny rule at the DNS pods singles the client out by its labels.
func (x *cut) byName() bool {
	r := x.decided.By.Rule
	if r == nil || x.direction != model.Ingress || r.Match.Source.Selector == nil {
		return false
	}
	unlabelled := selector.Labels{Known: map[string]string{}}
	for k, v := range x.client.Labels.Known {
		if inherited(k) {
			unlabelled.Known[k] = v
		}
	}
	return r.Match.Source.Selector.Match(unlabelled) == selector.No
}

// mayBeHost says whether a client that is in no file may as well be a host, which resolves names in another way: a
// global policy for labels that no workload has is probably for nodes, where it does not speak of namespaces.
func (x *cut) mayBeHost(p *model.Policy) bool {
	if !x.client.Phantom || !p.Global() || x.direction != model.Egress {
		return false
	}
	host := selector.Labels{Known: map[string]string{}}
	for k, v := range x.client.Labels.Known {
		if !inherited(k) && !strings.HasPrefix(k, "pcsa.") {
			host.Known[k] = v
		}
	}
	return p.Selector.Match(host) == selector.Yes && p.Selector.Match(selector.Labels{}) == selector.No
}

// quarantined says whether the rule that denies the client's questions denies it everything, even what it
// asks of others of its kind.
func (x *cut) quarantined() bool {
	r := x.decided.By.Rule
	return r.Match.Protocol == nil && r.Match.Destination.Any() && r.Policy.Selector.Match(x.client.Labels) == selector.Yes
}

// inherited says whether a label is of the pod's namespace, or given by Calico.
func inherited(key string) bool {
	return strings.HasPrefix(key, "pcns.") || strings.HasPrefix(key, "projectcalico.org/")
}

// meantToBeClosed says whether a policy that is for the client in particular, not for its whole
// namespace, has no egress rule on purpose, or only says again that it denies everything: the client is a leaf that
// talks to nobody, or in quarantine.
func meantToBeClosed(a *eval.Analysis, client *model.Endpoint) bool {
	anyPod := selector.Labels{Known: map[string]string{}}
	for k, v := range client.Labels.Known {
		if inherited(k) {
			anyPod.Known[k] = v
		}
	}
	return slices.ContainsFunc(a.Chain(client, model.Egress).Policies(), func(p *model.Policy) bool {
		rules := p.Rules[model.Egress]
		closed := len(rules) == 0 && p.TypesWritten || len(rules) == 1 && deniesEverything(rules[0])
		return closed && p.Selector.Match(anyPod) == selector.No
	})
}

func deniesEverything(r *model.Rule) bool {
	m := &r.Match
	return r.Action == model.Deny && m.IPVersion == 0 && m.Protocol == nil && m.NotProtocol == nil && m.Source.Any() && m.Destination.Any()
}

// helpers is the policies that let some clients ask, by namespace.
type helpers map[string][]*model.Policy

func (h helpers) add(p *model.Policy) {
	if !slices.Contains(h[p.Namespace], p) {
		h[p.Namespace] = append(h[p.Namespace], p)
	}
}

// mayHelp says whether one of the policies would let a workload that is not in the files ask too,
// if it had further labels, as it well may.
func (h helpers) mayHelp(phantom *model.Endpoint) bool {
	labels := phantom.Labels
	labels.Open = append(slices.Clone(labels.Open), "*")
	return slices.ContainsFunc(slices.Concat(h[""], h[phantom.Namespace]), func(p *model.Policy) bool {
		return p.Selector.Match(labels) != selector.No
	})
}
