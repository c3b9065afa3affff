package report

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/source"
)

// Text writes for people: each finding with the line it is about, and what to write instead.
type Text struct{ Options }

// approximate says why a line is not the one that must change, but near to it.
const approximate = "approximately here: what is written there makes several lines at once"

// maxGaps is how many gaps text lists; JSON has them all.
const maxGaps = 10

// Report implements Reporter.
func (t Text) Report(w io.Writer, r *Result) error {
	var b bytes.Buffer
	p := &page{Options: t.Options, out: &b, lines: newLines(r.Source)}
	p.comparison = r.Comparison
	for _, d := range r.Shown() {
		p.finding(&d)
	}
	p.gaps(r.Gaps)
	p.summary(r)
	_, err := w.Write(b.Bytes())
	return err
}

// page is a text in the making.
type page struct {
	Options
	out        *bytes.Buffer
	lines      *lines
	comparison *Comparison
}

func (p *page) finding(d *diag.Diagnostic) {
	severity := p.paint(severityStyle(d.Severity), d.Severity.String())
	fmt.Fprintf(p.out, "%s: %s: %s %s\n", p.paint(bold, Printable(d.At.String())), severity,
		Printable(d.Message), p.paint(dim, "["+d.Check+"]"))
	gutter := 1
	if d.At.Start.IsValid() {
		gutter = len(strconv.Itoa(d.At.Start.Line))
		p.frame(d.At.Span, gutter, severityStyle(d.Severity))
	}
	item := func(label, text string) { p.item(gutter, label, text) }
	if d.At.Approximate {
		item("near", approximate)
	}
	if d.Witness != nil {
		item("flow", d.Witness.String())
	}
	if d.Decided != "" {
		item("decided", d.Decided)
	}
	for _, r := range d.Related {
		if !namesPlace(d.Decided, r.At.Span) {
			item("see", r.At.String()+": "+r.Message)
		}
	}
	for _, v := range d.At.Via {
		item("through", v.String())
	}
	if d.State == diag.New && !p.comparison.onlyNew() {
		item("new", "since "+p.comparison.name())
	}
	if len(d.Environments) > 0 {
		item("in", strings.Join(d.Environments, ", "))
	}
	if d.Settle != "" {
		item("settle", d.Settle)
	}
	if d.Help != "" {
		item("write", d.Help)
	}
	p.out.WriteByte('\n')
}

// namesPlace says whether a text names a line of a file, as "decided" does with the place of who decides.
func namesPlace(text string, at source.Span) bool {
	place := fmt.Sprintf("%s:%d", at.File, at.Start.Line)
	_, after, found := strings.Cut(text, place)
	return found && (after == "" || after[0] < '0' || after[0] > '9')
}

// frame shows the line and underlines the span, as far as it is on the line.
func (p *page) frame(s source.Span, gutter int, style style) {
	line, ok := p.lines.at(s.File, s.Start.Line)
	if !ok {
		return
	}
	end := 0
	if s.End.Line == s.Start.Line {
		end = s.End.Col
	}
	room := 0
	if p.Width > 0 {
		room = p.Width - gutter - 3
	}
	text, marks := underline(line, s.Start.Col, end, room)
	blank := strings.Repeat(" ", gutter)
	fmt.Fprintf(p.out, "%s\n", p.paint(blue, blank+" |"))
	fmt.Fprintf(p.out, "%s %s\n", p.paint(blue, fmt.Sprintf("%*d |", gutter, s.Start.Line)), text)
	fmt.Fprintf(p.out, "%s %s\n", p.paint(blue, blank+" |"), p.paint(style, marks))
}

// item writes a line below the frame, "= flow     UDP 53 from ...". What is longer than the
// terminal is wide, or has several lines, goes on under the text.
func (p *page) item(gutter int, label, text string) {
	prefix := strings.Repeat(" ", gutter+1) + p.paint(blue, "= ") + p.paint(bold, fmt.Sprintf("%-8s", label)) + " "
	indent := strings.Repeat(" ", gutter+1+2+8+1)
	room := 0
	if p.Width > 0 && label != "write" { // what is to be copied stays as it is
		room = max(p.Width-len(indent), 20)
	}
	first := true
	for para := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		for _, l := range wrap(Printable(para), room) {
			if first {
				fmt.Fprintf(p.out, "%s%s\n", prefix, l)
			} else {
				fmt.Fprintf(p.out, "%s%s\n", indent, l)
			}
			first = false
		}
	}
}

func (p *page) gaps(gs []Gap) {
	if len(gs) == 0 {
		return
	}
	fmt.Fprintf(p.out, "%s\n", p.paint(bold, "Not known from these files:"))
	for _, g := range gs[:min(len(gs), maxGaps)] {
		text := g.Message
		if g.At.File != "" {
			text = g.At.String() + ": " + text
		}
		if g.Settle != "" {
			text += " (" + g.Settle + ")"
		}
		fmt.Fprintf(p.out, "  - %s\n", Printable(text))
	}
	if more := len(gs) - maxGaps; more > 0 {
		fmt.Fprintf(p.out, "  - and %d more: --format json lists them all\n", more)
	}
	p.out.WriteByte('\n')
}

func (p *page) summary(r *Result) {
	for _, w := range r.warnings() {
		fmt.Fprintf(p.out, "%s: %s\n", p.paint(yellow, "WARNING"), Printable(w))
	}
	s := r.shownSummary()
	found := s.Found()
	style := green
	switch {
	case s.Errors > 0:
		style = red
	case s.Warnings > 0 || s.Policies == 0:
		style = yellow
	}
	fmt.Fprintf(p.out, "%s. Analysed %s.\n", p.paint(style, strings.ToUpper(found[:1])+found[1:]), s.Analysed())
	for _, d := range r.details() {
		fmt.Fprintf(p.out, "%s\n", Printable(d))
	}
	if f := r.fixable(); f != "" {
		fmt.Fprintf(p.out, "%s\n", f)
	}
}
