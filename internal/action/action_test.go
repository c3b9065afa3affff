package action

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func env(m map[string]string) func(string) string { return func(k string) string { return m[k] } }

func TestInputs(t *testing.T) {
	got := New(&bytes.Buffer{}, env(map[string]string{
		"INPUT_PATH": "clusters/prod\n  apps/my shop  \n", "INPUT_FORMAT": "github, text", "INPUT_FAIL-ON": "warning",
		"INPUT_PLATFORM": "openshift", "INPUT_CALICO-VERSION": "3.30", "INPUT_SARIF-FILE": "out.sarif",
		"INPUT_SETTINGS": "ci.yaml", "INPUT_CONTEXT": "export.yaml\nmore.yaml", "INPUT_REGO": "rules", "INPUT_BASE": "main", "INPUT_BASELINE": "known.json",
		"INPUT_ONLY-NEW": "true", "INPUT_SUMMARY": "false", "INPUT_CATEGORY": "prod",
	})).Inputs()
	want := Inputs{
		Paths: []string{"clusters/prod", "apps/my shop"}, Formats: []string{"github", "text"}, FailOn: "warning",
		Platform: "openshift", CalicoVersion: "3.30", SARIFFile: "out.sarif",
		Settings: "ci.yaml", Context: []string{"export.yaml", "more.yaml"}, Rego: []string{"rules"}, Base: "main", Baseline: "known.json",
		OnlyNew: "true", Summary: "false", Category: "prod",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got := New(&bytes.Buffer{}, env(nil)).Inputs(); len(got.Paths)+len(got.Formats) != 0 {
		t.Errorf("without inputs: %+v", got)
	}
}

func TestOutputs(t *testing.T) {
	file := filepath.Join(t.TempDir(), "output")
	a := New(&bytes.Buffer{}, env(map[string]string{"GITHUB_OUTPUT": file}))
	if err := a.SetOutputs(Outputs{Findings: 3, Errors: 1, Warnings: 2, NewFindings: 1, SARIFFile: "out.sarif", ExitCode: 1}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"findings": "3", "errors": "1", "warnings": "2", "new-findings": "1", "sarif-file": "out.sarif", "exit-code": "1"} {
		if !strings.Contains(string(data), name+"<<") || !strings.Contains(string(data), "\n"+value+"\n") {
			t.Errorf("no %s = %s in\n%s", name, value, data)
		}
	}
}

func TestNoOutputIsForged(t *testing.T) {
	file := filepath.Join(t.TempDir(), "output")
	a := New(&bytes.Buffer{}, env(map[string]string{"GITHUB_OUTPUT": file}))
	err := a.SetOutputs(Outputs{SARIFFile: "a\n_GitHubActionsFileCommandDelimeter_\nfindings=0"})
	if err == nil {
		t.Error("a file name with several lines was taken")
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("something was written")
	}
}

func TestWithoutARunner(t *testing.T) {
	if err := New(&bytes.Buffer{}, env(nil)).SetOutputs(Outputs{}); err != nil {
		t.Errorf("no file for outputs: %v", err)
	}
	gone := filepath.Join(t.TempDir(), "no", "such", "folder")
	if err := New(&bytes.Buffer{}, env(map[string]string{"GITHUB_OUTPUT": gone})).SetOutputs(Outputs{}); err == nil {
		t.Error("a file that cannot be written is no error")
	}
}

func TestFailIsOneCommand(t *testing.T) {
	var b bytes.Buffer
	New(&b, env(nil)).Fail(errors.New("bad\n::add-mask::x"))
	if got := b.String(); strings.Count(got, "\n") != 1 || !strings.HasPrefix(got, "::error::bad%0A") {
		t.Errorf("got %q", got)
	}
}

// TestActionYML holds action.yml to what the code reads and writes.
func TestActionYML(t *testing.T) {
	data, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var yml struct {
		Inputs, Outputs map[string]struct{ Description string }
		Runs            struct {
			Using, Image string
			Args         []string
		}
	}
	if err := yaml.Unmarshal(data, &yml); err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	New(&bytes.Buffer{}, func(k string) string { asked[k] = true; return "" }).Inputs()
	for name, in := range yml.Inputs {
		if key := "INPUT_" + strings.ToUpper(name); !asked[key] || in.Description == "" {
			t.Errorf("input %s: nothing reads %s, or it has no description", name, key)
		}
	}
	if len(asked) != len(yml.Inputs) {
		t.Errorf("the code reads %d inputs, action.yml has %d", len(asked), len(yml.Inputs))
	}

	file := filepath.Join(t.TempDir(), "output")
	if err := New(&bytes.Buffer{}, env(map[string]string{"GITHUB_OUTPUT": file})).SetOutputs(Outputs{}); err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, out := range yml.Outputs {
		if !strings.Contains("\n"+string(written), "\n"+name+"<<") || out.Description == "" {
			t.Errorf("output %s: nothing writes it, or it has no description", name)
		}
	}
	if n := strings.Count(string(written), "<<"); n != len(yml.Outputs) {
		t.Errorf("the code writes %d outputs, action.yml has %d", n, len(yml.Outputs))
	}
	for _, arg := range yml.Runs.Args {
		if strings.Contains(arg, "${{") {
			t.Errorf("argument %q: the runner does not escape everything in arguments", arg)
		}
	}
}
