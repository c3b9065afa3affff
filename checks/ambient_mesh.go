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

// dataplaneMode is the label of namespaces and pods that says whether they are in an ambient mesh, and hbone the port
// between pods that are (istio.io, "Ambient and Kubernetes NetworkPolicy").
const (
	dataplaneMode = "istio.io/dataplane-mode"
	hbone         = 15008
)

func reportAmbientMesh(p *check.Pass) error {
	mesh := meshOf(p.Cluster)
	if len(mesh) < 2 {
		return nil
	}
	a, err := p.Eval()
	if err != nil {
		return err
	}
	for policy := range reviewedPolicies(p.Cluster) {
		for _, d := range []model.Direction{model.Ingress, model.Egress} {
			if x, ok := mesh.blocked(a, policy, d); ok {
				if err := x.report(p); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// mesh is the pods of an ambient mesh, and what says so.
type mesh map[*model.Endpoint]diag.Related

func meshOf(c *model.Cluster) mesh {
	spaces := map[string]*model.Namespace{}
	for _, ns := range c.Namespaces {
		spaces[ns.Name] = ns
	}
	out := mesh{}
	for _, e := range c.Endpoints {
		if e.Type != model.Workload || e.Phantom || e.Own["sidecar.istio.io/inject"] == "true" {
			continue
		}
		own, ns := e.Own[dataplaneMode], spaces[e.Namespace]
		switch {
		case own == "ambient":
			out[e] = diag.Related{At: e.KeyOrigin(e.LabelsAt), Message: e.String() + " is in the mesh"}
		case own == "" && ns != nil && ns.Labels[dataplaneMode] == "ambient":
			out[e] = diag.Related{At: ns.KeyOrigin("/metadata/labels"), Message: "namespace " + ns.Name + " is in the mesh"}
		}
	}
	return out
}

// unmeshed is a rule that lets a connection between pods of the mesh through, and so what they send instead is denied.
type unmeshed struct {
	mesh    mesh
	rule    *model.Rule
	port    protoPort
	packet  model.Packet // what they send instead
	decided model.Decision
}

// blocked finds the first such rule of a policy.
func (m mesh) blocked(a *eval.Analysis, policy *model.Policy, d model.Direction) (unmeshed, bool) {
	for _, r := range policy.Rules[d] {
		if r.Action != model.Allow || protoOf(r) != flow.TCP || len(r.Match.Destination.Ports) == 0 {
			continue
		}
		for _, u := range a.Uses(r) {
			for _, local := range m.some(u.Step.Endpoints()) {
				if x, ok := m.blockedAt(a, u, local); ok {
					return x, true
				}
			}
		}
	}
	return unmeshed{}, false
}

// some is two of the endpoints that are in the mesh, if there are so many: all at one step of their chains fare alike,
// but for connections with themselves.
func (m mesh) some(endpoints []*model.Endpoint) []*model.Endpoint {
	var out []*model.Endpoint
	for _, e := range endpoints {
		if _, ok := m[e]; ok && len(out) < 2 {
			out = append(out, e)
		}
	}
	return out
}

// blockedAt finds a pod of the mesh whose connection with another one the rule lets through in vain.
func (m mesh) blockedAt(a *eval.Analysis, u *eval.Use, local *model.Endpoint) (unmeshed, bool) {
	r := u.Rule
	for _, peer := range a.PeersIn(a.Match(u)) {
		if _, ok := m[peer.Endpoint]; !ok || peer.Endpoint == local {
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
		packet, _ := packetFor(a.Cluster, r.Direction, local, peer, protoPort{flow.TCP, hbone})
		if by := decision(a, packet, r.Direction); by.Verdict == model.Denied {
			return unmeshed{m, r, port, packet, by}, true
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
			src, dst, x.port, hbone, map[model.Direction]string{model.Ingress: "in", model.Egress: "out"}[r.Direction]),
		Help:    fmt.Sprintf("port %d, too, beside %d", hbone, x.port.port),
		Witness: check.Flow(x.packet),
		Decided: check.Decided(x.decided.By, x.packet.Local(r.Direction).Endpoint, r.Direction),
		Related: []diag.Related{x.mesh[dst]},
	})
	return nil
}
