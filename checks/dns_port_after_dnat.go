package checks

import (
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
)

// DNSPortAfterDNAT finds rules that let DNS through at the Service's port, where policy sees the
// port of the DNS pods, which is another.
var DNSPortAfterDNAT = &check.Check{
	ID:       "dns-port-after-dnat",
	Title:    "The rule for DNS names the Service's port, but the DNS pods listen on another",
	Doc:      dnsPortAfterDNATDoc,
	Since:    "0.1",
	Severity: diag.Error,
	Run:      reportDNSPorts,
}

// dnsPortRule is a rule that DNS would come through if policy saw the Service's port.
type dnsPortRule struct {
	rule    *model.Rule
	ports   []string // pointers to the ports in the rule
	visit   visit    // what does not come through
	decided model.Decision
}

func reportDNSPorts(p *check.Pass) error {
	a, err := p.Eval()
	if err != nil {
		return err
	}
	for _, r := range dnsPortRules(p.Cluster, a) {
		if err := r.report(p); err != nil {
			return err
		}
	}
	return nil
}

// dnsPortRules lets every client resolve names, and where that is denied looks for the rule that
// would have allowed it with the Service's port.
func dnsPortRules(c *model.Cluster, a *eval.Analysis) []*dnsPortRule {
	type place struct {
		policy *model.Policy
		at     string
	}
	found := map[place]*dnsPortRule{}
	var out []*dnsPortRule
	for _, client := range dnsClients(c, a.Endpoints) {
		for v := range dnsVisits(c, client, flow.UDP, flow.TCP) {
			for _, d := range []model.Direction{model.Egress, model.Ingress} {
				r := wouldAllow(a, v, d)
				if r == nil {
					continue
				}
				k := place{r.rule.Policy, r.rule.At}
				if found[k] == nil {
					found[k] = r
					out = append(out, r)
				}
				if !slices.Contains(found[k].ports, r.ports[0]) {
					found[k].ports = append(found[k].ports, r.ports[0])
				}
			}
		}
	}
	return out
}

// wouldAllow is the rule that allows the connection with the Service's port where it is denied
// with the pod's; nil if there is none.
func wouldAllow(a *eval.Analysis, v visit, d model.Direction) *dnsPortRule {
	if v.packet.DstPort == v.port.Port {
		return nil
	}
	decided := decision(a, v.packet, d)
	if decided.Verdict != model.Denied && !deniedAsPrivate(decided) {
		return nil
	}
	r := decision(a, v.before(), d).By.Rule
	if r == nil || r.Action != model.Allow || !r.Policy.Reviewed() {
		return nil
	}
	i := slices.IndexFunc(r.Match.Destination.Ports, func(p model.PortMatch) bool {
		return p.Name == "" && p.First == v.port.Port && p.Last == v.port.Port
	})
	if i < 0 {
		return nil // it is not meant for DNS in particular
	}
	return &dnsPortRule{rule: r, ports: []string{r.Match.Destination.Ports[i].At}, visit: v, decided: decided}
}

func (r *dnsPortRule) report(p *check.Pass) error {
	v, d := &r.visit, r.rule.Direction
	if err := p.Confirm(v.packet, d, r.decided.Verdict); err != nil {
		return err
	}
	blocked, severity, settle := "DNS stays blocked", diag.Error, ""
	switch {
	case r.decided.Verdict == model.Unknown:
		blocked, severity = "DNS stays blocked if the DNS pods have private addresses", diag.Warning
		settle = podAddresses
	case p.Cluster.PlatformGuessed && v.service.Assumed():
		blocked, severity = "DNS stays blocked if the platform is "+p.Cluster.Platform+", as other manifests suggest", diag.Warning
		settle = "--platform, or platform in the settings"
	}
	number := fmt.Sprint(v.packet.DstPort)
	p.Report(diag.Diagnostic{
		Severity: severity,
		At:       r.rule.Origin(r.ports[0]),
		Object:   r.rule.Policy.Object.String(),
		Parts:    []diag.Part{part(r.rule.Policy, r.rule.At)},
		Message: fmt.Sprintf("%s: Service %s turns port %d into %s before this rule sees it",
			blocked, v.service.ID(), v.port.Port, number),
		Help:    r.help(number),
		Settle:  settle,
		Witness: v.flow(),
		Decided: check.Decided(r.decided.By, v.packet.Local(d).Endpoint, d),
		Related: relatedTo(r.decided.By, r.rule.Policy),
		Fixes:   r.fixes(p, number),
	})
	return nil
}

// help: `services` is right whatever the port, but only Calico's policies have it, and only for
// the destination of what goes out.
func (r *dnsPortRule) help(number string) string {
	s := r.visit.service
	switch {
	case r.rule.Direction == model.Ingress, r.rule.Policy.API == model.KubernetesNetworkPolicy:
		return fmt.Sprintf("port %s (and %d too if the policy also goes to clusters whose DNS pods listen there)", number, r.visit.port.Port)
	case r.rule.Policy.API == model.CalicoNetworkPolicy, r.rule.Policy.API == model.GlobalNetworkPolicy:
		return fmt.Sprintf("destination: {services: {name: %s, namespace: %s}}, or port %s", s.Name, s.Namespace, number)
	}
	return "port " + number
}
