package check

import (
	"net/netip"
	"testing"

	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/refeval"
	"github.com/tierlint/tierlint/internal/source"
)

// file is the positions of an object all of which is at line 3 of a file.
type file string

func (f file) Origin(string) source.Origin    { return at(string(f), 3) }
func (f file) KeyOrigin(string) source.Origin { return at(string(f), 3) }
func (f file) Has(string) bool                { return true }
func (f file) IsNull(string) bool             { return false }

// TestTheWayIsThatOfTheConnectionShown: a check may confirm one connection and show another, and then the way
// of the first says nothing of the second.
func TestTheWayIsThatOfTheConnectionShown(t *testing.T) {
	packet := model.Packet{
		Src: model.Peer{Addr: netip.MustParseAddr("10.0.0.1")}, Dst: model.Peer{Addr: netip.MustParseAddr("10.0.0.2")},
		Proto: flow.TCP, SrcPort: flow.DefaultSourcePort, DstPort: 80,
	}
	tier := &model.Tier{Object: model.Object{Kind: "Tier", Name: "security"}}
	policy := &model.Policy{Object: model.Object{Kind: "GlobalNetworkPolicy", Name: "deny", Positions: file("deny.yaml")}, Tier: tier}
	rule := &model.Rule{Policy: policy, Action: model.Deny}
	denied := refeval.End{
		Possible: []model.Decision{{Verdict: model.Denied}},
		Tiers:    []refeval.TierStep{{Tier: tier, Policies: []refeval.PolicyStep{{Policy: policy, Rules: []refeval.RuleStep{{Rule: rule}}}}}},
	}
	perhaps := denied
	perhaps.Possible = append(perhaps.Possible, model.Decision{Verdict: model.Allowed})
	same, viaService, otherPort, otherEnd := *Flow(packet), *Flow(packet), *Flow(packet), *Flow(packet)
	viaService.Via = "svc:shop/web:8080"
	otherPort.Port = 443
	otherEnd.Dst = "10.0.0.3"
	for _, tt := range []struct {
		name  string
		end   refeval.End
		shown *flow.Flow
		steps int
	}{
		{"the connection itself", denied, &same, 1},
		{"the Service that led to it", denied, &viaService, 1},
		{"another port", denied, &otherPort, 0},
		{"another destination", denied, &otherEnd, 0},
		{"no connection", denied, nil, 0},
		{"a way that is not certain", perhaps, &same, 0},
	} {
		p := Pass{last: confirmed{packet, tt.end}}
		if got := p.walk(tt.shown); len(got) != tt.steps || tt.steps > 0 && got[0].At.File != "deny.yaml" {
			t.Errorf("%s: got %v, want %d steps", tt.name, got, tt.steps)
		}
	}
}
