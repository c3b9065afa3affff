package checks

import (
	"fmt"
	"slices"
	"sync"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
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
	v, err := inventoryOf(p)
	if err != nil {
		return err
	}
	reported := map[string]bool{}
	for policy := range reviewedPolicies(p.Cluster) {
		// Pre-DNAT policies do see the Service's address. Neither they nor untracked ones bear on workloads.
		if policy.PreDNAT || policy.DoNotTrack {
			continue
		}
		if err := v.reportAddressesIn(p, policy, reported); err != nil {
			return err
		}
		reportServiceSources(p, policy, reported)
	}
	return nil
}

// reportAddressesIn reports each net of a policy's egress rules, and of the network sets that they are for, once.
func (v *inventory) reportAddressesIn(p *check.Pass, policy *model.Policy, reported map[string]bool) error {
	a := v.analysis
	for _, r := range policy.Rules[model.Egress] {
		if r.Action != model.Allow && r.Action != model.Deny {
			continue
		}
		if err := reportServiceExceptions(p, a, r, reported); err != nil {
			return err
		}
		nets := netsFor(v, r)
		besides := sync.OnceValue(func() bool { return others(p.Cluster, nets) })
		for _, n := range nets {
			net, ok := serviceNetOf(p.Cluster, n.Prefix)
			if !ok || reported[n.key()] || net.onlyAsksDNS(p.Cluster, r) && len(p.Cluster.NodeCaches) > 0 {
				continue
			}
			v, found := net.contradiction(p.Cluster, a, r, besides())
			if !found {
				continue // who goes through these Services fares as the rule says all the same
			}
			reported[n.key()] = true
			if err := net.report(p, a, r, n, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// writtenNet is a net as it is written: in a rule, or in a network set that a rule is for.
type writtenNet struct {
	model.Net
	of *model.Object
	by string // the rule, as the message calls it
}

func (n *writtenNet) key() string { return n.of.String() + n.At }

// netsFor is the nets that the destination of a rule consists of.
func netsFor(v *inventory, r *model.Rule) []writtenNet {
	var out []writtenNet
	for _, n := range r.Match.Destination.Nets {
		out = append(out, writtenNet{n, &r.Policy.Object, "this rule"})
	}
	s := r.Match.Destination.Selector
	if s == nil || len(out) > 0 || len(v.sets) == 0 {
		return out
	}
	for _, set := range v.networkSets(v.match(s).must) {
		for _, n := range set.Nets {
			if set.Reviewed() {
				out = append(out, writtenNet{n, &set.Object, "the rule of " + r.Policy.String()})
			}
		}
	}
	return out
}

// others says whether nets besides those of Services are among them, in which pods may be as well.
func others(c *model.Cluster, nets []writtenNet) bool {
	return slices.ContainsFunc(nets, func(n writtenNet) bool {
		_, ok := serviceNetOf(c, n.Prefix)
		return !ok && !n.IsSingleIP()
	})
}

// contradiction is a connection through one of the Services that does not fare as the rule says, from a
// workload of the rule's policy. Among other nets, the pods may be meant to be in these.
func (n *serviceNet) contradiction(c *model.Cluster, a *eval.Analysis, r *model.Rule, others bool) (visit, bool) {
	want := model.Denied
	if r.Action == model.Deny {
		want = model.Allowed
	}
	return n.visitWith(c, a, r, want, !others)
}

// visitWith is a connection through one of the Services, of those that the rule is for, that gets a verdict, or
// if that will do one that the rule leaves unknown.
func (n *serviceNet) visitWith(c *model.Cluster, a *eval.Analysis, r *model.Rule, want model.Verdict, unknown bool) (visit, bool) {
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
					if !opensFor(r, protoPort{s.Ports[i].Proto, s.Ports[i].Port}) {
						continue
					}
					for v := range visits(c, client, s, &s.Ports[i]) {
						d := decision(a, v.packet, model.Egress)
						// Not known for this very rule: for all the inputs say, pods might have such addresses.
						if (d.Verdict == want || unknown && d.Verdict == model.Unknown && d.By.Rule == r) && !anyAddress(a, &v, want) {
							return v, true
						}
					}
				}
			}
		}
	}
	return visit{}, false
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
	allowed := allowedOn(a, v.packet.Src.Endpoint, model.Egress, protoPort{v.packet.Proto, v.packet.DstPort})
	return slices.ContainsFunc(a.PeersIn(allowed), func(p model.Peer) bool { return p.Endpoint == nil })
}

func (n *serviceNet) report(p *check.Pass, a *eval.Analysis, r *model.Rule, written writtenNet, v visit) error {
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
		At:       written.of.Origin(written.At),
		Object:   written.of.String(),
		Parts:    []diag.Part{part(r.Policy, r.At)},
		Message:  n.message(v.service, written.by, n.onlyAsksDNS(p.Cluster, r)),
		Help:     n.help(r.Policy, &v),
		Witness:  v.flow(),
		Related:  relatedTo(d.By, r.Policy),
	}
	if d.Verdict == model.Unknown {
		out.Settle = podAddresses
	} else {
		out.Decided = check.Decided(d.By, client, model.Egress)
	}
	p.Report(out)
	return nil
}

func (n *serviceNet) message(s *model.Service, rule string, dns bool) string {
	if !n.net.IsSingleIP() {
		return fmt.Sprintf("%s is where Services have their addresses, which are replaced by those of backends before %s sees them, so it never matches", n.net, rule)
	}
	then := "so it never matches"
	if dns {
		then = "so it matches only if NodeLocal DNSCache answers there"
	}
	return fmt.Sprintf("%s is the address of Service %s, which is replaced by a backend's before %s sees it, %s", n.net.Addr(), s.ID(), rule, then)
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
