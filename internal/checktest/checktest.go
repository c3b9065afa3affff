// Package checktest tests checks on small repositories.
//
// A case is a txtar file: the files of a repository, and above them a comment that says what the
// case is about. What the check must find is written on the line where it must find it:
//
//	A policy for a port that nobody listens on.
//	platform: openshift
//	-- policy.yaml --
//	...
//	    ports: [53] # want "DNS stays blocked"
//
// After "want" come one or more Go string literals; each is a regular expression that must match
// one finding of that line, written as the text report's first line has it after the place:
// "error: message [check-id]". Every finding must be wanted and every want found, also those that
// loading makes without any check, so that a case with a typo does not pass as clean.
//
// Files below context/ are in the cluster, but not under review.
//
// Lines of the form `key: value` in the comment are settings:
//
//	platform: openshift       the kind of cluster
//	calico: 3.30              the version of Calico
//	paths: apps/prod apps/db  what to check; default: everything
//	pods: 10.128.0.0/14       the pods' addresses
//	rego: policy              folders with rules in Rego, which run as well
//	want: FILE:LINE "regexp"  a want for a line that cannot hold a comment
//	fix: all                  which fixes are applied; default: those that are safe
//
// Files below fixed/ are what the files must be after the fixes: these and no others change, the
// check then finds nothing, and fixing again changes nothing.
package checktest

import (
	"bytes"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/config"
	"github.com/tierlint/tierlint/internal/pipeline"
	"github.com/tierlint/tierlint/internal/platform"
	"github.com/tierlint/tierlint/internal/regocheck"
	"github.com/tierlint/tierlint/internal/report"
)

// Repo is a small repository and how to check it.
type Repo struct {
	Files     []txtar.File
	Options   pipeline.Options // all but Dir and Checks
	elsewhere []want           // from the comment
	fixed     []txtar.File     // what files must be after the fixes
	allFixes  bool
	rego      []string
}

// Run runs checks, and no others, on every dir/*.txtar, each as a subtest.
func Run(t *testing.T, dir string, checks ...*check.Check) {
	t.Helper()
	cases, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) == 0 {
		t.Fatalf("no cases in %s", dir)
	}
	for _, file := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r, err := Parse(data)
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			wants, err := r.wants()
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			compare(t, wants, r.Check(t, checks...).Findings)
			if len(r.fixed) > 0 {
				r.checkFixes(t, checks...)
			}
		})
	}
}

// Parse reads a txtar file.
func Parse(data []byte) (*Repo, error) {
	a := txtar.Parse(data)
	r := &Repo{}
	for _, f := range a.Files {
		if name, ok := strings.CutPrefix(f.Name, "fixed/"); ok {
			r.fixed = append(r.fixed, txtar.File{Name: name, Data: f.Data})
		} else {
			r.Files = append(r.Files, f)
		}
	}
	for line := range strings.Lines(string(a.Comment)) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok {
			continue
		}
		if err := r.set(key, strings.TrimSpace(value)); err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
	}
	return r, nil
}

// set applies a setting. Other keys are prose.
func (r *Repo) set(key, value string) (err error) {
	switch key {
	case "platform":
		r.Options.Platform, err = config.ParsePlatform(value, platform.Names())
	case "calico":
		r.Options.Version, err = config.ParseVersion(value)
	case "paths":
		r.Options.Paths = strings.Fields(value)
	case "rego":
		r.rego = strings.Fields(value)
	case "fix":
		if r.allFixes = value == "all"; !r.allFixes {
			return fmt.Errorf("%q is not all", value)
		}
	case "pods":
		for _, s := range strings.Fields(value) {
			net, err := netip.ParsePrefix(s)
			if err != nil {
				return err
			}
			r.Options.PodCIDRs = append(r.Options.PodCIDRs, net)
		}
	case "want":
		var w []want
		w, err = parseElsewhere(value)
		r.elsewhere = append(r.elsewhere, w...)
	}
	return err
}

// Check runs the whole way from files to findings. A failure of the tool fails the test.
func (r *Repo) Check(t testing.TB, checks ...*check.Check) *report.Result {
	t.Helper()
	res, err := pipeline.Run(t.Context(), r.options(t, checks...))
	if err != nil {
		t.Fatal(err)
	}
	if res.Failure != nil {
		t.Error(res.Failure)
	}
	return &res.Result
}

// options writes the repository and says how to check it.
func (r *Repo) options(t testing.TB, checks ...*check.Check) pipeline.Options {
	t.Helper()
	dir := t.TempDir()
	if err := r.write(dir); err != nil {
		t.Fatal(err)
	}
	opts := r.Options
	opts.Dir, opts.Checks = dir, nil
	if slices.ContainsFunc(r.Files, func(f txtar.File) bool { return strings.HasPrefix(f.Name, "context/") }) {
		opts.Context = append(slices.Clone(opts.Context), "context")
	}
	for _, c := range checks {
		on := *c
		on.Off = false // a check that is asked for by name runs
		opts.Checks = append(opts.Checks, &on)
	}
	rules, err := regocheck.LoadFolders(dir, r.rego, nil)
	if err != nil {
		t.Fatal(err)
	}
	opts.Checks = append(opts.Checks, rules.Checks...)
	opts.Rules = pipeline.Rules{Folders: r.rego, Problems: rules.Problems, Source: rules.Source}
	return opts
}

func (r *Repo) write(dir string) error {
	for _, f := range r.Files {
		if !filepath.IsLocal(f.Name) {
			return fmt.Errorf("%s leaves the repository", f.Name)
		}
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Text is what `tierlint check` prints.
func Text(t testing.TB, r *report.Result) string {
	t.Helper()
	var b bytes.Buffer
	if err := (report.Text{}).Report(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
