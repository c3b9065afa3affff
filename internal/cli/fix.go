package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tierlint/tierlint/internal/fix"
	"github.com/tierlint/tierlint/internal/pipeline"
	"github.com/tierlint/tierlint/internal/report"
)

// fixing is the flags that say what to do with fixes: nothing, those that are safe, or all.
type fixing struct{ fix, diff string }

// The kinds of fixes that the flags ask for.
const (
	safeFixes = "safe"
	allFixes  = "all"
)

func (f *fixing) flags(cmd *cobra.Command) {
	for _, flag := range []struct {
		value       *string
		name, usage string
	}{
		{&f.fix, "fix", "change the files: apply the safe fixes, or with --fix=all also those to look at"},
		{&f.diff, "diff", "print what --fix would change, and change nothing"},
	} {
		cmd.Flags().Var(&choice{flag.value, []string{safeFixes, allFixes}}, flag.name, flag.usage)
		cmd.Flags().Lookup(flag.name).NoOptDefVal = safeFixes
	}
}

// valid says what is wrong with the flags together.
func (f *fixing) valid(formats []string) error {
	if f.fix != "" && f.diff != "" {
		return usage(fmt.Errorf("--fix changes files and --diff does not: give one of them"))
	}
	for _, format := range formats {
		if f.diff != "" && !strings.Contains(format, "=") {
			return usage(fmt.Errorf("--diff prints to standard output: write the report as --format %s=FILE", format))
		}
	}
	return nil
}

// run checks, and fixes if that is asked for: the result is then that of the files with the fixes,
// or, where they are only shown, as they are.
func (f *fixing) run(ctx context.Context, opts pipeline.Options) (*pipeline.Result, *pipeline.Fixes, error) {
	if f.fix == "" && f.diff == "" {
		res, err := pipeline.Run(ctx, opts)
		return res, nil, err
	}
	before, after, fixes, err := pipeline.Fix(ctx, opts, f.fix == allFixes || f.diff == allFixes)
	if err != nil || f.diff != "" {
		return before, fixes, err
	}
	return after, fixes, nil
}

// finish writes the fixes, or prints them, and tells on stderr what was done and what was not. It
// returns the reports that are still to be written.
func (f *fixing) finish(sys *System, fixes *pipeline.Fixes, outputs []output) ([]output, error) {
	if fixes == nil {
		return outputs, nil
	}
	verb := "fixed"
	if f.diff != "" {
		verb = "fix"
		for _, c := range fixes.Changes {
			if _, err := io.WriteString(sys.Stdout, fix.Diff(c.File, c.Was, c.Is)); err != nil {
				return nil, unwritten(err)
			}
		}
		var toFiles []output
		for _, o := range outputs {
			if o.file != "" {
				toFiles = append(toFiles, o)
			}
		}
		outputs = toFiles
	} else if err := fixes.Write(); err != nil {
		return nil, &exitError{code: ExitFailure, err: err, outside: true}
	}
	for _, a := range fixes.Applied {
		tell(sys, verb, &a)
	}
	for _, s := range fixes.Skipped {
		tell(sys, "not "+verb, &s)
	}
	return outputs, nil
}

func tell(sys *System, what string, f *fix.Fixed) {
	reason := ""
	if f.Reason != "" {
		reason = ": " + f.Reason
	}
	fmt.Fprintln(sys.Stderr, report.Printable(fmt.Sprintf("%s: %s: %s%s [%s]", what, f.Finding.At, f.Fix.Title, reason, f.Finding.Check)))
}
