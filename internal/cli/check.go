package cli

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tierlint/tierlint/internal/config"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/pipeline"
	"github.com/tierlint/tierlint/internal/report"
)

func newCheck(sys *System) *cobra.Command {
	var in inputs
	var base baseline
	var against comparison
	var fixes fixing
	var formats []string
	var failOn, color string
	var sarif sarifFlags
	cmd := &cobra.Command{
		Use:   "check [PATH...]",
		Short: "Check the policies of kustomizations, folders of manifests and files",
		Long: `Check renders what is at each PATH (the folder you are in if there is none, - for
standard input), computes what the policies allow, and reports what is wrong.
The settings are in the nearest .tierlint.yaml, in the first PATH or above.

Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 wrong arguments or
settings, 3 tierlint itself failed.`,
		Example: `  tierlint check
  tierlint check --platform openshift clusters/prod clusters/staging
  kubectl kustomize overlays/prod | tierlint check -
  tierlint check --format text --format sarif=tierlint.sarif`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			if err := errors.Join(fixes.valid(formats), against.valid(&fixes, &base)); err != nil {
				return err
			}
			outputs, err := parseOutputs(sys, formats, color)
			if err != nil {
				return err
			}
			sarif.apply(outputs)
			opts, set, err := in.options(sys, paths)
			if err != nil {
				return err
			}
			if err := base.read(sys, set, &opts); err != nil {
				return err
			}
			if failOn != "" {
				if set.FailOn, err = config.ParseFailOn(failOn); err != nil {
					return usage(fmt.Errorf("--fail-on: %w", err))
				}
			}
			against.apply(&opts)
			sayWithoutRules(sys, &opts)
			say, end := progress(sys)
			opts.Progress = say
			res, fixed, err := fixes.run(cmd.Context(), opts)
			end()
			if err != nil {
				return fromPipeline(err)
			}
			if outputs, err = fixes.finish(sys, fixed, outputs); err != nil {
				return err
			}
			if base.write != "" {
				return base.writeFile(sys, set, res)
			}
			res.Scope = cmp.Or(sarif.name(), res.Scope)
			return conclude(sys, res, outputs, set.FailOn)
		},
	}
	in.flags(cmd)
	cmd.Flags().StringArrayVar(&in.rego, "rego", nil, "a `DIR` with rules of your own, written in Rego; may be repeated")
	cmd.Flags().StringArrayVar(&formats, "format", nil, "`FORMAT` or FORMAT=FILE, of "+strings.Join(report.Formats(), ", ")+"; may be repeated (default text)")
	cmd.Flags().StringVar(&failOn, "fail-on", "", "exit 1 from this `SEVERITY` on: error (default), warning, note or never")
	fixes.flags(cmd)
	base.flags(cmd)
	against.flags(cmd)
	sarif.flags(cmd)
	cmd.Flags().Var(newChoice(&color, "auto", "always", "never"), "color", "whether text has colours")
	return cmd
}

// sarifFlags say what is in SARIF.
type sarifFlags struct {
	suppressed bool
	category   string
}

func (f *sarifFlags) flags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.suppressed, "sarif-suppressed", false, "list suppressed findings in SARIF too; GitHub would show them as open alerts")
	cmd.Flags().StringVar(&f.category, "category", "", "`NAME` that tells the SARIF report apart from others of the same commit (default the PATHs); GitHub replaces the results of the same")
}

// name is the category, which has no slash at its ends.
func (f *sarifFlags) name() string { return strings.Trim(f.category, "/") }

func (f *sarifFlags) apply(outputs []output) {
	for i := range outputs {
		if s, ok := outputs[i].reporter.(report.SARIF); ok {
			s.Suppressed = f.suppressed
			outputs[i].reporter = s
		}
	}
}

// conclude writes the reports and says how the run ends. A check that failed is told, but what the
// others found is reported all the same.
func conclude(sys *System, res *pipeline.Result, outputs []output, failOn config.FailOn) error {
	res.Tool = toolVersion()
	res.Fails = func(d *diag.Diagnostic) bool { return res.Counts(d) && failOn.Fails([]diag.Diagnostic{*d}) }
	for _, o := range outputs {
		if err := o.write(sys, &res.Result); err != nil {
			return asFailure(err)
		}
	}
	switch {
	case res.Failure != nil:
		return failure(res.Failure)
	case failOn.Fails(res.Shown()):
		return &exitError{code: ExitFindings}
	}
	return nil
}
