package eval_test

import (
	"testing"

	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// More source ports than can be told apart: what depends on them is not known, and said to be so;
// all the rest is answered.
func TestTooManySourcePorts(t *testing.T) {
	all, err := selector.Parse("all()")
	if err != nil {
		t.Fatal(err)
	}
	tcp := flow.TCP
	policy := &model.Policy{Selector: all, Governs: [2]bool{model.Ingress: true}}
	policy.Tier = &model.Tier{Object: model.Object{Name: "default"}, Policies: []*model.Policy{policy}}
	rule := &model.Rule{Policy: policy, Match: model.Match{Protocol: &tcp}}
	for port := uint16(0); port < 60000; port += 2 {
		rule.Match.Source.Ports = append(rule.Match.Source.Ports, model.PortMatch{First: port, Last: port})
	}
	policy.Rules[model.Ingress] = []*model.Rule{rule}
	client := &model.Endpoint{Object: model.Object{Name: "client"}}
	server := &model.Endpoint{Object: model.Object{Name: "server"}}
	a, err := eval.New(t.Context(), &model.Cluster{Endpoints: []*model.Endpoint{client, server}, Tiers: []*model.Tier{policy.Tier}})
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Gaps) != 1 {
		t.Errorf("%d gaps, want one", len(a.Gaps))
	}
	for proto, want := range map[flow.Proto]model.Verdict{flow.TCP: model.Unknown, flow.UDP: model.Denied} {
		_, got := a.Decide(model.Packet{Src: model.Peer{Endpoint: client}, Dst: model.Peer{Endpoint: server}, Proto: proto, SrcPort: 4, DstPort: 80})
		if got.Verdict != want {
			t.Errorf("%s: %s, want %s", proto, got.Verdict, want)
		}
	}
}
