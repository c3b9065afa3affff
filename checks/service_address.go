package checks

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
)

// ServiceAddress finds nets that are addresses of Services, where policy sees the addresses of the
// backends.
var ServiceAddress = &check.Check{
	ID:       "service-address",
	Title:    "The rule names a Service's address, which policy for workloads never sees",
	Doc:      serviceAddressDoc,
	Since:    "0.1",
	Severity: diag.Error,
	Run:      reportServiceAddresses,
}

func reportServiceAddresses(p *check.Pass) error {
	a, err := p.Eval()
	if err != nil {
		return err
	}
	for _, t := range p.Cluster.Tiers {
		for _, policy := range t.Policies {
			// Pre-DNAT policies do see the Service's address. Neither they nor untracked ones bear on workloads.
			if !policy.Reviewed() || policy.PreDNAT || policy.DoNotTrack {
				continue
			}
			if err := reportAddressesIn(p, a, policy); err != nil {
				return err
			}
		}
	}
	return nil
}

// reportAddressesIn reports each net of a policy's egress rules once.
func reportAddressesIn(p *check.Pass, a *eval.Analysis, policy *model.Policy) error {
	reported := map[string]bool{}
	for _, r := range policy.Rules[model.Egress] {
		if r.Action != model.Allow && r.Action != model.Deny {
			continue
		}
		for _, n := range r.Match.Destination.Nets {
			net, ok := serviceNetOf(p.Cluster, n.Prefix)
			if !ok || reported[n.At] || net.onlyAsksDNS(p.Cluster, r) && hasNodeCache(p.Cluster) {
				continue
			}
			v, found := net.contradiction(p.Cluster, a, r)
			if !found {
				continue // who goes through these Services fares as the rule says all the same
			}
			reported[n.At] = true
			if err := net.report(p, a, r, n, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// serviceNet is a net that holds nothing but addresses of Services.
type serviceNet struct {
	net      netip.Prefix
	services []*model.Service // that have an address in it, or may have one
	// assumed says that it is so in a cluster as it is usually set up; the inputs do not say.
	assumed bool
}

// serviceNetOf says whether a net holds only addresses of Services: a single one of a Service here,
// or all or some of those that the cluster gives to Services.
func serviceNetOf(c *model.Cluster, net netip.Prefix) (serviceNet, bool) {
	out := serviceNet{net: net, assumed: true}
	if !net.IsSingleIP() {
		known := slices.ContainsFunc(c.ServiceCIDRs, func(all netip.Prefix) bool {
			return all.Bits() <= net.Bits() && all.Contains(net.Addr())
		})
		usual := len(c.ServiceCIDRs) == 0 && usualServiceNet(c.Platform) == net
		if !known && !usual || slices.ContainsFunc(c.PodCIDRs, net.Overlaps) {
			return out, false
		}
		out.assumed = usual
	}
	for _, s := range c.Services {
		switch {
		case hasAddressIn(s, net):
			out.assumed = out.assumed && s.Assumed()
			out.services = append(out.services, s)
		case len(s.Addrs) == 0 && !s.Headless && !net.IsSingleIP() && s.Type != "ExternalName":
			out.services = append(out.services, s)
		}
	}
	return out, len(out.services) > 0
}

func hasAddressIn(s *model.Service, net netip.Prefix) bool {
	return slices.ContainsFunc(s.Addrs, net.Contains) || net.IsSingleIP() && slices.ContainsFunc(s.ExternalAddrs, net.Contains)
}

// usualServiceNet is where a platform gives Services their addresses if nobody changes it: kubeadm
// (cmd/kubeadm/app/apis/kubeadm/v1beta4/defaults.go, v1.33) and OpenShift's installer
// (pkg/types/defaults/installconfig.go, release-4.16).
func usualServiceNet(platform string) netip.Prefix {
	switch platform {
	case "kubernetes":
		return netip.MustParsePrefix("10.96.0.0/12")
	case "openshift":
		return netip.MustParsePrefix("172.30.0.0/16")
	}
	return netip.Prefix{}
}

// onlyAsksDNS says whether a rule is for DNS at the DNS Service's own address, where NodeLocal
// DNSCache answers on the node, before kube-proxy could lead the connection on.
func (n *serviceNet) onlyAsksDNS(c *model.Cluster, r *model.Rule) bool {
	ports := r.Match.Destination.Ports
	return n.net.IsSingleIP() && len(ports) > 0 &&
		!slices.ContainsFunc(ports, func(p model.PortMatch) bool { return p.First != dnsPort || p.Last != dnsPort }) &&
		!slices.ContainsFunc(n.services, func(s *model.Service) bool { return !slices.Contains(c.DNS, s) })
}

// contradiction is a connection through one of the Services that does not fare as the rule says,
// from a workload of the rule's policy.
func (n *serviceNet) contradiction(c *model.Cluster, a *eval.Analysis, r *model.Rule) (visit, bool) {
	want := model.Denied
	if r.Action == model.Deny {
		want = model.Allowed
	}
	for _, u := range a.Uses(r) {
		if !u.Step.Certain {
			continue
		}
		for _, client := range u.Step.Endpoints() {
			if client.Type != model.Workload {
				continue
			}
			for _, s := range n.services {
				for i := range s.Ports {
					if !asksFor(r, &s.Ports[i]) {
						continue
					}
					for v := range visits(c, client, s, &s.Ports[i]) {
						d := decision(a, v.packet, model.Egress)
						// Not known for this very rule: for all the inputs say, pods might have such addresses.
						if (d.Verdict == want || d.Verdict == model.Unknown && d.By.Rule == r) && !anyAddress(a, &v, want) {
							return v, true
						}
					}
				}
			}
		}
	}
	return visit{}, false
}

// asksFor says whether the rule is for the Service's port.
func asksFor(r *model.Rule, port *model.ServicePort) bool {
	m := &r.Match
	if m.Protocol != nil && *m.Protocol != port.Proto {
		return false
	}
	return len(m.Destination.Ports) == 0 || slices.ContainsFunc(m.Destination.Ports, func(p model.PortMatch) bool {
		return p.Name == "" && p.First <= port.Port && port.Port <= p.Last
	})
}

// anyAddress says whether the backend's address is only assumed, and the client may reach the port at some
// address or other, so that it may well be that one.
func anyAddress(a *eval.Analysis, v *visit, want model.Verdict) bool {
	if v.packet.Dst.Endpoint != nil || !v.service.Assumed() {
		return false
	}
	if want == model.Allowed {
		return true
	}
	at := pktset.Point(v.packet.Proto, v.packet.DstPort)
	allowed := a.Chain(v.packet.Src.Endpoint, model.Egress).Allowed
	allowed = allowed.Intersect(pktset.Rect(allowed.Columns(), pktset.Range{First: at, Last: at}))
	return slices.ContainsFunc(a.PeersIn(allowed), func(p model.Peer) bool { return p.Endpoint == nil })
}

func (n *serviceNet) report(p *check.Pass, a *eval.Analysis, r *model.Rule, written model.Net, v visit) error {
	d := decision(a, v.packet, model.Egress)
	if err := p.Confirm(v.packet, model.Egress, d.Verdict); err != nil {
		return err
	}
	client := v.packet.Src.Endpoint
	severity := diag.Error
	switch {
	case client.Phantom && r.Policy.Global():
		severity = diag.Note // the policy may be for hosts, which do connect to Services' addresses
	case client.Phantom, n.assumed, n.onlyAsksDNS(p.Cluster, r):
		severity = diag.Warning
	}
	out := diag.Diagnostic{
		Severity: severity,
		At:       r.Origin(written.At),
		Object:   r.Policy.Object.String(),
		Parts:    []diag.Part{part(r.Policy, r.At)},
		Message:  n.message(v.service, n.onlyAsksDNS(p.Cluster, r)),
		Help:     n.help(r.Policy, &v),
		Witness:  v.flow(),
		Related:  relatedTo(d.By, r.Policy),
	}
	if d.Verdict != model.Unknown {
		out.Decided = check.Decided(d.By, client, model.Egress)
	}
	p.Report(out)
	return nil
}

func (n *serviceNet) message(s *model.Service, dns bool) string {
	if !n.net.IsSingleIP() {
		return fmt.Sprintf("%s is where Services have their addresses, which are replaced by those of backends before this rule sees them, so it never matches", n.net)
	}
	then := "so it never matches"
	if dns {
		then = "so it matches only if NodeLocal DNSCache answers there"
	}
	return fmt.Sprintf("%s is the address of Service %s, which is replaced by a backend's before this rule sees it, %s", n.net.Addr(), s.ID(), then)
}

// help is what matches the backends: of one Service, or as an example where the net has them all.
func (n *serviceNet) help(policy *model.Policy, v *visit) string {
	if n.net.IsSingleIP() {
		return backendsHelp(policy, v)
	}
	return fmt.Sprintf("what is behind each of the Services that are meant; for %s:\n%s", v.service.ID(), backendsHelp(policy, v))
}

// backendsHelp is what matches the backends of a Service.
func backendsHelp(policy *model.Policy, v *visit) string {
	s, api := v.service, policy.API
	switch {
	case api == model.CalicoNetworkPolicy || api == model.GlobalNetworkPolicy:
		return fmt.Sprintf("destination: {services: {name: %s, namespace: %s}}, without nets and ports", s.Name, s.Namespace)
	case isAdmin(api) && len(s.Selector) > 0:
		return adminRule(api, model.Egress, podsBehind(policy, s), protoPort{v.packet.Proto, v.packet.DstPort})
	case len(s.Selector) == 0:
		return fmt.Sprintf("the addresses behind Service %s (`kubectl get endpointslices -n %s -l kubernetes.io/service-name=%s`), and port %d",
			s.ID(), s.Namespace, s.Name, v.packet.DstPort)
	}
	return "- to:\n  - " + podsBehind(policy, s) + fmt.Sprintf("\n  ports: [{protocol: %s, port: %d}]", v.packet.Proto, v.packet.DstPort)
}
