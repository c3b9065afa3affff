package environment_test

import (
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/environment"
)

// In a folder of examples each of them is a cluster of its own, and so are those that are like no other.
func TestExamples(t *testing.T) {
	const pairs = `
sets/drop-new: Pod/a/drop drop
sets/drop-old: Pod/a/drop drop
sets/pass-new: Pod/b/pass pass
sets/pass-old: Pod/b/pass pass
sets/range-new: Pod/c/range range
sets/range-old: Pod/c/range range
sets/tier-new: Pod/d/tier tier
sets/tier-old: Pod/d/tier tier`
	const fleet = `
sets/drop-new: Pod/a/web web
sets/drop-old: Pod/a/web web
sets/pass-new: Pod/a/web web
sets/pass-old: Pod/a/web web
sets/range-new: Pod/a/web web
sets/range-old: Pod/a/web web
sets/tier-new: Pod/a/web web
sets/tier-old: Pod/a/web web`
	// Each has more of its own than what it and another one bring along.
	const apps = `
sets/drop-new: Pod/a/a1 a2 a3 deny-a
sets/drop-old: Pod/a/b1 b2 b3 deny-a
sets/pass-new: Pod/a/c1 c2 c3 deny-b
sets/pass-old: Pod/a/d1 d2 d3 deny-b
sets/range-new: Pod/a/e1 e2 e3 deny-c
sets/range-old: Pod/a/f1 f2 f3 deny-c
sets/tier-new: Pod/a/g1 g2 g3 deny-d
sets/tier-old: Pod/a/h1 h2 h3 deny-d`
	const two = `
demos/drop-new: Pod/a/drop drop
demos/drop-old: Pod/a/drop drop`
	for _, c := range []struct {
		name, beside, roots string
		want                map[string]string // the environment of roots; "": all
	}{
		{"one like no other", pairs, "sets/wide: Pod/a/wide NetworkPolicy/a/wide", map[string]string{"sets/wide": "wide"}},
		{"one in several folders", pairs, "sets/wide/pods: Pod/a/wide\nsets/wide/rules: NetworkPolicy/a/wide", map[string]string{"sets/wide/pods": "wide", "sets/wide/rules": "wide"}},
		{"more of an alternative", pairs, "sets/drop-new/more: log", map[string]string{"sets/drop-new/more": "drop-new"}},
		{"policies for a few", pairs, "sets/wide: NetworkPolicy/a/wide", map[string]string{"sets/wide": "wide"}},
		{"policies for half of them", pairs, "sets/rest: NetworkPolicy/a/rest NetworkPolicy/b/rest", map[string]string{"sets/rest": ""}},
		{"policies for the whole cluster", pairs, "sets/rest: GlobalNetworkPolicy/rest", map[string]string{"sets/rest": ""}},
		{"above and beside", pairs, "sets: log\ninfra: Pod/dns/dns dns", map[string]string{"sets": "", "infra": ""}},
		{"many like no other", pairs, "sets/x: Pod/a/x\nsets/y: Pod/a/y\nsets/z: Pod/a/z", map[string]string{"sets/x": "", "sets/y": "", "sets/z": ""}},
		{"a fleet", fleet, "sets/logs: Pod/logs/logs logs", map[string]string{"sets/logs": ""}},
		{"applications", apps, "sets/logs: Pod/logs/logs logs", map[string]string{"sets/logs": ""}},
		{"few, in a folder called so", two, "demos/wide: Pod/a/wide NetworkPolicy/a/wide\ndemos/drop-new/more: log", map[string]string{"demos/wide": "wide", "demos/drop-new/more": "drop-new"}},
		{"pods only, or policies", two, "demos/pods: Pod/a/wide\ndemos/rules: NetworkPolicy/a/wide", map[string]string{"demos/pods": "", "demos/rules": ""}},
		{"no alternatives", "", "demos/api: Pod/a/api NetworkPolicy/a/api\ndemos/web: Pod/a/web NetworkPolicy/a/web", map[string]string{"demos/api": "", "demos/web": ""}},
		{"each with its own environments", `
demos/shop/overlays/prod: shop
demos/shop/overlays/test: shop
demos/wiki/overlays/prod: wiki
demos/wiki/overlays/test: wiki`, "demos/shop/rules: log", map[string]string{
			"demos/shop/overlays/prod": "shop/prod", "demos/wiki/overlays/prod": "wiki/prod", "demos/shop/rules": "shop/prod,shop/test"}},
		{"a repository in such a folder", `
demos/apps/prod: shop
demos/apps/test: shop
demos/clusters/prod: gnp
demos/clusters/test: gnp`, "demos/rules: log", map[string]string{"demos/apps/prod": "prod", "demos/clusters/prod": "prod", "demos/rules": ""}},
		{"environments of applications", `
apps/shop/overlays/prod: shop
apps/shop/overlays/test: shop
apps/wiki/overlays/prod: wiki
apps/wiki/overlays/test: wiki`, "apps/shop/rules: log", map[string]string{
			"apps/shop/overlays/prod": "prod", "apps/wiki/overlays/prod": "prod", "apps/shop/rules": ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := map[string]string{}
			for _, e := range environment.Group(builds(c.roots + c.beside)) {
				for i, b := range e.Builds {
					if e.Why[i].Rule != environment.Everywhere {
						got[b.Root.Path] = strings.TrimPrefix(got[b.Root.Path]+","+e.Name, ",")
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
