package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/discover"
)

// count is a number and its noun: "1 policy", "3 policies".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Found says in words what was found: "2 errors, 1 note".
func (s Summary) Found() string {
	var parts []string
	for _, p := range []struct {
		n         int
		one, many string
	}{{s.Errors, "error", "errors"}, {s.Warnings, "warning", "warnings"}, {s.Notes, "note", "notes"}} {
		if p.n > 0 {
			parts = append(parts, count(p.n, p.one, p.many))
		}
	}
	if len(parts) == 0 {
		return "no findings"
	}
	return strings.Join(parts, ", ")
}

// Analysed says in words how much was seen.
func (s Summary) Analysed() string {
	t := fmt.Sprintf("%s, %s and %s in %s", count(s.Policies, "policy", "policies"),
		count(s.Workloads, "workload", "workloads"), count(s.Services, "Service", "Services"), count(s.Files, "file", "files"))
	if s.Environments > 1 {
		t += fmt.Sprintf(" (%d environments)", s.Environments)
	}
	if s.NotUnderstood > 0 {
		t += "; not understood: " + count(s.NotUnderstood, "file or document", "files or documents")
	}
	if s.Excluded > 0 {
		t += "; excluded: " + count(s.Excluded, "file or folder", "files or folders")
	}
	if s.ContextObjects > 0 {
		t += "; in a context of " + count(s.ContextObjects, "object", "objects")
	}
	return t
}

// Details says in sentences what a reader should know of how the figures came about: what the
// cluster is taken for, and what is not shown.
func (s Summary) Details() []string {
	out := s.detected()
	var hidden []string
	if s.Suppressed > 0 {
		hidden = append(hidden, count(s.Suppressed, "finding", "findings")+" by suppressions")
	}
	if s.Baselined > 0 {
		hidden = append(hidden, count(s.Baselined, "finding", "findings")+" by the baseline")
	}
	if len(hidden) > 0 {
		out = append(out, "Hidden: "+strings.Join(hidden, ", ")+".")
	}
	if n := s.BaselineUnmatched; n > 0 {
		out = append(out, "Not found any more: "+count(n, "finding", "findings")+" of the baseline.")
	}
	if n := s.ContextFindings; n > 0 {
		out = append(out, "Not shown: "+count(n, "finding", "findings")+" in the context, which is not under review.")
	}
	return out
}

// detected says what clusters are taken for because an object gives it away, in a sentence for each
// platform, for there may be hundreds of environments. JSON has each with its object.
func (s Summary) detected() []string {
	var names []string
	of := map[string][]Platform{}
	for _, p := range s.Platforms {
		if p.DetectedFrom == "" {
			continue
		}
		if of[p.Name] == nil {
			names = append(names, p.Name)
		}
		of[p.Name] = append(of[p.Name], p)
	}
	var out []string
	for _, name := range names {
		var in []string
		from := map[string]bool{}
		for _, p := range of[name] {
			from[p.DetectedFrom] = true
			if p.Environment != "" {
				in = append(in, p.Environment)
			}
		}
		text := "Platform"
		switch {
		case len(in) > 1 && len(in) == len(s.Platforms):
			text += fmt.Sprintf(" of all %d environments", len(in))
		case len(in) > 0:
			text += " of " + listed(in)
		}
		text += fmt.Sprintf(": %s, detected from %s", name, of[name][0].DetectedFrom)
		if more := len(from) - 1; more > 0 {
			text += " and " + count(more, "other place", "other places")
		}
		out = append(out, text+".")
	}
	return out
}

// maxNames is how many environments are named in a sentence; JSON, and the properties of SARIF, have them all.
const maxNames = 20

// listed is names in a sentence: "a, b and 180 more".
func listed(names []string) string {
	text := strings.Join(names[:min(len(names), maxNames)], ", ")
	if more := len(names) - maxNames; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// Nothing says that no policy was seen, because a wrong path must not pass for a clean one. It is
// empty if there was one.
func (s Summary) Nothing() string {
	if s.Policies > 0 {
		return ""
	}
	if s.Files == 0 {
		return "no file was read, so nothing was checked: is the path right?"
	}
	files := count(s.Files, "file", "files")
	if s.Errors+s.Warnings > 0 { // such as a kustomization that cannot be built, or a policy that it does not list
		return "no network policy is deployed from " + files + ", so no policy was checked: the findings may say why"
	}
	return "no network policy was found in " + files + ", so no policy was checked: is the path right?"
}

// incomplete says in a sentence that checks failed.
func incomplete(failure error) string {
	return "the analysis is not complete: " + Printable(failure.Error())
}

// fixable says how many of the findings that are shown have a fix, and how to see what comes of it: of a fix that does not
// help, or gets into the way of another, nothing does. It is "" if none has one, or all that can be fixed is. Standard
// input cannot be changed.
func (r *Result) fixable() string {
	if r.Fixed {
		return ""
	}
	safe, others := 0, 0
	for _, d := range r.Shown() {
		fixes := slices.DeleteFunc(slices.Clone(d.Fixes), func(f diag.Fix) bool {
			return len(f.Edits) == 0 || f.Edits[0].Span.File == discover.StdinName
		})
		switch {
		case slices.ContainsFunc(fixes, func(f diag.Fix) bool { return f.Safe }):
			safe++
		case len(fixes) > 0:
			others++
		}
	}
	have := func(n int, what string) string {
		return count(n, "finding has", "findings have") + " " + what
	}
	const safeFix, otherFix = "a safe fix", "a fix for a person to look at"
	switch {
	case safe > 0 && others > 0:
		return have(safe, safeFix) + ", and " + have(others, otherFix) + ": --diff and --diff=all print what --fix and --fix=all would change."
	case safe > 0:
		return have(safe, safeFix) + ": --diff prints what --fix would change."
	case others > 0:
		return have(others, otherFix) + ": --diff=all prints what --fix=all would change."
	}
	return ""
}
