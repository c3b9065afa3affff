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
func (c *confirmed) walk(witness *flow.Flow) []diag.Related {
	if witness == nil || len(c.end.Possible) != 1 {
		return nil
	}
	same := *Flow(c.packet)
	same.Via = witness.Via // the Service, which the packet does not know any more
	if same.String() != witness.String() {
		return nil
	}
	var out []diag.Related
	for i := range c.end.Tiers {
		if step, ok := tierStep(&c.end.Tiers[i]); ok {
			out = append(out, step)
		}
	}
	return out
}

// tierStep is what a tier does with a connection: its last policy has the rule that matches, or
// else its end decides. It is false if that is written nowhere.
func tierStep(t *refeval.TierStep) (diag.Related, bool) {
	if len(t.Policies) == 0 {
		return diag.Related{}, false
	}
	last := &t.Policies[len(t.Policies)-1]
	if n := len(last.Rules); t.End == refeval.NotReached && n > 0 {
		return RelatedTo(model.By{Kind: model.ByRule, Rule: last.Rules[n-1].Rule})
	}
	step, ok := RelatedTo(model.By{Kind: model.ByEndOfTier, Tier: t.Tier, Policy: last.Policy})
	if t.End == refeval.TierPasses {
		step.Message = fmt.Sprintf("%s applies in %s, no rule of the tier matches, and its end passes on", last.Policy.String(), TierName(t.Tier))
	}
	return step, ok
}
