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
	room := map[string]int{"error": maxAnnotations, "warning": maxAnnotations, "notice": maxAnnotations}
	for _, warning := range r.warnings() {
		b.WriteString("::warning title=tierlint::" + escapeData(Printable(warning)) + "\n")
		room["warning"]--
	}
	lines := byLine(worstFirst(r.Shown()))
	left := map[string]int{}
	for _, ds := range lines {
		left[command(ds[0].Severity)] += len(ds)
	}
	for _, ds := range lines {
		c := command(ds[0].Severity)
		if room[c] == 0 {
			continue
		}
		more := ""
		left[c] -= len(ds)
		if room[c]--; room[c] == 0 && left[c] > 0 {
			more = fmt.Sprintf("\nand %d more of this severity; GitHub shows %d in a step, and the summary of the job has the others", left[c], maxAnnotations)
		}
		b.WriteString(r.annotation(ds, more))
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

// command is the workflow command for findings of a severity.
func command(s diag.Severity) string {
	switch s {
	case diag.Error:
		return "error"
	case diag.Warning:
		return "warning"
	}
	return "notice"
}

// byLine puts findings at the same line together, in the order of the first of each.
func byLine(ds []diag.Diagnostic) [][]*diag.Diagnostic {
	var out [][]*diag.Diagnostic
	at := map[string]int{}
	for i := range ds {
		d := &ds[i]
		key := fmt.Sprintf("%s:%d", d.At.File, d.At.Start.Line)
		if n, ok := at[key]; ok && d.At.Start.IsValid() {
			out[n] = append(out[n], d)
			continue
		}
		at[key] = len(out)
		out = append(out, []*diag.Diagnostic{d})
	}
	return out
}

// annotation is one workflow command for what is found at a line, with its own line's end. Files are
// named from the top of the repository; one outside has no place that GitHub knows, so the text says
// it. What stands after the texts is never cut.
func (r *Result) annotation(ds []*diag.Diagnostic, after string) string {
	d := ds[0]
	text := annotationText(d)
	for i, other := range ds[1:] {
		if len(text) > maxMessage {
			after = fmt.Sprintf("\nand %d more here", len(ds)-1-i) + after
			break
		}
		text += "\n\nalso here, " + other.Severity.String() + ": " + annotationText(other) + " [" + Printable(other.Check) + "]"
	}
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
	return fmt.Sprintf("::%s %s::%s\n", command(d.Severity), strings.Join(props, ","), escapeData(cut(text, maxMessage-len(after))+after))
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
	add("in", listed(d.Environments))
	add("settle", d.Settle)
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
