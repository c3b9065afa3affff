package cli

import (
	"cmp"
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/tierlint/tierlint/internal/action"
	"github.com/tierlint/tierlint/internal/config"
	"github.com/tierlint/tierlint/internal/pipeline"
)

func newAction(sys *System) *cobra.Command {
	return &cobra.Command{
		Use:    "action",
		Short:  "Run as a GitHub Action, with inputs from the environment",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a := action.New(sys.Stdout, sys.Env)
			out, err := runAction(cmd.Context(), sys, a.Inputs())
			var exit *exitError
			if errors.As(err, &exit) {
				out.ExitCode = exit.code
				if exit.err != nil {
					a.Fail(exit.err)
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
func runAction(ctx context.Context, sys *System, from action.Inputs) (action.Outputs, error) {
	formats := from.Formats
	if len(formats) == 0 {
		formats = []string{"github"}
	}
	if from.SARIFFile != "" {
		formats = append(formats, "sarif="+from.SARIFFile)
	}
	outputs, err := parseOutputs(sys, formats, "auto")
	if err != nil {
		return action.Outputs{}, err
	}
	in := inputs{platform: from.Platform, version: from.CalicoVersion}
	opts, set, err := in.options(sys, from.Paths)
	if err != nil {
		return action.Outputs{}, err
	}
	if from.FailOn != "" {
		if set.FailOn, err = config.ParseFailOn(from.FailOn); err != nil {
			return action.Outputs{}, usage(err)
		}
	}
	res, err := pipeline.Run(ctx, opts)
	if err != nil {
		return action.Outputs{}, fromPipeline(err)
	}
	err = conclude(sys, res, outputs, set.FailOn)
	return action.Outputs{
		Findings: len(res.Findings), Errors: res.Summary.Errors, Warnings: res.Summary.Warnings, SARIFFile: from.SARIFFile,
	}, err
}
