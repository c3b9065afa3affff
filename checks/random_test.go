package checks_test

import (
	"sync"
	"testing"

	"github.com/tierlint/tierlint/checks"
	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/checktest/gen"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/source"
)

// everywhere is the positions of an object that has everything, at line 1 of a file.
type everywhere string

func (e everywhere) Origin(pointer string) source.Origin {
	at := source.Pos{Line: 1, Col: 1 + len(pointer)}
	return source.Origin{Span: source.Span{File: string(e), Start: at, End: at}}
}
func (e everywhere) KeyOrigin(pointer string) source.Origin { return e.Origin(pointer) }
func (e everywhere) Has(string) bool                        { return true }
func (e everywhere) IsNull(string) bool                     { return false }

// TestOnRandomClusters runs all checks on random clusters. Each connection that a finding shows is replayed
// through the second engine, so a claim that is not true fails the check.
func TestOnRandomClusters(t *testing.T) {
	for seed := range uint64(300) {
		c := gen.Cluster(seed, gen.Options{Size: 12, Hosts: seed%2 == 0, Unknowns: seed%3 == 0, IPv6: seed%5 == 0})
		for _, tier := range c.Tiers {
			tier.Positions = everywhere("tier " + tier.Name)
			for _, p := range tier.Policies {
				p.Positions = everywhere(p.FelixName)
			}
		}
		for _, e := range c.Endpoints {
			e.Positions = everywhere(e.String())
		}
		env := check.Environment{Cluster: c, Analysis: sync.OnceValues(func() (*eval.Analysis, error) { return eval.New(t.Context(), c) })}
		if _, _, err := check.Run(t.Context(), checks.All, []check.Environment{env}); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

var _ model.Positions = everywhere("")
