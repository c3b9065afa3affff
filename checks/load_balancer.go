package checks

import (
	"fmt"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
)

// checkBalancers reports the port of an egress rule for anybody if a load balancer in the files has the same
// one, but leads it to another that nothing lets out: inside the cluster kube-proxy leads connections to
// the load balancer's address to the pods at once, so what works from outside does not from here.
func (w *writtenPort) checkBalancers(p *check.Pass, a *eval.Analysis, moved []movedPort) error {
	r := w.rules[0]
	if !w.single() || r.Direction != model.Egress || r.Action != model.Allow || !anybody(&r.Match.Destination) {
		return nil
	}
	for _, m := range moved {
		if m.service.Type != "LoadBalancer" || m.port.Port != w.port.First || m.service.Assumed() {
			continue
		}
		for _, u := range a.Uses(r) {
			for _, e := range u.Step.Endpoints() {
				if e.Phantom || !e.Reviewed() || m.leadsTo(e) {
					continue
				}
				for v := range visits(p.Cluster, e, m.service, m.port) {
					if d := decision(a, v.packet, model.Egress); d.Verdict == model.Denied {
						return w.reportBalancer(p, v, d)
					}
				}
			}
		}
	}
	return nil
}

// anybody says whether the side has no criterion but ports.
func anybody(s *model.Side) bool {
	return s.Selector == nil && s.NotSelector == nil && len(s.Nets) == 0 && len(s.NotNets) == 0 && s.Service == nil
}

func (w *writtenPort) reportBalancer(p *check.Pass, v visit, decided model.Decision) error {
	if err := p.Confirm(v.packet, model.Egress, decided.Verdict); err != nil {
		return err
	}
	r := w.rules[0]
	p.Report(diag.Diagnostic{
		Severity: diag.Warning,
		At:       r.Origin(w.port.At),
		Object:   r.Policy.Object.String(),
		Parts:    []diag.Part{part(r.Policy, r.At)},
		Message: fmt.Sprintf("from inside the cluster, port %d of the load balancer %s arrives as %d, which no rule lets out: its address works from outside only",
			w.port.First, v.service.ID(), v.packet.DstPort),
		Help:    fmt.Sprintf("also a rule for port %d of the pods behind it, if they are meant", v.packet.DstPort),
		Witness: v.flow(),
		Decided: check.Decided(decided.By, v.packet.Src.Endpoint, model.Egress),
	})
	return nil
}
