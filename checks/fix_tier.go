package checks

import (
	"fmt"
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// fixes lets the rest go on to the next tier, or through where there is none to decide. It is never safe: the end of the tier may be meant.
func (d *drop) fixes(c *model.Cluster) []diag.Fix {
	switch {
	case d.policy.API != model.CalicoNetworkPolicy && d.policy.API != model.GlobalNetworkPolicy:
		return nil
	case d.untyped && d.later == nil:
		return typesFixes(c, d.policy)
	}
	action := "Pass"
	if d.later == nil && d.policy.Tier.Name == "default" {
		action = "Allow"
	}
	return addRules(c, d.policy, d.direction, -1, "end with action: "+action, false, "- action: "+action)
}

// typesFixes lists the directions that the rules of a policy are for. It is never safe: whole
// directions begin or cease to be isolated.
func typesFixes(c *model.Cluster, p *model.Policy) []diag.Fix {
	key := typesKey(p)
	if key == "" {
		return nil
	}
	if p.TypesWritten && p.Positions.Has("/spec/"+key) {
		return missingTypes(c, p, key)
	}
	var types []string
	for _, d := range []model.Direction{model.Ingress, model.Egress} {
		if len(p.Rules[d]) > 0 {
			types = append(types, title(d))
		}
	}
	if len(types) == 0 {
		if !p.Positions.Has("/spec/egress") {
			return nil // nobody knows what is meant
		}
		types = []string{title(model.Ingress), title(model.Egress)}
	}
	list := "[" + strings.Join(types, ", ") + "]"
	return change(c, p, "/spec", fmt.Sprintf("add %s: %s", key, list), false, func(at yamldoc.Place) ([]yamldoc.Edit, bool) {
		return at.InsertKey(key, list, "ingress", "egress")
	})
}

// missingTypes adds the directions to types that rules are for, and types leave out.
func missingTypes(c *model.Cluster, p *model.Policy, key string) []diag.Fix {
	var types []string
	for _, d := range []model.Direction{model.Ingress, model.Egress} {
		if !p.Governs[d] && len(p.Rules[d]) > 0 {
			types = append(types, title(d))
		}
	}
	if len(types) == 0 {
		return nil
	}
	what := fmt.Sprintf("add %s to %s", strings.Join(types, " and "), key)
	return change(c, p, "/spec/"+key, what, false, func(at yamldoc.Place) ([]yamldoc.Edit, bool) {
		return at.Insert(len(at.Node().Content), "["+strings.Join(types, ", ")+"]")
	})
}
