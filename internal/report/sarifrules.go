package report

import (
	"cmp"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/suppress"
)

// sarifRules describes every check that was asked for or found something, in the order of IDs, and
// says where each is in the list.
func sarifRules(r *Result, hidden []suppress.Hidden) (rules []*sarifRule, index map[string]int) {
	checks := map[string]*check.Check{}
	for _, c := range r.Checks {
		checks[c.ID] = c
	}
	found := func(d *diag.Diagnostic) {
		if checks[d.Check] == nil {
			checks[d.Check] = &check.Check{ID: d.Check, Title: d.Check, Severity: d.Severity}
		}
	}
	for i := range r.Findings {
		found(&r.Findings[i])
	}
	for i := range hidden {
		found(&hidden[i].Diagnostic)
	}
	rules, index = []*sarifRule{}, map[string]int{}
	for i, id := range slices.Sorted(maps.Keys(checks)) {
		index[id] = i
		rules = append(rules, ruleOf(checks[id]))
	}
	return rules, index
}

// What GitHub takes of a rule's texts, in characters.
const (
	longestName        = 255
	longestDescription = 1024
)

func ruleOf(c *check.Check) *sarifRule {
	doc := cmp.Or(c.Doc, c.Title) // GitHub takes no empty help
	out := &sarifRule{
		ID: c.ID, Name: cut(pascal(c.ID), longestName),
		Short:         sarifText{Text: cut(c.Title, longestDescription)},
		Full:          sarifText{Text: cut(firstParagraph(doc), longestDescription)},
		Help:          sarifText{Text: doc, Markdown: doc},
		Configuration: sarifLevel{c.Severity.String()},
		Properties:    ruleDetails(c),
	}
	if !c.Own {
		out.HelpURI = home + "/blob/main/docs/checks/" + url.PathEscape(c.ID) + ".md"
		out.Help = sarifText{Text: firstParagraph(doc) + "\n\n" + out.HelpURI, Markdown: elsewhere(doc)}
	}
	return out
}

// pageLink is a link from a check's page to another page of the docs.
var pageLink = regexp.MustCompile(`\]\((\.\./)?([\w-]+\.md(#[\w-]*)?)\)`)

// elsewhere is a check's page as it can stand outside of the docs: links to other pages lead there, and
// where the docs show what tierlint prints, there is nothing.
func elsewhere(doc string) string {
	doc = strings.ReplaceAll(doc, "\n<!-- output -->\n", "\n")
	return pageLink.ReplaceAllStringFunc(doc, func(s string) string {
		m := pageLink.FindStringSubmatch(s)
		folder := "docs/checks/"
		if m[1] != "" {
			folder = "docs/"
		}
		return "](" + home + "/blob/main/" + folder + m[2] + ")"
	})
}

// pascal is the name of a rule as SARIF likes it: not the ID again (3.49.7).
func pascal(id string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(id, "-") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}

// ruleDetails rank a rule. Precision is what the severities promise: an error certainly does not
// happen, a warning is very likely not what was meant. A security severity of 7 or more makes GitHub's
// check of a pull request fail like an error does, so that only what exposes something for certain
// has one, and the rest has one below.
func ruleDetails(c *check.Check) sarifRuleDetails {
	out := sarifRuleDetails{Tags: []string{"kubernetes", "network-policy"}}
	security := ""
	switch c.Severity {
	case diag.Error:
		out.Precision, out.ProblemSeverity, security = "very-high", "error", "8.0"
	case diag.Warning:
		out.Precision, out.ProblemSeverity, security = "high", "warning", "5.0"
	default:
		out.Precision, out.ProblemSeverity, security = "medium", "recommendation", "2.0"
	}
	if c.Exposes {
		out.SecuritySeverity = security
		out.Tags = append(out.Tags, "security") // as CodeQL's own rules of security have it
	}
	return out
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
