package report

import (
	"fmt"
	"slices"
	"testing"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/source"
)

// What clusters are taken for is a sentence for each platform, however many clusters there are.
func TestPlatformsInWords(t *testing.T) {
	one := []Platform{{Name: "openshift", DetectedFrom: "route.yaml:2:7"}}
	some := []Platform{
		{Environment: "dev", Name: "kubernetes"},
		{Environment: "prod", Name: "openshift", DetectedFrom: "route.yaml:2:7"},
		{Environment: "staging", Name: "openshift", DetectedFrom: "route.yaml:2:7"},
		{Environment: "test", Name: "rke2", DetectedFrom: "test/chart.yaml:2:7"},
	}
	var many []Platform
	for i := range 100 {
		many = append(many, Platform{fmt.Sprintf("c%02d", i), "openshift", fmt.Sprintf("c%02d/route.yaml:2:7", i/2)})
	}
	for _, c := range []struct {
		platforms []Platform
		want      []string
	}{
		{nil, nil},
		{one, []string{"Platform: openshift, detected from route.yaml:2:7."}},
		{some, []string{
			"Platform of prod, staging: openshift, detected from route.yaml:2:7.",
			"Platform of test: rke2, detected from test/chart.yaml:2:7.",
		}},
		{many, []string{"Platform of all 100 environments: openshift, detected from c00/route.yaml:2:7 and 49 other places."}},
		{append(many, some[0]), []string{"Platform of c00, c01, c02, c03, c04, c05, c06, c07, c08, c09, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19 and 80 more: " +
			"openshift, detected from c00/route.yaml:2:7 and 49 other places."}},
	} {
		if got := (Summary{Platforms: c.platforms}).Details(); !slices.Equal(got, c.want) {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}

func TestFixable(t *testing.T) {
	with := func(file string, safe ...bool) diag.Diagnostic {
		var d diag.Diagnostic
		for _, s := range safe {
			d.Fixes = append(d.Fixes, diag.Fix{Safe: s, Edits: []diag.Edit{{Span: source.Span{File: file}}}})
		}
		return d
	}
	safe, other, none := with("a.yaml", false, true), with("a.yaml", false), with("a.yaml")
	for want, r := range map[string]Result{
		"": {Findings: []diag.Diagnostic{none, with("<stdin>", true)}},
		"1 finding has a safe fix: --diff prints what --fix would change.":                              {Findings: []diag.Diagnostic{none, safe}},
		"2 findings have a fix for a person to look at: --diff=all prints what --fix=all would change.": {Findings: []diag.Diagnostic{other, other}},
		"2 findings have a safe fix, and 1 finding has a fix for a person to look at: --diff and --diff=all print what --fix and --fix=all would change.": {
			Findings: []diag.Diagnostic{safe, other, safe},
		},
	} {
		if got := r.fixable(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if r := (Result{Findings: []diag.Diagnostic{safe, other}, Fixed: true}); r.fixable() != "" {
		t.Errorf("after fixing: %q", r.fixable())
	}
}
