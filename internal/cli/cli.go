// Package cli is the command line: arguments and streams come in, an exit code comes out.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/render"
	"github.com/tierlint/tierlint/internal/report"
)

// Exit codes.
const (
	ExitClean    = 0   // nothing at or above --fail-on
	ExitFindings = 1   // something is
	ExitUsage    = 2   // the arguments or the settings are wrong
	ExitFailure  = 3   // the tool itself failed
	ExitSignal   = 130 // somebody pressed Ctrl-C
)

// System is the world around a run.
type System struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Env            func(string) string // as os.Getenv
	Dir            string              // the working directory
}

// Process is the system as the process has it. It silences what libraries write about the input:
// Calico's and kustomize's know neither file nor line, and findings say it better. It also sets how
// often the process collects garbage.
func Process() System {
	dir, err := os.Getwd()
	if err != nil {
		dir = "." // it was removed; reading from it will say so
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	sys := System{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.Getenv, Dir: dir}
	load.QuietCalico()
	if err := render.QuietKustomize(); err != nil {
		fmt.Fprintf(sys.Stderr, "tierlint: kustomize's warnings will be among these lines: %v\n", err)
	}
	return sys
}

// gcPercent lets the heap grow to four times what is alive. What rendering and loading leave behind made the collector
// take a third of the time, for some hundred megabytes at most. GOGC in the environment is stronger.
const gcPercent = 300

// Main runs the command line and returns the exit code. It returns at once when ctx ends, whatever
// is still being done then.
func Main(ctx context.Context, args []string, sys System) int {
	done := make(chan int, 1)
	go func() { done <- run(ctx, args, sys) }()
	code := ExitSignal
	select {
	case code = <-done:
	case <-ctx.Done():
	}
	if code == ExitSignal {
		_, end := progress(&sys)
		end()
		fmt.Fprintln(sys.Stderr, "tierlint: interrupted")
	}
	return code
}

func run(ctx context.Context, args []string, sys System) (code int) {
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(sys.Stderr, "tierlint failed: %v\n%s%s\n", p, debug.Stack(), pleaseReport)
			code = ExitFailure
		}
	}()
	root := newRoot(&sys)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	var exit *exitError
	switch {
	case err == nil:
		return ExitClean
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return ExitSignal
	case errors.As(err, &exit):
		if exit.err != nil {
			_ = complain(sys.Stderr, exit.err.Error()) // there is nobody left to tell
		}
		if exit.code == ExitFailure && !exit.outside {
			fmt.Fprintln(sys.Stderr, pleaseReport)
		}
		return exit.code
	}
	// What is left are cobra's own errors: unknown commands and flags.
	fmt.Fprintf(sys.Stderr, "tierlint: %s\nRun `%s --help`.\n", strings.TrimSpace(err.Error()), cmd.CommandPath())
	return ExitUsage
}

// complain tells what is wrong. It may name files and quote what is in them, so that each line gets the
// same beginning, and none can move a terminal's cursor or be a command to GitHub's runner.
func complain(w io.Writer, text string) error {
	for line := range strings.Lines(text) {
		line = report.Printable(strings.TrimSuffix(line, "\n"))
		if _, err := fmt.Fprintf(w, "tierlint: %s\n", strings.ReplaceAll(line, "##[", "## [")); err != nil {
			return err
		}
	}
	return nil
}

const pleaseReport = "This is a fault of tierlint, not of your files. Please report it: https://github.com/tierlint/tierlint/issues"

// exitError ends a run with a code; err, if any, is told on stderr.
type exitError struct {
	code    int
	err     error
	outside bool // what failed is not tierlint: a full disk, a closed pipe
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

func usage(err error) error   { return &exitError{code: ExitUsage, err: err} }
func failure(err error) error { return &exitError{code: ExitFailure, err: err} }

// unwritten says that what there is to say could not be written.
func unwritten(err error) error {
	return &exitError{code: ExitFailure, err: fmt.Errorf("writing the output: %w", err), outside: true}
}

func newRoot(sys *System) *cobra.Command {
	root := &cobra.Command{
		Use:   "tierlint",
		Short: "Check Kubernetes and Calico network policies before they merge",
		Long: `tierlint renders what a cluster would get, computes exactly what its network
policies allow, and reports what does not do what its author meant, at the line
that must change.`,
		Example: `  tierlint check                                     # the folder you are in
  tierlint check --platform openshift clusters/prod
  tierlint explain shop/web svc:shop/db --port 5432  # why is this allowed or blocked?
  tierlint checks service-port                       # what a check is about`,
		Version:       toolVersion(),
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(sys.Stdin)
	root.SetOut(sys.Stdout)
	root.SetErr(sys.Stderr)
	root.SetVersionTemplate("tierlint {{.Version}}\n")
	root.Flags().Bool("version", false, "print the version of tierlint")
	root.AddCommand(newCheck(sys), newExplain(sys), newChecks(sys), newEnvironments(sys), newMerge(sys),
		newInit(sys), newRego(sys), newSchema(sys), newAction(sys), newNewCheck(sys), newVersion(sys))
	return root
}
