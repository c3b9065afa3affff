package gen_test

import (
	"flag"
	"fmt"
	"testing"

	"github.com/tierlint/tierlint/internal/checktest/gen"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/refeval"
)

var clusters = flag.Int("clusters", 1000, "how many random clusters TestEnginesAgree asks 1000 packets each")

// TestEnginesAgree holds the two engines against each other, which share nothing but the model: a million
// packets, in random clusters with all that the language of policies has.
func TestEnginesAgree(t *testing.T) {
	n := *clusters
	if testing.Short() {
		n = min(n, 50)
	}
	for _, part := range []gen.Options{
		{}, {Hosts: true}, {IPv6: true}, {Unknowns: true}, {Hosts: true, IPv6: true, Unknowns: true},
	} {
		t.Run(fmt.Sprintf("%+v", part), func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(n / 5) {
				o := part
				o.Size = 2 + int(seed)%14
				engines(t, seed, o)
				if t.Failed() {
					return
				}
			}
		})
	}
}

// engines asks both engines about one cluster.
func engines(t *testing.T, seed uint64, o gen.Options) {
	c := gen.Cluster(seed, o)
	a, err := eval.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	e, packets := refeval.New(c), gen.NewPackets(c, seed)
	for range 1000 {
		p := packets.Next()
		trace := e.Decide(p)
		egress, ingress := a.Decide(p)
		for d, got := range []model.Decision{model.Ingress: ingress, model.Egress: egress} {
			want := &trace.Ends[d]
			if same(got, want) {
				continue
			}
			t.Errorf("seed %d, %+v: %s of %s\n eval:    %s by %s\n refeval: %s by %s%s", seed, o, want.Direction, describe(&p),
				got.Verdict, got.By, want.Decision.Verdict, want.Decision.By, steps(want))
			return
		}
	}
}

// same says whether eval decided as refeval did. Where something on the way is not known and all ways end
// alike, several may be said to decide.
func same(got model.Decision, want *refeval.End) bool {
	return got.Verdict == want.Decision.Verdict &&
		(len(want.Possible) > 1 || got.By.String() == want.Decision.By.String())
}

func describe(p *model.Packet) string {
	end := func(p model.Peer) string {
		if p.Endpoint == nil {
			return p.Addr.String()
		}
		return fmt.Sprintf("%s (%s)", p.Endpoint.ID(), p.Addr)
	}
	return fmt.Sprintf("%s:%d to %s:%d %s icmp %d/%d", end(p.Src), p.SrcPort, end(p.Dst), p.DstPort, p.Proto, p.ICMPType, p.ICMPCode)
}

// steps is the way that refeval went.
func steps(end *refeval.End) string {
	var out string
	for _, tier := range end.Tiers {
		out += fmt.Sprintf("\n tier %s (%s)", tier.Tier.Name, tier.Class)
		for _, p := range tier.Policies {
			out += fmt.Sprintf("\n  %s selects: %s", p.Policy.FelixName, p.Selects)
			for _, r := range p.Rules {
				out += fmt.Sprintf("\n   %d %s: %s %s", r.Rule.Index, r.Rule.Action, r.Matches, r.Criterion.Name)
			}
		}
		out += fmt.Sprintf("\n  end: %s", tier.End)
	}
	return out
}
