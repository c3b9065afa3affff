package report

import (
	"cmp"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
)

// Markdown writes a page for people in the markdown of GitHub, such as the summary of a job.
type Markdown struct {
	// Blob is the address of the repository's files, to which a path is added; empty: places are no links.
	Blob string
	// Note is a paragraph for the end of the page; empty: none.
	Note string
}

const (
	// maxPage is how long a page may get before its last words, in bytes. GitHub takes 1 MiB for a step
	// (docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits).
	// After maxMarkdown the table of findings ends; what follows it has the rest.
	maxPage     = 1000 << 10
	maxMarkdown = 700 << 10
	// maxListed is how many entries a list has, and maxCell how many bytes of a text are shown.
	maxListed = 20
	maxCell   = 1500
)

// Report implements Reporter.
func (m Markdown) Report(w io.Writer, r *Result) error {
	p := &markdownPage{Markdown: m, result: r}
	s := r.shownSummary()
	p.line("## tierlint: %s\n", s.Found())
	for _, warning := range r.warnings() {
		p.line("**Warning:** %s\n", inline(warning))
	}
	for _, d := range append([]string{"Analysed " + s.Analysed() + "."}, r.details()...) {
		p.line("%s  ", inline(d))
	}
	shown := worstFirst(r.Shown())
	p.checks(shown)
	p.findings(shown)
	p.picture(shown)
	if c := r.Comparison; c.compared() {
		p.list("Fixed since "+c.name(), len(c.Fixed), func(i int) string {
			d := &c.Fixed[i]
			name, _ := p.name(d.At.File, d.At.Start.Line)
			return fmt.Sprintf("%s: %s (%s)", inline(name), inline(d.Message), inline(d.Check))
		})
	}
	p.list("Environments", len(r.Summary.Platforms), func(i int) string {
		e := r.Summary.Platforms[i]
		text := fmt.Sprintf("**%s**: platform %s", inline(cmp.Or(e.Environment, "one cluster")), inline(e.Name))
		if e.DetectedFrom != "" {
			text += ", detected from " + inline(e.DetectedFrom)
		}
		return text
	})
	p.list("Not known from these files", len(r.Gaps), func(i int) string {
		g := r.Gaps[i]
		text := "it is not known: " + inline(g.Message)
		if g.At.File != "" {
			text = p.place(g.At.File, g.At.Start.Line) + ": " + inline(g.Message)
		}
		if g.Settle != "" {
			text += " (" + inline(g.Settle) + ")"
		}
		return text
	})
	if m.Note != "" {
		p.line("\n%s", inline(m.Note))
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

// markdownPage is a page in the making.
type markdownPage struct {
	Markdown
	result *Result
	b      strings.Builder
}

func (p *markdownPage) line(format string, args ...any) { fmt.Fprintf(&p.b, format+"\n", args...) }

// checks is how many findings of each severity each check has, the worst first.
func (p *markdownPage) checks(shown []diag.Diagnostic) {
	if len(shown) == 0 {
		return
	}
	var ids []string
	counts := map[string]*Summary{}
	for i := range shown {
		id := shown[i].Check
		if counts[id] == nil {
			ids, counts[id] = append(ids, id), &Summary{}
		}
		counts[id].add(shown[i].Severity)
	}
	p.line("\n| check | errors | warnings | notes |\n| --- | ---: | ---: | ---: |")
	for _, id := range ids {
		c := counts[id]
		p.line("| %s | %d | %d | %d |", inline(id), c.Errors, c.Warnings, c.Notes)
	}
}

// findings is the table of findings, as far as there is room.
func (p *markdownPage) findings(shown []diag.Diagnostic) {
	if len(shown) == 0 {
		return
	}
	c := p.result.Comparison
	states := c.compared() && !c.OnlyNew
	head, rule := "| | where | what | write |", "| --- | --- | --- | --- |"
	if states {
		head, rule = head+" |", rule+" --- |"
	}
	p.line("\n%s\n%s", head, rule)
	for i := range shown {
		d := &shown[i]
		row := fmt.Sprintf("| %s | %s | %s | %s |", d.Severity, p.place(d.At.File, d.At.Start.Line), what(d), written(d.Help))
		if states {
			row += " " + d.State.String() + " |"
		}
		if p.b.Len()+len(row) > maxMarkdown {
			p.line("\nNot in the table, because GitHub takes no more: %s.", count(len(shown)-i, "finding", "findings"))
			return
		}
		p.line("%s", row)
	}
}

// what is what a finding says, in a cell.
func what(d *diag.Diagnostic) string {
	text := inline(d.Message) + " **" + inline(d.Check) + "**"
	add := func(label, s string) {
		if s != "" {
			text += "<br>" + label + ": " + inline(s)
		}
	}
	if d.At.Approximate {
		add("near", approximate)
	}
	if d.Witness != nil {
		add("flow", d.Witness.String())
	}
	add("decided", d.Decided)
	add("in", listed(d.Environments))
	add("settle", d.Settle)
	return text
}

// written is what to write, in a cell, with its lines and their indentation.
func written(help string) string {
	if help == "" {
		return ""
	}
	lines := strings.Split(cut(strings.TrimRight(help, "\n"), maxCell), "\n")
	for i, l := range lines {
		text := strings.TrimLeft(l, " ")
		lines[i] = strings.Repeat("&nbsp;", len(l)-len(text)) + inline(text)
	}
	return "<code>" + strings.Join(lines, "<br>") + "</code>"
}

// name names a line from the top of the repository; false: it lies outside.
func (p *markdownPage) name(file string, line int) (string, bool) {
	path, inside := p.result.inRepository(file)
	if line > 0 {
		path = fmt.Sprintf("%s:%d", path, line)
	}
	return path, inside
}

// place is a link to a line.
func (p *markdownPage) place(file string, line int) string {
	text, inside := p.name(file, line)
	if p.Blob == "" || !inside {
		return inline(text)
	}
	path, _ := p.result.inRepository(file)
	steps := strings.Split(strings.ToValidUTF8(path, "\ufffd"), "/")
	for i := range steps {
		steps[i] = url.PathEscape(steps[i])
	}
	to := p.Blob + strings.Join(steps, "/")
	if line > 0 {
		to += fmt.Sprintf("#L%d", line)
	}
	return "[" + inline(text) + "](<" + to + ">)"
}

// list is a list below a heading, if there is something in it.
func (p *markdownPage) list(title string, n int, entry func(int) string) {
	if n == 0 {
		return
	}
	p.line("\n### %s\n", inline(title))
	for i := range n {
		text := ""
		if i < maxListed {
			text = entry(i)
		}
		if i == maxListed || p.b.Len()+len(text) > maxPage {
			p.line("- and %d more", n-i)
			return
		}
		p.line("- %s", text)
	}
}

// inline is a text that markdown and HTML leave as it is. Punctuation is written as character
// references, which are never markup (CommonMark 0.31.2, 2.5).
func inline(s string) string {
	var b strings.Builder
	for _, r := range Printable(cut(strings.ToValidUTF8(s, "\ufffd"), maxCell)) {
		if r < 0x80 && strings.ContainsRune("!\"#$%&'*:<>@[\\]^_`{|}~", r) {
			fmt.Fprintf(&b, "&#%d;", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
