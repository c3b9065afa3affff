// Package fix makes fixes of edits, and applies them to files: those that do not get into each other's way,
// to files that have not changed meanwhile, as a whole or not at all.
package fix

import (
	"cmp"
	"slices"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// Fixed is a finding and the fix that is applied, or is not.
type Fixed struct {
	Finding diag.Diagnostic
	Fix     diag.Fix
	Reason  string // why it is not applied; empty: it is
}

// Plan is the fixes that are applied together, and the text of the files with them.
type Plan struct {
	Applied []Fixed
	Skipped []Fixed
	Files   map[string][]byte // only those that change
}

// Rules say what may be applied.
type Rules struct {
	// All applies also what is not Safe.
	All bool
	// Text is the file as it is; nil: it cannot be read.
	Text func(file string) []byte
	// Refuse says why a file may not be changed; empty: it may.
	Refuse func(file string) string
	// Leave says why a fix is not applied; empty: it may be.
	Leave func(*diag.Diagnostic, *diag.Fix) string
}

// Choose is the fix of a finding that the rules are about: the first one, or the first safe one.
func (r *Rules) Choose(d *diag.Diagnostic) *diag.Fix {
	for i := range d.Fixes {
		if f := &d.Fixes[i]; len(f.Edits) > 0 && (r.All || f.Safe) {
			return f
		}
	}
	return nil
}

// Make plans the fixes of findings, which are in the order of reports: of two that get into each
// other's way the first is applied. The same edit of two findings is one.
func Make(findings []diag.Diagnostic, r Rules) *Plan {
	p := &Plan{Files: map[string][]byte{}}
	taken := map[string][]diag.Edit{}
	for i := range findings {
		d := &findings[i]
		f := r.Choose(d)
		if f == nil {
			continue
		}
		reason := r.Leave(d, f)
		if reason == "" {
			reason = refused(f, &r)
		}
		if reason == "" && conflicts(f, taken) {
			reason = "another fix changes the same place"
		}
		if reason != "" {
			p.Skipped = append(p.Skipped, Fixed{*d, *f, reason})
			continue
		}
		for _, e := range f.Edits {
			if !slices.Contains(taken[e.Span.File], e) {
				taken[e.Span.File] = append(taken[e.Span.File], e)
			}
		}
		p.Applied = append(p.Applied, Fixed{Finding: *d, Fix: *f})
	}
	for file, edits := range taken {
		if text, ok := apply(r.Text(file), edits); ok {
			p.Files[file] = text
		}
	}
	return p
}

// refused says why the files of a fix may not be changed, or cannot.
func refused(f *diag.Fix, r *Rules) string {
	byFile := map[string][]diag.Edit{}
	for _, e := range f.Edits {
		if reason := r.Refuse(e.Span.File); reason != "" {
			return reason
		}
		byFile[e.Span.File] = append(byFile[e.Span.File], e)
	}
	for file, edits := range byFile {
		if text := r.Text(file); text == nil {
			return file + " cannot be read"
		} else if _, ok := apply(text, edits); !ok {
			return "its edits do not fit the file"
		}
	}
	return ""
}

// conflicts says whether an edit of a fix gets into the way of one that was taken and is not the same.
func conflicts(f *diag.Fix, taken map[string][]diag.Edit) bool {
	return slices.ContainsFunc(f.Edits, func(e diag.Edit) bool {
		return slices.ContainsFunc(taken[e.Span.File], func(t diag.Edit) bool { return e != t && overlap(e, t) })
	})
}

// overlap says whether two edits change the same text, or put something into the same place.
func overlap(a, b diag.Edit) bool {
	if a.Span.Start.Offset > b.Span.Start.Offset {
		a, b = b, a
	}
	return a.Span.Start.Offset == b.Span.Start.Offset || a.Span.End.Offset > b.Span.Start.Offset
}

// apply makes the edits of a text.
func apply(text []byte, edits []diag.Edit) ([]byte, bool) {
	es := make([]yamldoc.Edit, len(edits))
	for i, e := range edits {
		es[i] = yamldoc.Edit(e)
	}
	slices.SortStableFunc(es, func(a, b yamldoc.Edit) int { return cmp.Compare(a.Span.Start.Offset, b.Span.Start.Offset) })
	return yamldoc.Apply(text, 0, es)
}
