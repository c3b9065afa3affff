package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/suppress"
)

var update = flag.Bool("update", false, "write the golden files anew")

// span is a piece of one line.
func span(file string, line, from, to int) source.Span {
	return source.Span{File: file, Start: source.Pos{Line: line, Col: from}, End: source.Pos{Line: line, Col: to}}
}

// files are what the findings below are about.
func files(name string) []byte {
	return []byte(map[string]string{
		"policies/allow-dns.yaml": strings.Repeat("\n", 13) + "      ports: [53]\n",
		"apps/bank.yaml":          strings.Repeat("\n", 8) + "    - action: Allow # 許可する\n",
	}[name])
}

// dns is a finding with everything.
func dns() diag.Diagnostic {
	return diag.Diagnostic{
		Check: "dns-port-after-dnat", Severity: diag.Error,
		At:      source.Origin{Span: span("policies/allow-dns.yaml", 14, 15, 17), Via: []source.Span{span("overlays/prod/kustomization.yaml", 4, 5, 15)}},
		Object:  "NetworkPolicy web/allow-dns",
		Message: "DNS stays blocked: Service openshift-dns/dns-default turns port 53 into 5353 before this rule sees it",
		Help:    "destination: {services: {name: dns-default, namespace: openshift-dns}}",
		Settle:  "--platform, or platform in the settings",
		Decided: "end of tier default: policies/default-deny.yaml:6 isolates web/web for egress and nothing allows the flow",
		Related: []diag.Related{{At: source.Origin{Span: span("policies/default-deny.yaml", 6, 3, 11)}, Message: "isolates web/web"}},
		Witness: &flow.Flow{Src: "web/web", Dst: "openshift-dns/dns-default", Via: "svc:openshift-dns/dns-default:53", Proto: "udp", Port: 5353},
		Walk: []diag.Related{
			{At: source.Origin{Span: span("policies/security.yaml", 9, 5, 11)}, Message: "Pass rule of GlobalNetworkPolicy security.pass in tier security (order 100)"},
			{At: source.Origin{Span: span("policies/default-deny.yaml", 6, 3, 11)}, Message: "NetworkPolicy web/default-deny isolates in tier default, and nothing in the tier lets the flow on"},
		},
		Environments: []string{"prod", "staging"},
		Fixes:        []diag.Fix{{Title: "match the pod port 5353", Safe: true, Edits: []diag.Edit{{Span: span("policies/allow-dns.yaml", 14, 15, 17), NewText: "5353"}}}},
	}
}

// result has a finding of each severity, one of a whole file, and a gap.
func result() *Result {
	r := &Result{
		Findings: []diag.Diagnostic{
			{Check: "default-deny", Severity: diag.Note, At: source.Origin{Span: span("apps/bank.yaml", 9, 7, 20)}, Message: "wide 字 and 100%"},
			{Check: "invalid-manifest", Severity: diag.Warning, At: source.Origin{Span: source.Span{File: "broken,file:1.yaml"}}, Message: "the file is empty"},
			dns(),
		},
		Gaps: []Gap{{Gap: model.Gap{
			At: source.Origin{Span: span("apps/bank.yaml", 9, 7, 20)}, Message: "the labels of Namespace bank are not known", Settle: "put the Namespace into the files",
		}, Environments: []string{"prod"}}},
		Hidden:  hidden(),
		Summary: Summary{Environments: 2, Roots: 2, Files: 9, Documents: 12, NotUnderstood: 1, Policies: 4, Tiers: 1, Workloads: 1, Services: 2},
		Checks: []*check.Check{
			{ID: "dns-port-after-dnat", Title: "The rule's port is the Service's", Doc: "# Heading\n\nThe rule names a port.\n\nMore.", Severity: diag.Error},
			{ID: "default-deny", Title: "No default deny", Doc: "Nothing isolates.", Severity: diag.Note},
		},
		Source: files, Tool: "v0.1.0",
	}
	r.Summary.Count(r.Findings)
	r.Summary.CountHidden(r.Hidden)
	r.Summary.BaselineUnmatched, r.Summary.Excluded = 1, 2
	r.Summary.ContextObjects, r.Summary.ContextFindings = 57, 3
	r.Summary.Platforms = []Platform{{Environment: "prod", Name: "openshift", DetectedFrom: "apps/route.yaml:2:7"}, {Environment: "staging", Name: "kubernetes"}}
	return r
}

// hidden is a finding hidden by a comment, and one in the baseline.
func hidden() []suppress.Hidden {
	commented := diag.Diagnostic{Check: "default-deny", Severity: diag.Note, At: source.Origin{Span: span("apps/bank.yaml", 9, 7, 20)}, Message: "hidden by a comment"}
	old := diag.Diagnostic{Check: "service-port", Severity: diag.Error, At: source.Origin{Span: span("apps/bank.yaml", 9, 15, 20)}, Object: "NetworkPolicy bank/old", Message: "hidden by the baseline"}
	return []suppress.Hidden{
		{Diagnostic: commented, Kind: suppress.Comment, Reason: "the bank has its own", By: span("apps/bank.yaml", 9, 21, 40)},
		{Diagnostic: old, Kind: suppress.InBaseline, Reason: "in the baseline", By: source.Span{File: ".tierlint-baseline.json"}},
	}
}

// write writes a report.
func write(t *testing.T, rep Reporter, r *Result) string {
	t.Helper()
	var b bytes.Buffer
	if err := rep.Report(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// golden compares a report with a file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s (run with -update to accept):\n got:\n%s\nwant:\n%s", name, got, want)
	}
}

func TestGolden(t *testing.T) {
	for _, tt := range []struct {
		name string
		rep  Reporter
	}{
		{"text.txt", Text{}},
		{"narrow.txt", Text{Options{Width: 72}}},
		{"color.txt", Text{Options{Color: true}}},
		{"report.json", JSON{}},
		{"report.sarif", SARIF{}},
		{"suppressed.sarif", SARIF{Suppressed: true}},
		{"github.txt", GitHub{}},
		{"gitlab.json", GitLab{}},
		{"junit.xml", JUnit{}},
		{"checkstyle.xml", Checkstyle{}},
	} {
		t.Run(tt.name, func(t *testing.T) { golden(t, tt.name, write(t, tt.rep, result())) })
	}
}

func TestNoPolicyIsSaidInEveryFormat(t *testing.T) {
	r := &Result{Summary: Summary{Files: 3}}
	for _, f := range Formats() {
		rep, ok := New(f, Options{})
		if !ok {
			t.Fatalf("no reporter for %s", f)
		}
		got := write(t, rep, r)
		want := "no network policy was found in 3 files"
		if f == "json" {
			want = `"policies": 0`
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s does not say %q:\n%s", f, want, got)
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	if _, ok := New("xml", Options{}); ok {
		t.Error("there is a reporter for xml")
	}
}
