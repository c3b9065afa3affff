package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tierlint/tierlint/internal/action"
	"github.com/tierlint/tierlint/internal/config"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/pipeline"
	"github.com/tierlint/tierlint/internal/report"
)

func newAction(sys *System) *cobra.Command {
	return &cobra.Command{
		Use:    "action",
		Short:  "Run as a GitHub Action, with inputs from the environment",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a := action.New(sys.Stdout, sys.Env)
			out, err := runAction(cmd.Context(), sys, a, a.Inputs())
			var exit *exitError
			if errors.As(err, &exit) {
				out.ExitCode = exit.code
				if exit.err != nil {
					a.Fail(exit.err)
					// What stands alone in the log could be taken for a command of the runner's.
					err = &exitError{code: exit.code, outside: exit.outside}
				}
			}
			if setErr := a.SetOutputs(out); setErr != nil {
				return cmp.Or(err, failure(setErr))
			}
			return err
		},
	}
}

// runAction is `tierlint check` with the inputs of the action.
func runAction(ctx context.Context, sys *System, a *action.Action, from action.Inputs) (action.Outputs, error) {
	outputs, err := actionOutputs(sys, from)
	if err != nil {
		return action.Outputs{}, err
	}
	in := inputs{platform: from.Platform, version: from.CalicoVersion, context: from.Context, rego: from.Rego, settings: from.Settings}
	opts, set, err := in.options(sys, from.Paths)
	if err != nil {
		return action.Outputs{}, err
	}
	sayWithoutRules(sys, &opts)
	if err := (&baseline{file: from.Baseline}).read(sys, set, &opts); err != nil {
		return action.Outputs{}, err
	}
	if from.FailOn != "" {
		if set.FailOn, err = config.ParseFailOn(from.FailOn); err != nil {
			return action.Outputs{}, usage(fmt.Errorf("fail-on: %w", err))
		}
	}
	event, err := a.Event()
	if err != nil {
		return action.Outputs{}, failure(err)
	}
	summary, err := since(&opts, from, event)
	if err != nil {
		return action.Outputs{}, usage(err)
	}
	res, err := pipeline.Run(ctx, opts)
	if err != nil {
		return action.Outputs{}, fromPipeline(err)
	}
	res.Scope = cmp.Or(strings.Trim(from.Category, "/"), res.Scope)
	end := conclude(sys, res, outputs, set.FailOn)
	if event.Fork && from.SARIFFile != "" {
		a.Notice(forkNotice)
	}
	if summary && a.WantsSummary() {
		page := report.Markdown{Blob: a.Blob(event), Note: forkNote(event, from)}
		var b strings.Builder
		if err := page.Report(&b, &res.Result); err != nil {
			return action.Outputs{}, failure(err)
		}
		if err := a.AddSummary(b.String()); err != nil {
			end = cmp.Or(end, unwritten(err))
		}
	}
	return outputsOf(res, from), end
}

// actionOutputs are the reports to write. The runner must take nothing in them for a command.
func actionOutputs(sys *System, from action.Inputs) ([]output, error) {
	formats := from.Formats
	if len(formats) == 0 {
		formats = []string{"github"}
	}
	if from.SARIFFile != "" {
		formats = append(slices.Clip(formats), "sarif="+from.SARIFFile)
	}
	outputs, err := parseOutputs(sys, formats, "auto")
	for i, o := range outputs {
		if _, guarded := o.reporter.(report.Guarded); o.file == "" && o.format != "github" && !guarded {
			outputs[i].reporter = report.Guarded{Reporter: o.reporter}
		}
	}
	return outputs, err
}

// since says with what to compare, and whether there is to be a summary.
func since(opts *pipeline.Options, from action.Inputs, event action.Event) (summary bool, err error) {
	switch from.Base {
	case action.NoBase:
	case "":
		opts.Base, opts.BaseIs, opts.MayLackBase = event.Base, event.Revisions, true
	default:
		opts.Base = from.Base
	}
	onlyNew, err := yesOrNo("only-new", from.OnlyNew, event.OnlyNew)
	if err != nil {
		return false, err
	}
	if opts.OnlyNew = onlyNew; from.OnlyNew != "" && onlyNew && opts.Base == "" {
		return false, errors.New("only-new needs something to compare with, which this event does not name: give base too")
	}
	return yesOrNo("summary", from.Summary, true)
}

// yesOrNo reads an input that is true or false.
func yesOrNo(name, value string, otherwise bool) (bool, error) {
	switch value {
	case "":
		return otherwise, nil
	case "true", "false":
		return value == "true", nil
	}
	return false, fmt.Errorf("%s is true or false, not %q", name, value)
}

func outputsOf(res *pipeline.Result, from action.Inputs) action.Outputs {
	out := action.Outputs{
		Findings: len(res.Findings), Errors: res.Summary.Errors, Warnings: res.Summary.Warnings, SARIFFile: from.SARIFFile,
	}
	out.NewFindings = len(res.Findings) - res.InState(diag.Unchanged)
	return out
}

// forkNotice is for people who look for alerts of a pull request from a fork. Its workflow has a
// token that may only read (docs.github.com/en/actions/reference/workflows-and-actions/
// events-that-trigger-workflows#workflows-in-forked-repositories).
const forkNotice = "this pull request is from a fork, so this workflow may not write to the repository and GitHub may refuse the SARIF report; " +
	"the annotations and the summary of the job say the same, and actions/upload-artifact keeps the report for download"

func forkNote(e action.Event, from action.Inputs) string {
	if !e.Fork || from.SARIFFile == "" {
		return ""
	}
	return strings.ToUpper(forkNotice[:1]) + forkNotice[1:] + "."
}
