package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/suppress"
)

// SARIF writes SARIF 2.1.0 as GitHub's code scanning takes it.
type SARIF struct {
	// Suppressed lists hidden findings too, as suppressed results. GitHub ignores `suppressions` and
	// would open an alert for each.
	Suppressed bool
	// Say is told what had to be left out; nil: only the file says it.
	Say func(string)
}

// home is where the tool and its pages are.
const home = "https://github.com/tierlint/tierlint"

// maxNotifications is how many gaps SARIF lists; JSON has them all.
const maxNotifications = 100

// Report implements Reporter.
func (f SARIF) Report(w io.Writer, r *Result) error {
	hidden := r.Hidden
	if !f.Suppressed {
		hidden = nil
	}
	s := &sarifWriter{result: r, lines: newLines(r.Source), hashes: map[string][]lineHash{}}
	rules, index := sarifRules(r, hidden)
	run := sarifRun{
		Tool: sarifTool{driver(r.Tool, rules)},
		// The category is what comes before the last slash; GitHub replaces the results of the same
		// category.
		AutomationDetails: sarifID{"tierlint/" + cmp.Or(r.Scope, "check") + "/"},
		ColumnKind:        "unicodeCodePoints",
		Invocations:       []sarifInvocation{s.invocation()},
		Results:           []*sarifResult{},
	}
	for i := range r.Findings {
		res := s.finding(&r.Findings[i])
		if f.Suppressed {
			res.Suppressions = &[]sarifSuppression{}
		}
		run.Results = append(run.Results, res)
	}
	for i := range hidden {
		res := s.finding(&hidden[i].Diagnostic)
		res.Suppressions = &[]sarifSuppression{s.suppression(&hidden[i])}
		run.Results = append(run.Results, res)
	}
	run.Results = joinResults(run.Results)
	for _, res := range run.Results {
		res.RuleIndex = index[res.RuleID]
	}
	cut, err := writeSARIF(w, run)
	if err == nil && cut != "" && f.Say != nil {
		f.Say(cut)
	}
	return err
}

// driver is the tool. Only what starts with a v is a version in the sense of semver.org.
func driver(version string, rules []*sarifRule) sarifDriver {
	out := sarifDriver{Name: "tierlint", InformationURI: home, Rules: rules}
	if number, ok := strings.CutPrefix(version, "v"); ok {
		out.SemanticVersion = number
	} else {
		out.Version = version
	}
	return out
}

// sarifWriter makes results of findings.
type sarifWriter struct {
	result *Result
	lines  *lines
	hashes map[string][]lineHash // of a file's lines
}

// invocation says how much was analysed, what is not known, and whether a check failed.
func (s *sarifWriter) invocation() sarifInvocation {
	r, out := s.result, sarifInvocation{Successful: s.result.Failure == nil}
	note := func(level, text string, at ...sarifLocation) {
		out.Notifications = append(out.Notifications, sarifNotification{level, sarifText{Text: plain(text)}, at})
	}
	if r.Failure != nil {
		note("error", incomplete(r.Failure))
	}
	note("note", "Analysed "+r.Summary.Analysed()+".")
	for _, d := range r.details() {
		note("note", d)
	}
	for _, w := range r.warnings() {
		note("warning", w)
	}
	for _, g := range r.Gaps[:min(len(r.Gaps), maxNotifications)] {
		if g.At.File == "" {
			note("note", g.Message)
		} else {
			note("note", g.Message, s.location(g.At.Span))
		}
	}
	if more := len(r.Gaps) - maxNotifications; more > 0 {
		out.Notifications = append(out.Notifications, notKnown(more))
	}
	return out
}

// notKnown counts the gaps that SARIF does not list.
func notKnown(more int) sarifNotification {
	return sarifNotification{Level: "note", Message: sarifText{Text: fmt.Sprintf("%d more things are not known: --format json lists them all.", more)}}
}

// suppression says what hides a finding.
func (s *sarifWriter) suppression(h *suppress.Hidden) sarifSuppression {
	kind := "inSource"
	if h.Kind == suppress.InBaseline {
		kind = "external"
	}
	return sarifSuppression{Kind: kind, Status: "accepted", Justification: plain(h.Reason), Location: s.location(h.By)}
}

// fingerprints are our own, which outlives changes of the text around, and GitHub's. Without GitHub's
// the action that uploads fills it in.
func (s *sarifWriter) fingerprints(d *diag.Diagnostic) map[string]string {
	out := map[string]string{ownFingerprint: d.Fingerprint()}
	if s.result.Source == nil {
		return out
	}
	all, ok := s.hashes[d.At.File]
	if text := s.result.Source(d.At.File); !ok && text != nil {
		all = lineHashes(text)
		s.hashes[d.At.File] = all
	}
	if n := max(d.At.Start.Line, 1); n <= len(all) {
		out["primaryLocationLineHash"] = all[n-1].String()
	}
	return out
}

// worst is the severest of SARIF's levels.
func worst(levels ...string) string {
	return slices.MaxFunc(levels, func(a, b string) int { return cmp.Compare(levelRank(a), levelRank(b)) })
}

// levelRank orders SARIF's levels from mild to grave.
func levelRank(level string) int {
	return slices.Index([]string{"none", "note", "warning", "error"}, level)
}
