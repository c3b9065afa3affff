package pipeline_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/checks"
	"github.com/tierlint/tierlint/internal/pipeline"
)

// The fixtures are small repositories as people lay them out. Each has one mistake, and what says so
// is at the line that must change, in the cluster that has it.
func TestFixtures(t *testing.T) {
	for _, c := range []struct {
		name, want string
	}{
		{"argocd", `
prod: charts/shop (Application argocd/shop-prod), clusters, policies (Application policies-prod)
staging: charts/shop (Application argocd/shop-staging), clusters, policies (Application policies-staging)
charts/shop/templates/policy.yaml:14:13 service-port NetworkPolicy shop/allow-web in prod`},
		{"flux", `
prod: apps/prod (Kustomization flux-system/apps), clusters/prod (Kustomization flux-system/flux-system), clusters/prod/flux-system (Kustomization flux-system/flux-system), infrastructure (Kustomization flux-system/infrastructure)
staging: apps/staging (Kustomization flux-system/apps), clusters/staging (Kustomization flux-system/flux-system), clusters/staging/flux-system (Kustomization flux-system/flux-system), infrastructure (Kustomization flux-system/infrastructure)
apps/staging/policy.yaml:8:20 service-port NetworkPolicy web/allow-web in staging`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := summary(t, pipeline.Options{Dir: fixture(c.name)}); got != c.want {
				t.Errorf("got%s\nwant%s", got, c.want)
			}
		})
	}
}

// Settings may name a chart's files of values, once for each cluster, where nothing else does.
func TestValuesOfEnvironments(t *testing.T) {
	env := func(name, values string) pipeline.Environment {
		return pipeline.Environment{Name: name, Values: []string{values}, Has: func(string) int { return 1 }}
	}
	got := summary(t, pipeline.Options{
		Dir: fixture("chart"), Environments: []pipeline.Environment{env("live", "values-prod.yaml"), env("test", "values-staging.yaml")},
	})
	want := `
live: .
test: .
templates/policy.yaml:14:13 service-port NetworkPolicy default/allow-web in live`
	if got != want {
		t.Errorf("got%s\nwant%s", got, want)
	}
}

func fixture(name string) string { return filepath.Join("..", "..", "fixtures", name) }

// summary is the environments, with what deploys their roots, and the findings that are errors.
func summary(t *testing.T, opts pipeline.Options) string {
	t.Helper()
	opts.Checks = checks.All
	loaded, err := pipeline.Load(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	defer loaded.Close()
	var out strings.Builder
	for _, g := range loaded.Groups {
		var roots []string
		for _, r := range g.Roots {
			if r.Why.By != "" {
				r.Path += " (" + r.Why.By + ")"
			}
			roots = append(roots, r.Path)
		}
		fmt.Fprintf(&out, "\n%s: %s", g.Name, strings.Join(roots, ", "))
	}
	res, err := pipeline.Run(t.Context(), opts)
	if err != nil || res.Failure != nil {
		t.Fatal(err, res)
	}
	for _, d := range res.Findings {
		if d.Severity.String() == "error" {
			fmt.Fprintf(&out, "\n%s %s %s in %s", d.At.Span, d.Check, d.Object, strings.Join(d.Environments, " "))
		}
	}
	return out.String()
}
