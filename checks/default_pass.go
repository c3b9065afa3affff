package checks

import (
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
)

// reportDefaultPass reports a tier default that does not end with a Deny, which is all that the
// isolation of Kubernetes policies is.
func reportDefaultPass(p *check.Pass) {
	for _, t := range p.Cluster.Tiers {
		if t.Name != defaultTier || !t.DefaultPass || !t.Reviewed() {
			continue
		}
		p.Report(diag.Diagnostic{
			Severity: diag.Error, At: t.Origin("/spec/defaultAction"), Object: t.Object.String(),
			Message: "with this, no Kubernetes NetworkPolicy isolates anything: what none of them allows reaches the end of tier default, is passed on, and the namespace's profile allows it",
			Help:    "defaultAction: Deny, or no Tier default at all: Calico makes it",
			Fixes:   endWith(t, "Deny"),
		})
	}
}

// latePass is a tier behind default with defaultAction Pass, and the workloads that it is meant to isolate and does not.
type latePass struct {
	tier      *model.Tier
	endpoints []*model.Endpoint
	seen      map[*model.Endpoint]bool // those of both directions are one
	chain     *eval.Chain
	lost      pktset.Set // what is allowed, in the chain
}

// reportLatePass reports tiers behind default that pass on what their policies do not allow, to nobody. Those with a
// rule that denies have a use all the same.
func reportLatePass(p *check.Pass, a *eval.Analysis) error {
	for _, t := range p.Cluster.Tiers {
		if t.Name == defaultTier || !t.DefaultPass || t.Order <= defaultTierOrder || !t.Reviewed() || !t.Positions.Has("/spec/defaultAction") {
			continue
		}
		l := latePass{tier: t, seen: map[*model.Endpoint]bool{}}
		for _, chains := range a.Chains {
			for _, c := range chains {
				l.look(c)
			}
		}
		if err := l.report(p, a); err != nil {
			return err
		}
	}
	return nil
}

// look adds the endpoints of a chain if policies of the tier certainly isolate them as written, no rule of the tier denies, and
// something reaches the tier's end that nobody decides after it.
func (l *latePass) look(c *eval.Chain) {
	end := slices.IndexFunc(c.Steps(), func(s *eval.Step) bool { return s.Policy == nil && s.Tier == l.tier })
	if end < 0 || !c.Steps()[end].Certain || c.Endpoints[0].Type != model.Workload {
		return
	}
	lost := c.Allowed.Minus(c.Denied)
	for _, s := range c.Steps() {
		for _, u := range s.Uses {
			switch {
			case s.Tier == l.tier && u.Rule.Action == model.Deny:
				return
			case s.Tier == l.tier || u.Rule.Action == model.Allow:
				lost = lost.Minus(u.Live)
			}
		}
	}
	if lost.IsEmpty() {
		return
	}
	if l.chain == nil {
		l.chain, l.lost = c, lost
	}
	for _, e := range c.Endpoints {
		if !l.seen[e] {
			l.seen[e] = true
			l.endpoints = append(l.endpoints, e)
		}
	}
}

func (l *latePass) report(p *check.Pass, a *eval.Analysis) error {
	if l.chain == nil {
		return nil
	}
	endpoint, d := l.chain.Endpoints[0], l.chain.Direction
	packet, ok := example(a, endpoint, d, l.lost)
	if !ok {
		return nil
	}
	if err := p.Confirm(packet, d, model.Allowed); err != nil {
		return err
	}
	p.Report(diag.Diagnostic{
		At: l.tier.Origin("/spec/defaultAction"), Object: l.tier.Object.String(),
		Message: fmt.Sprintf("with this, tier %s isolates nothing: no later tier decides about %s, and the namespace's profile allows what is passed on",
			l.tier.Name, check.Endpoints(l.endpoints)),
		Help:    "defaultAction: Deny, or rules that deny what is meant to be denied",
		Witness: check.Flow(packet),
		Decided: check.Decided(decision(a, packet, d).By, endpoint, d),
		Fixes:   endWith(l.tier, "Deny"),
	})
	return nil
}
