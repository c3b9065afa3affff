package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/fix"
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

// endWith gives a tier another defaultAction. It is not safe: what no policy of the tier decides is a lot.
func endWith(t *model.Tier, action string) []diag.Fix {
	at, edit := "/spec/defaultAction", func(p yamldoc.Place) ([]yamldoc.Edit, bool) { return p.Set(action) }
	if !t.Positions.Has(at) {
		at, edit = "/spec", func(p yamldoc.Place) ([]yamldoc.Edit, bool) { return p.InsertKey("defaultAction", action) }
	}
	place, ok := fix.At(t.Positions, at)
	if !ok {
		return nil
	}
	edits, ok := edit(place)
	return fix.Of("end with defaultAction: "+action, false, place, edits, ok)
}

// moveToTier puts the policies of a tier that does not exist into another, under the names that belong there. It is
// never safe: they begin to count. It is all of them or none, because what is left would be found again.
func moveToTier(c *model.Cluster, from *model.Tier, to string) []diag.Fix {
	var edits []diag.Edit
	set := func(p *model.Policy, at, value string) bool {
		fixes := change(c, p, at, "", false, func(place yamldoc.Place) ([]yamldoc.Edit, bool) { return place.Set(value) })
		for _, f := range fixes {
			for _, e := range f.Edits {
				if !slices.Contains(edits, e) { // of a base that is included twice
					edits = append(edits, e)
				}
			}
		}
		return len(fixes) > 0
	}
	for _, p := range from.Policies {
		if !p.Reviewed() {
			continue
		}
		if p.Positions.Has("/spec/tier") && !set(p, "/spec/tier", to) {
			return nil
		}
		if name, ok := strings.CutPrefix(p.Name, from.Name+"."); ok && !set(p, "/metadata/name", to+"."+name) {
			return nil
		}
	}
	if len(edits) == 0 {
		return nil
	}
	return []diag.Fix{{Title: "put " + policiesOf(from) + " into tier " + to, Edits: edits}}
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
