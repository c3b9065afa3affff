package checks

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
)

// DNSNodeLocal finds workloads that may ask the DNS pods but not the cache on their node, which is
// whom they ask where NodeLocal DNSCache runs.
var DNSNodeLocal = &check.Check{
	ID:       "dns-node-local",
	Title:    "The rule for DNS does not match NodeLocal DNSCache, which is no pod",
	Doc:      dnsNodeLocalDoc,
	Since:    "0.1",
	Severity: diag.Warning,
	Run:      reportNodeLocal,
}

// uncached is a rule that lets workloads ask the DNS pods, but none lets them ask the cache; or one that denies that.
type uncached struct {
	helpful
	packet  model.Packet
	decided model.Decision
}

func reportNodeLocal(p *check.Pass) error {
	c := p.Cluster
	if len(c.NodeCaches) == 0 {
		return nil
	}
	a, err := p.Eval()
	if err != nil {
		return err
	}
	for _, u := range byRule(dnsClients(c, a.Endpoints), func(e *model.Endpoint) *uncached { return uncachedOf(c, a, e) }) {
		if err := p.Confirm(u.packet, model.Egress, model.Denied); err != nil {
			return err
		}
		p.Report(diag.Diagnostic{
			At:      u.rule.Origin(u.rule.At),
			Object:  u.rule.Policy.Object.String(),
			Message: u.message(),
			Help:    u.help(c),
			Witness: check.Flow(u.packet),
			Decided: check.Decided(u.decided.By, u.packet.Src.Endpoint, model.Egress),
			Related: relatedTo(u.decided.By, u.rule.Policy),
			Fixes:   u.fixes(c),
		})
	}
	return nil
}

// uncachedOf finds the rule that lets a client ask the DNS pods, where all addresses of the cache are
// certainly denied; nil if there is none.
func uncachedOf(c *model.Cluster, a *eval.Analysis, client *model.Endpoint) *uncached {
	var out *uncached
	for v := range dnsVisits(c, client, flow.UDP) {
		if d := decision(a, v.packet, model.Egress); d.Verdict == model.Allowed && d.By.Rule != nil && d.By.Rule.Policy.Reviewed() {
			out = &uncached{helpful: helpful{d.By.Rule, []*model.Endpoint{client}}}
			break
		}
	}
	if out == nil {
		return nil
	}
	for _, addr := range cacheAddrs(c) {
		to := model.Peer{Addr: addr}
		src, ok := towards(c, client, to)
		if !ok {
			continue
		}
		packet := model.Packet{Src: src, Dst: to, Proto: flow.UDP, SrcPort: flow.DefaultSourcePort, DstPort: dnsPort}
		d := decision(a, packet, model.Egress)
		if d.Verdict != model.Denied {
			return nil
		}
		if !out.packet.Dst.Addr.IsValid() {
			out.packet, out.decided = packet, d
		}
	}
	if !out.packet.Dst.Addr.IsValid() {
		return nil
	}
	if deny := out.decided.By.Rule; deny != nil && deny.Policy.Reviewed() {
		out.rule = deny
	}
	return out
}

func (u *uncached) message() string {
	if u.rule.Action == model.Deny {
		return fmt.Sprintf("this rule keeps %s from resolving names: they ask the cache of NodeLocal DNSCache on their node, at %s",
			check.Endpoints(u.clients), u.packet.Dst.Addr)
	}
	return fmt.Sprintf("this rule lets %s ask the DNS pods, but they ask the cache of NodeLocal DNSCache on their node, at %s, and nothing lets that out",
		check.Endpoints(u.clients), u.packet.Dst.Addr)
}

// cacheAddrs is where pods may find the cache: at its own addresses, or at those of the DNS Service,
// which it takes on every node.
func cacheAddrs(c *model.Cluster) []netip.Addr {
	out := slices.Clone(c.NodeCaches)
	for _, s := range c.DNS {
		for _, a := range s.Addrs {
			if !slices.Contains(out, a) {
				out = append(out, a)
			}
		}
	}
	return out
}

func (u *uncached) help(c *model.Cluster) string {
	under := "under egress:\n"
	if u.rule.Action == model.Deny {
		under = "before this rule, " + under
	}
	return under + u.ruleToWrite(c)
}

// ruleToWrite lets the cache be asked.
func (u *uncached) ruleToWrite(c *model.Cluster) string {
	nets := ""
	for _, addr := range cacheAddrs(c) {
		n := fmt.Sprintf("%s/%d", addr, addr.BitLen())
		switch {
		case u.rule.Policy.API == model.KubernetesNetworkPolicy:
			nets += "\n  - ipBlock: {cidr: " + n + "}"
		case nets != "":
			nets += ", " + n
		default:
			nets = n
		}
	}
	if u.rule.Policy.API == model.KubernetesNetworkPolicy {
		return "- to:" + nets + "\n  ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]"
	}
	return bothProtocols(fmt.Sprintf("destination: {nets: [%s], ports: [53]}", nets))
}
