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

// AmbientMesh finds rules with ports between pods of Istio's ambient mesh, which meet on a port of the mesh instead.
var AmbientMesh = &check.Check{
	ID:       "ambient-mesh",
	Title:    "Pods of an ambient mesh meet on port 15008, which the policy does not open",
	Doc:      ambientMeshDoc,
	Since:    "0.1",
	Severity: diag.Warning,
	Run:      reportAmbientMesh,
}

func reportAmbientMesh(p *check.Pass) error {
	if !slices.ContainsFunc(p.Cluster.Endpoints, inMesh) {
		return nil
	}
	a, err := p.Eval()
	if err != nil {
		return err
	}
	for policy := range reviewedPolicies(p.Cluster) {
		for _, d := range []model.Direction{model.Ingress, model.Egress} {
			if x, ok := unmeshedIn(a, policy, d); ok {
				if err := x.report(p); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func inMesh(e *model.Endpoint) bool { return e != nil && e.Ambient && !e.Phantom }

// throughMesh is what arrives of a packet between two pods of the mesh: the same on the mesh's port; false of others.
func throughMesh(p model.Packet) (model.Packet, bool) {
	ok := p.Proto == flow.TCP && inMesh(p.Src.Endpoint) && inMesh(p.Dst.Endpoint)
	p.DstPort = model.HBONE
	return p, ok
}

// unmeshed is a rule that lets a connection between pods of the mesh through, and so what they send instead is denied.
type unmeshed struct {
	rule    *model.Rule
	port    protoPort
	packet  model.Packet // what they send instead
	decided model.Decision
}

// unmeshedIn finds the first such rule of a policy.
func unmeshedIn(a *eval.Analysis, policy *model.Policy, d model.Direction) (unmeshed, bool) {
	for _, r := range policy.Rules[d] {
		if r.Action != model.Allow || protoOf(r) != flow.TCP || len(r.Match.Destination.Ports) == 0 {
			continue
		}
		for _, u := range a.Uses(r) {
			for _, local := range someInMesh(u.Step.Endpoints()) {
				if x, ok := unmeshedAt(a, u, local); ok {
					return x, true
				}
			}
		}
	}
	return unmeshed{}, false
}

// someInMesh is two of the endpoints that are in the mesh, if there are so many: all at one step of their chains fare alike,
// but for connections with themselves.
func someInMesh(endpoints []*model.Endpoint) []*model.Endpoint {
	var out []*model.Endpoint
	for _, e := range endpoints {
		if inMesh(e) && len(out) < 2 {
			out = append(out, e)
		}
	}
	return out
}

// unmeshedAt finds a pod of the mesh whose connection with another one the rule lets through in vain. Who may use the port of the mesh
// is left out at once: where policies are as they should be, everybody.
func unmeshedAt(a *eval.Analysis, u *eval.Use, local *model.Endpoint) (unmeshed, bool) {
	r := u.Rule
	match := a.Match(u)
	inVain := match.Columns().Minus(allowedOn(a, local, r.Direction, protoPort{flow.TCP, model.HBONE}).Columns())
	if inVain.IsEmpty() {
		return unmeshed{}, false
	}
	for _, peer := range a.PeersIn(match.Within(inVain)) {
		if !inMesh(peer.Endpoint) || peer.Endpoint == local {
			continue
		}
		server := local
		if r.Direction == model.Egress {
			server = peer.Endpoint
		}
		port, ok := portAt(r, server)
		if !ok {
			continue
		}
		plain, fits := packetFor(a.Cluster, r.Direction, local, peer, port)
		if !fits || decision(a, plain, r.Direction).Verdict != model.Allowed {
			continue
		}
		packet, _ := throughMesh(plain)
		if by := decision(a, packet, r.Direction); by.Verdict == model.Denied {
			return unmeshed{r, port, packet, by}, true
		}
	}
	return unmeshed{}, false
}

// portAt is a port that a rule opens at a server, by its number or the name that the server has for it.
func portAt(r *model.Rule, server *model.Endpoint) (protoPort, bool) {
	for _, p := range r.Match.Destination.Ports {
		if p.Name == "" {
			return protoPort{flow.TCP, p.First}, true
		}
		i := slices.IndexFunc(server.Ports, func(own model.Port) bool { return own.Name == p.Name && own.Proto == flow.TCP })
		if i >= 0 {
			return protoPort{flow.TCP, server.Ports[i].Number}, true
		}
	}
	return protoPort{}, false
}

func (x *unmeshed) report(p *check.Pass) error {
	r := x.rule
	if err := p.Confirm(x.packet, r.Direction, model.Denied); err != nil {
		return err
	}
	src, dst := x.packet.Src.Endpoint, x.packet.Dst.Endpoint
	p.Report(diag.Diagnostic{
		At:     r.Origin(r.Match.Destination.Ports[0].At),
		Object: r.Policy.Object.String(),
		Parts:  []diag.Part{part(r.Policy, r.At)},
		Message: fmt.Sprintf("%s does not reach %s on %s: both are in an ambient mesh, in which everything arrives on TCP %d, and no rule lets that %s",
			src, dst, x.port, model.HBONE, map[model.Direction]string{model.Ingress: "in", model.Egress: "out"}[r.Direction]),
		Help:    fmt.Sprintf("port %d, too, beside %d", model.HBONE, x.port.port),
		Witness: check.Flow(x.packet),
		Decided: check.Decided(x.decided.By, x.packet.Local(r.Direction).Endpoint, r.Direction),
		Related: []diag.Related{{At: dst.KeyOrigin(dst.LabelsAt), Message: dst.String() + " is in the mesh, by a label of its own or of its namespace"}},
	})
	return nil
}
