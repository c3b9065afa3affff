package checks

import (
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/source"
)

// DNSUnreachable finds workloads that cannot resolve names, because policy keeps them from the
// cluster's DNS, or the DNS pods from them.
var DNSUnreachable = &check.Check{
	ID:       "dns-unreachable",
	Title:    "Workloads cannot resolve names: policy cuts them off from the cluster's DNS",
	Doc:      dnsUnreachableDoc,
	Since:    "0.1",
	Severity: diag.Error,

	SwallowedBy: misread("policy-types", "dns-port-after-dnat"),
	FollowsFrom: []string{"dns-port-after-dnat", "tier-implicit-drop"},
	Run:         reportUnreachableDNS,
}

func reportUnreachableDNS(p *check.Pass) error {
	a, err := p.Eval()
	if err != nil {
		return err
	}
	cuts, helped := lookUp(p.Cluster, a)
	for _, c := range causesOf(a, cuts, helped) {
		if err := c.report(p); err != nil {
			return err
		}
	}
	return nil
}

// cut is a client that is cut off from every backend of the cluster's DNS.
type cut struct {
	client    *model.Endpoint
	visit     visit           // to one of the backends
	direction model.Direction // at which end it is denied
	decided   model.Decision  // Denied, or Unknown if the pods' addresses are private
	nothing   bool            // the client may not send anything at all
	tcp       bool            // it may ask over TCP
}

// lookUp lets every client ask the DNS over UDP, which is what resolvers do first. helped says
// that some are let through.
func lookUp(c *model.Cluster, a *eval.Analysis) (cuts []*cut, helped bool) {
	clients := dnsClients(c, a.Endpoints)
	if len(clients) == 0 {
		return cutFromEveryone(c, a), false
	}
	helpers := helpers{}
	var phantoms []*cut
	for _, client := range clients {
		cut, by := ask(c, a, client)
		switch {
		case by.Rule != nil:
			helpers.add(by.Rule.Policy)
		case cut == nil:
		case client.Phantom && cut.nothing && cut.direction == model.Egress:
			// Who denies everything says so, and whoever adds a workload adds a policy that allows.
		case cut.byName() && (client.Phantom || cut.quarantined()):
			// Who denies those with a label means them.
		case client.Phantom:
			phantoms = append(phantoms, cut)
		default:
			cuts = append(cuts, cut)
		}
	}
	for _, p := range phantoms {
		if !helpers.mayHelp(p.client) {
			cuts = append(cuts, p)
		}
	}
	return cuts, len(helpers) > 0
}

// ask is what becomes of one client's questions: a cut if every backend is certainly out of
// reach, and otherwise who lets a question out.
func ask(c *model.Cluster, a *eval.Analysis, client *model.Endpoint) (*cut, model.By) {
	var out *cut
	for v := range dnsVisits(c, client, flow.UDP) {
		egress := decision(a, v.packet, model.Egress)
		if deniedAsUnlabelled(c, a, &v, egress) {
			egress.By.Kind, egress.By.Rule = model.ByEndOfTier, nil
			if out == nil {
				out = &cut{client: client, visit: v, direction: model.Egress, decided: egress}
			}
			continue
		}
		switch {
		case egress.Verdict == model.Denied || deniedAsPrivate(egress):
			if out == nil {
				out = &cut{client: client, visit: v, direction: model.Egress, decided: egress}
			}
		case a.VerdictAt(v.packet, model.Ingress) == model.Denied && a.Chain(v.packet.Dst.Endpoint, model.Ingress) != nil:
			if out == nil {
				out = &cut{client: client, visit: v, direction: model.Ingress, decided: decision(a, v.packet, model.Ingress)}
			}
		default:
			return nil, egress.By
		}
	}
	if out == nil || asksNodeCache(c, a, client) || meansOtherDNS(a, &out.visit) {
		return nil, model.By{}
	}
	out.nothing = a.Chain(client, model.Egress).Allowed.IsEmpty()
	if out.nothing && out.direction == model.Egress && (client.Answers || meantToBeClosed(a, client)) {
		return nil, model.By{}
	}
	for v := range dnsVisits(c, client, flow.TCP) {
		out.tcp = out.tcp || a.VerdictAt(v.packet, model.Egress) == model.Allowed && a.VerdictAt(v.packet, model.Ingress) == model.Allowed
	}
	if out.tcp && out.direction == model.Ingress && out.visit.packet.Dst.Endpoint.Assumed() {
		return nil, model.By{} // the DNS pods are for NodeLocal DNSCache alone, which asks them over TCP
	}
	return out, model.By{}
}

// report reports what one policy or rule causes.
func (c *cause) report(p *check.Pass) error {
	first := c.cuts[0]
	if err := p.Confirm(first.visit.packet, c.direction, first.decided.Verdict); err != nil {
		return err
	}
	local := first.visit.packet.Local(c.direction).Endpoint
	a, err := p.Eval()
	if err != nil {
		return err
	}
	p.Report(diag.Diagnostic{
		Severity: c.severity(a),
		At:       c.at(),
		Object:   c.policy.Object.String(),
		Parts:    []diag.Part{c.part()},
		Beside:   c.beside(a),
		Message:  c.message(),
		Help:     c.help(),
		Settle:   first.settle(),
		Witness:  first.visit.flow(),
		Decided:  check.Decided(first.decided.By, local, c.direction),
		Related:  relatedTo(first.decided.By, c.policy),
		Fixes:    c.fixes(p),
	})
	return nil
}

// severity: it is certain of workloads in the files whose namespace is there too. Elsewhere other
// files may add a policy that helps; somebody who allows nothing at all may mean it; and DNS pods
// that let TCP in may be for NodeLocal DNSCache, which asks them over TCP. Pods are told the API server's address
// (Kubernetes, "Accessing the API from within a Pod"), so who may talk to it alone may need no names.
func (c *cause) severity(a *eval.Analysis) diag.Severity {
	cluster := a.Cluster
	if !slices.ContainsFunc(c.cuts, func(x *cut) bool { return x.direction == model.Ingress || !reachesOnlyAPI(a, x.client) }) {
		return diag.Note
	}
	if !slices.ContainsFunc(c.cuts, func(x *cut) bool { return !x.mayBeHost(c.policy) }) {
		return diag.Note
	}
	certain := func(x *cut) bool {
		return !x.client.Phantom && x.decided.Verdict == model.Denied && writtenNamespace(cluster, x.client.Namespace) &&
			(x.direction == model.Egress && !x.nothing || x.direction == model.Ingress && !x.tcp)
	}
	if slices.ContainsFunc(c.cuts, certain) {
		return diag.Error
	}
	return diag.Warning
}

// writtenNamespace says whether the inputs have the Namespace, as a repository has that is about all of it.
func writtenNamespace(c *model.Cluster, name string) bool {
	return slices.ContainsFunc(c.Namespaces, func(n *model.Namespace) bool { return n.Name == name && n.Known && !n.Assumed() })
}

// at is the line that must change: the Deny rule, the list that lacks a rule, or, where there is no
// list, what makes the policy isolate.
func (c *cause) at() source.Origin {
	list := "/spec/" + c.direction.String()
	switch {
	case !c.policy.Reviewed():
		for _, x := range c.cuts {
			if x.client.Reviewed() {
				return x.client.KeyOrigin("/metadata/name")
			}
		}
		return source.Origin{}
	case c.rule != nil:
		return c.policy.Origin(c.rule.At)
	case c.policy.Positions.Has(list):
		return c.policy.KeyOrigin(list)
	case c.policy.TypesWritten:
		return c.policy.KeyOrigin(c.policy.TypesAt)
	}
	return c.policy.KeyOrigin("/spec")
}

func (c *cause) message() string {
	v := &c.cuts[0].visit
	port := fmt.Sprintf("UDP %d", v.packet.DstPort)
	if v.packet.DstPort != v.port.Port {
		port += fmt.Sprintf(", where Service %s leads port %d,", v.service.ID(), v.port.Port)
	}
	message := fmt.Sprintf("DNS is cut off for %s: %s", check.Endpoints(c.clients()), c.why(port, v))
	if c.cuts[0].tcp {
		message += "; TCP is let through, but resolvers ask over UDP first"
	}
	return message
}

// why says what keeps the client's question from the DNS.
func (c *cause) why(port string, v *visit) string {
	dns := check.Name(v.packet.Dst)
	policy := "this policy"
	if !c.policy.Reviewed() {
		policy = c.policy.Object.String()
	}
	switch {
	case c.cuts[0].decided.Verdict == model.Unknown && c.rule == nil:
		return fmt.Sprintf("%s isolates for egress, and no rule lets %s out to %s, unless namespace %s is labelled as namespace %s is",
			policy, port, dns, v.service.Namespace, v.packet.Src.Endpoint.Namespace)
	case c.cuts[0].decided.Verdict == model.Unknown:
		return fmt.Sprintf("a Deny rule of %s keeps %s from reaching %s, if that has a private address", policy, port, dns)
	case c.rule != nil:
		return fmt.Sprintf("a Deny rule of %s keeps %s from reaching %s", policy, port, dns)
	case c.direction == model.Ingress:
		return fmt.Sprintf("%s isolates %s for ingress, and no rule lets %s in", policy, dns, port)
	case c.closed():
		return policy + " isolates for egress, and no rule lets anything out"
	}
	return fmt.Sprintf("%s isolates for egress, and no rule lets %s out to %s", policy, port, dns)
}
