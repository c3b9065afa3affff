package environment_test

import (
	"testing"

	"github.com/tierlint/tierlint/internal/environment"
)

// In a folder of examples each of them is a cluster of its own, and so are those that are like no other.
func TestExamples(t *testing.T) {
	const pairs = `
tests/drop-new: Pod/a/drop drop
tests/drop-old: Pod/a/drop drop
tests/pass-new: Pod/b/pass pass
tests/pass-old: Pod/b/pass pass
tests/range-new: Pod/c/range range
tests/range-old: Pod/c/range range
tests/tier-new: Pod/d/tier tier
tests/tier-old: Pod/d/tier tier`
	const fleet = `
tests/drop-new: Pod/a/web web
tests/drop-old: Pod/a/web web
tests/pass-new: Pod/a/web web
tests/pass-old: Pod/a/web web
tests/range-new: Pod/a/web web
tests/range-old: Pod/a/web web
tests/tier-new: Pod/a/web web
tests/tier-old: Pod/a/web web`
	// Each has more of its own than what it and another one bring along.
	const apps = `
tests/drop-new: Pod/a/a1 a2 a3 deny-a
tests/drop-old: Pod/a/b1 b2 b3 deny-a
tests/pass-new: Pod/a/c1 c2 c3 deny-b
tests/pass-old: Pod/a/d1 d2 d3 deny-b
tests/range-new: Pod/a/e1 e2 e3 deny-c
tests/range-old: Pod/a/f1 f2 f3 deny-c
tests/tier-new: Pod/a/g1 g2 g3 deny-d
tests/tier-old: Pod/a/h1 h2 h3 deny-d`
	for _, c := range []struct {
		name, beside, roots string
		want                map[string]string // the environment of roots; "": all
	}{
		{"one like no other", pairs, "tests/wide: Pod/a/wide NetworkPolicy/a/wide", map[string]string{"tests/wide": "wide"}},
		{"one in several folders", pairs, "tests/wide/pods: Pod/a/wide\ntests/wide/rules: NetworkPolicy/a/wide", map[string]string{"tests/wide/pods": "wide", "tests/wide/rules": "wide"}},
		{"more of an alternative", pairs, "tests/drop-new/more: log", map[string]string{"tests/drop-new/more": "drop-new"}},
		{"policies for a few", pairs, "tests/wide: NetworkPolicy/a/wide", map[string]string{"tests/wide": "wide"}},
		{"policies for half of them", pairs, "tests/rest: NetworkPolicy/a/rest NetworkPolicy/b/rest", map[string]string{"tests/rest": ""}},
		{"policies for the whole cluster", pairs, "tests/rest: GlobalNetworkPolicy/rest", map[string]string{"tests/rest": ""}},
		{"above and beside", pairs, "tests: log\ninfra: Pod/dns/dns dns", map[string]string{"tests": "", "infra": ""}},
		{"many like no other", pairs, "tests/x: Pod/a/x\ntests/y: Pod/a/y\ntests/z: Pod/a/z", map[string]string{"tests/x": "", "tests/y": "", "tests/z": ""}},
		{"a fleet", fleet, "tests/logs: Pod/logs/logs logs", map[string]string{"tests/logs": ""}},
		{"applications", apps, "tests/logs: Pod/logs/logs logs", map[string]string{"tests/logs": ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := map[string]string{}
			for _, e := range environment.Group(builds(c.roots + c.beside)) {
				for i, b := range e.Builds {
					if e.Why[i].Rule != environment.Everywhere {
						got[b.Root.Path] += e.Name
					}
				}
			}
			for path, want := range c.want {
				if got[path] != want {
					t.Errorf("%s is in %q, want %q", path, got[path], want)
				}
			}
		})
	}
}
