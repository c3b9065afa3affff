package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/suppress"
)

// JSON writes everything, for programs. The form is a contract: a change that is not an addition
// changes its version.
type JSON struct{}

type jsonReport struct {
	Version  int           `json:"version"`
	Findings []jsonFinding `json:"findings"`
	// Suppressed are the findings that are hidden, and why.
	Suppressed []jsonHidden `json:"suppressed"`
	Gaps       []jsonGap    `json:"gaps"`
	// Comparison is with another revision, if one was asked for.
	Comparison *jsonComparison `json:"comparison,omitempty"`
	Summary    Summary         `json:"summary"`
}

// jsonComparison says what the findings were compared with. The commit is empty where there was
// nothing to compare with, which problem then explains.
type jsonComparison struct {
	Base      string        `json:"base"`
	Commit    string        `json:"commit"`
	Problem   string        `json:"problem,omitempty"`
	Unrelated bool          `json:"unrelated,omitempty"`
	New       int           `json:"new"`
	Unchanged int           `json:"unchanged"`
	Fixed     []jsonFinding `json:"fixed"`
}

type jsonHidden struct {
	jsonFinding
	Suppression jsonSuppression `json:"suppression"`
}

// jsonSuppression is what hides a finding: a "comment", an "annotation", or the "baseline".
type jsonSuppression struct {
	Kind   suppress.Kind `json:"kind"`
	Reason string        `json:"reason"`
	jsonPlace
}

type jsonFinding struct {
	Check    string `json:"check"`
	Severity string `json:"severity"`
	State    string `json:"state,omitempty"` // "new" or "unchanged"; missing where nothing was compared
	Message  string `json:"message"`
	Help     string `json:"help"`
	Settle   string `json:"settle,omitempty"` // missing where nothing has to be settled
	jsonPlace
	EndLine      int           `json:"endLine"`
	EndColumn    int           `json:"endColumn"`
	Approximate  bool          `json:"approximate,omitempty"`
	Object       string        `json:"object"`
	Environments []string      `json:"environments"`
	Related      []jsonRelated `json:"related"`
	Witness      *flow.Flow    `json:"witness"`
	Decided      string        `json:"decided,omitempty"`
	Fixes        []jsonFix     `json:"fixes"`
}

// jsonPlace is a place in a file; line and column are 0 where the whole file is meant.
type jsonPlace struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

type jsonRelated struct {
	Message string `json:"message"`
	jsonPlace
}

type jsonFix struct {
	Title string     `json:"title"`
	Safe  bool       `json:"safe"`
	Edits []jsonEdit `json:"edits"`
}

type jsonEdit struct {
	jsonPlace
	EndLine   int    `json:"endLine"`
	EndColumn int    `json:"endColumn"`
	NewText   string `json:"newText"`
}

type jsonGap struct {
	Message string `json:"message"`
	Settle  string `json:"settle"`
	jsonPlace
	Environments []string `json:"environments"`
}

// Report implements Reporter.
func (JSON) Report(w io.Writer, r *Result) error {
	out := jsonReport{Version: 1, Findings: []jsonFinding{}, Suppressed: []jsonHidden{}, Gaps: []jsonGap{}, Summary: r.Summary}
	for i := range r.Findings {
		out.Findings = append(out.Findings, findingOf(&r.Findings[i]))
	}
	for i := range r.Hidden {
		h := &r.Hidden[i]
		out.Suppressed = append(out.Suppressed, jsonHidden{findingOf(&h.Diagnostic), jsonSuppression{h.Kind, h.Reason, placeOf(h.By)}})
	}
	if out.Summary.Platforms == nil {
		out.Summary.Platforms = []Platform{}
	}
	for _, g := range r.Gaps {
		out.Gaps = append(out.Gaps, jsonGap{g.Message, g.Settle, placeOf(g.At.Span), list(g.Environments)})
	}
	out.Comparison = comparisonOf(r)
	return writeJSON(w, out)
}

// writeJSON writes a value in which no character is left that could do something to a terminal: as an escape
// it says the same.
func writeJSON(w io.Writer, value any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(value); err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	_, err := w.Write(escapeControls(b.Bytes()))
	return err
}

// escapeControls escapes what Printable replaces. It is for JSON, where lines end outside of strings only.
func escapeControls(text []byte) []byte {
	escape := func(r rune) bool { return r >= 0x7f && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) }
	if !bytes.ContainsFunc(text, escape) {
		return text
	}
	var b bytes.Buffer
	for _, r := range string(text) {
		switch {
		case !escape(r):
			b.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		}
	}
	return b.Bytes()
}

func comparisonOf(r *Result) *jsonComparison {
	c := r.Comparison
	if c == nil {
		return nil
	}
	out := &jsonComparison{
		Base: c.Base, Commit: c.Commit, Problem: c.Problem, Unrelated: c.Unrelated,
		New: r.InState(diag.New), Unchanged: r.InState(diag.Unchanged), Fixed: []jsonFinding{},
	}
	for i := range c.Fixed {
		out.Fixed = append(out.Fixed, findingOf(&c.Fixed[i]))
	}
	return out
}

func findingOf(d *diag.Diagnostic) jsonFinding {
	f := jsonFinding{
		Check: d.Check, Severity: d.Severity.String(), State: d.State.String(), Message: d.Message, Help: d.Help, Settle: d.Settle,
		jsonPlace: placeOf(d.At.Span), EndLine: d.At.End.Line, EndColumn: d.At.End.Col, Approximate: d.At.Approximate,
		Object: d.Object, Environments: list(d.Environments), Related: []jsonRelated{},
		Witness: d.Witness, Decided: d.Decided, Fixes: []jsonFix{},
	}
	for _, r := range d.Related {
		f.Related = append(f.Related, jsonRelated{r.Message, placeOf(r.At.Span)})
	}
	for _, x := range d.Fixes {
		fix := jsonFix{Title: x.Title, Safe: x.Safe, Edits: []jsonEdit{}}
		for _, e := range x.Edits {
			fix.Edits = append(fix.Edits, jsonEdit{placeOf(e.Span), e.Span.End.Line, e.Span.End.Col, e.NewText})
		}
		f.Fixes = append(f.Fixes, fix)
	}
	return f
}

func placeOf(s source.Span) jsonPlace { return jsonPlace{s.File, s.Start.Line, s.Start.Col} }

// list is never nil, so that it is [] and not null.
func list(s []string) []string { return append([]string{}, s...) }
