// Package report writes what was found, in one format or several: for people, for programs, and for
// the pages of code forges.
package report

import (
	"cmp"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/suppress"
)

// Result is what a run found, and how much it saw.
type Result struct {
	Findings []diag.Diagnostic // in order
	// Hidden are findings that suppressions and the baseline hide, in order.
	Hidden  []suppress.Hidden
	Gaps    []Gap // what the inputs do not say
	Summary Summary
	// Comparison says what the findings were compared with; nil: with nothing.
	Comparison *Comparison
	Checks     []*check.Check // that were asked for
	// Source returns the text of a file that was read, nil if there is none.
	Source func(file string) []byte
	// InRepository is the path from the top of the repository of a file, without symbolic links, for
	// readers such as GitHub; false: it lies outside. nil: files are named from the top already.
	InRepository func(file string) (string, bool)
	// Failure joins the failures of checks; what the others found is in Findings all the same.
	Failure error
	// Fails says whether a finding lets the run fail; nil: errors do.
	Fails func(*diag.Diagnostic) bool
	// Fixed says that fixes were applied already, so that nobody needs to hear of them.
	Fixed bool
	// Scope tells the runs of a repository apart, "apps/prod"; where there is one run it is "check".
	Scope string
	// Tool is this tool's version.
	Tool string
}

// Gap is something that the inputs do not say, and where.
type Gap struct {
	model.Gap
	Environments []string // as in a Diagnostic
}

// Summary counts what was analysed. Objects of contexts do not count, and what several
// environments share counts once.
type Summary struct {
	Environments int `json:"environments"`
	Roots        int `json:"roots"`     // kustomizations, folders of manifests, files
	Files        int `json:"files"`     // that were read
	Documents    int `json:"documents"` // YAML or JSON documents in them
	// NotUnderstood counts files and documents that could not be read as manifests.
	NotUnderstood int `json:"notUnderstood"`
	Policies      int `json:"policies"` // staged ones too, and those that the API server rejects
	Tiers         int `json:"tiers"`
	Workloads     int `json:"workloads"`
	Services      int `json:"services"`
	Errors        int `json:"errors"`
	Warnings      int `json:"warnings"`
	Notes         int `json:"notes"`
	// Suppressed and Baselined count the findings that directives and the baseline hide, and
	// BaselineUnmatched those in the baseline that are not there any more.
	Suppressed        int `json:"suppressed"`
	Baselined         int `json:"baselined"`
	BaselineUnmatched int `json:"baselineUnmatched"`
	// Excluded counts files and folders that the settings exclude.
	Excluded int `json:"excluded"`
	// ContextObjects counts the objects of contexts, ContextFindings the findings about them, which
	// are not reported.
	ContextObjects  int        `json:"contextObjects"`
	ContextFindings int        `json:"contextFindings"`
	Platforms       []Platform `json:"platforms"`
}

// Platform is what an environment's cluster is taken for.
type Platform struct {
	Environment string `json:"environment,omitempty"` // empty: the only one
	Name        string `json:"name"`
	// DetectedFrom is the place that gives it away; empty: somebody said so, or it is the default.
	DetectedFrom string `json:"detectedFrom,omitempty"`
}

// Count counts the findings of each severity.
func (s *Summary) Count(ds []diag.Diagnostic) {
	s.Errors, s.Warnings, s.Notes = 0, 0, 0
	for i := range ds {
		s.add(ds[i].Severity)
	}
}

// add counts one finding.
func (s *Summary) add(severity diag.Severity) {
	switch severity {
	case diag.Error:
		s.Errors++
	case diag.Warning:
		s.Warnings++
	default:
		s.Notes++
	}
}

// CountHidden counts what is hidden, by what hides it.
func (s *Summary) CountHidden(hs []suppress.Hidden) {
	s.Suppressed, s.Baselined = 0, 0
	for i := range hs {
		if hs[i].Kind == suppress.InBaseline {
			s.Baselined++
		} else {
			s.Suppressed++
		}
	}
}

// Reporter writes a result in one format.
type Reporter interface {
	Report(w io.Writer, r *Result) error
}

// Options say how reports look.
type Options struct {
	Color bool // text only
	Width int  // columns of the terminal, for text; 0: lines are as long as they are
	// Say is told what a report had to leave out; nil: only the report says it.
	Say func(string)
}

// Formats are the names of the formats.
func Formats() []string {
	return []string{"text", "json", "sarif", "github", "markdown", "gitlab", "junit", "checkstyle"}
}

// New returns the reporter of a format; false if there is no such format.
func New(format string, o Options) (Reporter, bool) {
	switch format {
	case "text":
		return Text{o}, true
	case "json":
		return JSON{}, true
	case "sarif":
		return SARIF{Say: o.Say}, true
	case "github":
		return GitHub{}, true
	case "markdown":
		return Markdown{}, true
	case "gitlab":
		return GitLab{}, true
	case "junit":
		return JUnit{}, true
	case "checkstyle":
		return Checkstyle{}, true
	}
	return nil, false
}

// worstFirst orders findings by severity, then new ones before others, and otherwise leaves them as they are.
func worstFirst(ds []diag.Diagnostic) []diag.Diagnostic {
	out := slices.Clone(ds)
	old := func(d *diag.Diagnostic) int {
		if d.State == diag.Unchanged {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(out, func(a, b diag.Diagnostic) int {
		return cmp.Or(int(b.Severity)-int(a.Severity), old(&a)-old(&b))
	})
	return out
}

// Printable replaces what could move a terminal's cursor, or end a line: names and messages come
// from files that anyone may have written.
func Printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' {
			return ' '
		}
		// Format characters (Cf) turn the direction of text or hide it.
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}
