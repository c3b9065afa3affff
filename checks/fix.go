package checks

import (
	"slices"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/fix"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// The fixes of findings, in a file for each family of checks. A fix is safe where nobody needs to
// look at it: it lets through, or keeps out, nothing but what the finding is about.

// change makes a fix of what edit does where a value of a policy is written. It is not safe where
// another policy of the cluster is made of the same text, which may be right as it is there.
func change(c *model.Cluster, p *model.Policy, at, title string, safe bool, edit func(yamldoc.Place) ([]yamldoc.Edit, bool)) []diag.Fix {
	if !p.Reviewed() {
		return nil
	}
	place, ok := fix.At(p.Positions, at)
	if !ok {
		return nil
	}
	edits, ok := edit(place)
	return fix.Of(title, safe && alone(c, p, at), place, edits, ok)
}

// alone says whether no other policy is written where this one is, as that of a base is which is
// included twice.
func alone(c *model.Cluster, p *model.Policy, at string) bool {
	place := p.KeyOrigin(at).Span
	same := func(o *model.Policy) bool {
		return o != p && o.API == p.API && o.Positions != p.Positions && o.Positions != nil && o.KeyOrigin(at).Span == place
	}
	return !slices.ContainsFunc(c.Staged, same) && !slices.ContainsFunc(c.Tiers, func(t *model.Tier) bool {
		return slices.ContainsFunc(t.Policies, same)
	})
}

// addRules puts rules, a list in YAML, before one of a policy's rules of a direction as written, or
// behind the last if index is negative.
func addRules(c *model.Cluster, p *model.Policy, d model.Direction, index int, title string, safe bool, rules string) []diag.Fix {
	list := "/spec/" + d.String()
	if !p.Reviewed() || !p.Positions.Has(list) {
		return change(c, p, "/spec", title, safe, func(at yamldoc.Place) ([]yamldoc.Edit, bool) {
			return at.InsertKey(d.String(), rules)
		})
	}
	return change(c, p, list, title, safe, func(at yamldoc.Place) ([]yamldoc.Edit, bool) {
		if index < 0 {
			return at.Insert(len(at.Node().Content), rules)
		}
		return at.Insert(index, rules)
	})
}
