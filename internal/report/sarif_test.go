package report

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/source"
)

// schema is the SARIF 2.1.0 schema of OASIS.
func schema(t *testing.T) *jsonschema.Schema {
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

// sarifLog is what GitHub reads of a file.
type sarifLog struct {
	Runs []struct {
		ColumnKind        string
		AutomationDetails struct{ ID string }
		Tool              struct {
			Driver struct {
				Rules []struct {
					ID                                string
					ShortDescription, FullDescription struct{ Text string }
					Help                              struct{ Text string }
				}
			}
		}
		Results []struct {
			RuleID              string
			RuleIndex           int
			Message             struct{ Text string }
			PartialFingerprints map[string]string
			Locations           []struct {
				PhysicalLocation struct {
					ArtifactLocation struct{ URI string }
					Region           struct{ StartLine, StartColumn, EndLine, EndColumn int }
				}
			}
		}
	}
}

func TestSARIFAsGitHubReadsIt(t *testing.T) {
	r := result()
	two := dns()
	two.At.End = source.Pos{Line: 16, Col: 4} // over several lines
	r.Findings = append(r.Findings, two)
	var log sarifLog
	if err := json.Unmarshal([]byte(write(t, SARIF{}, r)), &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	if run.AutomationDetails.ID != "tierlint/check/" || run.ColumnKind != "unicodeCodePoints" {
		t.Errorf("id %q, columns %q", run.AutomationDetails.ID, run.ColumnKind)
	}
	seen := map[string]bool{}
	for i, res := range run.Results {
		if got := run.Tool.Driver.Rules[res.RuleIndex].ID; got != res.RuleID {
			t.Errorf("result %d: rule %s has the index of %s", i, res.RuleID, got)
		}
		p := res.Locations[0].PhysicalLocation
		if p.Region.StartLine != p.Region.EndLine || p.Region.EndColumn <= p.Region.StartColumn || p.ArtifactLocation.URI == "" {
			t.Errorf("result %d: the primary region is not a piece of one line: %+v", i, p)
		}
		f := res.PartialFingerprints["tierlint/v1"]
		if f == "" || seen[f] {
			t.Errorf("result %d: fingerprint %q is empty or not its own", i, f)
		}
		seen[f] = true
	}
	if text := run.Results[2].Message.Text; !strings.Contains(text, "[policies/default-deny.yaml:6:3](1)") {
		t.Errorf("no link to the related location in %q", text)
	}
	for _, rule := range run.Tool.Driver.Rules {
		if rule.ShortDescription.Text == "" || rule.FullDescription.Text == "" || rule.Help.Text == "" {
			t.Errorf("rule %s lacks a text: %+v", rule.ID, rule)
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
