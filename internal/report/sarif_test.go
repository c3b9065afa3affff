package report

import (
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/source"
)

// schema is the SARIF 2.1.0 schema of OASIS.
func schema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	f, err := os.Open("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	const url = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	if err := c.AddResource(url, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(url)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSARIFIsValid(t *testing.T) {
	s := schema(t)
	odd := dns()
	odd.At.File = "a b/ü[1](2)#?%.yaml"
	odd.Message = "see [this](9) \x1b"
	odd.At.End = source.Pos{Line: 20, Col: 1}
	for name, r := range map[string]*Result{
		"everything":    result(),
		"nothing":       {},
		"odd names":     {Findings: []diag.Diagnostic{odd, odd}, Source: files},
		"unknown check": {Findings: []diag.Diagnostic{{Check: "x", Severity: diag.Note, At: source.Origin{Span: source.Span{File: "c:d"}}, Message: "m"}}},
	} {
		t.Run(name, func(t *testing.T) {
			text := write(t, SARIF{Suppressed: true}, r)
			doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Validate(doc); err != nil {
				t.Errorf("%v\n%s", err, text)
			}
			if strings.Contains(text, "null") {
				t.Error("there is a null, which GitHub refuses")
			}
		})
	}
}

// readSARIF writes a report and reads it again.
func readSARIF(t *testing.T, f SARIF, r *Result) sarifRun {
	t.Helper()
	var log sarifLog
	if err := json.Unmarshal([]byte(write(t, f, r)), &log); err != nil {
		t.Fatal(err)
	}
	return log.Runs[0]
}

func TestSARIFAsGitHubReadsIt(t *testing.T) {
	r := result()
	two := dns()
	two.At.Start.Line, two.At.End = 15, source.Pos{Line: 16, Col: 4} // over several lines
	r.Findings = append(r.Findings, two)
	run := readSARIF(t, SARIF{}, r)
	if run.AutomationDetails.ID != "tierlint/check/" || run.ColumnKind != "unicodeCodePoints" {
		t.Errorf("id %q, columns %q", run.AutomationDetails.ID, run.ColumnKind)
	}
	seen := map[string]bool{}
	for i, res := range run.Results {
		if got := run.Tool.Driver.Rules[res.RuleIndex].ID; got != res.RuleID {
			t.Errorf("result %d: rule %s has the index of %s", i, res.RuleID, got)
		}
		p := res.Locations[0].Physical
		if p.Region.StartLine != p.Region.EndLine || p.Region.EndColumn <= p.Region.StartColumn || p.Artifact.URI == "" {
			t.Errorf("result %d: the primary region is not a piece of one line: %+v", i, p)
		}
		f := res.Fingerprints[ownFingerprint]
		if f == "" || seen[f] {
			t.Errorf("result %d: fingerprint %q is empty or not its own", i, f)
		}
		seen[f] = true
	}
	if text := run.Results[2].Message.Text; !strings.Contains(text, "[policies/default-deny.yaml:6:3](1)") {
		t.Errorf("no link to the related location in %q", text)
	}
	if got := run.Results[2].CodeFlows[0].ThreadFlows[0].Locations; len(got) != 2 || got[1].Location.Physical.Region.StartLine != 6 {
		t.Errorf("the way through the tiers is %+v", got)
	}
	for _, rule := range run.Tool.Driver.Rules {
		if rule.Short.Text == "" || rule.Full.Text == "" || rule.Help.Text == "" || rule.Help.Markdown == "" {
			t.Errorf("rule %s lacks a text: %+v", rule.ID, rule)
		}
	}
}

// GitHub takes rule, file and line for the identity of an alert, so that there is one result of them.
func TestSARIFJoinsFindingsOfALine(t *testing.T) {
	a, b, c := dns(), dns(), dns()
	b.Message, b.Severity, b.Environments, b.Object = "another [thing](1)", diag.Error, []string{"test"}, "NetworkPolicy web/other"
	a.Severity = diag.Warning
	c.Check = "other-check"
	run := readSARIF(t, SARIF{}, &Result{Findings: []diag.Diagnostic{a, b, c}, Source: files})
	if len(run.Results) != 2 {
		t.Fatalf("%d results, want 2", len(run.Results))
	}
	got := run.Results[0]
	for _, want := range []string{
		"another [thing] (1).\n", "See [policies/default-deny.yaml:6:3](1)", "\nIn test.\n\nAlso on this line: DNS stays blocked",
		"See [policies/default-deny.yaml:6:3](3)", "Through [overlays/prod/kustomization.yaml:4:5](4).", "\nIn prod, staging.",
	} {
		if !strings.Contains(got.Message.Text, want) {
			t.Errorf("%q is not in %q", want, got.Message.Text)
		}
	}
	if got.Level != "error" || len(got.Related) != 4 || got.Related[3].ID != 4 || len(got.CodeFlows) != 2 {
		t.Errorf("level %s, related %+v, %d ways", got.Level, got.Related, len(got.CodeFlows))
	}
	// What is said in the same words of several environments is said once.
	b = a
	b.Environments = []string{"test"}
	run = readSARIF(t, SARIF{}, &Result{Findings: []diag.Diagnostic{a, b}, Source: files})
	if len(run.Results) != 1 || !strings.HasSuffix(run.Results[0].Message.Text, "\nIn prod, staging, test.") || strings.Contains(run.Results[0].Message.Text, "Also") {
		t.Errorf("%+v", run.Results[0].Message)
	}
}

// GitHub's hash is that of the line in the file, also for a finding about the whole file.
func TestSARIFHasGitHubsFingerprint(t *testing.T) {
	d := dns()
	whole := diag.Diagnostic{Check: "c", Severity: diag.Note, At: source.Origin{Span: source.Span{File: d.At.File}}, Message: "m"}
	unread := diag.Diagnostic{Check: "c", Severity: diag.Note, At: source.Origin{Span: span("elsewhere.yaml", 3, 1, 2)}, Message: "m"}
	run := readSARIF(t, SARIF{}, &Result{Findings: []diag.Diagnostic{d, whole, unread}, Source: files})
	all := lineHashes(files(d.At.File))
	for i, want := range []string{"", all[0].String(), all[13].String()} {
		if i == 0 {
			if got, ok := run.Results[0].Fingerprints["primaryLocationLineHash"]; ok {
				t.Errorf("a line that was not read has the hash %s", got)
			}
			continue
		}
		if got := run.Results[i].Fingerprints["primaryLocationLineHash"]; got != want {
			t.Errorf("result %d: %q, want %q", i, got, want)
		}
	}
}

// Files are named from the top of the repository; outside of it, as people see them.
func TestSARIFNamesFilesFromTheTop(t *testing.T) {
	r := &Result{
		Findings: []diag.Diagnostic{
			{Check: "c", Severity: diag.Note, At: source.Origin{Span: span("x.yaml", 1, 1, 2)}, Message: "inside"},
			{Check: "c", Severity: diag.Note, At: source.Origin{Span: span("<stdin>", 1, 1, 2)}, Message: "outside"},
		},
		InRepository: func(file string) (string, bool) { return "clusters/prod/" + file, file != "<stdin>" },
	}
	run := readSARIF(t, SARIF{}, r)
	for i, want := range []string{"%3Cstdin%3E", "clusters/prod/x.yaml"} {
		if got := run.Results[i].Locations[0].Physical.Artifact.URI; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestSARIFSaysThatACheckFailed(t *testing.T) {
	got := readSARIF(t, SARIF{}, &Result{Failure: errors.New("check x failed")}).Invocations[0]
	if got.Successful || got.Notifications[0].Level != "error" || !strings.Contains(got.Notifications[0].Message.Text, "check x failed") {
		t.Errorf("%+v", got)
	}
}

// The help stands outside of the docs, where relative links would lead nowhere.
func TestSARIFHelpLinksToTheDocs(t *testing.T) {
	rule := ruleOf(&check.Check{ID: "a", Title: "T", Doc: "See [fixes](../fixes.md#x) and [b](b.md).\n\n<!-- output -->\n\n[c](https://c.example/d.md)\n"})
	const docs = "https://github.com/tierlint/tierlint/blob/main/docs/"
	if want := "See [fixes](" + docs + "fixes.md#x) and [b](" + docs + "checks/b.md).\n\n\n[c](https://c.example/d.md)\n"; rule.Help.Markdown != want {
		t.Errorf("got %q, want %q", rule.Help.Markdown, want)
	}
}

// A rule's security severity never fails a pull request that tierlint lets pass: GitHub does so from 7
// on, and for errors.
func TestSARIFRanksRules(t *testing.T) {
	for _, tt := range []struct {
		severity diag.Severity
		exposes  bool
		want     sarifRuleDetails
	}{
		{diag.Error, true, sarifRuleDetails{"very-high", "error", "8.0", []string{"kubernetes", "network-policy", "security"}}},
		{diag.Warning, true, sarifRuleDetails{"high", "warning", "5.0", []string{"kubernetes", "network-policy", "security"}}},
		{diag.Note, false, sarifRuleDetails{"medium", "recommendation", "", []string{"kubernetes", "network-policy"}}},
	} {
		if got := ruleDetails(&check.Check{Severity: tt.severity, Exposes: tt.exposes}); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%v %v: %+v, want %+v", tt.severity, tt.exposes, got, tt.want)
		}
	}
}

func TestFingerprintsOutliveMovedLines(t *testing.T) {
	a, b := dns(), dns()
	b.At.Start.Line, b.At.End.Line = 99, 99
	if a.Fingerprint() != b.Fingerprint() {
		t.Error("a line's number is part of the fingerprint")
	}
	b.Object = "NetworkPolicy web/other"
	if a.Fingerprint() == b.Fingerprint() {
		t.Error("the object is no part of the fingerprint")
	}
}
