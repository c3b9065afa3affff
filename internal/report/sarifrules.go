package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/suppress"
)

// addRules describes every check that was asked for or found something, in the order of IDs.
func (s *sarifRun) addRules(r *Result, hidden []suppress.Hidden) {
	checks := slices.Clone(r.Checks)
	found := slices.Clone(r.Findings)
	for i := range hidden {
		found = append(found, hidden[i].Diagnostic)
	}
	for i := range found {
		d := &found[i]
		if !slices.ContainsFunc(checks, func(c *check.Check) bool { return c.ID == d.Check }) {
			checks = append(checks, &check.Check{ID: d.Check, Title: d.Check, Severity: d.Severity})
		}
	}
	slices.SortFunc(checks, func(a, b *check.Check) int { return cmp.Compare(a.ID, b.ID) })
	s.index = map[string]int{}
	s.rules = []*sarif.ReportingDescriptor{} // never null
	for i, c := range checks {
		s.index[c.ID] = i
		s.rules = append(s.rules, rule(c))
	}
}

// longestDescription is what GitHub takes.
const longestDescription = 1024

func rule(c *check.Check) *sarif.ReportingDescriptor {
	doc := cmp.Or(c.Doc, c.Title) // GitHub takes no empty help
	r := sarif.NewRule(c.ID).WithName(c.ID).
		WithShortDescription(sarif.NewMultiformatMessageString(cut(c.Title, longestDescription))).
		WithFullDescription(sarif.NewMultiformatMessageString(cut(firstParagraph(doc), longestDescription))).
		WithHelpURI(home + "/blob/main/docs/checks/" + c.ID + ".md").
		WithHelp(sarif.NewMultiformatMessageString(doc).WithMarkdown(doc)).
		WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(c.Severity.String()))
	severity := map[diag.Severity]string{diag.Error: "error", diag.Warning: "warning"}[c.Severity]
	r.Properties = sarif.Properties{
		"tags":             []string{"kubernetes", "network-policy"},
		"precision":        "very-high",
		"problem.severity": cmp.Or(severity, "recommendation"),
	}
	return r
}

// firstParagraph is the first paragraph of a page that is no heading, on one line.
func firstParagraph(markdown string) string {
	for para := range strings.SplitSeq(markdown, "\n\n") {
		if p := strings.TrimSpace(para); p != "" && !strings.HasPrefix(p, "#") {
			return strings.Join(strings.Fields(p), " ")
		}
	}
	return strings.TrimLeft(strings.TrimSpace(markdown), "# ")
}
