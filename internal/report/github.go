package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/tierlint/tierlint/internal/diag"
)

// GitHub writes annotations for GitHub Actions, as workflow commands.
type GitHub struct{}

// The runner keeps so many annotations of each severity in a step, and so many characters of a
// message (actions/runner, src/Runner.Worker/ExecutionContext.cs, _maxCountPerIssueType).
const (
	maxAnnotations = 10
	maxMessage     = 4096
)

// Report implements Reporter.
func (GitHub) Report(w io.Writer, r *Result) error {
	var b strings.Builder
	shown := map[diag.Severity]int{}
	left := 0
	// A line is kept for saying that no policy was seen.
	for _, warning := range r.warnings() {
		b.WriteString("::warning title=tierlint::" + escapeData(Printable(warning)) + "\n")
		shown[diag.Warning]++
	}
	for _, d := range worstFirst(r.Shown()) {
		if shown[d.Severity] == maxAnnotations {
			left++
			continue
		}
		shown[d.Severity]++
		b.WriteString(r.annotation(&d))
	}
	if left > 0 {
		fmt.Fprintf(&b, "tierlint: %d more; GitHub shows no more than %d annotations of each severity in a step.\n", left, maxAnnotations)
	}
	s := r.shownSummary()
	fmt.Fprintf(&b, "tierlint: %s. Analysed %s.\n", s.Found(), s.Analysed())
	for _, d := range r.details() {
		// "##[" starts a command of an older form anywhere in a line.
		fmt.Fprintf(&b, "tierlint: %s\n", strings.ReplaceAll(Printable(d), "##[", "## ["))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// annotation is one workflow command, with its line's end. Files are named from the top of the
// repository; one outside has no place that GitHub knows, so the text says it.
func (r *Result) annotation(d *diag.Diagnostic) string {
	command := map[diag.Severity]string{diag.Error: "error", diag.Warning: "warning"}[d.Severity]
	if command == "" {
		command = "notice"
	}
	text := annotationText(d)
	var props []string
	if file, inside := r.inRepository(d.At.File); inside {
		props = append(props, "file="+escapeProperty(Printable(file)))
		if s := d.At.Start; s.IsValid() {
			// The runner drops the columns if an annotation has several lines, so it has one.
			props = append(props, fmt.Sprintf("line=%d,endLine=%d,col=%d", s.Line, s.Line, s.Col))
			if e := d.At.End; e.Line == s.Line && e.Col > s.Col {
				props = append(props, fmt.Sprintf("endColumn=%d", e.Col-1)) // inclusive
			}
		}
	} else {
		text = Printable(d.At.String()) + ": " + text
	}
	props = append(props, "title="+escapeProperty("tierlint: "+Printable(d.Check)))
	return fmt.Sprintf("::%s %s::%s\n", command, strings.Join(props, ","), escapeData(cut(text, maxMessage)))
}

func annotationText(d *diag.Diagnostic) string {
	text := []string{Printable(d.Message)}
	add := func(label, s string) {
		if s != "" {
			text = append(text, label+": "+Printable(s))
		}
	}
	if d.At.Approximate {
		add("near", approximate)
	}
	if d.Witness != nil {
		add("flow", d.Witness.String())
	}
	add("decided", d.Decided)
	for _, r := range d.Related {
		add("see", r.At.String()+": "+r.Message)
	}
	add("in", strings.Join(d.Environments, ", "))
	if d.Help != "" {
		text = append(text, writeLines(d.Help))
	}
	return strings.Join(text, "\n")
}

// writeLines is what to write. Several lines start below the label, for run together they are no YAML.
func writeLines(help string) string {
	lines := strings.Split(strings.TrimRight(help, "\n"), "\n")
	for i := range lines {
		lines[i] = Printable(lines[i])
	}
	if len(lines) == 1 {
		return "write: " + lines[0]
	}
	return "write:\n" + strings.Join(lines, "\n")
}

// cut shortens a text to at most n bytes, between characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	n -= len("…")
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// escapeData escapes a command's message (actions/toolkit, packages/core/src/command.ts).
func escapeData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// escapeProperty escapes a command's property.
func escapeProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}
