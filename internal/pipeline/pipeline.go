// Package pipeline is the way from paths to findings: discover, render, put environments together,
// load, evaluate, check.
package pipeline

import (
	"context"
	"io"
	"net/netip"
	"slices"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/config"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/report"
	"github.com/tierlint/tierlint/internal/suppress"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// DefaultPlatform is the kind of cluster where nobody says which it is.
const DefaultPlatform = "kubernetes"

// Options say what to check, and against what.
type Options struct {
	Dir   string    // the working directory; files are named relative to it
	Paths []string  // empty: the working directory; "-" is Stdin
	Stdin io.Reader // read only if it is among the paths
	// Context are files and folders with objects that are in the cluster, but are not under review;
	// "-" is Stdin.
	Context []string
	// Excluded says whether a file or folder, by its absolute path, is not to be looked at; nil: no.
	Excluded func(path string) bool
	// Environments are those that somebody named; the rest is grouped by the rule.
	Environments []Environment
	Platform     string        // empty: detected, else DefaultPlatform
	Version      model.Version // of Calico; 0: the default
	PodCIDRs     []netip.Prefix
	Checks       []*check.Check
	Levels       map[string]config.Level // by check ID, where they differ from the check's own
	// KnownChecks are the names that suppressions may use; nil: any.
	KnownChecks []string
	Baseline    *suppress.Baseline // of findings to hide; nil: none
	// Base is a revision of the repository around the paths; the findings are compared with those of
	// where HEAD left it. Empty: with nothing.
	Base string
	// BaseIs are revisions that the base may be known by; the first that is in the clone counts.
	// Empty: Base is one.
	BaseIs []string
	// MayLackBase says that a base which is not there is told in the result, and is no error.
	MayLackBase bool
	// OnlyNew says that only findings which the base does not have are of interest.
	OnlyNew bool
	Rules   Rules
	// Progress is told what is being done; nil: nobody is.
	Progress func(string)

	past   *past             // nil: what is on disk
	edited map[string][]byte // what files would be with fixes, by the name that they have in spans
}

// Rules are files of rules that are no manifests.
type Rules struct {
	// Folders have rules, and are not searched for manifests.
	Folders  []string
	Problems []diag.Diagnostic        // what is wrong with them
	Source   func(file string) []byte // their text, by the name that they have in spans; nil: nobody has any
}

// Environment is a cluster that somebody named. What it leaves empty is as in the Options.
type Environment struct {
	Name string
	// Has says whether a root, by its absolute path, is in the environment: 0 means no, and of others
	// those with the highest number count.
	Has      func(path string) int
	Context  []string // in addition to the Options'
	Values   []string // files of values for the charts in it, the last wins
	Platform string
	Version  model.Version
	PodCIDRs []netip.Prefix
}

// Loaded is what the paths make, before any check.
type Loaded struct {
	Environments []check.Environment
	Findings     []diag.Diagnostic // by reading, rendering and loading, in order
	Gaps         []report.Gap
	Summary      report.Summary // without counts of findings
	Groups       []Group        // what each environment is made of, in the same order

	files     []*yamldoc.File // under review
	annotated []suppress.Annotated
	source    func(file string) []byte
	close     func() error

	inRepository func(file string) (string, bool) // as in a report.Result
}

// Close frees the files. What is loaded stays.
func (l *Loaded) Close() error { return l.close() }

// Result is what was found.
type Result struct {
	report.Result
	Environments []check.Environment
	// explained are findings that others explain, and that are therefore not among them.
	explained []diag.Diagnostic
}

// InputError says that the paths make no sense.
type InputError struct{ Err error }

func (e *InputError) Error() string { return e.Err.Error() }

func (e *InputError) Unwrap() error { return e.Err }

// Run checks what the paths make. The error is a failure of ours, ctx's, or an InputError.
func Run(ctx context.Context, opts Options) (*Result, error) {
	if opts.Base != "" {
		return sinceBase(ctx, opts)
	}
	return opts.check(ctx)
}

// check checks what is on disk, or the past.
func (o *Options) check(ctx context.Context) (*Result, error) {
	l, err := Load(ctx, *o)
	if err != nil {
		return nil, err
	}
	defer func() { _ = l.Close() }() // nothing was written
	o.say("checking")
	checks := wanted(o.Checks, o.Levels)
	found, inContext, failure := check.Run(ctx, checks, l.Environments)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	found = append(found, l.Findings...)
	if o.past == nil { // the rules are those of today
		found = append(found, o.Rules.Problems...)
	}
	found = leveled(found, o.Levels)
	diag.Sort(found)
	causes := check.Causes(found, checks)
	explained := without(found, causes)
	visible := l.hide(causes, o)
	found = append(visible.Findings, leveled(visible.Problems, o.Levels)...)
	diag.Sort(found)
	res := &Result{
		Result: report.Result{
			Findings: found, Hidden: visible.Hidden, Gaps: l.Gaps, Summary: l.Summary, Checks: checks, Scope: scope(o.Paths),
			Source: quoted(slices.Concat(found, explained), o.Rules.or(l.source)), InRepository: l.inRepository, Failure: failure,
		},
		explained:    explained,
		Environments: l.Environments,
	}
	res.Summary.Count(found)
	res.Summary.CountHidden(visible.Hidden)
	res.Summary.BaselineUnmatched = visible.Unmatched
	res.Summary.ContextFindings = len(leveled(inContext, o.Levels))
	return res, nil
}

// without is the findings that are not among those that are left.
func without(found, left []diag.Diagnostic) []diag.Diagnostic {
	var out []diag.Diagnostic
	for _, d := range found { // both are in the same order
		if len(left) > 0 && diag.Compare(d, left[0]) == 0 {
			left = left[1:]
			continue
		}
		out = append(out, d)
	}
	return out
}

func (o *Options) say(s string) {
	if o.past != nil {
		s += " the base"
	}
	if o.Progress != nil {
		o.Progress(s)
	}
}

// or is the text of a file of rules, or else of another file.
func (r *Rules) or(other func(string) []byte) func(string) []byte {
	return func(file string) []byte {
		if r.Source != nil {
			if text := r.Source(file); text != nil {
				return text
			}
		}
		return other(file)
	}
}

// quoted keeps the text of the files that findings are in, and of those that their fixes change.
func quoted(found []diag.Diagnostic, source func(string) []byte) func(string) []byte {
	texts := map[string][]byte{}
	keep := func(f string) {
		if texts[f] == nil {
			texts[f] = source(f)
		}
	}
	for i := range found {
		keep(found[i].At.File)
		for _, f := range found[i].Fixes {
			for _, e := range f.Edits {
				keep(e.Span.File)
			}
		}
	}
	return func(file string) []byte { return texts[file] }
}
