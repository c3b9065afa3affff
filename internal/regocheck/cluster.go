package regocheck

import (
	"net/netip"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tierlint/tierlint/internal/model"
)

func (in *input) namespaces() *ast.Term {
	workloads := map[string][]*ast.Term{}
	for _, e := range in.cluster.Endpoints {
		if e.Type == model.Workload && e.Reviewed() {
			workloads[e.Namespace] = append(workloads[e.Namespace], in.key(&e.Object))
		}
	}
	out := make([]*ast.Term, 0, len(in.cluster.Namespaces))
	for _, n := range in.cluster.Namespaces {
		out = append(out, in.head(&n.Object,
			field{"labels", in.textMap(n.Labels)},
			field{"known", in.yes(n.Known)},
			field{"workloads", in.list(workloads[n.Name])},
		))
	}
	return in.list(out)
}

// workloads is the pods, and what makes replicas of one.
func (in *input) workloads() *ast.Term {
	var out []*ast.Term
	for _, e := range in.cluster.Endpoints {
		if e.Type != model.Host {
			out = append(out, in.workload(e))
		}
	}
	return in.list(out)
}

func (in *input) workload(e *model.Endpoint) *ast.Term {
	ports := make([]*ast.Term, len(e.Ports))
	for i, p := range e.Ports {
		ports[i] = in.object(
			field{"name", in.some(p.Name)},
			field{"protocol", in.text(p.Proto.String())},
			field{"port", in.number(int(p.Number))},
			field{"pointer", in.text(p.At)},
		)
	}
	return in.head(&e.Object,
		field{"labels", in.textMap(e.Own)},
		field{"labelsPointer", in.text(e.LabelsAt)},
		field{"containersPointer", in.text(e.ContainersAt)},
		field{"serviceAccount", in.text(e.ServiceAccount)},
		field{"mountsToken", in.yes(e.MountsToken)},
		field{"hostNetwork", in.yes(e.Type == model.HostNetwork)},
		field{"addresses", in.addresses(e.Addrs)},
		field{"ports", in.list(ports)},
	)
}

func (in *input) addresses(of []netip.Addr) *ast.Term {
	out := make([]*ast.Term, len(of))
	for i, a := range of {
		out[i] = in.text(a.String())
	}
	return in.list(out)
}

func (in *input) services() *ast.Term {
	out := make([]*ast.Term, 0, len(in.cluster.Services))
	for _, s := range in.cluster.Services {
		ports := make([]*ast.Term, len(s.Ports))
		for i, p := range s.Ports {
			ports[i] = in.object(
				field{"name", in.some(p.Name)},
				field{"protocol", in.text(p.Proto.String())},
				field{"port", in.number(int(p.Port))},
				field{"targetPort", in.text(p.TargetPort)},
				field{"pointer", in.text(p.At)},
			)
		}
		out = append(out, in.head(&s.Object,
			field{"type", in.text(s.Type)},
			field{"headless", in.yes(s.Headless)},
			field{"selector", in.textMap(s.Selector)},
			field{"addresses", in.addresses(s.Addrs)},
			field{"ports", in.list(ports)},
			field{"workloads", in.behind(s)},
			field{"backendsKnown", in.yes(s.BackendsKnown)},
		))
	}
	return in.list(out)
}

// behind is the workloads that a Service leads to.
func (in *input) behind(s *model.Service) *ast.Term {
	var out []*ast.Term
	seen := map[*model.Endpoint]bool{}
	for _, b := range s.Backends {
		if e := b.Peer.Endpoint; e != nil && e.Type != model.Host && !seen[e] {
			seen[e] = true
			out = append(out, in.key(&e.Object))
		}
	}
	return in.list(out)
}

// sets is the NetworkSets and GlobalNetworkSets.
func (in *input) sets() *ast.Term {
	out := make([]*ast.Term, 0, len(in.cluster.Sets))
	for _, s := range in.cluster.Sets {
		out = append(out, in.head(&s.Object, field{"labels", in.textMap(s.Own)}, field{"nets", in.nets(s.Nets)}))
	}
	return in.list(out)
}

func (in *input) nets(of []model.Net) *ast.Term {
	out := make([]*ast.Term, len(of))
	for i, n := range of {
		out[i] = in.object(field{"cidr", in.text(n.String())}, field{"pointer", in.text(n.At)})
	}
	return in.list(out)
}
