package report

import (
	"cmp"
	"encoding/xml"
	"io"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
)

// JUnit writes JUnit XML, for the pages of tests of Jenkins, GitLab and others. Each check that ran
// without finding anything is a test that passes, so that a clean run is not an empty report, which
// Jenkins takes for an error. A finding that lets the run fail is a failure; others are skipped tests,
// which is how the pages show a text without failing. Where new findings only count, the others are left out.
type JUnit struct{}

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"` // the check
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string       `xml:"name,attr"`
	Class   string       `xml:"classname,attr"`
	File    string       `xml:"file,attr,omitempty"`
	Line    int          `xml:"line,attr,omitempty"`
	Failure *junitDetail `xml:"failure"`
	Error   *junitDetail `xml:"error"`
	Skipped *junitDetail `xml:"skipped"`
	Out     string       `xml:"system-out,omitempty"`
}

type junitDetail struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// Report implements Reporter.
func (JUnit) Report(w io.Writer, r *Result) error {
	all := junitSuites{Name: "tierlint"}
	all.add(r.junitAnalysis())
	by := map[string][]junitCase{}
	for _, d := range r.Shown() {
		by[d.Check] = append(by[d.Check], r.testCase(&d))
	}
	for _, id := range r.ids() {
		if by[id] == nil {
			by[id] = []junitCase{{Name: id, Class: id}}
		}
		all.add(junitSuite{Name: id, Cases: by[id]})
	}
	return writeXML(w, all)
}

func (s *junitSuites) add(suite junitSuite) {
	suite.Tests = len(suite.Cases)
	for _, c := range suite.Cases {
		switch {
		case c.Failure != nil:
			suite.Failures++
		case c.Error != nil:
			suite.Errors++
		case c.Skipped != nil:
			suite.Skipped++
		}
	}
	s.Tests += suite.Tests
	s.Failures += suite.Failures
	s.Errors += suite.Errors
	s.Skipped += suite.Skipped
	s.Suites = append(s.Suites, suite)
}

// junitAnalysis says how much was analysed, and whether that is nothing, or not complete.
func (r *Result) junitAnalysis() junitSuite {
	lines := append([]string{"Analysed " + r.Summary.Analysed() + "."}, r.details()...)
	for _, g := range r.Gaps[:min(len(r.Gaps), maxGaps)] {
		lines = append(lines, "Not known: "+g.Message)
	}
	for i := range lines {
		lines[i] = Printable(lines[i])
	}
	c := junitCase{Name: "analysis", Class: "tierlint", Out: strings.Join(lines, "\n")}
	if w := r.warnings(); len(w) > 0 {
		c.Skipped = &junitDetail{Message: Printable(strings.Join(w, "; "))}
	}
	if r.Failure != nil {
		c.Error = &junitDetail{Message: incomplete(r.Failure)}
	}
	return junitSuite{Name: "tierlint", Cases: []junitCase{c}}
}

// testCase is a finding as a test.
func (r *Result) testCase(d *diag.Diagnostic) junitCase {
	file, _ := r.inRepository(d.At.File)
	message := Printable(d.Message)
	c := junitCase{Name: Printable(d.At.String()) + ": " + message, Class: d.Check, File: Printable(file), Line: line(d.At.Span)}
	detail := &junitDetail{Message: d.Severity.String() + ": " + message, Text: annotationText(d)}
	if r.fails(d) {
		detail.Type = d.Severity.String()
		c.Failure = detail
	} else {
		c.Skipped = detail
	}
	return c
}

// ids are those of the checks that were asked for or found something, in order.
func (r *Result) ids() []string {
	var out []string
	for _, c := range r.Checks {
		out = append(out, c.ID)
	}
	for i := range r.Findings {
		out = append(out, r.Findings[i].Check)
	}
	slices.SortFunc(out, cmp.Compare[string])
	return slices.Compact(out)
}

// fails says whether a finding lets the run fail.
func (r *Result) fails(d *diag.Diagnostic) bool {
	if r.Fails == nil {
		return d.Severity == diag.Error
	}
	return r.Fails(d)
}
