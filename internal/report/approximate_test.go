package report_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/report"
	"github.com/tierlint/tierlint/internal/source"
)

// Where the line of a chart's template is only near to what must change, every report says so.
func TestApproximate(t *testing.T) {
	for want, r := range map[string]report.Reporter{
		"= near     approximately here": report.Text{},
		"near: approximately here":      report.GitHub{},
		`"approximate": true`:           report.JSON{},
		"is only near: approximately":   report.SARIF{},
	} {
		for _, approximate := range []bool{true, false} {
			at := source.Origin{Approximate: approximate, Span: source.Span{File: "templates/policy.yaml", Start: source.Pos{Line: 9, Col: 5}, End: source.Pos{Line: 9, Col: 7}}}
			res := &report.Result{
				Findings: []diag.Diagnostic{{Check: "service-port", Severity: diag.Error, At: at, Message: "80 is not the port"}},
				Source:   func(string) []byte { return nil },
			}
			var out bytes.Buffer
			if err := r.Report(&out, res); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(out.String(), want) != approximate {
				t.Errorf("%T, approximate %v:\n%s", r, approximate, &out)
			}
		}
	}
}
