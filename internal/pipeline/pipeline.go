// Package pipeline is the way from paths to findings: discover, render, put environments together,
// load, evaluate, check.
package pipeline

import (
	"context"
	"io"
	"net/netip"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/config"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/report"
)

// DefaultPlatform is the kind of cluster where nobody says which it is.
const DefaultPlatform = "kubernetes"

// Options say what to check, and against what.
type Options struct {
	Dir      string        // the working directory; files are named relative to it
	Paths    []string      // empty: the working directory; "-" is Stdin
	Stdin    io.Reader     // read only if it is among the paths
	Platform string        // empty: DefaultPlatform
	Version  model.Version // of Calico; 0: the default
	PodCIDRs []netip.Prefix
	Checks   []*check.Check
	Levels   map[string]config.Level // by check ID, where they differ from the check's own
	// Progress is told what is being done; nil: nobody is.
	Progress func(string)
}

// Loaded is what the paths make, before any check.
type Loaded struct {
	Environments []check.Environment
	Findings     []diag.Diagnostic // by reading, rendering and loading, in order
	Gaps         []report.Gap
	Summary      report.Summary // without counts of findings

	source func(file string) []byte
	close  func() error
}

// Close frees the files. What is loaded stays.
func (l *Loaded) Close() error { return l.close() }

// Result is what was found.
type Result struct {
	report.Result
	Environments []check.Environment
	// Failure joins the failures of checks; what the others found is in Findings all the same.
	Failure error
}

// InputError says that the paths make no sense.
type InputError struct{ Err error }

func (e *InputError) Error() string { return e.Err.Error() }

func (e *InputError) Unwrap() error { return e.Err }

// Run checks what the paths make. The error is a failure of ours, ctx's, or an InputError.
func Run(ctx context.Context, opts Options) (*Result, error) {
	l, err := Load(ctx, opts)
	if err != nil {
		return nil, err
	}
	defer func() { _ = l.Close() }() // nothing was written
	opts.say("checking")
	checks := wanted(opts.Checks, opts.Levels)
	found, failure := check.Run(ctx, checks, l.Environments)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	found = append(found, l.Findings...)
	found = leveled(found, opts.Levels)
	diag.Sort(found)
	res := &Result{
		Result: report.Result{
			Findings: found, Gaps: l.Gaps, Summary: l.Summary, Checks: checks, Scope: scope(opts.Paths), Source: quoted(found, l.source),
		},
		Environments: l.Environments,
		Failure:      failure,
	}
	res.Summary.Count(found)
	return res, nil
}

func (o *Options) say(s string) {
	if o.Progress != nil {
		o.Progress(s)
	}
}

// quoted keeps the text of the files that findings are in.
func quoted(found []diag.Diagnostic, source func(string) []byte) func(string) []byte {
	texts := map[string][]byte{}
	for i := range found {
		if f := found[i].At.File; texts[f] == nil {
			texts[f] = source(f)
		}
	}
	return func(file string) []byte { return texts[file] }
}
