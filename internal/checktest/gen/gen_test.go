package gen_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/tierlint/tierlint/internal/checktest/gen"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/refeval"
	"github.com/tierlint/tierlint/internal/selector"
)

// TestReachesEverything: random packets through random clusters meet everything that can decide,
// every verdict, and every criterion of rules both holding and failing.
func TestReachesEverything(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(150) {
		c := gen.Cluster(seed, gen.Options{Size: 3 + int(seed)%12, Hosts: seed%2 == 0, Unknowns: seed%3 == 0, IPv6: seed%5 < 2})
		e, packets := refeval.New(c), gen.NewPackets(c, seed)
		for range 300 {
			trace := e.Decide(packets.Next())
			for _, end := range trace.Ends {
				count(seen, &end)
			}
		}
	}
	want := []string{"allow", "deny", "unknown"}
	for k := model.ByNoPolicy; k <= model.ByUnknown; k++ {
		want = append(want, fmt.Sprint("by ", k))
	}
	for _, side := range []string{"source ", "destination "} {
		for _, c := range []string{"selector", "notSelector", "nets", "notNets", "ports", "notPorts", "service"} {
			want = append(want, side+c)
		}
	}
	want = append(want, "rule as Calico programs it", "IP version", "protocol", "ICMP type",
		"unknown source selector", "unknown destination nets", "Allow", "Deny", "Pass", "Log", "policy maybe")
	for _, w := range want {
		if seen[w] < 5 {
			t.Errorf("%s: met %d times", w, seen[w])
		}
	}
}

func count(seen map[string]int, end *refeval.End) {
	seen[end.Decision.Verdict.String()]++
	seen[fmt.Sprint("by ", end.Decision.By.Kind)]++
	for _, tier := range end.Tiers {
		for _, p := range tier.Policies {
			seen["policy "+p.Selects.String()]++
			for _, r := range p.Rules {
				switch r.Matches {
				case selector.Yes:
					seen[r.Rule.Action.String()]++
				case selector.Maybe:
					seen["unknown "+r.Criterion.Name]++
				case selector.No:
					seen[r.Criterion.Name]++
				}
			}
		}
	}
}

// TestSameSeed: what is found with a seed can be found again.
func TestSameSeed(t *testing.T) {
	o := gen.Options{Size: 12, Hosts: true, Unknowns: true, IPv6: true}
	run := func(seed uint64) []string {
		c := gen.Cluster(seed, o)
		e, packets := refeval.New(c), gen.NewPackets(c, seed)
		var out []string
		for range 50 {
			p := packets.Next()
			trace := e.Decide(p)
			out = append(out, fmt.Sprint(p.Proto, p.SrcPort, p.DstPort, trace.Ends[0].Decision.By, trace.Ends[1].Decision.By))
		}
		return out
	}
	if !slices.Equal(run(7), run(7)) {
		t.Error("one seed made two things")
	}
	if slices.Equal(run(7), run(8)) {
		t.Error("two seeds made the same")
	}
}
