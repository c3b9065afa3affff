// Package suppress hides findings that somebody has looked at and accepted: by a comment at the
// line, by an annotation on the object, or because they are in a baseline.
//
// A comment is
//
//	# tierlint:ignore CHECK[,CHECK] -- reason
//
// At the end of a line it is about that line. Alone on a line it is about the next line that has
// more than a comment, and if an object begins there, about the whole object, as far as it is
// written in that file. The annotation
//
//	tierlint.dev/ignore: "CHECK[,CHECK] -- reason"
//
// with a directive on each line, is about the object that has it once it is rendered. A directive
// that gives no reason, names no check that there is, or hides nothing, is a finding.
package suppress

import (
	"cmp"
	"maps"
	"slices"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// The checks in whose name directives are found wrong. Nothing can hide what they find.
const (
	CheckInvalid = "suppression-invalid"
	CheckReason  = "suppression-without-reason"
	CheckUnused  = "suppression-unused"
)

// Checks are the checks in whose name directives are found wrong.
func Checks() []string { return []string{CheckInvalid, CheckReason, CheckUnused} }

// Kind is what hides a finding.
type Kind string

// The kinds.
const (
	Comment    Kind = "comment"
	Annotation Kind = "annotation"
	InBaseline Kind = "baseline"
)

// Hidden is a finding that is not reported as one.
type Hidden struct {
	diag.Diagnostic
	Kind   Kind
	Reason string      // that the directive gives; of a baseline, that it is in there
	By     source.Span // the directive, or just the baseline's file
}

// Input is what was found, and where directives may be.
type Input struct {
	Findings []diag.Diagnostic
	Files    []*yamldoc.File // under review, in order
	Objects  []Annotated     // in order
	// Known are the names of all checks; nil: any name may be one.
	Known []string
	// Ran says whether a check was on. If it was not, nothing can be said of what would be unused.
	Ran      func(check string) bool
	Baseline *Baseline // nil: none
}

// Result is what becomes of findings.
type Result struct {
	Findings []diag.Diagnostic // those that are left, in order
	Hidden   []Hidden          // in order
	Problems []diag.Diagnostic // what is wrong with directives
	// Unmatched is the number of findings in the baseline that were not made.
	Unmatched int
}

// Apply hides what directives and the baseline say.
func Apply(in Input) Result {
	var ds []*directive
	for _, f := range in.Files {
		ds = append(ds, comments(f)...)
	}
	files := map[string]*yamldoc.File{}
	for _, f := range in.Files {
		files[f.Name] = f
	}
	ds = append(ds, annotations(in.Objects, files)...)
	var out Result
	for _, d := range ds {
		if p, ok := d.problem(in.Known); ok {
			out.Problems = append(out.Problems, p)
		}
	}
	left := in.Baseline.counts()
	for _, f := range in.Findings {
		if d := hiding(ds, &f); d != nil {
			out.Hidden = append(out.Hidden, Hidden{Diagnostic: f, Kind: d.kind, Reason: d.reason, By: d.at})
			continue
		}
		if key := f.Fingerprint(); left[key] > 0 {
			left[key]--
			out.Hidden = append(out.Hidden, Hidden{
				Diagnostic: f, Kind: InBaseline, Reason: "in the baseline", By: source.Span{File: in.Baseline.File},
			})
			continue
		}
		out.Findings = append(out.Findings, f)
	}
	for _, n := range left {
		out.Unmatched += n
	}
	shareUse(ds)
	for _, d := range ds {
		out.Problems = append(out.Problems, d.unused(in.Ran)...)
	}
	out.Problems = distinct(out.Problems)
	return out
}

// hiding is the directive that hides a finding, or nil. A finding of several environments must be
// hidden in each; all directives that have a part in it count as used.
func hiding(ds []*directive, f *diag.Diagnostic) *directive {
	var first *directive
	var where []string
	for _, d := range ds {
		if !d.about(f) {
			continue
		}
		d.used[f.Check] = true
		switch {
		case d.environment == "" && first == nil:
			first = d
		case d.environment != "":
			where = append(where, d.environment)
		}
	}
	if first != nil || len(where) == 0 {
		return first
	}
	for _, e := range f.Environments {
		if !slices.Contains(where, e) {
			return nil
		}
	}
	i := slices.IndexFunc(ds, func(d *directive) bool { return d.about(f) })
	return ds[i]
}

// shareUse makes a directive used that is used in one environment and is there in several.
func shareUse(ds []*directive) {
	used := map[source.Span]map[string]bool{}
	for _, d := range ds {
		if used[d.at] == nil {
			used[d.at] = map[string]bool{}
		}
		maps.Copy(used[d.at], d.used)
		d.used = used[d.at]
	}
}

// distinct sorts, and drops what is there twice: the annotation of a base is in all environments.
func distinct(ds []diag.Diagnostic) []diag.Diagnostic {
	diag.Sort(ds)
	return slices.CompactFunc(ds, func(a, b diag.Diagnostic) bool {
		return cmp.Or(a.At.Compare(b.At.Span), cmp.Compare(a.Check, b.Check), cmp.Compare(a.Message, b.Message)) == 0
	})
}
