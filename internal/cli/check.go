package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tierlint/tierlint/internal/config"
	"github.com/tierlint/tierlint/internal/pipeline"
)

func newCheck(sys *System) *cobra.Command {
	var in inputs
	var formats []string
	var failOn, color string
	cmd := &cobra.Command{
		Use:   "check [PATH...]",
		Short: "Check the policies of kustomizations, folders of manifests and files",
		Long: `Check renders what is at each PATH (the folder you are in if there is none, - for
standard input), computes what the policies allow, and reports what is wrong.

Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 wrong arguments or
settings, 3 tierlint itself failed.`,
		Example: `  tierlint check
  tierlint check --platform openshift clusters/prod clusters/staging
  kubectl kustomize overlays/prod | tierlint check -
  tierlint check --format text --format sarif=tierlint.sarif`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			outputs, err := parseOutputs(sys, formats, color)
			if err != nil {
				return err
			}
			opts, set, err := in.options(sys, paths)
			if err != nil {
				return err
			}
			if failOn != "" {
				if set.FailOn, err = config.ParseFailOn(failOn); err != nil {
					return usage(fmt.Errorf("--fail-on: %w", err))
				}
			}
			say, end := progress(sys)
			opts.Progress = say
			res, err := pipeline.Run(cmd.Context(), opts)
			end()
			if err != nil {
				return fromPipeline(err)
			}
			return conclude(sys, res, outputs, set.FailOn)
		},
	}
	in.flags(cmd)
	cmd.Flags().StringArrayVar(&formats, "format", []string{"text"}, "`FORMAT` or FORMAT=FILE: text, json, sarif or github; may be repeated")
	cmd.Flags().StringVar(&failOn, "fail-on", "", "exit 1 from this severity on: error (default), warning, note or never")
	cmd.Flags().Var(newChoice(&color, "auto", "always", "never"), "color", "auto, always or never")
	return cmd
}

// conclude writes the reports and says how the run ends. A check that failed is told, but what the
// others found is reported all the same.
func conclude(sys *System, res *pipeline.Result, outputs []output, failOn config.FailOn) error {
	res.Tool = toolVersion()
	for _, o := range outputs {
		if err := o.write(sys, &res.Result); err != nil {
			return asFailure(err)
		}
	}
	switch {
	case res.Failure != nil:
		return failure(res.Failure)
	case failOn.Fails(res.Findings):
		return &exitError{code: ExitFindings}
	}
	return nil
}
