package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tierlint/tierlint/internal/diag"
)

// shardOf is the report of a run with a scope.
func shardOf(t *testing.T, scope string, r *Result) Shard {
	t.Helper()
	r.Scope = scope
	return Shard{Name: scope + ".sarif", Data: []byte(write(t, SARIF{}, r))}
}

// merged merges reports, in any order to the same bytes.
func merged(t *testing.T, shards ...Shard) (string, sarifRun) {
	t.Helper()
	text := func() string {
		var b bytes.Buffer
		if _, err := MergeSARIF(&b, shards, "merged"); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	out := text()
	for range shards {
		shards = append(shards[1:], shards[0])
		if text() != out {
			t.Error("another order of the files gives other bytes")
		}
	}
	var log sarifLog
	if err := json.Unmarshal([]byte(out), &log); err != nil {
		t.Fatal(err)
	}
	return out, log.Runs[0]
}

func TestMergeSaysOnceWhatSeveralSay(t *testing.T) {
	base := dns()
	base.Environments = nil
	own := base
	own.At.File, own.Message = "clusters/c/x.yaml", "only there"
	a, b := result(), result()
	a.Findings, b.Findings = []diag.Diagnostic{base}, []diag.Diagnostic{base, own}
	out, run := merged(t, shardOf(t, "clusters/b", a), shardOf(t, "clusters/c", b))
	if id := run.AutomationDetails.ID; id != "tierlint/merged/" {
		t.Errorf("the category is %s", id)
	}
	if len(run.Results) != 2 || len(run.Tool.Driver.Rules) != 2 {
		t.Fatalf("%d results and %d rules, want 2 and 2:\n%s", len(run.Results), len(run.Tool.Driver.Rules), out)
	}
	if text := run.Results[1].Message.Text; !strings.HasSuffix(text, "\nIn clusters/b, clusters/c.") {
		t.Errorf("not in both: %s", text)
	}
	if text := run.Results[0].Message.Text; !strings.HasSuffix(text, "\nIn clusters/c.") {
		t.Errorf("not in one: %s", text)
	}
	if len(run.Results[1].Related) != 2 {
		t.Errorf("related places are there twice: %+v", run.Results[1].Related)
	}
	for _, want := range []string{"clusters/b: Analysed 4 policies", "clusters/c: Analysed 4 policies"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in %s", want, out)
		}
	}
	if n := strings.Count(out, "the labels of Namespace bank are not known"); n != 1 {
		t.Errorf("what is not known is said %d times", n)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema(t).Validate(doc); err != nil {
		t.Error(err)
	}
	// Merged again, it stays as it is.
	if again, _ := merged(t, Shard{"merged.sarif", []byte(out)}); len(again) > len(out) {
		t.Errorf("merging again gives\n%s\nwant\n%s", again, out)
	}
}

// Environments keep their names, and what differs is said side by side.
func TestMergeJoinsEnvironments(t *testing.T) {
	prod, test, other := dns(), dns(), dns()
	prod.Environments, test.Environments, other.Environments = []string{"prod"}, []string{"test"}, []string{"dev"}
	other.Message = "another reason"
	one := func(scope string, d diag.Diagnostic) Shard {
		return shardOf(t, scope, &Result{Findings: []diag.Diagnostic{d}, Source: files, Summary: Summary{Policies: 1}})
	}
	_, run := merged(t, one("a", prod), one("b", test))
	if len(run.Results) != 1 || !strings.HasSuffix(run.Results[0].Message.Text, "\nIn prod, test.") {
		t.Errorf("%+v", run.Results[0].Message)
	}
	_, run = merged(t, one("a", prod), one("b", test), one("c", other))
	text := run.Results[0].Message.Text
	if len(run.Results) != 1 || strings.Count(text, "Also on this line") != 1 || !strings.Contains(text, "\nIn prod, test.\n\n") || !strings.HasSuffix(text, "\nIn dev.") {
		t.Errorf("%d results: %s", len(run.Results), text)
	}
}

func TestMergeOfManyShards(t *testing.T) {
	var shards []Shard
	for i := range 200 {
		d := dns()
		d.Environments = nil
		shards = append(shards, shardOf(t, fmt.Sprintf("clusters/c%03d", i), &Result{Findings: []diag.Diagnostic{d}, Source: files, Tool: "v0.1.0", Summary: Summary{Policies: 1}}))
	}
	var b bytes.Buffer
	if _, err := MergeSARIF(&b, shards, "merged"); err != nil {
		t.Fatal(err)
	}
	var log sarifLog
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	res := log.Runs[0].Results
	if len(log.Runs) != 1 || len(res) != 1 || !strings.HasSuffix(res[0].Message.Text, "clusters/c019 and 180 more.") || len(res[0].Properties.Environments) != 200 {
		t.Errorf("%d runs: %+v", len(log.Runs), res[0])
	}
}

func TestMergeRefusesWhatItWouldLose(t *testing.T) {
	good := shardOf(t, "a", result())
	for want, data := range map[string]string{
		"x.sarif: the file is empty: did tierlint run to its end?":                                             " \n",
		"x.sarif: no JSON from line 2 on, so the file is broken: ":                                             "{\"runs\": [\n}",
		"x.sarif: no SARIF: there are no runs":                                                                 "{}",
		"x.sarif: no SARIF: json: cannot unmarshal":                                                            "[]",
		"x.sarif: a report of \"kube-linter\", not of tierlint: upload it by itself":                           `{"runs": [{"tool": {"driver": {"name": "kube-linter"}}}]}`,
		"x.sarif: not as tierlint writes it, at least not in this version: json: unknown field \"taxonomies\"": `{"runs": [{"tool": {"driver": {"name": "tierlint"}}, "taxonomies": []}]}`,
		"x.sarif: not as tierlint writes it: result 0 has no fingerprint":                                      strings.ReplaceAll(string(good.Data), ownFingerprint, "tierlint/v0"),
		"x.sarif: not as tierlint writes it: result 1 has no place":                                            strings.ReplaceAll(string(good.Data), `"startLine": 1,`, `"startLine": 0,`),
		"x.sarif: not as tierlint writes it: no invocation":                                                    `{"runs": [{"tool": {"driver": {"name": "tierlint"}}}]}`,
		"which is not described":                                                                               strings.ReplaceAll(string(good.Data), `"ruleId": "`, `"ruleId": "x`),
		"x.sarif: no JSON from line ":                                                                          string(good.Data[:len(good.Data)/2]),
		"so the file is broken: invalid character":                                                             string(good.Data) + "}",
	} {
		_, err := MergeSARIF(&bytes.Buffer{}, []Shard{good, {"x.sarif", []byte(data)}}, "merged")
		var shard *ShardError
		if !errors.As(err, &shard) || !strings.Contains(err.Error(), want) {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}
