package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
	"github.com/tierlint/tierlint/internal/selector"
)

// reportFromOutside finds Ingresses and routes whose controller the inputs do not have, where policy lets only their
// own namespace in, and then Services that are for clients outside of the cluster, where it lets only pods in. Where it
// lets nobody in at all, the rest may be elsewhere, or another port is meant.
func reportFromOutside(p *check.Pass) error {
	a, err := p.Eval()
	if err != nil {
		return err
	}
	var routes, services []*broken
	for _, n := range p.Cluster.Needs {
		if n.Kind == model.IngressTraffic && len(n.From) == 0 && n.Reviewed() {
			routes = appendClosed(routes, a, n, func(b *model.Backend) bool { return onlyOwnNamespace(a, b) })
		}
	}
	for _, s := range p.Cluster.Services {
		for _, n := range needsFromOutside(s) {
			services = appendClosed(services, a, n, func(b *model.Backend) bool { return onlyPodsAllowed(a, b) })
		}
	}
	var told []*model.Policy
	for _, b := range breaksOf(a, routes) {
		told = append(told, b.policy)
		namespace := b.all[0].packet.Dst.Endpoint.Namespace
		message := fmt.Sprintf("%s to %s only if the controller runs in namespace %s: %s", leads(b), check.Name(b.all[0].packet.Dst), namespace, b.why("any other"))
		help := b.write("namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}  # that of the controller",
			"namespaceSelector: kubernetes.io/metadata.name == 'ingress-nginx'")
		if err := b.report(p, diag.Warning, message, help); err != nil {
			return err
		}
	}
	for _, b := range breaksOf(a, services) {
		if slices.Contains(told, b.policy) {
			continue
		}
		message := fmt.Sprintf("%s to %s from inside the cluster only: %s", leads(b), check.Name(b.all[0].packet.Dst), b.why("outside"))
		severity := diag.Warning
		if b.all[0].need.Service.Type == "NodePort" || b.policy.Selector.Match(somePodOf(b.policy.Namespace)) == selector.Yes {
			severity = diag.Note // many have that type for no reason; and others may open what is closed for all
		}
		everywhere := "0.0.0.0/0"
		if b.all[0].packet.Src.Addr.Is6() {
			everywhere = `"::/0"`
		}
		if err := b.report(p, severity, message, b.write("ipBlock: {cidr: "+everywhere+"}", "nets: ["+everywhere+"]")); err != nil {
			return err
		}
	}
	return nil
}

// leads is what is broken, with the verb that goes on to where it leads.
func leads(b *breaks) string {
	if whats := b.whats(); strings.Contains(whats, " and ") {
		return whats + " lead"
	}
	return b.whats() + " leads"
}

// appendClosed adds a need if policy keeps the outside from all its backends, but lets somebody in to each, and closed is
// true of it.
func appendClosed(to []*broken, a *eval.Analysis, n *model.Need, closed func(*model.Backend) bool) []*broken {
	outside := *n
	outside.From = outsiders
	x := breakNeed(a.Cluster, a, &outside)
	if x == nil || x.direction != model.Ingress || x.decided.By.Kind != model.ByEndOfTier || !x.decided.By.Policy.Reviewed() {
		return to
	}
	for i := range n.To {
		if e := n.To[i].Peer.Endpoint; e == nil || e.Type != model.Workload || letIn(a, &n.To[i]).IsEmpty() || !closed(&n.To[i]) {
			return to
		}
	}
	return append(to, x)
}

// needsFromOutside is what a Service of a type for clients outside of the cluster counts on.
func needsFromOutside(s *model.Service) []*model.Need {
	if !s.Reviewed() || s.Type != "LoadBalancer" && s.Type != "NodePort" {
		return nil
	}
	var out []*model.Need
	for i := range s.Ports {
		n := &model.Need{
			Object: s.Object, Kind: model.IngressTraffic, At: "/spec/type", Service: s, Port: &s.Ports[i],
			What: fmt.Sprintf("Service %s of type %s", s.ID(), s.Type),
		}
		for _, b := range s.Backends {
			if b.Ready && b.Port != 0 && b.PortName == s.Ports[i].Name && b.Proto == s.Ports[i].Proto {
				n.To = append(n.To, b)
			}
		}
		if len(n.To) > 0 {
			out = append(out, n)
		}
	}
	return out
}

// letIn is what may be let in to a backend.
func letIn(a *eval.Analysis, b *model.Backend) pktset.Set {
	return allowedOn(a, b.Peer.Endpoint, model.Ingress, protoPort{b.Proto, b.Port})
}

// allowedOn is what may be let through at an endpoint that is policed, on one port.
func allowedOn(a *eval.Analysis, e *model.Endpoint, d model.Direction, port protoPort) pktset.Set {
	at := pktset.Point(port.proto, port.port)
	allowed := a.Chain(e, d).Allowed
	return allowed.Intersect(pktset.Rect(allowed.Columns(), pktset.Range{First: at, Last: at}))
}

// onlyPodsAllowed says whether nobody but pods may be let in to a backend: no address, and no node.
func onlyPodsAllowed(a *eval.Analysis, b *model.Backend) bool {
	return !slices.ContainsFunc(a.PeersIn(letIn(a, b)), func(p model.Peer) bool {
		return p.Endpoint == nil || p.Endpoint.Type != model.Workload
	})
}

// onlyOwnNamespace says whether every rule that may let somebody in to a backend is for its own namespace. A rule for
// others that opens none of its ports instead is another mistake.
func onlyOwnNamespace(a *eval.Analysis, b *model.Backend) bool {
	e := b.Peer.Endpoint
	for _, p := range a.Chain(e, model.Ingress).Policies() {
		for _, r := range p.Rules[model.Ingress] {
			if own := r.Match.Source.Selector != nil && inNamespace(r.Match.Source.Selector, e.Namespace); own || r.Action == model.Deny || r.Action == model.Log {
				continue
			}
			elsewhere := func(port model.Port) bool {
				return port.Number != b.Port && opensFor(r, protoPort{port.Proto, port.Number})
			}
			if opensFor(r, protoPort{b.Proto, b.Port}) || !slices.ContainsFunc(e.Ports, elsewhere) {
				return false
			}
		}
	}
	return true
}

// inNamespace says whether a selector asks for a namespace by its name.
func inNamespace(s *selector.Selector, namespace string) bool {
	terms, ok := s.Terms()
	return ok && slices.ContainsFunc(terms, func(t selector.Term) bool {
		switch t.Key {
		case "projectcalico.org/namespace", "pcns.projectcalico.org/name", "pcns.kubernetes.io/metadata.name":
			return len(t.Values) == 1 && t.Values[0] == namespace
		}
		return false
	})
}
