package suppress

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/source"
)

// directive is one comment, or one line of an annotation.
type directive struct {
	kind   Kind
	at     source.Span
	checks []string
	reason string
	// malformed says why it means nothing; empty: it does.
	malformed string
	lines     lines
	// object and environment are those of an annotation. The only environment has no name.
	object, environment string
	used                map[string]bool // by check
}

// lines are lines of a file, from the first to the last.
type lines struct {
	file        string
	first, last int
}

func (l lines) hold(s source.Span) bool {
	return s.File == l.file && s.Start.Line >= l.first && s.Start.Line <= l.last
}

// parse reads what follows "tierlint:ignore", or the line of an annotation.
func parse(text string) *directive {
	d := &directive{used: map[string]bool{}}
	names, reason, _ := strings.Cut(" "+text+" ", " -- ")
	d.reason = strings.TrimSpace(reason)
	for name := range strings.SplitSeq(names, ",") {
		name = strings.TrimSpace(name)
		switch {
		case name == "":
			d.malformed = "this hides nothing: it does not name a check"
		case strings.ContainsAny(name, " \t"):
			d.malformed = fmt.Sprintf("this hides nothing: %q is not the name of a check", name)
		}
		d.checks = append(d.checks, name)
	}
	return d
}

// form is how to write a directive.
func (d *directive) form() string {
	if d.kind == Annotation {
		return AnnotationName + ": \"CHECK -- the reason\""
	}
	return "# tierlint:ignore CHECK -- the reason"
}

// problem says what is wrong with the directive itself.
func (d *directive) problem(known []string) (diag.Diagnostic, bool) {
	out := diag.Diagnostic{Check: CheckInvalid, Severity: diag.Warning, At: source.Origin{Span: d.at}, Object: d.object}
	if d.malformed != "" {
		out.Message, out.Help = d.malformed, d.form()
		return out, true
	}
	for _, c := range d.checks {
		switch {
		case slices.Contains(Checks(), c):
			out.Message = fmt.Sprintf("what %s finds cannot be hidden in the files", c)
			out.Help = "the directive that it is about, put right; or the check turned off in the settings"
			return out, true
		case known != nil && !slices.Contains(known, c):
			out.Message = fmt.Sprintf("there is no check %q, so this does not hide what was meant", c)
			out.Help = "the name as `tierlint checks` lists it"
			return out, true
		}
	}
	if d.reason == "" {
		out.Check = CheckReason
		out.Message = "this hides nothing, because it gives no reason"
		out.Help = strings.Replace(d.form(), "CHECK", strings.Join(d.checks, ","), 1)
		return out, true
	}
	return out, false
}

// about says whether a finding is what the directive speaks of.
func (d *directive) about(f *diag.Diagnostic) bool {
	if d.malformed != "" || d.reason == "" || !slices.Contains(d.checks, f.Check) || slices.Contains(Checks(), f.Check) {
		return false
	}
	if d.kind == Comment {
		return d.lines.hold(f.At.Span)
	}
	if d.environment != "" && len(f.Environments) > 0 && !slices.Contains(f.Environments, d.environment) {
		return false
	}
	return f.Object == d.object || d.lines.hold(f.At.Span)
}

// unused says which of the checks that the directive names found nothing that it hides.
func (d *directive) unused(ran func(string) bool) []diag.Diagnostic {
	if d.malformed != "" || d.reason == "" {
		return nil // that is said already
	}
	var out []diag.Diagnostic
	for _, c := range d.checks {
		if d.used[c] || !ran(c) {
			continue
		}
		help := "no " + string(d.kind) + " here"
		if len(d.checks) > 1 {
			help = fmt.Sprintf("no %s here; or the others of its list, without %s", d.kind, c)
		}
		out = append(out, diag.Diagnostic{
			Check: CheckUnused, Severity: diag.Warning, At: source.Origin{Span: d.at}, Object: d.object,
			Message: fmt.Sprintf("this hides nothing: %s finds nothing here", c),
			Help:    help,
		})
	}
	return out
}
