package checks

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
)

// OrderTie finds pairs of policies that have the same order and contradict each other, so that
// their names decide what happens.
var OrderTie = &check.Check{
	ID:       "order-tie",
	Title:    "Two policies of the same order contradict each other, and their names decide",
	Doc:      orderTieDoc,
	Since:    "0.1",
	Severity: diag.Warning,
	Run:      reportOrderTies,
}

// tie is two steps of a chain, one right or farther behind the other.
type tie struct{ first, second *eval.Step }

func reportOrderTies(p *check.Pass) error {
	a, err := p.Eval()
	if err != nil {
		return err
	}
	seen := map[tie]bool{}
	reported := map[[2]*model.Policy]bool{}
	for _, chains := range a.Chains {
		for _, c := range chains {
			steps := c.Steps()
			for i, first := range steps {
				for _, second := range steps[i+1:] {
					if !tied(first, second) {
						break
					}
					t := tie{first, second}
					pair := [2]*model.Policy{first.Policy, second.Policy}
					if seen[t] || reported[pair] || !first.Policy.Reviewed() && !second.Policy.Reviewed() {
						continue
					}
					seen[t] = true
					if contested := t.contested(a, c); !contested.IsEmpty() {
						reported[pair] = true
						if err := t.report(p, a, c, contested); err != nil {
							return err
						}
					}
				}
			}
		}
	}
	return nil
}

// tied says whether two steps are policies of the same tier and order, both of which certainly apply.
func tied(a, b *eval.Step) bool {
	return a.Policy != nil && b.Policy != nil && a.Certain && b.Certain && sameOrder(a.Policy, b.Policy)
}

// sameOrder says whether two policies are of the same tier and order.
func sameOrder(a, b *model.Policy) bool {
	x, y := a.Order, b.Order
	return a.Tier == b.Tier && (x == nil && y == nil || x != nil && y != nil && *x == *y)
}

// contested is the traffic that would certainly fare otherwise if the second policy were asked first.
func (t *tie) contested(a *eval.Analysis, c *eval.Chain) pktset.Set {
	if onlyAllows(t.first.Policy, c.Direction) && onlyAllows(t.second.Policy, c.Direction) {
		return pktset.Set{}
	}
	var now, then [4]pktset.Set // by action
	for _, u := range t.first.Uses {
		now[u.Rule.Action] = now[u.Rule.Action].Union(u.Live)
	}
	left := a.Everything()
	for _, u := range t.second.Uses {
		if u.Rule.Action == model.Log {
			continue
		}
		match := a.Match(u).Intersect(left)
		then[u.Rule.Action] = then[u.Rule.Action].Union(match)
		left = left.Minus(match)
	}
	allowed, denied := c.Allowed.Minus(c.Denied), c.Denied.Minus(c.Allowed)
	becomesDenied := now[model.Allow].Union(now[model.Pass]).Intersect(then[model.Deny]).Intersect(allowed)
	becomesAllowed := now[model.Deny].Union(now[model.Pass]).Intersect(then[model.Allow]).Intersect(denied)
	return becomesDenied.Union(becomesAllowed)
}

func onlyAllows(p *model.Policy, d model.Direction) bool {
	for _, r := range p.Rules[d] {
		if r.Action == model.Deny || r.Action == model.Pass {
			return false
		}
	}
	return true
}

func (t *tie) report(p *check.Pass, a *eval.Analysis, c *eval.Chain, contested pktset.Set) error {
	endpoint := c.Endpoints[0]
	packet, ok := example(a, endpoint, c.Direction, contested)
	if !ok {
		return nil
	}
	d := decision(a, packet, c.Direction)
	if err := p.Confirm(packet, c.Direction, d.Verdict); err != nil {
		return err
	}
	at, other := t.second.Policy, t.first.Policy
	if !at.Reviewed() {
		at, other = other, at
	}
	out := diag.Diagnostic{
		Severity: diag.Note, At: at.KeyOrigin("/spec"), Object: at.Object.String(),
		Message: fmt.Sprintf("%s and %s have the same order (%s) and contradict each other about %s: only their names say that %[1]s is asked first",
			t.first.Policy.String(), t.second.Policy.String(), order(at), check.Endpoints(c.Endpoints)),
		Help:    "different orders: the lower one is asked first",
		Witness: check.Flow(packet), Decided: check.Decided(d.By, endpoint, c.Direction),
	}
	if at.Positions.Has("/spec/order") {
		out.At = at.Origin("/spec/order")
	}
	if p.Cluster.Version < model.V332 && byNameSince332(t.first.Policy, t.second.Policy) > 0 {
		out.Severity = diag.Warning
		out.Message += ", and from Calico 3.32 on it is the second"
	}
	if o := other.KeyOrigin("/spec"); o.File != "" {
		out.Related = []diag.Related{{At: o, Message: other.String() + ", of the same order"}}
	}
	p.Report(out)
	return nil
}

// byNameSince332 is how Calico orders policies of the same order since 3.32 (felix/calc/policy_sorter.go:385-397,
// v3.32.1). Kinds, which come last, do not count here: two that differ in them alone are not told apart.
func byNameSince332(a, b *model.Policy) int {
	return cmp.Compare(strings.Join([]string{a.Name, a.Namespace, ""}, "/"), strings.Join([]string{b.Name, b.Namespace, ""}, "/"))
}
