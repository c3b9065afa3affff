package check

import (
	"testing"

	"github.com/tierlint/tierlint/internal/diag"
)

// TestAFixOfASharedFileMustHoldEverywhere: a base is right for one environment and wrong for another.
func TestAFixOfASharedFileMustHoldEverywhere(t *testing.T) {
	in := func(names map[string]string) *Check {
		return &Check{ID: "port", Severity: diag.Error, Run: func(p *Pass) error {
			if port := names[p.Cluster.Platform]; port != "" {
				p.Report(diag.Diagnostic{At: at("base.yaml", 1), Message: "wrong port", Fixes: []diag.Fix{{
					Title: "match " + port, Safe: true, Edits: []diag.Edit{{Span: at("base.yaml", 1).Span, NewText: port}},
				}}})
			}
			return nil
		}}
	}
	for _, tt := range []struct {
		name  string
		ports map[string]string // by environment
		envs  []Environment
		want  bool
	}{
		{"all agree", map[string]string{"prod": "8080", "dev": "8080"},
			[]Environment{environment("prod", "base.yaml"), environment("dev", "base.yaml")}, true},
		{"one is right as it is", map[string]string{"prod": "8080"},
			[]Environment{environment("prod", "base.yaml"), environment("dev", "base.yaml")}, false},
		{"one needs something else", map[string]string{"prod": "8080", "dev": "8081"},
			[]Environment{environment("prod", "base.yaml"), environment("dev", "base.yaml")}, false},
		{"one does not have the file", map[string]string{"prod": "8080"},
			[]Environment{environment("prod", "base.yaml"), environment("dev", "other.yaml")}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ds := found(t, []*Check{in(tt.ports)}, tt.envs...)
			if len(ds) != 1 {
				t.Fatalf("got %d findings, want 1", len(ds))
			}
			if got := ds[0].Fixes[0].Safe; got != tt.want {
				t.Errorf("safe: %v, want %v", got, tt.want)
			}
		})
	}
}
