package regocheck

import (
	"fmt"
	"math"
	"strconv"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
)

// input is the document of one cluster.
type input struct {
	value   ast.Value
	objects map[string]*model.Object // by key
	keys    map[*model.Object]string
}

// newInput makes the wanted sections.
func newInput(c *model.Cluster, evaluated func() (*eval.Analysis, error), w wants) (*input, error) {
	in := &input{objects: map[string]*model.Object{}, keys: map[*model.Object]string{}}
	in.name(c)
	doc := document{Version: version, Model: in.model(c, w), Facts: &facts{}}
	if w[factsNamespaces] {
		doc.Facts.Namespaces = in.factsOfNamespaces(c)
	}
	if w[factsPolicies] || w[factsWorkloads] {
		a, err := evaluated()
		if err != nil {
			return nil, err
		}
		if w[factsPolicies] {
			doc.Facts.Policies = in.factsOfPolicies(a)
		}
		if w[factsWorkloads] {
			doc.Facts.Workloads = in.factsOfWorkloads(a)
		}
	}
	var err error
	in.value, err = ast.InterfaceToValue(doc)
	return in, err
}

// name gives every object its key: "Kind namespace/name", with the API version where several share that.
func (in *input) name(c *model.Cluster) {
	add := func(o *model.Object) {
		key := o.String()
		for n := 1; in.objects[key] != nil; n++ {
			key = fmt.Sprintf("%s (%s)", o, o.APIVersion)
			if n > 1 {
				key += " " + strconv.Itoa(n)
			}
		}
		in.objects[key], in.keys[o] = o, key
	}
	for _, n := range c.Namespaces {
		add(&n.Object)
	}
	for _, e := range c.Endpoints {
		add(&e.Object)
	}
	for _, s := range c.Services {
		add(&s.Object)
	}
	for _, t := range c.Tiers {
		add(&t.Object)
		for _, p := range t.Policies {
			add(&p.Object)
		}
	}
}

func (in *input) head(o *model.Object) object {
	return object{
		Object: in.keys[o], APIVersion: o.APIVersion, Kind: o.Kind, Namespace: o.Namespace, Name: o.Name,
		Reviewed: o.Reviewed(), Context: o.Context,
	}
}

func (in *input) model(c *model.Cluster, w wants) *models {
	m := &models{Calico: c.Version.String(), Platform: c.Platform}
	if w[modelNamespaces] {
		m.Namespaces = in.namespaces(c)
	}
	if w[modelWorkloads] {
		for _, e := range c.Endpoints {
			if e.Type != model.Host {
				m.Workloads = append(m.Workloads, in.workload(e))
			}
		}
	}
	if w[modelServices] {
		for _, s := range c.Services {
			m.Services = append(m.Services, in.service(s))
		}
	}
	if w[modelTiers] {
		for _, t := range c.Tiers {
			m.Tiers = append(m.Tiers, in.tier(t))
		}
	}
	return m
}

func (in *input) namespaces(c *model.Cluster) []namespace {
	workloads := map[string][]string{}
	for _, e := range c.Endpoints {
		if e.Type == model.Workload && e.Reviewed() {
			workloads[e.Namespace] = append(workloads[e.Namespace], in.keys[&e.Object])
		}
	}
	var out []namespace
	for _, n := range c.Namespaces {
		out = append(out, namespace{
			object: in.head(&n.Object), Labels: n.Labels, Known: n.Known, Workloads: list(workloads[n.Name]),
		})
	}
	return out
}

func (in *input) workload(e *model.Endpoint) workload {
	w := workload{
		object: in.head(&e.Object), Labels: e.Own, ServiceAccount: e.ServiceAccount,
		HostNetwork: e.Type == model.HostNetwork, Ports: []port{},
	}
	for _, p := range e.Ports {
		w.Ports = append(w.Ports, port{Name: p.Name, Protocol: p.Proto.String(), Port: p.Number, Pointer: p.At})
	}
	return w
}

func (in *input) service(s *model.Service) service {
	out := service{object: in.head(&s.Object), Type: s.Type, Headless: s.Headless, Selector: s.Selector, Ports: []port{}}
	for _, p := range s.Ports {
		out.Ports = append(out.Ports, port{
			Name: p.Name, Protocol: p.Proto.String(), Port: p.Port, TargetPort: p.TargetPort, Pointer: p.At,
		})
	}
	return out
}

func (in *input) tier(t *model.Tier) tier {
	out := tier{
		object: in.head(&t.Object), DefaultAction: model.Deny.String(), Missing: t.Missing, Policies: []policy{},
	}
	if !math.IsInf(t.Order, 0) {
		out.Order = &t.Order
	}
	if t.DefaultPass {
		out.DefaultAction = model.Pass.String()
	}
	for _, p := range t.Policies {
		out.Policies = append(out.Policies, policy{
			object: in.head(&p.Object), Tier: t.Name, Order: p.Order, Selector: p.Selector.String(),
			Ingress: rules(p, model.Ingress), Egress: rules(p, model.Egress),
		})
	}
	return out
}

func rules(p *model.Policy, d model.Direction) []rule {
	if !p.Governs[d] {
		return nil
	}
	out := []rule{}
	for _, r := range p.Rules[d] {
		out = append(out, rule{Action: r.Action.String(), Everything: everything(&r.Match), Pointer: r.At})
	}
	return out
}

// everything says whether a match has no criterion.
func everything(m *model.Match) bool {
	return m.IPVersion == 0 && m.Protocol == nil && m.NotProtocol == nil && m.ICMP == nil && m.NotICMP == nil &&
		m.Source.Any() && m.Destination.Any() && m.Never == ""
}

// list makes nil an empty list, so that rules need not tell the two apart.
func list(keys []string) []string {
	if keys == nil {
		return []string{}
	}
	return keys
}
