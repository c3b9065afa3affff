package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
)

// Comparison says with which other revision findings were compared, and what came of it. The State
// of a finding says whether it is new.
type Comparison struct {
	Base   string // the revision that was asked for, "main"
	Commit string // its hash, in full; empty: there was none, and every finding counts
	// Unrelated says that Base itself was compared with, and not where HEAD left it, which the clone
	// does not show.
	Unrelated bool
	// Problem says why there was none to compare with, and Settle what to do.
	Problem, Settle string
	Fixed           []diag.Diagnostic // findings of the base that are gone, in order
	// OnlyNew says that reports for people show new findings only, and that the others are no reason to fail.
	OnlyNew bool
}

// compared says whether there was something to compare with.
func (c *Comparison) compared() bool { return c != nil && c.Commit != "" }

// onlyNew says whether new findings only are shown.
func (c *Comparison) onlyNew() bool { return c.compared() && c.OnlyNew }

// shortHash is how many digits of a commit's hash people are shown.
const shortHash = 7

// name is the base in words, "main (0123456)".
func (c *Comparison) name() string {
	commit := c.Commit[:min(shortHash, len(c.Commit))]
	if strings.HasPrefix(c.Base, commit) {
		return commit
	}
	return c.Base + " (" + commit + ")"
}

// Shown is the findings that count: all of them, or the new ones where only those are of interest.
func (r *Result) Shown() []diag.Diagnostic {
	if !r.Comparison.onlyNew() {
		return r.Findings
	}
	return slices.DeleteFunc(slices.Clone(r.Findings), func(d diag.Diagnostic) bool { return !r.Counts(&d) })
}

// Counts says whether a finding counts: any does, unless only new ones are of interest.
func (r *Result) Counts(d *diag.Diagnostic) bool {
	return !r.Comparison.onlyNew() || d.State == diag.New
}

// InState counts the findings in a state.
func (r *Result) InState(s diag.State) int {
	n := 0
	for i := range r.Findings {
		if r.Findings[i].State == s {
			n++
		}
	}
	return n
}

// shownSummary is the summary with the counts of what is shown.
func (r *Result) shownSummary() Summary {
	s := r.Summary
	s.Count(r.Shown())
	return s
}

// warnings say what makes a report worth less than it looks.
func (r *Result) warnings() []string {
	var out []string
	if n := r.Summary.Nothing(); n != "" {
		out = append(out, n)
	}
	if c := r.Comparison; c != nil && !c.compared() && c.OnlyNew {
		out = append(out, "not compared with the base, so every finding counts: "+c.why())
	}
	return out
}

// why says why nothing was compared, and what to do.
func (c *Comparison) why() string {
	if c.Settle == "" {
		return c.Problem
	}
	return c.Problem + "; " + c.Settle
}

// details says in sentences what a reader should know of the figures.
func (r *Result) details() []string { return append(r.Comparison.words(r), r.Summary.Details()...) }

// words say what the comparison came to.
func (c *Comparison) words(r *Result) []string {
	switch {
	case c == nil || !c.compared() && c.OnlyNew: // which is a warning
		return nil
	case !c.compared():
		return []string{"Not compared with the base: " + c.why() + "."}
	}
	unchanged, fixed := r.InState(diag.Unchanged), len(c.Fixed)
	text := fmt.Sprintf("Compared with %s: %d new", c.name(), r.InState(diag.New))
	if unchanged > 0 {
		text += fmt.Sprintf(", %d unchanged", unchanged)
		if c.OnlyNew {
			text += " and not shown"
		}
	}
	if fixed > 0 {
		text += fmt.Sprintf(", %d fixed", fixed)
	}
	out := []string{text + "."}
	if c.Unrelated {
		out = append(out, "The clone does not show where HEAD left "+c.Base+", so what happened there since counts too.")
	}
	return out
}
