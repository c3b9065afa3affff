package report

import (
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/source"
)

// A place that "decided" names is not shown again as a related one; line 7 is not line 70.
func TestRelatedPlacesAreNotSaidTwice(t *testing.T) {
	d := diag.Diagnostic{Check: "a-check", Message: "m", Decided: "end of tier default: NetworkPolicy a/b (deny.yaml:70) isolates"}
	for _, line := range []int{7, 70} {
		at := source.Origin{Span: source.Span{File: "deny.yaml", Start: source.Pos{Line: line, Col: 3}}}
		d.Related = append(d.Related, diag.Related{At: at, Message: "related"})
	}
	out := write(t, Text{}, &Result{Findings: []diag.Diagnostic{d}})
	if !strings.Contains(out, "deny.yaml:7:3: related") || strings.Contains(out, "deny.yaml:70:3") {
		t.Errorf("got:\n%s", out)
	}
}
