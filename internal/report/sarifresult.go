package report

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/source"
)

// maxLocations is how many related places a result lists, and how many steps its way through the
// tiers has: GitHub shows no more than 100 of a result.
const maxLocations = 100

// finding is a finding as a result. GitHub shows only the first sentence of the message where there is
// little room.
func (s *sarifWriter) finding(d *diag.Diagnostic) *sarifResult {
	res := &sarifResult{
		RuleID: d.Check, Level: d.Severity.String(),
		Locations:    []sarifLocation{s.location(d.At.Span)},
		Fingerprints: s.fingerprints(d),
	}
	text := []string{sentence(d.Message)}
	if d.At.Approximate {
		text = append(text, sentence("The place is only near: "+approximate))
	}
	if d.Witness != nil {
		text = append(text, sentence("Flow: "+d.Witness.String()))
	}
	if d.Decided != "" {
		text = append(text, sentence("Decided: "+d.Decided))
	}
	for _, r := range d.Related {
		text = append(text, s.relate(res, "See ", r))
	}
	for _, via := range d.At.Via {
		text = append(text, s.relate(res, "Through ", diag.Related{At: source.Origin{Span: via}}))
	}
	if d.Settle != "" {
		text = append(text, sentence("It is not certain from the files; this settles it: "+d.Settle))
	}
	if d.Help != "" {
		text = append(text, help(d.Help))
	}
	res.Message.Text = strings.Join(text, "\n")
	res.CodeFlows = s.walk(d)
	if d.At.Approximate || len(d.Environments) > 0 || d.Settle != "" {
		res.Properties = &sarifDetails{d.At.Approximate, d.Environments, d.Settle}
	}
	return res
}

// relate adds a related place and returns the line of the message that links to it, for it is shown
// only where the message does.
func (s *sarifWriter) relate(res *sarifResult, label string, r diag.Related) string {
	text := r.Message
	if text == "" {
		text = "comes into the build here"
	}
	at := s.location(r.At.Span)
	at.ID, at.Message = len(res.Related)+1, &sarifText{Text: plain(text)}
	line := fmt.Sprintf("%s[%s](%d)", label, linkText(r.At.String()), at.ID)
	if len(res.Related) == maxLocations {
		line = label + plain(r.At.String())
	} else {
		res.Related = append(res.Related, at)
	}
	if r.Message == "" {
		return line + "."
	}
	return line + ": " + sentence(r.Message)
}

// walk is the way of the connection through the tiers, which GitHub offers as "Show paths".
func (s *sarifWriter) walk(d *diag.Diagnostic) []sarifCodeFlow {
	if len(d.Walk) == 0 {
		return nil
	}
	var steps []sarifStep
	for _, step := range d.Walk[:min(len(d.Walk), maxLocations)] {
		at := s.location(step.At.Span)
		at.Message = &sarifText{Text: plain(step.Message)}
		steps = append(steps, sarifStep{at})
	}
	return []sarifCodeFlow{{[]sarifThreadFlow{{steps}}}}
}

// location of a span. GitHub shows a finding in a pull request only if all lines of its region
// are changed there, so the region is on one line: the first. Where the whole file is meant, it is the
// file's first character, for GitHub asks for a region.
func (s *sarifWriter) location(at source.Span) sarifLocation {
	region := sarifRegion{StartLine: max(at.Start.Line, 1), EndLine: max(at.Start.Line, 1), StartColumn: max(at.Start.Col, 1)}
	end := at.End.Col
	if at.End.Line != at.Start.Line {
		line, _ := s.lines.at(at.File, at.Start.Line)
		end = len([]rune(strings.TrimRight(line, " \t"))) + 1
	}
	if !at.Start.IsValid() {
		end = 0
	}
	region.EndColumn = max(end, region.StartColumn+1)
	name, _ := s.result.inRepository(at.File)
	return sarifLocation{Physical: sarifPhysical{sarifArtifact{uri(name)}, region}}
}

// uri is a file's path as a relative reference.
func uri(file string) string {
	parts := strings.Split(file, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	parts[0] = strings.ReplaceAll(parts[0], ":", "%3A") // or it would be a scheme
	return cmp.Or(strings.Join(parts, "/"), ".")
}

// sentence ends a text with a full stop, unless it has an end.
func sentence(s string) string {
	s = strings.TrimRight(plain(s), " ")
	if s == "" || strings.HasSuffix(s, ".") || strings.HasSuffix(s, "?") || strings.HasSuffix(s, "!") {
		return s
	}
	return s + "."
}

// help is what to write; several lines keep their form, for run together they are no YAML.
func help(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i := range lines {
		lines[i] = plain(lines[i])
	}
	if len(lines) == 1 {
		return "Write: " + lines[0]
	}
	return "Write:\n" + strings.Join(lines, "\n")
}

// plain makes sure that a text has no embedded links that nobody meant (SARIF 2.1.0, 3.11.6).
func plain(s string) string { return strings.ReplaceAll(Printable(s), "](", "] (") }

// linkText escapes the text of an embedded link.
func linkText(s string) string {
	return strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`).Replace(plain(s))
}
