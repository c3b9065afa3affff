package checks

import (
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/near"
	"github.com/tierlint/tierlint/internal/selector"
)

// NamedPort finds names of ports that no container of the pods at hand declares: a named port means
// containers' ports, not Services' (felix/labelindex/named_port_index.go:102-110, v3.31.0).
var NamedPort = &check.Check{
	ID:       "named-port",
	Title:    "No container of the pods declares a port of this name",
	Doc:      namedPortDoc,
	Since:    "0.1",
	Severity: diag.Warning,
	Merge:    check.All,
	Run:      reportNamedPorts,
}

func reportNamedPorts(p *check.Pass) error {
	v, err := inventoryOf(p)
	if err != nil {
		return err
	}
	a := v.analysis
	for policy := range reviewedPolicies(p.Cluster) {
		for d := range policy.Rules {
			named := map[string][]*model.Rule{} // by where the port is written
			var order []string
			for _, r := range policy.Rules[d] {
				for _, port := range r.Match.Destination.Ports {
					if port.Name != "" {
						if named[port.At] == nil {
							order = append(order, port.At)
						}
						named[port.At] = append(named[port.At], r)
					}
				}
			}
			for _, at := range order {
				if d, ok := v.namedPort(a, named[at], at); ok {
					d.At = policy.Origin(at)
					d.Object = policy.Object.String()
					p.Report(d)
				}
			}
		}
	}
	return nil
}

// namedPort finds a name that means nothing for what the rules that share it are for.
func (v *inventory) namedPort(a *eval.Analysis, rules []*model.Rule, at string) (diag.Diagnostic, bool) {
	r := rules[0]
	i := slices.IndexFunc(r.Match.Destination.Ports, func(p model.PortMatch) bool { return p.At == at })
	name := r.Match.Destination.Ports[i].Name
	d := diag.Diagnostic{Help: "the name of a port of the containers, or its number"}
	if r.Direction == model.Egress && slices.ContainsFunc(r.Match.Destination.Nets, func(n model.Net) bool { return v.cluster.PodNet(n.Prefix) == selector.No }) &&
		!slices.ContainsFunc(r.Match.Destination.Nets, func(n model.Net) bool { return v.cluster.PodNet(n.Prefix) != selector.No }) && len(rules) == 1 {
		d.Severity = diag.Error
		d.Message = fmt.Sprintf("port %s matches nothing at these addresses: only pods and host endpoints have named ports", name)
		d.Help = "the number of the port"
		return d, true
	}
	pods := v.destinations(a, rules)
	if len(pods) == 0 || slices.ContainsFunc(pods, func(e *model.Endpoint) bool { return declares(e, name, r) }) {
		return d, false
	}
	d.Message = fmt.Sprintf("port %s matches nothing: no container of %s declares a port of this name", name, check.Endpoints(pods))
	for _, e := range pods {
		for _, port := range e.Ports {
			switch {
			case port.Name == name:
				d.Message += fmt.Sprintf(" for %s, only for %s", protoOf(r), port.Proto)
				d.Help = "protocol: " + port.Proto.String()
			case port.Name != "" && near.Slip(port.Name, name):
				d.Message += fmt.Sprintf("; %s has %s", e.String(), port.Name)
				d.Help, d.Fixes = "port: "+port.Name, setPort(v.cluster, r.Policy, at, port.Name)
			default:
				continue
			}
			d.Related = declared(e, port)
			return d, true
		}
	}
	if s, port := v.servicePort(pods, name); s != nil {
		d.Message += fmt.Sprintf("; it is a name of Service %s, whose pods call it %s", s.ID(), port.TargetPort)
		d.Help, d.Fixes = "port: "+port.TargetPort, setPort(v.cluster, r.Policy, at, port.TargetPort)
	}
	return d, true
}

// destinations is the workloads that rules are for at the destination; none if the inputs do not
// give all that they are for.
func (v *inventory) destinations(a *eval.Analysis, rules []*model.Rule) []*model.Endpoint {
	if rules[0].Direction == model.Ingress {
		return real(a.MaySelect(rules[0].Policy))
	}
	var out []*model.Endpoint
	for _, r := range rules {
		s := r.Match.Destination.Selector
		if s == nil {
			return nil
		}
		for _, e := range v.endpoints(v.match(s).may.And(v.seen)) {
			if e.Assumed() {
				return nil
			}
			out = append(out, e)
		}
	}
	return out
}

// real is those of the endpoints that are in the inputs; none if some are only assumed to be there.
func real(es []*model.Endpoint) []*model.Endpoint {
	if slices.ContainsFunc(es, func(e *model.Endpoint) bool { return e.Assumed() }) {
		return nil
	}
	return withoutPhantoms(es)
}

func declares(e *model.Endpoint, name string, r *model.Rule) bool {
	return slices.ContainsFunc(e.Ports, func(p model.Port) bool {
		return p.Name == name && (r.Match.Protocol == nil || p.Proto == *r.Match.Protocol)
	})
}

func declared(e *model.Endpoint, port model.Port) []diag.Related {
	if at := e.Origin(port.At); at.File != "" {
		return []diag.Related{{At: at, Message: "the port of " + e.String()}}
	}
	return nil
}

// servicePort is a Service's port of that name that leads to one of the pods.
func (v *inventory) servicePort(pods []*model.Endpoint, name string) (*model.Service, *model.ServicePort) {
	for _, e := range pods {
		for _, s := range v.services[e] {
			if i := slices.IndexFunc(s.Ports, func(p model.ServicePort) bool { return p.Name == name }); i >= 0 {
				return s, &s.Ports[i]
			}
		}
	}
	return nil, nil
}
