package gen

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

func (g *generator) tiers() {
	for _, name := range []string{"admin", "default", "late"}[:1+g.IntN(3)] {
		t := &model.Tier{
			Object: model.Object{Kind: "Tier", Name: name},
			Order:  of(g.Rand, 1.0, 1.0, 2.0), DefaultPass: g.chance(3),
		}
		g.c.Tiers = append(g.c.Tiers, t)
	}
	slices.SortFunc(g.c.Tiers, func(a, b *model.Tier) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Name, b.Name))
	})
	for _, t := range g.c.Tiers { // those that no file defines come first
		if !g.Unknowns || t.Name == "default" || g.chance(2) {
			break
		}
		t.Missing, t.Elsewhere, t.DefaultPass = true, true, false
	}
	for i := range 1 + g.Size/2 {
		t := of(g.Rand, g.c.Tiers...)
		t.Policies = append(t.Policies, g.policy(i, t))
	}
	for _, t := range g.c.Tiers {
		slices.SortFunc(t.Policies, comparePolicies)
	}
}

// comparePolicies is the order in a tier: no order comes last, the name breaks ties (felix/calc/policy_sorter.go:317-325, v3.31.0).
func comparePolicies(a, b *model.Policy) int {
	switch {
	case a.Order == nil && b.Order != nil:
		return 1
	case a.Order != nil && b.Order == nil:
		return -1
	case a.Order != nil && *a.Order != *b.Order:
		return cmp.Compare(*a.Order, *b.Order)
	}
	return cmp.Compare(a.FelixName, b.FelixName)
}

func (g *generator) policy(i int, t *model.Tier) *model.Policy {
	name := fmt.Sprint("p", i)
	p := &model.Policy{
		Object: model.Object{Kind: "GlobalNetworkPolicy", Name: name},
		API:    model.GlobalNetworkPolicy, Tier: t, FelixName: t.Name + "." + name,
	}
	if !g.chance(3) {
		order := float64(g.IntN(3))
		p.Order = &order
	}
	scope := ""
	if g.chance(2) {
		p.Kind, p.API, p.Namespace = "NetworkPolicy", model.CalicoNetworkPolicy, of(g.Rand, g.c.Namespaces...).Name
		p.FelixName = p.Namespace + "/" + p.FelixName
		scope = fmt.Sprintf("projectcalico.org/namespace == '%s'", p.Namespace)
	}
	p.Selector = parse(and(scope, g.expr(2)))
	g.kindOf(p)
	for d := range p.Rules {
		if !p.Governs[d] && !g.chance(5) {
			continue // rules in a direction that is not governed do nothing
		}
		for j := range g.IntN(4) {
			r := &model.Rule{Policy: p, Direction: model.Direction(d), Index: j, Match: g.match(scope)}
			r.Action = of(g.Rand, model.Allow, model.Allow, model.Deny, model.Pass, model.Log)
			p.Rules[d] = append(p.Rules[d], r)
		}
	}
	return p
}

// kindOf chooses for which directions and packets a policy is.
func (g *generator) kindOf(p *model.Policy) {
	p.Governs = of(g.Rand, [2]bool{true, true}, [2]bool{true, false}, [2]bool{false, true})
	if !g.Hosts || p.Namespace != "" || !g.chance(3) {
		return
	}
	p.ApplyOnForward = true
	if g.chance(2) {
		p.DoNotTrack = true
	} else {
		p.PreDNAT, p.Governs = true, [2]bool{model.Ingress: true}
	}
}

// expr is a selector of some depth over the vocabulary.
func (g *generator) expr(depth int) string {
	if depth > 0 && g.chance(2) {
		return fmt.Sprintf("(%s %s %s)", g.expr(depth-1), of(g.Rand, "&&", "||"), g.expr(depth-1))
	}
	key := of(g.Rand, labelKeys()...)
	values := []string{"'a'", "'b'", "'c'"}
	switch g.IntN(12) {
	case 0:
		return "all()"
	case 1:
		return "has(" + key + ")"
	case 2:
		return "!has(" + key + ")"
	case 3:
		return key + " != " + of(g.Rand, values...)
	case 4:
		return fmt.Sprintf("%s in {%s}", key, strings.Join(values[:1+g.IntN(2)], ","))
	case 5:
		return fmt.Sprintf("%s not in {%s}", key, strings.Join(values[:1+g.IntN(2)], ","))
	case 6:
		return fmt.Sprintf("projectcalico.org/serviceaccount == '%s'", of(g.Rand, accountNames()...))
	case 7:
		return fmt.Sprintf("pcns.env %s %s", of(g.Rand, "==", "!="), of(g.Rand, values...))
	case 8:
		return fmt.Sprintf("pcns.projectcalico.org/name == '%s'", of(g.Rand, g.c.Namespaces...).Name)
	}
	return key + " == " + of(g.Rand, values...)
}

func and(a, b string) string {
	if a == "" {
		return b
	}
	return fmt.Sprintf("(%s) && %s", b, a)
}

func parse(expr string) *selector.Selector {
	s, err := selector.Parse(expr)
	if err != nil {
		panic(fmt.Sprintf("gen: %q: %v", expr, err))
	}
	return s
}
