package report

import (
	"crypto/sha256"
	"fmt"
	"io"
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
)

// GitLab writes a report of code quality, which GitLab shows in merge requests
// (docs.gitlab.com/ci/testing/code_quality, "Code Quality report format"). It takes what has a
// fingerprint that the target branch does not have for new.
type GitLab struct{}

type gitlabIssue struct {
	Description string         `json:"description"`
	Check       string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"` // info, minor, major, critical or blocker
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string      `json:"path"` // from the top of the repository, without "./"
	Lines gitlabLines `json:"lines"`
}

type gitlabLines struct {
	Begin int `json:"begin"`
}

// Report implements Reporter.
func (GitLab) Report(w io.Writer, r *Result) error {
	out := []gitlabIssue{} // never null
	whole := func(severity, text string) {
		out = append(out, gitlabIssue{text, "tierlint", fmt.Sprintf("%x", sha256.Sum256([]byte(text))), severity, gitlabLocation{".", gitlabLines{1}}})
	}
	for _, w := range r.warnings() {
		whole("major", Printable(w))
	}
	if r.Failure != nil {
		whole("blocker", incomplete(r.Failure))
	}
	repeats := map[string]int{}
	for i := range r.Findings {
		d := &r.Findings[i]
		fingerprint := d.Fingerprint()
		if repeats[fingerprint]++; repeats[fingerprint] > 1 { // GitLab shows one of those with the same
			fingerprint += fmt.Sprintf(":%d", repeats[fingerprint])
		}
		path, _ := r.inRepository(d.At.File)
		out = append(out, gitlabIssue{inOneLine(d), d.Check, fingerprint, gitlabSeverity(d.Severity), gitlabLocation{Printable(path), gitlabLines{line(d.At.Span)}}})
	}
	return writeJSON(w, out)
}

// gitlabSeverity is what GitLab calls a severity.
func gitlabSeverity(s diag.Severity) string {
	switch s {
	case diag.Error:
		return "critical"
	case diag.Warning:
		return "major"
	}
	return "info"
}

// inOneLine is a finding for a list of one line each: the message and, if that is one line, what to write.
func inOneLine(d *diag.Diagnostic) string {
	text := strings.TrimRight(Printable(d.Message), ". ")
	if d.Help != "" && !strings.Contains(strings.TrimRight(d.Help, "\n"), "\n") {
		text += ". Write: " + Printable(d.Help)
	}
	return text
}
