package check

import (
	"fmt"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/refeval"
)

// confirmed is the connection that a check confirmed last, and what the end that it asked about
// did with it.
type confirmed struct {
	packet model.Packet
	end    refeval.End
}

// walk is the way of a finding's connection through the tiers: nil if it was not confirmed, or may
// go several ways for all that the inputs say.
func (p *Pass) walk(witness *flow.Flow) []diag.Related {
	c := &p.last
	if witness == nil || len(c.end.Possible) != 1 {
		return nil
	}
	same := *Flow(c.packet)
	same.Via = witness.Via // the Service, which the packet does not know any more
	if !same.Equal(*witness) {
		return nil
	}
	out := make([]diag.Related, 0, len(c.end.Tiers))
	for i := range c.end.Tiers {
		if step := p.tierStep(&c.end.Tiers[i]); step.At.File != "" {
			out = append(out, step)
		}
	}
	return out
}

// tierStep is what a tier does with a connection: its last policy has the rule that matches, or
// else its end decides. It has no place if that is written nowhere.
func (p *Pass) tierStep(t *refeval.TierStep) diag.Related {
	if len(t.Policies) == 0 {
		return diag.Related{}
	}
	last := &t.Policies[len(t.Policies)-1]
	if n := len(last.Rules); t.End == refeval.NotReached && n > 0 {
		return p.ruleStep(last.Rules[n-1].Rule)
	}
	step, _ := RelatedTo(model.By{Kind: model.ByEndOfTier, Tier: t.Tier, Policy: last.Policy})
	if t.End == refeval.TierPasses {
		step.Message = fmt.Sprintf("%s applies in %s, no rule of the tier matches, and its end passes on", last.Policy.String(), TierName(t.Tier))
	}
	return step
}

// ruleStep is what a rule does. Rules for everybody are on the way of most connections, so it is remembered.
func (p *Pass) ruleStep(r *model.Rule) diag.Related {
	step, ok := p.steps[r]
	if !ok {
		step, _ = RelatedTo(model.By{Kind: model.ByRule, Rule: r})
		if p.steps == nil {
			p.steps = map[*model.Rule]diag.Related{}
		}
		p.steps[r] = step
	}
	return step
}
