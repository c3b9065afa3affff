package report

import (
	"bytes"
	"cmp"
	"crypto/sha1"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/suppress"
)

// SARIF writes SARIF 2.1.0 as GitHub's code scanning takes it.
type SARIF struct {
	// Suppressed lists hidden findings too, as suppressed results. GitHub ignores `suppressions` and
	// would open an alert for each.
	Suppressed bool
}

// home is where the tool and its pages are.
const home = "https://github.com/tierlint/tierlint"

// Report implements Reporter.
func (f SARIF) Report(w io.Writer, r *Result) error {
	log, err := sarif.New(sarif.Version210)
	if err != nil {
		return fmt.Errorf("writing SARIF: %w", err)
	}
	s := &sarifRun{lines: newLines(r.Source), repeats: map[string]int{}}
	hidden := r.Hidden
	if !f.Suppressed {
		hidden = nil
	}
	s.addRules(r, hidden)
	driver := sarif.NewVersionedDriver("tierlint", r.Tool).WithInformationURI(home).WithRules(s.rules)
	run := sarif.NewRun(*sarif.NewTool(driver)).
		// The category is what comes before the last slash; GitHub replaces the results of the
		// same category.
		WithAutomationDetails(sarif.NewRunAutomationDetails().WithID("tierlint/" + cmp.Or(r.Scope, "check") + "/")).
		WithColumnKind("unicodeCodePoints").
		WithInvocations([]*sarif.Invocation{invocation(r)})
	for i := range r.Findings {
		run.AddResult(s.result(&r.Findings[i]))
	}
	for i := range hidden {
		run.AddResult(s.result(&hidden[i].Diagnostic).WithSuppression([]*sarif.Suppression{suppression(&hidden[i])}))
	}
	log.AddRun(run)
	var b bytes.Buffer
	if err := log.PrettyWrite(&b); err != nil {
		return fmt.Errorf("writing SARIF: %w", err)
	}
	b.WriteByte('\n')
	_, err = w.Write(b.Bytes())
	return err
}

// sarifRun is a run in the making.
type sarifRun struct {
	lines   *lines
	rules   []*sarif.ReportingDescriptor
	index   map[string]int // of a rule, by ID
	repeats map[string]int // of a fingerprint
}

// invocation says how much was analysed and what is not known.
func invocation(r *Result) *sarif.Invocation {
	note := func(level, text string) *sarif.Notification {
		return &sarif.Notification{Level: level, Message: sarif.NewTextMessage(text)}
	}
	notes := []*sarif.Notification{note("note", "Analysed "+r.Summary.Analysed()+".")}
	for _, d := range r.Summary.Details() {
		notes = append(notes, note("note", plain(d)))
	}
	if n := r.Summary.Nothing(); n != "" {
		notes = append(notes, note("warning", n))
	}
	for _, g := range r.Gaps {
		n := note("note", plain(g.Message))
		if g.At.File != "" {
			n.Locations = []*sarif.Location{location(g.At.Span, nil)}
		}
		notes = append(notes, n)
	}
	return sarif.NewInvocation().WithExecutionSuccess(true).WithToolExecutionNotifications(notes)
}

func (s *sarifRun) result(d *diag.Diagnostic) *sarif.Result {
	text := plain(d.Message)
	if d.Witness != nil {
		text += ". Flow: " + plain(d.Witness.String())
	}
	if d.Decided != "" {
		text += ". Decided by " + plain(d.Decided)
	}
	if d.Help != "" {
		text += ". Write: " + plain(d.Help)
	}
	res := sarif.NewRuleResult(d.Check).WithRuleIndex(s.index[d.Check]).WithLevel(d.Severity.String()).
		WithLocations([]*sarif.Location{location(d.At.Span, s.lines)}).
		WithPartialFingerPrints(map[string]any{"tierlint/v1": s.fingerprint(d)})
	for i, rel := range d.Related {
		loc := location(rel.At.Span, nil).WithId(i + 1).WithMessage(sarif.NewTextMessage(plain(rel.Message)))
		res.RelatedLocations = append(res.RelatedLocations, loc)
		// A related location is shown only where the message links to it.
		text += fmt.Sprintf(". See [%s](%d): %s", linkText(rel.At.String()), i+1, plain(rel.Message))
	}
	for i, via := range d.At.Via {
		id := len(d.Related) + i + 1
		loc := location(via, nil).WithId(id).WithMessage(sarif.NewTextMessage("comes into the build here"))
		res.RelatedLocations = append(res.RelatedLocations, loc)
		text += fmt.Sprintf(". Through [%s](%d)", linkText(via.String()), id)
	}
	if len(d.Environments) > 0 {
		text += ". In " + plain(strings.Join(d.Environments, ", "))
	}
	if d.At.Approximate {
		text += ". The place is only near: " + approximate
		res.Properties = sarif.Properties{"approximate": true}
	}
	return res.WithMessage(sarif.NewTextMessage(text))
}

// suppression says what hides a finding.
func suppression(h *suppress.Hidden) *sarif.Suppression {
	kind := "inSource"
	if h.Kind == suppress.InBaseline {
		kind = "external"
	}
	return sarif.NewSuppression(kind).WithStatus("accepted").WithJustifcation(plain(h.Reason)).WithLocation(location(h.By, nil)).
		WithGuid(guid(h.Fingerprint() + h.At.String()))
}

// guid is a UUID that a name has (RFC 9562, 5.5). The library writes a null where there is none,
// which SARIF does not allow.
func guid(name string) string {
	b := sha1.Sum([]byte(home + name))
	b[6], b[8] = b[6]&0x0f|0x50, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:16])
}

// fingerprint is the finding's, with a count if others have the same.
func (s *sarifRun) fingerprint(d *diag.Diagnostic) string {
	f := d.Fingerprint()
	s.repeats[f]++
	if n := s.repeats[f]; n > 1 {
		return fmt.Sprintf("%s:%d", f, n)
	}
	return f
}

// location of a span. GitHub shows a finding in a pull request only if all lines of its region
// are changed there, so the region is on one line: the first.
func location(s source.Span, l *lines) *sarif.Location {
	region := sarif.NewRegion().WithStartLine(max(s.Start.Line, 1)).WithEndLine(max(s.Start.Line, 1))
	if s.Start.Col > 0 {
		end := s.End.Col
		if s.End.Line != s.Start.Line && l != nil {
			line, _ := l.at(s.File, s.Start.Line)
			end = len([]rune(strings.TrimRight(line, " \t"))) + 1
		}
		region.WithStartColumn(s.Start.Col).WithEndColumn(max(end, s.Start.Col+1))
	} else {
		region.WithStartColumn(1).WithEndColumn(2)
	}
	artifact := sarif.NewArtifactLocation().WithUri(uri(s.File))
	return sarif.NewLocationWithPhysicalLocation(sarif.NewPhysicalLocation().WithArtifactLocation(artifact).WithRegion(region))
}

// uri is a file's path as a relative reference.
func uri(file string) string {
	parts := strings.Split(file, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	if strings.Contains(parts[0], ":") { // or it would be a scheme
		parts[0] = "./" + parts[0]
	}
	return strings.Join(parts, "/")
}

// plain makes sure that a text has no embedded links that nobody meant (SARIF 2.1.0, 3.11.6).
func plain(s string) string {
	s = Printable(s)
	if !strings.Contains(s, "](") {
		return s
	}
	return linkText(s)
}

// linkText escapes the text of an embedded link.
func linkText(s string) string {
	return strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`).Replace(Printable(s))
}
