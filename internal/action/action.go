// Package action is the GitHub Action's side of the world: its inputs and its outputs.
package action

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/sethvargo/go-githubactions"
)

// Inputs are what a workflow asks for; empty values are defaults.
type Inputs struct {
	Paths         []string // one a line
	Settings      string
	Formats       []string // separated by spaces, commas or lines
	FailOn        string
	Platform      string
	CalicoVersion string
	Context       []string // one a line
	Rego          []string // folders, one a line
	Base          string   // a revision; NoBase: nothing
	Baseline      string
	OnlyNew       string // "true", "false", or empty: as the event has it
	SARIFFile     string
	Summary       string // "true" or "false"
	Category      string // of the SARIF report
}

// NoBase is what the input base says where nothing is to be compared.
const NoBase = "none"

// Outputs are what later steps may use.
type Outputs struct {
	Findings, Errors, Warnings int
	NewFindings                int    // all, where there was nothing to compare with
	SARIFFile                  string // empty: none was written
	ExitCode                   int
}

// Action speaks with the runner.
type Action struct {
	a   *githubactions.Action
	env func(string) string
}

// New uses an environment such as the runner gives, and writes commands to w.
func New(w io.Writer, env func(string) string) *Action {
	return &Action{githubactions.New(githubactions.WithWriter(w), githubactions.WithGetenv(env)), env}
}

// Inputs reads the inputs. They come in INPUT_ variables and never as arguments, in which the
// runner does not escape everything (actions/runner, ContainerActionHandler.cs).
func (a *Action) Inputs() Inputs {
	get := a.a.GetInput
	return Inputs{
		Paths: lines(get("path")), Settings: get("settings"),
		Formats: strings.FieldsFunc(get("format"), func(r rune) bool { return strings.ContainsRune(", \t\r\n", r) }),
		FailOn:  get("fail-on"), Platform: get("platform"), CalicoVersion: get("calico-version"),
		Context: lines(get("context")), Rego: lines(get("rego")), Base: get("base"), Baseline: get("baseline"), OnlyNew: get("only-new"),
		SARIFFile: get("sarif-file"), Summary: get("summary"), Category: get("category"),
	}
}

func lines(s string) []string {
	var out []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// SetOutputs hands over the outputs, if the runner wants them.
func (a *Action) SetOutputs(o Outputs) (err error) {
	if a.env("GITHUB_OUTPUT") == "" {
		return nil // or the library would panic
	}
	// The library separates outputs by a fixed line, so a value with lines could forge others.
	if strings.ContainsAny(o.SARIFFile, "\r\n") {
		return fmt.Errorf("the name of the SARIF file has several lines: %q", o.SARIFFile)
	}
	defer unwritten("setting the outputs", &err)
	a.a.SetOutput("findings", strconv.Itoa(o.Findings))
	a.a.SetOutput("errors", strconv.Itoa(o.Errors))
	a.a.SetOutput("warnings", strconv.Itoa(o.Warnings))
	a.a.SetOutput("new-findings", strconv.Itoa(o.NewFindings))
	a.a.SetOutput("sarif-file", o.SARIFFile)
	a.a.SetOutput("exit-code", strconv.Itoa(o.ExitCode))
	return nil
}

// unwritten makes an error of how the library says that it cannot write.
func unwritten(what string, err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%s: %v", what, p)
	}
}

// WantsSummary says whether the runner shows a summary of the job.
func (a *Action) WantsSummary() bool { return a.env("GITHUB_STEP_SUMMARY") != "" }

// AddSummary adds markdown to the summary of the job.
func (a *Action) AddSummary(markdown string) (err error) {
	defer unwritten("writing the summary", &err)
	a.a.AddStepSummary(markdown)
	return nil
}

// Blob is the address of the files of the changes, to which a path is added; empty outside of GitHub.
func (a *Action) Blob(e Event) string {
	server, repo := a.env("GITHUB_SERVER_URL"), a.env("GITHUB_REPOSITORY")
	if server == "" || repo == "" || !commit.MatchString(e.Head) {
		return ""
	}
	return strings.TrimSuffix(server, "/") + "/" + repo + "/blob/" + e.Head + "/"
}

// Notice tells something in the log. Its text cannot become a command.
func (a *Action) Notice(text string) { a.a.Noticef("%s", text) }

// Fail annotates the step with why it fails. Its text cannot become another command.
func (a *Action) Fail(err error) { a.a.Errorf("%s", err.Error()) }
