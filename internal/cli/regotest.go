package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tierlint/tierlint/internal/config"
	"github.com/tierlint/tierlint/internal/pipeline"
	"github.com/tierlint/tierlint/internal/regocheck"
	"github.com/tierlint/tierlint/internal/report"
)

// regoTest is what the flags of `tierlint rego test` say.
type regoTest struct {
	sys               *System
	in                inputs
	coverage, verbose bool
}

func newRegoTest(sys *System) *cobra.Command {
	x := &regoTest{sys: sys}
	cmd := &cobra.Command{
		Use:   "test [DIR...]",
		Short: "Run the tests of rules in Rego",
		Long: `Test runs the rules named test_... in the files *_test.rego of folders with rules: each
DIR or, if there is none, those that the settings name. data.fixtures.NAME is
what rules see of the manifests in the folder fixtures/NAME beside the rules,
and with it as input the functions tierlint.verdict and tierlint.reachable answer
about that cluster.

Exit codes: 0 all pass, 1 some fail, 2 wrong arguments, broken rules or no tests.`,
		Example: `  tierlint rego test policy
  tierlint rego test --coverage --verbose`,
		RunE: func(cmd *cobra.Command, dirs []string) error {
			return x.run(cmd.Context(), dirs)
		},
	}
	x.in.kindFlags(cmd)
	cmd.Flags().BoolVar(&x.coverage, "coverage", false, "say which lines of the rules the tests do not run through")
	cmd.Flags().BoolVarP(&x.verbose, "verbose", "v", false, "list the tests that pass, too")
	return cmd
}

func (x *regoTest) run(ctx context.Context, dirs []string) error {
	folders, err := ruleFolders(x.sys, dirs, "")
	if err != nil {
		return err
	}
	x.in.rego = dirs
	opts, _, err := x.in.options(x.sys, dirs)
	if err != nil {
		return err
	}
	if len(folders) == 0 {
		folders = opts.Rules.Folders
	}
	if len(folders) == 0 {
		return usage(fmt.Errorf("there are no folders with rules: name one (tierlint rego test DIR), or in %s say rego: [DIR]", config.File))
	}
	checks, err := allChecks()
	if err != nil {
		return err
	}
	tests, err := regocheck.ReadTests(x.sys.Dir, folders, idsOf(checks))
	if err != nil {
		return usage(err)
	}
	if err := x.fixtures(ctx, &opts, tests); err != nil {
		return err
	}
	if len(tests.Problems) > 0 {
		return x.broken(tests)
	}
	run, err := tests.Run(ctx)
	if err != nil {
		return failure(err)
	}
	if len(run.Results) == 0 {
		return usage(fmt.Errorf("there are no tests in %s: they are rules named test_..., in files such as owner_test.rego", strings.Join(folders, ", ")))
	}
	return x.print(run)
}

// broken says what is wrong with rules and tests.
func (x *regoTest) broken(tests *regocheck.Tests) error {
	var lines []string
	for i := range tests.Problems {
		p := &tests.Problems[i]
		line := fmt.Sprintf("%s: %s", p.At, p.Message)
		if p.Help != "" {
			line += ": " + p.Help
		}
		lines = append(lines, report.Printable(line))
	}
	return usage(errors.New(strings.Join(lines, "\n")))
}

// fixtures makes what the tests are about. Of the settings only the kind of cluster counts: a fixture is a
// cluster of its own.
func (x *regoTest) fixtures(ctx context.Context, opts *pipeline.Options, tests *regocheck.Tests) error {
	if len(tests.Problems) > 0 {
		return nil // they will not run
	}
	for _, f := range tests.Fixtures {
		loaded, err := pipeline.Load(ctx, pipeline.Options{
			Dir: x.sys.Dir, Paths: []string{filepath.FromSlash(f.Folder)}, Platform: opts.Platform, Version: opts.Version, PodCIDRs: opts.PodCIDRs,
		})
		if err != nil {
			return fromPipeline(err)
		}
		err = x.fixture(loaded, f, tests)
		_ = loaded.Close() // nothing was written
		if err != nil {
			return err
		}
	}
	return nil
}

// fixture makes one.
func (x *regoTest) fixture(loaded *pipeline.Loaded, f regocheck.Fixture, tests *regocheck.Tests) error {
	for i := range loaded.Findings { // what is not understood is not in the document
		line := fmt.Sprintf("%s: %s", loaded.Findings[i].At, loaded.Findings[i].Message)
		if err := complain(x.sys.Stderr, line); err != nil {
			return unwritten(err)
		}
	}
	var names []string
	objects := 0
	for _, e := range loaded.Environments {
		names = append(names, e.Name)
		objects += len(e.Objects)
	}
	switch {
	case objects == 0:
		return usage(fmt.Errorf("%s: a fixture needs manifests", f.Folder))
	case len(names) > 1:
		return usage(fmt.Errorf("%s: a fixture is one cluster, and this makes several: %s", f.Folder, strings.Join(names, ", ")))
	}
	if err := tests.Add(f, &loaded.Environments[0]); err != nil {
		return failure(err)
	}
	return nil
}

// print tells what became of the tests.
func (x *regoTest) print(run *regocheck.TestRun) error {
	var b strings.Builder
	failed, skipped := 0, 0
	for _, r := range run.Results {
		outcome := "PASS"
		switch {
		case r.Skipped:
			outcome = "SKIP"
			skipped++
		case len(r.Reasons) > 0:
			outcome = "FAIL"
			failed++
		case !x.verbose && r.Output == "":
			continue
		}
		fmt.Fprintf(&b, "%s: %s %s\n", r.At, outcome, r.Name)
		for _, why := range r.Reasons {
			if why.At.Span == r.At.Span {
				fmt.Fprintf(&b, "  %s\n", report.Printable(why.Message))
			} else {
				fmt.Fprintf(&b, "  %s: %s\n", why.At, report.Printable(why.Message))
			}
		}
		for line := range strings.Lines(r.Output) {
			fmt.Fprintf(&b, "  | %s\n", report.Printable(strings.TrimSuffix(line, "\n")))
		}
	}
	if x.coverage {
		writeCoverage(&b, run.Coverage)
	}
	fmt.Fprintf(&b, "%d passed, %d failed", len(run.Results)-failed-skipped, failed)
	if skipped > 0 {
		fmt.Fprintf(&b, ", %d skipped", skipped)
	}
	b.WriteString(".\n")
	if _, err := x.sys.Stdout.Write([]byte(b.String())); err != nil {
		return unwritten(err)
	}
	if failed > 0 {
		return &exitError{code: ExitFindings}
	}
	return nil
}

func writeCoverage(b *strings.Builder, coverage []regocheck.Coverage) {
	for _, c := range coverage {
		fmt.Fprintf(b, "%s: %.1f %% covered", report.Printable(c.File), c.Percent)
		for i, lines := range c.Missed {
			sep := ", "
			if i == 0 {
				sep = ", but not lines "
			}
			if lines[0] == lines[1] {
				fmt.Fprintf(b, "%s%d", sep, lines[0])
			} else {
				fmt.Fprintf(b, "%s%d-%d", sep, lines[0], lines[1])
			}
		}
		b.WriteString("\n")
	}
}
