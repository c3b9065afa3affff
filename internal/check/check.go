// Package check is what a check is, and runs checks over the clusters of all environments.
package check

import (
	"fmt"
	"sync"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/refeval"
)

// Merge says when a finding that holds in some environments only is reported.
type Merge uint8

// The ways to merge.
const (
	// Any reports what holds in any environment.
	Any Merge = iota
	// All reports only what holds in every environment that contains the line.
	All
)

// Check looks for one kind of mistake. It is a value: no interface, no registry.
type Check struct {
	ID       string // slug, "dns-unreachable"
	Title    string // one line, what goes wrong
	Doc      string // the page, markdown: the problem, a bad example, the good form, references
	Since    string // version of this tool, "0.1"
	Severity diag.Severity
	Off      bool // runs only if the settings say so
	Merge    Merge
	// Long says that it takes longer than others: it begins before them, so that nobody waits for it alone at the end.
	Long bool
	// SwallowedBy are the IDs of checks whose findings explain those of this one away: of two about the same
	// part of an object the cause alone is reported, and mentions the other.
	SwallowedBy []string
	// FollowsFrom are those that explain them too, but so that both are worth reporting: each points at the other.
	FollowsFrom []string
	// Exposes says that what it finds lets through what its author meant to keep out, or leaves open
	// what looks closed: a weakness, where other checks find an outage or a mistake.
	Exposes bool
	// Own says that it is a rule of the repository's own, which no page of tierlint's is about.
	Own bool
	// Options are what the settings may say to it, by name, with what holds; nil: nothing.
	Options map[string]any
	// Run reports findings through the Pass. An error means that the check failed, not the
	// input. Run is nil for what is found already while rendering and loading.
	Run func(*Pass) error
}

// Pass is one run of one check on one cluster.
type Pass struct {
	Check       *Check
	Environment string // its name; empty if there is just one
	Cluster     *model.Cluster
	// Objects is what the cluster was made of, as it is written, and whatever else was rendered.
	Objects []*load.Object
	// Eval returns the exact evaluation, which is made once for all checks.
	Eval func() (*eval.Analysis, error)
	// Report takes a finding; Check if it is empty and, if it is Default, Severity are filled in.
	Report func(diag.Diagnostic)

	replay func() *refeval.Evaluator
	last   confirmed
	steps  map[*model.Rule]diag.Related // of walks so far
	shared *shared
}

// shared is what the checks of one cluster share, by its type.
type shared struct {
	mu   sync.Mutex
	made map[any]func() any
}

// Shared is what several checks make of a cluster, made once for all of them. They use it side by side. A Pass that
// Run did not make shares with none.
func Shared[T any](p *Pass, make func(*model.Cluster) T) T {
	if p.shared == nil {
		return make(p.Cluster)
	}
	p.shared.mu.Lock()
	key := any((*T)(nil))
	once, ok := p.shared.made[key]
	if !ok {
		once = sync.OnceValue(func() any { return make(p.Cluster) })
		p.shared.made[key] = once
	}
	p.shared.mu.Unlock()
	return once().(T)
}

// Confirm replays the connection that a finding shows through the second engine, which must come
// to the same verdict at that end. An error is a bug of this tool, to be returned from Run.
func (p *Pass) Confirm(packet model.Packet, d model.Direction, want model.Verdict) error {
	end := p.replay().DecideAt(packet, d)
	p.last = confirmed{packet, end}
	if got := end.Decision.Verdict; got != want {
		return fmt.Errorf("the two engines disagree: %s at %s is %v and %v", Flow(packet), d, want, got)
	}
	return nil
}
