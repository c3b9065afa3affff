package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/source"
)

// DNSTCPMissing finds rules that let workloads ask the DNS over UDP and not over TCP.
var DNSTCPMissing = &check.Check{
	ID:       "dns-tcp-missing",
	Title:    "DNS is let through over UDP only, so long answers are lost",
	Doc:      dnsTCPMissingDoc,
	Since:    "0.1",
	Severity: diag.Warning,
	Run:      reportMissingTCP,
}

// half is a rule that lets names be resolved over UDP by workloads that cannot over TCP.
type half struct {
	helpful
	visit   visit // over TCP, of the first client
	decided model.Decision
}

func reportMissingTCP(p *check.Pass) error {
	a, err := p.Eval()
	if err != nil {
		return err
	}
	for _, h := range byRule(dnsClients(p.Cluster, a.Endpoints), func(e *model.Endpoint) *half { return halfOf(p.Cluster, a, e) }) {
		if err := h.report(p); err != nil {
			return err
		}
	}
	return nil
}

// halfOf finds the rule that lets a client's questions out, or in, over UDP, where certainly none
// gets through over TCP at that end; nil if there is no such rule.
func halfOf(c *model.Cluster, a *eval.Analysis, client *model.Endpoint) *half {
	var out *half
	for u := range dnsVisits(c, client, flow.UDP) {
		t, ok := overTCP(c, &u)
		if !ok {
			return nil
		}
		var denied []model.Direction
		for _, d := range []model.Direction{model.Egress, model.Ingress} {
			if a.VerdictAt(t.packet, d) == model.Denied {
				denied = append(denied, d)
			}
		}
		if len(denied) == 0 || a.VerdictAt(u.packet, model.Egress) != model.Allowed || a.VerdictAt(u.packet, model.Ingress) != model.Allowed {
			return nil
		}
		for _, d := range denied {
			if r := decision(a, u.packet, d).By.Rule; out == nil && r != nil && forDNS(r, u.packet.DstPort) && r.Policy.Reviewed() {
				out = &half{helpful: helpful{r, []*model.Endpoint{client}}, visit: t, decided: decision(a, t.packet, d)}
			}
		}
	}
	return out
}

// overTCP is the same question over TCP; false if the backend answers none.
func overTCP(c *model.Cluster, u *visit) (visit, bool) {
	for t := range dnsVisits(c, u.packet.Src.Endpoint, flow.TCP) {
		if t.packet.Dst == u.packet.Dst {
			return t, true
		}
	}
	return visit{}, false
}

func (h *half) report(p *check.Pass) error {
	d, v := h.rule.Direction, &h.visit
	if err := p.Confirm(v.packet, d, model.Denied); err != nil {
		return err
	}
	severity := diag.Default
	if remote := h.remote(); d == model.Egress && remote.Selector == nil && len(remote.Nets) == 0 && remote.Service == nil {
		severity = diag.Note // for any DNS there is, not for the cluster's in particular
	}
	p.Report(diag.Diagnostic{
		Severity: severity,
		At:       h.at(),
		Object:   h.rule.Policy.Object.String(),
		Message: fmt.Sprintf("DNS is let through over UDP only for %s: an answer that is too long for UDP is asked for again over TCP %d, which is denied",
			check.Endpoints(h.clients), v.packet.DstPort),
		Help:    h.help(),
		Witness: v.flow(),
		Decided: check.Decided(h.decided.By, v.packet.Local(d).Endpoint, d),
		Related: relatedTo(h.decided.By, h.rule.Policy),
		Fixes:   h.fixes(p, severity == diag.Default),
	})
	return nil
}

// remote is the peer that the rule lets through.
func (h *half) remote() *model.Side {
	if h.rule.Direction == model.Ingress {
		return &h.rule.Match.Source
	}
	return &h.rule.Match.Destination
}

// forDNS says whether a rule is for UDP only, and for DNS in particular: for its port or Service.
func forDNS(r *model.Rule, port uint16) bool {
	to := &r.Match.Destination
	return r.Match.Protocol != nil && *r.Match.Protocol == flow.UDP &&
		(to.Service != nil || slices.ContainsFunc(to.Ports, func(p model.PortMatch) bool {
			return p.Name != "" || p.First == p.Last && p.First == port
		}))
}

// at is the port, protocol or rule that lets UDP through only.
func (h *half) at() source.Origin {
	r, o := h.rule, &h.rule.Policy.Object
	if i := h.port(); i >= 0 {
		at := r.Match.Destination.Ports[i].At
		if item, ok := strings.CutSuffix(at, "/port"); ok { // of a Kubernetes policy
			at = item
			if o.Positions.Has(item + "/protocol") {
				at += "/protocol"
			}
			return r.Origin(at)
		}
	}
	if o.Positions.Has(r.At + "/protocol") {
		return r.Origin(r.At + "/protocol")
	}
	return r.Origin(r.At)
}

// port is the number of the rule's port that DNS comes through; -1 if there is none.
func (h *half) port() int {
	return slices.IndexFunc(h.rule.Match.Destination.Ports, func(p model.PortMatch) bool {
		return p.Has(h.visit.packet.DstPort)
	})
}

func (h *half) help() string {
	switch h.rule.Policy.API {
	case model.KubernetesNetworkPolicy:
		return fmt.Sprintf("beside it, under ports: - {protocol: TCP, port: %d}", h.visit.packet.DstPort)
	case model.CalicoNetworkPolicy, model.GlobalNetworkPolicy:
		return "the same rule once more with `protocol: TCP`"
	}
	return fmt.Sprintf("TCP %d beside it", h.visit.packet.DstPort)
}
