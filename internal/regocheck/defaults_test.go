package regocheck

import (
	"testing"

	"github.com/tierlint/tierlint/internal/model"
)

func TestPoliciesThatDenyByDefault(t *testing.T) {
	tcp := model.Match{IPVersion: 4}
	rule := func(a model.Action, m model.Match) *model.Rule { return &model.Rule{Action: a, Match: m} }
	for _, tt := range []struct {
		name  string
		tier  model.Tier
		rules []*model.Rule
		want  bool
	}{
		{"no rules", model.Tier{}, nil, true},
		{"the end of a tier that passes", model.Tier{DefaultPass: true}, nil, false},
		{"a rule that asks for something", model.Tier{}, []*model.Rule{rule(model.Allow, tcp)}, true},
		{"a rule that asks nothing", model.Tier{}, []*model.Rule{rule(model.Deny, tcp), rule(model.Allow, model.Match{})}, false},
		{"the first of them", model.Tier{DefaultPass: true}, []*model.Rule{rule(model.Deny, model.Match{}), rule(model.Allow, model.Match{})}, true},
		{"a Log rule", model.Tier{}, []*model.Rule{rule(model.Log, model.Match{})}, true},
		{"a Pass rule", model.Tier{}, []*model.Rule{rule(model.Pass, model.Match{})}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := &model.Policy{Tier: &tt.tier}
			p.Governs[model.Egress] = true
			p.Rules[model.Egress] = tt.rules
			if got := deniesByDefault(p, model.Egress); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if deniesByDefault(p, model.Ingress) {
				t.Error("it denies in the direction that it does not govern")
			}
		})
	}
}
