package eval_test

import (
	"net/netip"
	"testing"

	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// A rule with a condition on ICMP types and no protocol, which only Calico's storage takes, is about
// ICMP all the same: of IPv4 or IPv6, as the packet is.
func TestICMPWithoutProtocol(t *testing.T) {
	all, err := selector.Parse("all()")
	if err != nil {
		t.Fatal(err)
	}
	echo := &model.ICMP{Type: 8}
	client := &model.Endpoint{Object: model.Object{Name: "client"}, Addrs: []netip.Addr{netip.MustParseAddr("10.0.0.1")}}
	server := &model.Endpoint{Object: model.Object{Name: "server"}, Addrs: []netip.Addr{netip.MustParseAddr("10.0.0.2")}}
	for _, test := range []struct {
		name  string
		match model.Match
		proto flow.Proto
		icmp  uint8
		want  model.Verdict
	}{
		{"the type", model.Match{ICMP: echo}, flow.ICMP, 8, model.Allowed},
		{"another type", model.Match{ICMP: echo}, flow.ICMP, 0, model.Denied},
		{"no ICMP", model.Match{ICMP: echo}, flow.TCP, 0, model.Denied},
		{"the other IP version's ICMP", model.Match{ICMP: echo}, flow.ICMPv6, 8, model.Denied},
		{"not the type", model.Match{NotICMP: echo}, flow.ICMP, 8, model.Denied},
		{"not the type, another", model.Match{NotICMP: echo}, flow.ICMP, 0, model.Allowed},
		{"not the type, no ICMP", model.Match{NotICMP: echo}, flow.TCP, 0, model.Denied},
	} {
		policy := &model.Policy{Selector: all, Governs: [2]bool{model.Ingress: true}}
		policy.Tier = &model.Tier{Object: model.Object{Name: "default"}, Policies: []*model.Policy{policy}}
		policy.Rules[model.Ingress] = []*model.Rule{{Policy: policy, Action: model.Allow, Match: test.match}}
		a, err := eval.New(t.Context(), &model.Cluster{Endpoints: []*model.Endpoint{client, server}, Tiers: []*model.Tier{policy.Tier}})
		if err != nil {
			t.Fatal(err)
		}
		_, got := a.Decide(model.Packet{
			Src: model.Peer{Endpoint: client, Addr: client.Addrs[0]}, Dst: model.Peer{Endpoint: server, Addr: server.Addrs[0]},
			Proto: test.proto, ICMPType: test.icmp, SrcPort: flow.DefaultSourcePort, DstPort: 80,
		})
		if got.Verdict != test.want {
			t.Errorf("%s: %s, want %s", test.name, got.Verdict, test.want)
		}
	}
}
