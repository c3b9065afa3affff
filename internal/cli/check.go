package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tierlint/tierlint/internal/config"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/pipeline"
	"github.com/tierlint/tierlint/internal/report"
)

// checking is what the check command was asked for.
type checking struct {
	in            inputs
	base          baseline
	against       comparison
	fixes         fixing
	formats       []string
	failOn, color string
	sarif         sarifFlags
}

func newCheck(sys *System) *cobra.Command {
	var x checking
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
		RunE: func(cmd *cobra.Command, paths []string) error { return x.run(cmd.Context(), sys, paths) },
	}
	x.in.flags(cmd)
	cmd.Flags().StringArrayVar(&x.in.rego, "rego", nil, "a `DIR` with rules of your own, written in Rego; may be repeated")
	cmd.Flags().StringArrayVar(&x.formats, "format", nil, "`FORMAT` or FORMAT=FILE, of "+strings.Join(report.Formats(), ", ")+"; may be repeated (default text)")
	cmd.Flags().StringVar(&x.failOn, "fail-on", "", "exit 1 from this `SEVERITY` on: error (default), warning, note or never")
	x.fixes.flags(cmd)
	x.base.flags(cmd)
	x.against.flags(cmd)
	x.sarif.flags(cmd)
	cmd.Flags().Var(newChoice(&x.color, "auto", "always", "never"), "color", "whether text has colours")
	return cmd
}

func (x *checking) run(ctx context.Context, sys *System, paths []string) error {
	if err := errors.Join(x.fixes.valid(x.formats), x.against.valid(&x.fixes, &x.base)); err != nil {
		return err
	}
	outputs, err := parseOutputs(sys, x.formats, x.color)
	if err != nil {
		return err
	}
	x.sarif.apply(outputs)
	opts, set, err := x.in.options(sys, paths)
	if err != nil {
		return err
	}
	if err := x.base.read(sys, set, &opts); err != nil {
		return err
	}
	if x.failOn != "" {
		if set.FailOn, err = config.ParseFailOn(x.failOn); err != nil {
			return usage(fmt.Errorf("--fail-on: %w", err))
		}
	}
	x.against.apply(&opts)
	sayWithoutRules(sys, &opts)
	say, end := progress(sys)
	opts.Progress = say
	res, fixed, err := x.fixes.run(ctx, opts)
	end()
	if err != nil {
		return fromPipeline(err)
	}
	if outputs, err = x.fixes.finish(sys, fixed, outputs); err != nil {
		return err
	}
	if x.base.write != "" {
		return x.base.writeFile(sys, set, res)
	}
	res.Fixed = x.fixes.fix != ""
	res.Scope = cmp.Or(x.sarif.name(), res.Scope)
	return conclude(sys, res, outputs, set.FailOn)
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
