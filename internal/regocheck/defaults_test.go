package regocheck

import (
	"testing"

	"github.com/tierlint/tierlint/internal/model"
)

func TestWhatPoliciesDoByDefault(t *testing.T) {
	tcp := model.Match{IPVersion: 4}
	rule := func(a model.Action, m model.Match) *model.Rule { return &model.Rule{Action: a, Match: m} }
	for _, tt := range []struct {
		name  string
		tier  model.Tier
		rules []*model.Rule
		want  string
	}{
		{"no rules", model.Tier{}, nil, "Deny"},
		{"the end of a tier that passes", model.Tier{DefaultPass: true}, nil, "Pass"},
		{"a rule that asks for something", model.Tier{}, []*model.Rule{rule(model.Allow, tcp)}, "Deny"},
		{"a rule that asks nothing", model.Tier{}, []*model.Rule{rule(model.Deny, tcp), rule(model.Allow, model.Match{})}, "Allow"},
		{"the first of them", model.Tier{DefaultPass: true}, []*model.Rule{rule(model.Deny, model.Match{}), rule(model.Allow, model.Match{})}, "Deny"},
		{"a Log rule", model.Tier{}, []*model.Rule{rule(model.Log, model.Match{})}, "Deny"},
		{"a Pass rule", model.Tier{}, []*model.Rule{rule(model.Pass, model.Match{})}, "Pass"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := &model.Policy{Tier: &tt.tier}
			p.Governs[model.Egress] = true
			p.Rules[model.Egress] = tt.rules
			if got := defaultAction(p, model.Egress); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if got := defaultAction(p, model.Ingress); got != "" {
				t.Errorf("got %s for the direction that it does not govern", got)
			}
		})
	}
}
