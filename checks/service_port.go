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
)

// ServicePort finds rules with a port of a Service, or its node port, where policy sees the port
// of the pods behind it.
var ServicePort = &check.Check{
	ID:       "service-port",
	Title:    "The rule names a Service's port, but the pods behind it listen on another",
	Doc:      servicePortDoc,
	Since:    "0.1",
	Severity: diag.Error,

	SwallowedBy: misread(),
	Run:         reportServicePorts,
}

func reportServicePorts(p *check.Pass) error {
	a, err := p.Eval()
	if err != nil {
		return err
	}
	moved := movedPorts(p.Cluster)
	for _, t := range p.Cluster.Tiers {
		for _, policy := range t.Policies {
			if !policy.Reviewed() || policy.PreDNAT || policy.DoNotTrack {
				continue
			}
			for _, d := range []model.Direction{model.Ingress, model.Egress} {
				for _, w := range writtenPorts(policy, d) {
					m := w.moved(moved)
					if len(m) == 0 {
						continue
					}
					if err := w.check(p, a, m); err != nil {
						return err
					}
					if err := w.checkBalancers(p, a, m); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// check reports the port if none of the pods that the rule is for listens on it, but a
// Service leads connections from it to another port of theirs.
func (w *writtenPort) check(p *check.Pass, a *eval.Analysis, moved []movedPort) error {
	pods := w.pods(a)
	if slices.ContainsFunc(pods, func(e *model.Endpoint) bool { return listens(p.Cluster, e, w.proto(), w.port.First, w.port.Last) }) {
		return nil
	}
	if !aimed(pods, moved) {
		return nil
	}
	want := model.Denied
	if w.rules[0].Action == model.Deny {
		want = model.Allowed
	}
	for _, m := range moved {
		for v := range w.visits(p.Cluster, a, m, pods) {
			if d := decision(a, v.packet, w.direction()); d.Verdict == want {
				return w.report(p, v, d, m.podPorts(pods))
			}
		}
	}
	return nil
}

// aimed says whether the pods are of one namespace, or all of them are behind the Services. A rule
// for pods all over the cluster may be for any of them, also ones that are not in the files.
func aimed(pods []*model.Endpoint, moved []movedPort) bool {
	elsewhere := func(e *model.Endpoint) bool { return e.Namespace != pods[0].Namespace }
	other := func(e *model.Endpoint) bool {
		return !slices.ContainsFunc(moved, func(m movedPort) bool { return m.leadsTo(e) })
	}
	return !slices.ContainsFunc(pods, elsewhere) || !slices.ContainsFunc(pods, other)
}

// listens says whether a container of the pod declares a port of the range, or a Service leads to one.
func listens(c *model.Cluster, e *model.Endpoint, proto flow.Proto, first, last uint16) bool {
	such := func(n uint16) bool { return first <= n && n <= last }
	return slices.ContainsFunc(e.Ports, func(p model.Port) bool { return p.Proto == proto && such(p.Number) }) ||
		slices.ContainsFunc(c.Services, func(s *model.Service) bool {
			return s.Namespace == e.Namespace && slices.ContainsFunc(s.Backends, func(b model.Backend) bool {
				return b.Peer.Endpoint == e && b.Proto == proto && such(b.Port)
			})
		})
}

func (w *writtenPort) report(p *check.Pass, v visit, decided model.Decision, ports []string) error {
	d := w.direction()
	if err := p.Confirm(v.packet, d, decided.Verdict); err != nil {
		return err
	}
	r := w.rules[0]
	number := strings.Join(ports, ", ")
	out := diag.Diagnostic{
		At:      r.Origin(w.port.At),
		Object:  r.Policy.Object.String(),
		Parts:   []diag.Part{part(r.Policy, r.At)},
		Beside:  misread(), // whatever else is wrong with the rule, the port is
		Message: w.message(v, number),
		Help:    fmt.Sprintf("port %s", number),
		Witness: v.flow(),
		Decided: check.Decided(decided.By, v.packet.Local(d).Endpoint, d),
		Related: []diag.Related{{At: v.service.Origin(v.port.At), Message: "the port of the Service, and where it leads"}},
	}
	if v.service.Positions == nil {
		out.Related = nil
	}
	out.Fixes = w.fixes(p.Cluster, ports)
	p.Report(out)
	return nil
}

func (w *writtenPort) message(v visit, number string) string {
	port, kind := v.port.Port, "port"
	if !w.port.Has(port) {
		port, kind = v.port.NodePort, "node port"
	}
	what := fmt.Sprint(port)
	if !w.single() {
		what += fmt.Sprintf(", of the range %d to %d,", w.port.First, w.port.Last)
	}
	effect := "so the rule never lets its connections through"
	if w.rules[0].Action == model.Deny {
		effect = "so the rule never denies its connections"
	}
	return fmt.Sprintf("%s is the %s of Service %s, which turns it into %s before this rule sees it, %s", what, kind, v.service.ID(), number, effect)
}
