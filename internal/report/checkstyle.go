package report

import (
	"encoding/xml"
	"io"

	"github.com/tierlint/tierlint/internal/diag"
)

// Checkstyle writes the XML of Checkstyle, which many tools read: Jenkins' Warnings plugin,
// reviewdog, editors.
type Checkstyle struct{}

type checkstyleReport struct {
	XMLName xml.Name          `xml:"checkstyle"`
	Version string            `xml:"version,attr"` // of Checkstyle, whose form it is
	Files   []*checkstyleFile `xml:"file"`
}

type checkstyleFile struct {
	Name   string            `xml:"name,attr"`
	Errors []checkstyleError `xml:"error"`
}

type checkstyleError struct {
	Line     int    `xml:"line,attr"`
	Column   int    `xml:"column,attr,omitempty"`
	Severity string `xml:"severity,attr"`
	Message  string `xml:"message,attr"`
	Source   string `xml:"source,attr"`
}

// Report implements Reporter.
func (Checkstyle) Report(w io.Writer, r *Result) error {
	out := checkstyleReport{Version: "10.0"}
	files := map[string]*checkstyleFile{}
	add := func(name string, e checkstyleError) {
		f := files[name]
		if f == nil {
			f = &checkstyleFile{Name: Printable(name)}
			files[name] = f
			out.Files = append(out.Files, f)
		}
		f.Errors = append(f.Errors, e)
	}
	for _, w := range r.warnings() {
		add(".", checkstyleError{Line: 1, Severity: "warning", Message: Printable(w), Source: "tierlint"})
	}
	if r.Failure != nil {
		add(".", checkstyleError{Line: 1, Severity: "error", Message: incomplete(r.Failure), Source: "tierlint"})
	}
	for i := range r.Findings {
		d := &r.Findings[i]
		name, _ := r.inRepository(d.At.File)
		add(name, checkstyleError{line(d.At.Span), d.At.Start.Col, checkstyleSeverity(d.Severity), annotationText(d), "tierlint." + d.Check})
	}
	return writeXML(w, out)
}

// checkstyleSeverity is what Checkstyle calls a severity.
func checkstyleSeverity(s diag.Severity) string {
	if s == diag.Error || s == diag.Warning {
		return s.String()
	}
	return "info"
}
