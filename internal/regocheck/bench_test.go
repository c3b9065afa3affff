package regocheck_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/checktest/scale"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pipeline"
	"github.com/tierlint/tierlint/internal/regocheck"
	"github.com/tierlint/tierlint/internal/selector"
	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/rego"
)

// BenchmarkBundledRules is the bundled rules on 10,000 workloads and 5,000 policies in 100
// namespaces, without the evaluation that they share with the checks in Go.
func BenchmarkBundledRules(b *testing.B) {
	c := large(b)
	a, err := eval.New(b.Context(), c)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		checks, err := regocheck.Load(rego.Files)
		if err != nil {
			b.Fatal(err)
		}
		found, _, err := check.Run(b.Context(), checks, []check.Environment{{
			Cluster: c, Analysis: func() (*eval.Analysis, error) { return a, nil },
		}})
		if err != nil || len(found) == 0 {
			b.Fatalf("%d findings, %v", len(found), err)
		}
	}
}

// BenchmarkEveryBundledRule is the same for all rules, also those that are off, on the cluster of 10,000 workloads
// that the benchmark of the whole tool has, with all sections of the document that they ask for.
func BenchmarkEveryBundledRule(b *testing.B) {
	load.QuietCalico()
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "cluster.yaml"), scale.Manifests(10000), 0o644); err != nil {
		b.Fatal(err)
	}
	l, err := pipeline.Load(b.Context(), pipeline.Options{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = l.Close() })
	if _, err := l.Environments[0].Analysis(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		checks, err := regocheck.Load(rego.Files)
		if err != nil {
			b.Fatal(err)
		}
		for _, c := range checks {
			c.Off = false
		}
		found, _, err := check.Run(b.Context(), checks, l.Environments)
		if err != nil || len(found) == 0 {
			b.Fatalf("%d findings, %v", len(found), err)
		}
	}
}

func large(b *testing.B) *model.Cluster {
	tier := &model.Tier{Object: model.Object{Kind: "Tier", Name: "default"}, Order: 1e6}
	c := &model.Cluster{Version: model.DefaultVersion, Tiers: []*model.Tier{tier}}
	object := func(kind, namespace, name string) model.Object {
		return model.Object{Kind: kind, Namespace: namespace, Name: name, Positions: anywhere{kind + namespace + name}}
	}
	for n := range 100 {
		namespace := fmt.Sprintf("team-%d", n)
		c.Namespaces = append(c.Namespaces, &model.Namespace{Object: object("Namespace", "", namespace), Known: true})
		for i := range 100 {
			app := fmt.Sprintf("app-%d", i)
			c.Endpoints = append(c.Endpoints, &model.Endpoint{
				Object: object("Deployment", namespace, app), Own: map[string]string{"app": app},
				Labels: selector.Labels{Known: map[string]string{"app": app, "projectcalico.org/namespace": namespace}},
			})
			if i%2 == 0 {
				continue
			}
			sel, err := selector.Parse(fmt.Sprintf("app == '%s' && projectcalico.org/namespace == '%s'", app, namespace))
			if err != nil {
				b.Fatal(err)
			}
			tier.Policies = append(tier.Policies, &model.Policy{
				Object: object("NetworkPolicy", namespace, app), Tier: tier, Selector: sel, Governs: [2]bool{true, true},
			})
		}
	}
	return c
}

// anywhere is Positions of an object in a file of its own.
type anywhere struct{ file string }

func (p anywhere) Has(string) bool { return true }

func (p anywhere) IsNull(string) bool { return false }

func (p anywhere) Origin(string) source.Origin {
	at := source.Pos{Line: 1, Col: 1}
	return source.Origin{Span: source.Span{File: p.file, Start: at, End: at}}
}

func (p anywhere) KeyOrigin(pointer string) source.Origin { return p.Origin(pointer) }
