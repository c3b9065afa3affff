package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/refeval"
)

// Environment is one cluster to check.
type Environment struct {
	Name    string // empty if there is just one
	Cluster *model.Cluster
	// Objects is what it was made of, without what a platform brings along.
	Objects []*load.Object
	// Analysis evaluates the cluster. It is called from several goroutines.
	Analysis func() (*eval.Analysis, error)
	// Files are the reviewed files that the environment is made of; it is what Merge All asks.
	Files map[string]bool
	// Context are the files that describe the cluster but are not under review.
	Context map[string]bool
}

// Failure is a check that did not do its work, through no fault of the input.
type Failure struct {
	Check       string
	Environment string
	Err         error
	Stack       string // where it panicked; empty if it did not
}

func (f *Failure) Error() string {
	if f.Environment == "" {
		return fmt.Sprintf("check %s failed: %v", f.Check, f.Err)
	}
	return fmt.Sprintf("check %s failed in environment %s: %v", f.Check, f.Environment, f.Err)
}

func (f *Failure) Unwrap() error { return f.Err }

// Run runs every check on every environment and merges what they find. Checks that are Off or
// have no Run are passed over; the caller has chosen. A check that fails or panics becomes a Failure
// in the error, and the findings of the others are returned all the same. What is found in a context
// is not under review, and is returned apart.
func Run(ctx context.Context, checks []*Check, envs []Environment) (found, inContext []diag.Diagnostic, err error) {
	replays := make([]func() *refeval.Evaluator, len(envs))
	common := make([]*shared, len(envs))
	for i := range envs {
		common[i] = &shared{made: map[any]func() any{}}
		replays[i] = sync.OnceValue(func() *refeval.Evaluator { return refeval.New(envs[i].Cluster) })
	}
	slots := make([]slot, 0, len(checks)*len(envs))
	for _, c := range checks {
		if c.Run == nil || c.Off {
			continue
		}
		for i := range envs {
			slots = append(slots, slot{check: c, env: i, replay: replays[i], shared: common[i]})
		}
	}
	order := make([]*slot, 0, len(slots))
	for _, long := range []bool{true, false} {
		for i := range slots {
			if slots[i].check.Long == long {
				order = append(order, &slots[i])
			}
		}
	}
	var wg sync.WaitGroup
	var next atomic.Int64
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(order)); i = next.Add(1) - 1 {
				order[i].run(ctx, &envs[order[i].env])
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	var errs []error
	for i := range slots {
		if slots[i].failure != nil {
			errs = append(errs, slots[i].failure)
		}
	}
	for i := range slots {
		inContext = append(inContext, slots[i].inContext...)
	}
	return merge(slots, envs), Combine([][]diag.Diagnostic{inContext}, []Environment{{}}), errors.Join(errs...)
}

// slot is one check in one environment: its own place for what it finds, so that the order does
// not depend on scheduling.
type slot struct {
	check     *Check
	env       int
	replay    func() *refeval.Evaluator
	shared    *shared
	found     []diag.Diagnostic
	inContext []diag.Diagnostic
	failure   error
}

func (s *slot) run(ctx context.Context, env *Environment) {
	if ctx.Err() != nil {
		return
	}
	defer func() {
		if p := recover(); p != nil {
			s.failure = &Failure{
				Check: s.check.ID, Environment: env.Name,
				Err: fmt.Errorf("panic: %v", p), Stack: string(debug.Stack()),
			}
		}
	}()
	pass := &Pass{
		Check: s.check, Environment: env.Name, Cluster: env.Cluster, Objects: env.Objects, Eval: env.Analysis, replay: s.replay,
		shared: s.shared,
	}
	pass.Report = func(d diag.Diagnostic) {
		if d.At.File == "" {
			return // nobody wrote it
		}
		d.Check, d.Walk = cmp.Or(d.Check, s.check.ID), pass.walk(d.Witness)
		if d.Severity == diag.Default {
			d.Severity = s.check.Severity
		}
		if env.Context[d.At.File] {
			s.inContext = append(s.inContext, d)
			return
		}
		s.found = append(s.found, d)
	}
	if err := s.check.Run(pass); err != nil {
		s.failure = &Failure{Check: s.check.ID, Environment: env.Name, Err: err}
	}
}
