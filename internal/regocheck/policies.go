package regocheck

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tierlint/tierlint/internal/model"
)

func (in *input) tiers() *ast.Term {
	out := make([]*ast.Term, 0, len(in.cluster.Tiers))
	for _, t := range in.cluster.Tiers {
		order := &t.Order
		if math.IsInf(t.Order, 0) {
			order = nil
		}
		policies := make([]*ast.Term, len(t.Policies))
		for i, p := range t.Policies {
			policies[i] = in.policy(p)
		}
		out = append(out, in.head(&t.Object,
			field{"order", in.order(order)},
			field{"defaultAction", in.text(endOf(t).String())},
			field{"missing", in.yes(t.Missing)},
			field{"policies", in.list(policies)},
		))
	}
	return in.list(out)
}

// staged is the policies that decide nothing.
func (in *input) staged() *ast.Term {
	out := make([]*ast.Term, len(in.cluster.Staged))
	for i, p := range in.cluster.Staged {
		out[i] = in.policy(p)
	}
	return in.list(out)
}

// policyLabels is, by policy under review, its own labels.
func (in *input) policyLabels() (*ast.Term, error) {
	policies := map[string]bool{}
	for _, t := range in.cluster.Tiers {
		for _, p := range t.Policies {
			policies[in.names.key(&p.Object)] = true
		}
	}
	var fields []field
	for _, o := range in.all {
		key := in.names.key(&o.Object)
		if !policies[key] || !o.Reviewed() {
			continue
		}
		var written struct {
			Metadata struct {
				Labels map[string]string `json:"labels"`
			} `json:"metadata"`
		}
		text, err := o.JSON()
		if err == nil {
			err = json.Unmarshal(text, &written)
		}
		if err != nil {
			return nil, fmt.Errorf("reading the labels of %s: %w", o, err)
		}
		fields = append(fields, field{key, in.textMap(written.Metadata.Labels)})
	}
	return in.object(fields...), nil
}

func (in *input) policy(p *model.Policy) *ast.Term {
	must, may := in.analysis.SelectedBits(p)
	var types []*ast.Term
	for d, name := range []string{model.Ingress: "Ingress", model.Egress: "Egress"} {
		if p.Governs[d] {
			types = append(types, in.text(name))
		}
	}
	return in.head(&p.Object,
		field{"tier", in.text(p.Tier.Name)},
		field{"order", in.order(p.Order)},
		field{"selector", in.text(p.Selector.String())},
		field{"selectorPointer", in.text(p.SelectorAt)},
		field{"types", in.list(types)},
		field{"typesPointer", in.text(p.TypesAt)},
		field{"doNotTrack", in.yes(p.DoNotTrack)},
		field{"preDNAT", in.yes(p.PreDNAT)},
		field{"applyOnForward", in.yes(p.ApplyOnForward)},
		field{"raw", in.yes(p.Raw)},
		field{"workloads", in.endpoints(must)},
		field{"perhaps", in.endpoints(may.Minus(must))},
		field{"ingress", in.rules(p, model.Ingress)},
		field{"egress", in.rules(p, model.Egress)},
	)
}

// rules is what a policy asks, in order, as Calico has it.
func (in *input) rules(p *model.Policy, d model.Direction) *ast.Term {
	if !p.Governs[d] {
		return in.empty
	}
	out := make([]*ast.Term, len(p.Rules[d]))
	for i, r := range p.Rules[d] {
		out[i] = in.rule(r)
	}
	return in.list(out)
}

func (in *input) rule(r *model.Rule) *ast.Term {
	m := &r.Match
	fields := []field{
		{"action", in.text(r.Action.String())},
		{"everything", in.yes(everything(m))},
		{"pointer", in.text(r.At)},
		{"source", in.side(r, &m.Source)},
		{"destination", in.side(r, &m.Destination)},
		{"never", in.some(m.Never)},
		{"icmp", in.icmp(m.ICMP)},
		{"notICMP", in.icmp(m.NotICMP)},
	}
	if m.Protocol != nil {
		fields = append(fields, field{"protocol", in.text(m.Protocol.String())})
	}
	if m.NotProtocol != nil {
		fields = append(fields, field{"notProtocol", in.text(m.NotProtocol.String())})
	}
	if m.IPVersion != 0 {
		fields = append(fields, field{"ipVersion", in.number(int(m.IPVersion))})
	}
	return in.object(fields...)
}

// everything says whether a match has no criterion.
func everything(m *model.Match) bool {
	return m.IPVersion == 0 && m.Protocol == nil && m.NotProtocol == nil && m.ICMP == nil && m.NotICMP == nil &&
		m.Source.Any() && m.Destination.Any() && m.Never == ""
}

func (in *input) icmp(i *model.ICMP) *ast.Term {
	if i == nil {
		return nil
	}
	var code *ast.Term
	if i.Code != nil {
		code = in.number(int(*i.Code))
	}
	return in.object(field{"type", in.number(int(i.Type))}, field{"code", code})
}

// side is one end in a rule and, unless it decides nothing, the workloads that meet what it asks for,
// whatever it says of ports.
func (in *input) side(r *model.Rule, s *model.Side) *ast.Term {
	if s.Any() && !r.Policy.Staged && r.Match.Never == "" {
		if in.anyone == nil {
			in.anyone = in.newSide(r, s)
		}
		return in.anyone
	}
	return in.newSide(r, s)
}

func (in *input) newSide(r *model.Rule, s *model.Side) *ast.Term {
	fields := []field{{"any", in.yes(s.Any())}}
	if !r.Policy.Staged {
		must, may := in.analysis.Ends(r, s == &r.Match.Source)
		fields = append(fields, field{"workloads", in.endpoints(must)}, field{"perhaps", in.endpoints(may.Minus(must))})
	}
	if s.Selector != nil {
		fields = append(fields, field{"selector", in.text(s.Selector.String())})
	}
	if s.NotSelector != nil {
		fields = append(fields, field{"notSelector", in.text(s.NotSelector.String())})
	}
	return in.object(append(fields,
		field{"pointer", in.some(s.At)},
		field{"selectorPointer", in.some(s.SelectorAt)},
		field{"nets", in.nets(s.Nets)},
		field{"notNets", in.nets(s.NotNets)},
		field{"ports", in.portMatches(s.Ports)},
		field{"notPorts", in.portMatches(s.NotPorts)},
		field{"service", in.serviceMatch(s.Service)},
	)...)
}

func (in *input) portMatches(of []model.PortMatch) *ast.Term {
	out := make([]*ast.Term, len(of))
	for i, p := range of {
		if p.Name != "" {
			out[i] = in.object(field{"name", in.text(p.Name)}, field{"pointer", in.text(p.At)})
			continue
		}
		out[i] = in.object(
			field{"first", in.number(int(p.First))}, field{"last", in.number(int(p.Last))}, field{"pointer", in.text(p.At)},
		)
	}
	return in.list(out)
}

func (in *input) serviceMatch(s *model.ServiceMatch) *ast.Term {
	if s == nil {
		return nil
	}
	return in.object(
		field{"namespace", in.text(s.Namespace)}, field{"name", in.text(s.Name)},
		field{"known", in.yes(s.Service != nil)}, field{"pointer", in.text(s.At)},
	)
}
