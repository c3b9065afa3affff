package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tierlint/tierlint/internal/report"
)

// output is a report to write: a format and, unless it goes to standard output, a file.
type output struct {
	format   string
	file     string
	reporter report.Reporter
}

// parseOutputs reads values of --format: FORMAT or FORMAT=FILE. Only one may go to standard output.
func parseOutputs(sys *System, values []string, color string) ([]output, error) {
	if len(values) == 0 {
		values = []string{"text"}
	}
	var out []output
	toStdout := 0
	for _, v := range values {
		format, file, named := strings.Cut(v, "=")
		if named && (file == "" || file == "-") {
			return nil, usage(fmt.Errorf("--format %s: no file after the equals sign", v))
		}
		o := look(sys, color, sys.Stdout)
		if named {
			o = report.Options{Color: color == "always"}
		} else {
			toStdout++
		}
		o.Say = func(cut string) { _ = complain(sys.Stderr, v+": "+cut) } // the file says it, too
		r, ok := report.New(format, o)
		if !ok {
			return nil, usage(fmt.Errorf("unknown --format %q: it is one of %s, or FORMAT=FILE", format, strings.Join(report.Formats(), ", ")))
		}
		if format == "text" && !named && sys.Env("GITHUB_ACTIONS") == "true" {
			r = report.Guarded{Reporter: r}
		}
		out = append(out, output{format, file, r})
	}
	if toStdout > 1 {
		return nil, usage(fmt.Errorf("--format: only one format can go to standard output; write the others as FORMAT=FILE"))
	}
	return out, nil
}

// write writes the report.
func (o output) write(sys *System, r *report.Result) error {
	if o.file == "" {
		if err := o.reporter.Report(sys.Stdout, r); err != nil {
			return unwritten(err)
		}
		return nil
	}
	var b bytes.Buffer
	if err := o.reporter.Report(&b, r); err != nil {
		return fmt.Errorf("writing the %s report: %w", o.format, err)
	}
	if err := writeFile(inDir(sys, o.file), b.Bytes()); err != nil {
		return usage(fmt.Errorf("--format %s=%s: %w", o.format, o.file, err))
	}
	return nil
}

// writeFile replaces a file as a whole, so that nobody sees half of it. What is no regular file,
// such as /dev/stdout, is written to.
func writeFile(path string, data []byte) (err error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return os.WriteFile(path, data, 0o644)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".tierlint-*")
	if err != nil {
		var at *fs.PathError
		if errors.As(err, &at) {
			return at.Err // the name of the temporary file would confuse
		}
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if _, err := f.Write(data); err != nil {
		_ = f.Close()
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		_ = f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
