package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/tierlint/tierlint/internal/config"
	"github.com/tierlint/tierlint/internal/pipeline"
	"github.com/tierlint/tierlint/internal/suppress"
)

// baseline is the flags about findings that are known.
type baseline struct {
	file  string
	write string // the file to write; "" not to, configured: the one that is read
}

// configured is what --write-baseline is without a file.
const configured = "true"

// yesOrFile is a flag that needs no value, and may have a file for one. To pflag it is a bool, so that
// the help does not speak of the value that it has without one.
type yesOrFile struct{ file *string }

func (f yesOrFile) String() string { return "" }
func (f yesOrFile) Type() string   { return "bool" }

func (f yesOrFile) Set(file string) error {
	*f.file = file
	return nil
}

func (b *baseline) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&b.file, "baseline", "", "hide the findings that are in this `FILE`, and report only new ones")
	f.Var(yesOrFile{&b.write}, "write-baseline", "write all findings to the baseline or, with `[=FILE]`, to another file, and report none")
	f.Lookup("write-baseline").NoOptDefVal = configured
}

// read reads the baseline, unless it is to be written anew.
func (b *baseline) read(sys *System, set config.Settings, opts *pipeline.Options) error {
	if b.write != "" {
		return nil
	}
	file := cmp.Or(b.file, set.Baseline)
	if file == "" {
		return nil
	}
	data, err := os.ReadFile(inDir(sys, file))
	if errors.Is(err, fs.ErrNotExist) {
		return usage(fmt.Errorf("there is no baseline %s; --write-baseline=%s makes one", file, file))
	}
	if err != nil {
		return usage(fmt.Errorf("reading the baseline: %w", err))
	}
	if opts.Baseline, err = suppress.ReadBaseline(filepath.ToSlash(file), data); err != nil {
		return usage(err)
	}
	return nil
}

// writeFile writes the findings as the baseline, and says so.
func (b *baseline) writeFile(sys *System, set config.Settings, res *pipeline.Result) error {
	if res.Failure != nil {
		return failure(res.Failure)
	}
	used := cmp.Or(b.file, set.Baseline)
	file := b.write
	if file == configured {
		file = cmp.Or(used, suppress.BaselineFile)
	}
	data, n, err := suppress.WriteBaseline(res.Findings)
	if err != nil {
		return failure(err)
	}
	if err := writeFile(inDir(sys, file), data); err != nil {
		return usage(fmt.Errorf("--write-baseline %s: %w", file, err))
	}
	what := fmt.Sprintf("%d findings are", n)
	if n == 1 {
		what = "1 finding is"
	}
	if _, err := fmt.Fprintf(sys.Stdout, "%s in the baseline %s.\n", what, file); err != nil {
		return unwritten(err)
	}
	if left := len(res.Findings) - n; left > 0 {
		if _, err := fmt.Fprintf(sys.Stdout, "Not in it, because nothing can hide them: %d findings about suppressions.\n", left); err != nil {
			return unwritten(err)
		}
	}
	if used == "" || filepath.Clean(used) != filepath.Clean(file) {
		_, err = fmt.Fprintf(sys.Stdout, "To use it: --baseline %s, or `baseline: %s` in %s.\n", file, file, config.File)
	}
	if err != nil {
		return unwritten(err)
	}
	return nil
}

// inDir is the path of a file that was named on the command line.
func inDir(sys *System, file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(sys.Dir, file)
}
