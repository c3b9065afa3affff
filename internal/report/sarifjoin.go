package report

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// GitHub knows an alert by its rule, its file and the hash of its line. So several results of a rule
// on a line would be one alert there, with the text of one of them: they are joined here, with the
// texts of all.

// maxTexts is how many different texts a joined result has; the rest is counted.
const maxTexts = 10

// sarifKey is what GitHub takes for one alert.
type sarifKey struct {
	rule, file string
	line       int
	suppressed bool
}

func keyOf(r *sarifResult) sarifKey {
	at := &r.Locations[0].Physical
	return sarifKey{r.RuleID, at.Artifact.URI, at.Region.StartLine, r.Suppressions != nil && len(*r.Suppressions) > 0}
}

// joinResults orders results by place and rule, and joins those that are one alert. What is said
// of several environments is said once, with what is particular to the first.
func joinResults(all []*sarifResult) []*sarifResult {
	slices.SortStableFunc(all, compareResults)
	groups := map[sarifKey][]*sarifResult{}
	var keys []sarifKey
	for _, r := range all {
		k := keyOf(r)
		if groups[k] == nil {
			keys = append(keys, k)
		}
		groups[k] = append(groups[k], r)
	}
	out := make([]*sarifResult, 0, len(keys))
	for _, k := range keys {
		out = append(out, joinAlert(groups[k]))
	}
	number(out)
	return out
}

func compareResults(a, b *sarifResult) int {
	x, y := &a.Locations[0].Physical, &b.Locations[0].Physical
	return cmp.Or(
		cmp.Compare(x.Artifact.URI, y.Artifact.URI),
		cmp.Compare(x.Region.StartLine, y.Region.StartLine), cmp.Compare(x.Region.StartColumn, y.Region.StartColumn),
		cmp.Compare(a.RuleID, b.RuleID), cmp.Compare(a.Message.Text, b.Message.Text),
		cmp.Compare(a.Fingerprints[ownFingerprint], b.Fingerprints[ownFingerprint]),
	)
}

// joinAlert makes one result of those of an alert, the severest first. The names of environments end the
// message if they are those of all that is said; otherwise each text has its own.
func joinAlert(group []*sarifResult) *sarifResult {
	var said []*sarifResult // in different words
	at := map[string]*sarifResult{}
	for _, r := range group {
		words := essence(r.Message.Text)
		if first := at[words]; first != nil {
			first.inEnvironments(r.environments())
			first.Level = worst(first.Level, r.Level)
			continue
		}
		at[words] = r
		said = append(said, r)
	}
	slices.SortStableFunc(said, func(a, b *sarifResult) int { return cmp.Compare(levelRank(b.Level), levelRank(a.Level)) })
	first := said[0]
	environments := first.environments()
	together := !slices.ContainsFunc(said, func(r *sarifResult) bool { return !slices.Equal(r.environments(), environments) })
	for i, r := range said {
		if !together {
			r.Message.Text += inWords(r.environments())
		}
		first.Level = worst(first.Level, r.Level)
		if 0 < i && i < maxTexts {
			first.append(r)
		}
	}
	if more := len(said) - maxTexts; more > 0 {
		first.Message.Text += fmt.Sprintf("\n\n%d more findings of this check are on this line.", more)
	}
	if together {
		first.Message.Text += inWords(environments)
	} else if first.Properties != nil {
		first.Properties.Environments = nil
	}
	return first
}

// particular are the lines of a message that may differ where the same is said of several environments:
// each shows it by a connection of its own, and gets the line by a way of its own.
var particular = regexp.MustCompile(`(?m)^(Flow: |Decided: |Through \[).*\n?`)

// essence is a message without the lines that are particular.
func essence(text string) string { return particular.ReplaceAllString(text, "") }

func (r *sarifResult) environments() []string {
	if r.Properties == nil {
		return nil
	}
	return slices.Clone(r.Properties.Environments)
}

// inEnvironments adds names of environments.
func (r *sarifResult) inEnvironments(names []string) {
	if len(names) == 0 {
		return
	}
	if r.Properties == nil {
		r.Properties = &sarifDetails{}
	}
	all := append(r.environments(), names...)
	slices.Sort(all)
	r.Properties.Environments = slices.Compact(all)
}

// inWords is the line of a message that names environments; empty if there are none.
func inWords(environments []string) string {
	if len(environments) == 0 {
		return ""
	}
	return "\nIn " + plain(listed(environments)) + "."
}

// link is the end of an embedded link to a related place.
var link = regexp.MustCompile(`\]\((\d+)\)`)

// append adds what another result of the alert says. Its links get the numbers after those that are
// there; where there would be too many places, they are cut.
func (r *sarifResult) append(other *sarifResult) {
	by := len(r.Related)
	text := link.ReplaceAllStringFunc(other.Message.Text, func(s string) string {
		n, err := strconv.Atoi(s[2 : len(s)-1])
		if err != nil || n+by > maxLocations {
			return "]"
		}
		return fmt.Sprintf("](%d)", n+by)
	})
	r.Message.Text += "\n\nAlso on this line: " + text
	for _, at := range other.Related[:min(len(other.Related), maxLocations-by)] {
		at.ID += by
		r.Related = append(r.Related, at)
	}
	r.CodeFlows = append(r.CodeFlows, other.CodeFlows...)
	if other.Properties != nil && other.Properties.Approximate {
		if r.Properties == nil {
			r.Properties = &sarifDetails{}
		}
		r.Properties.Approximate = true
	}
}

// ownFingerprint is the name of our fingerprint of a finding.
const ownFingerprint = "tierlint/v1"

// number tells apart results with the same fingerprint of ours, in order.
func number(rs []*sarifResult) {
	seen := map[string]int{}
	for _, r := range rs {
		f, _, _ := strings.Cut(r.Fingerprints[ownFingerprint], ":")
		if seen[f]++; seen[f] > 1 {
			f = fmt.Sprintf("%s:%d", f, seen[f])
		}
		r.Fingerprints[ownFingerprint] = f
	}
}
