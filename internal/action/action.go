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
	Formats       []string // separated by spaces, commas or lines
	FailOn        string
	Platform      string
	CalicoVersion string
	SARIFFile     string
}

// Outputs are what later steps may use.
type Outputs struct {
	Findings, Errors, Warnings int
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
	in := Inputs{
		Formats: strings.FieldsFunc(a.a.GetInput("format"), func(r rune) bool { return strings.ContainsRune(", \t\r\n", r) }),
		FailOn:  a.a.GetInput("fail-on"), Platform: a.a.GetInput("platform"),
		CalicoVersion: a.a.GetInput("calico-version"), SARIFFile: a.a.GetInput("sarif-file"),
	}
	for line := range strings.Lines(a.a.GetInput("path")) {
		if line = strings.TrimSpace(line); line != "" {
			in.Paths = append(in.Paths, line)
		}
	}
	return in
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
	defer func() {
		if p := recover(); p != nil { // how the library says that it cannot write
			err = fmt.Errorf("setting the outputs: %v", p)
		}
	}()
	a.a.SetOutput("findings", strconv.Itoa(o.Findings))
	a.a.SetOutput("errors", strconv.Itoa(o.Errors))
	a.a.SetOutput("warnings", strconv.Itoa(o.Warnings))
	a.a.SetOutput("sarif-file", o.SARIFFile)
	a.a.SetOutput("exit-code", strconv.Itoa(o.ExitCode))
	return nil
}

// Fail annotates the step with why it fails. Its text cannot become another command.
func (a *Action) Fail(err error) { a.a.Errorf("%s", err.Error()) }
