package load

import (
	"fmt"
	"strings"

	v3 "github.com/projectcalico/api/pkg/apis/projectcalico/v3"
	"github.com/projectcalico/api/pkg/lib/numorstring"

	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// places says where the parts of one side of a rule are written: JSON pointers.
type places struct {
	peer, selector             string
	net, notNet, port, notPort func(int) string
}

// written is a rule in the terms of Calico's API, and where its parts are written.
type written struct {
	v3.Rule
	at                  string
	source, destination places
}

// calicoRule locates a rule that was written in Calico's API.
func calicoRule(o *Object, r v3.Rule, at string) written {
	return written{r, at, calicoPlaces(o, at+"/source", &r.Source), calicoPlaces(o, at+"/destination", &r.Destination)}
}

func calicoPlaces(o *Object, at string, er *v3.EntityRule) places {
	p := places{
		net: items(at + "/nets"), notNet: items(at + "/notNets"),
		port: items(at + "/ports"), notPort: items(at + "/notPorts"),
	}
	switch {
	case er.Selector != "":
		p.selector = at + "/selector"
	case er.NamespaceSelector != "":
		p.selector = at + "/namespaceSelector"
	case er.ServiceAccounts != nil:
		p.selector = at + "/serviceAccounts"
	case er.NotSelector != "":
		p.selector = at + "/notSelector"
	}
	if o.has(at) {
		p.peer = at
	}
	return p
}

// addRules gives the policy its rules in one direction.
func (l *loader) addRules(p *model.Policy, d model.Direction, rules []written) error {
	for i := range rules {
		r, err := l.rule(p, d, &rules[i])
		if err != nil {
			return err
		}
		r.Index = i
		p.Rules[d] = append(p.Rules[d], r)
	}
	return nil
}

func (l *loader) rule(p *model.Policy, d model.Direction, w *written) (*model.Rule, error) {
	r := &model.Rule{Policy: p, Direction: d, At: w.at, Action: action(w.Action)}
	m := &r.Match
	m.HTTP = w.HTTP != nil
	m.Protocol, m.NotProtocol = proto(w.Protocol), proto(w.NotProtocol)
	m.ICMP, m.NotICMP = icmp(w.ICMP), icmp(w.NotICMP)
	m.IPVersion = ipVersion(w)
	var err error
	if m.Source, err = l.side(&w.Source, &w.source, p.Namespace); err != nil {
		return nil, err
	}
	if m.Destination, err = l.side(&w.Destination, &w.destination, p.Namespace); err != nil {
		return nil, err
	}
	restrictFamilies(m)
	forgetBlocks(m)
	return r, nil
}

// action reads an action in any case; anything else acts as Allow does
// (updateprocessors/rules.go:288-293 and felix/rules/policy.go:618, v3.31.0).
func action(a v3.Action) model.Action {
	switch strings.ToLower(string(a)) {
	case "deny":
		return model.Deny
	case "pass", "next-tier":
		return model.Pass
	case "log":
		return model.Log
	}
	return model.Allow
}

func proto(p *numorstring.Protocol) *flow.Proto {
	if p == nil {
		return nil
	}
	if n, err := p.NumValue(); err == nil {
		f := flow.Proto(n)
		return &f
	}
	f, err := flow.ParseProto(p.StrVal)
	if err != nil {
		return nil // invalid, and so rejected before
	}
	return &f
}

// ipVersion is the IP version that a rule names, or that its protocol's name implies: a number
// implies none (felix/calc/rule_convert.go:217-239, v3.31.0).
func ipVersion(w *written) uint8 {
	if w.IPVersion != nil {
		return uint8(*w.IPVersion)
	}
	if w.Protocol == nil {
		return 0
	}
	switch strings.ToLower(w.Protocol.StrVal) {
	case "icmp":
		return 4
	case "icmpv6":
		return 6
	}
	return 0
}

func icmp(f *v3.ICMPFields) *model.ICMP {
	if f == nil || f.Type == nil {
		return nil
	}
	out := &model.ICMP{Type: uint8(*f.Type)}
	if f.Code != nil {
		code := uint8(*f.Code)
		out.Code = &code
	}
	return out
}

// side converts one end of a rule in a policy of the namespace, "" for a global one.
func (l *loader) side(er *v3.EntityRule, at *places, namespace string) (model.Side, error) {
	s := model.Side{
		At: at.peer, SelectorAt: at.selector,
		Nets: parseNets(er.Nets, at.net), NotNets: parseNets(er.NotNets, at.notNet),
		Ports: ports(er.Ports, at.port), NotPorts: ports(er.NotPorts, at.notPort),
		Written: model.Written{
			Selector: er.Selector, NotSelector: er.NotSelector, NamespaceSelector: er.NamespaceSelector,
			Accounts: l.accountSelector(er.ServiceAccounts),
		},
	}
	var err error
	if s.Selector, s.NotSelector, err = l.peerSelectors(er, namespace); err != nil {
		return s, fmt.Errorf("%s: %w", at.peer, err)
	}
	if m := er.Services; m != nil {
		s.Service = &model.ServiceMatch{Namespace: m.Namespace, Name: m.Name, At: at.peer + "/services"}
		if m.Namespace != "" { // without one Felix finds no Service
			s.Service.Service = l.services[m.Namespace+"/"+m.Name]
		}
	}
	return s, nil
}

func (l *loader) peerSelectors(er *v3.EntityRule, namespace string) (positive, negative *selector.Selector, err error) {
	pos, neg := l.peerSelector(er, namespace), er.NotSelector
	if pos != "" && neg != "" {
		// felix/calc/rule_scanner.go, combineMatchesIfPossible, v3.31.0
		pos, neg = fmt.Sprintf("(%s) && (!(%s))", pos, neg), ""
	}
	if pos != "" {
		positive, err = l.selector(pos)
	}
	if neg != "" && err == nil {
		negative, err = l.selector(neg)
	}
	return positive, negative, err
}

func ports(ps []numorstring.Port, at func(int) string) []model.PortMatch {
	var out []model.PortMatch
	for i, p := range ps {
		out = append(out, model.PortMatch{Name: p.PortName, First: p.MinPort, Last: p.MaxPort, At: at(i)})
	}
	return out
}
