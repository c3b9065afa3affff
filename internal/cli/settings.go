package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/config"
	"github.com/tierlint/tierlint/internal/pipeline"
	"github.com/tierlint/tierlint/internal/platform"
)

// located is settings and the folder of their file. Their paths are relative to the working
// directory.
type located struct {
	config.Settings
	dir    string // the working directory
	folder string // absolute; empty: there is no file
}

// knownNames are the names that settings may use.
func knownNames(checks []*check.Check) config.Known {
	known := config.Known{Platforms: platform.Names()}
	addKnown(&known, checks)
	return known
}

// findSettings reads the settings file that was named, or else the nearest, if there is one.
func findSettings(sys *System, named string, paths []string) (path string, data []byte, err error) {
	if named == "" {
		return config.Find(sys.Dir, paths)
	}
	path = inDir(sys, named)
	data, err = os.ReadFile(path)
	var at *fs.PathError
	if errors.As(err, &at) {
		err = fmt.Errorf("--settings %s: %w", named, at.Err)
	}
	return path, data, err
}

// readSettings reads the settings file, if there is one.
func readSettings(sys *System, named string, paths []string, known config.Known) (located, error) {
	path, data, err := findSettings(sys, named, paths)
	if err != nil {
		return located{}, usage(err)
	}
	if path == "" {
		return located{}, nil
	}
	out := located{dir: sys.Dir, folder: filepath.Dir(path)}
	known.Exists = func(p string) bool {
		_, err := os.Stat(out.absolute(p))
		return err == nil
	}
	if read := known.Rego; read != nil {
		known.Rego = func(folders []string, to *config.Known) error { return read(out.all(folders), to) }
	}
	name := out.relative(filepath.Base(path))
	if out.Settings, err = config.Parse(filepath.ToSlash(name), data, known); err != nil {
		return out, usage(err)
	}
	out.Context = out.all(out.Context)
	for i := range out.Environments {
		e := &out.Environments[i]
		e.Context, e.Values = out.all(e.Context), out.all(e.Values)
	}
	if out.Baseline != "" {
		out.Baseline = out.relative(out.Baseline)
	}
	return out, nil
}

// absolute is a path that the settings name.
func (l *located) absolute(p string) string {
	if filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(l.folder, filepath.FromSlash(p))
}

// relative is a path that the settings name, from the working directory.
func (l *located) relative(p string) string {
	p = l.absolute(p)
	if rel, err := filepath.Rel(l.dir, p); err == nil {
		return rel
	}
	return p
}

func (l *located) all(paths []string) []string {
	var out []string
	for _, p := range paths {
		out = append(out, l.relative(p))
	}
	return out
}

// matches says how closely one of the globs matches an absolute path: 0, none does.
func (l *located) matches(globs []string) func(string) int {
	folder := l.folder
	if real, err := filepath.EvalSymlinks(folder); err == nil {
		folder = real
	}
	return func(path string) int {
		rel, err := filepath.Rel(folder, path)
		if err != nil {
			return 0
		}
		best := 0
		for _, g := range globs {
			if config.Match(g, filepath.ToSlash(rel)) {
				best = max(best, config.Depth(g))
			}
		}
		return best
	}
}

// excluded says what the settings exclude; nil: nothing.
func (l *located) excluded() func(string) bool {
	if len(l.Exclude) == 0 {
		return nil
	}
	matches := l.matches(l.Exclude)
	return func(path string) bool { return matches(path) > 0 }
}

// environments are those that the settings name.
func (l *located) environments() []pipeline.Environment {
	var out []pipeline.Environment
	for _, e := range l.Environments {
		out = append(out, pipeline.Environment{
			Name: e.Name, Has: l.matches(e.Paths), Context: e.Context, Values: e.Values,
			Platform: e.Platform, Version: e.Version, PodCIDRs: e.PodCIDRs,
		})
	}
	return out
}

// override puts flags and environment variables in place of settings, of those of named
// environments too.
func (in *inputs) override(sys *System, set *config.Settings) error {
	err := errors.Join(
		override(sys, in.platform, "--platform", "TIERLINT_PLATFORM", func(v string) (err error) {
			set.Platform, err = config.ParsePlatform(v, platform.Names())
			each(set, func(c *config.Cluster) { c.Platform = "" })
			return err
		}),
		override(sys, in.version, "--calico-version", "TIERLINT_CALICO_VERSION", func(v string) (err error) {
			set.Version, err = config.ParseVersion(v)
			each(set, func(c *config.Cluster) { c.Version = 0 })
			return err
		}),
		override(sys, "", "", "TIERLINT_FAIL_ON", func(v string) (err error) {
			set.FailOn, err = config.ParseFailOn(v)
			return err
		}),
		override(sys, "", "", "TIERLINT_BASELINE", func(v string) error {
			set.Baseline = v
			return nil
		}),
	)
	context := in.context
	if len(context) == 0 {
		context = filepath.SplitList(sys.Env("TIERLINT_CONTEXT"))
	}
	if slices.Contains(context, "") {
		err = errors.Join(err, errors.New("--context: a path is empty: is a variable not set?"))
	}
	if len(context) > 0 {
		set.Context = context
		each(set, func(c *config.Cluster) { c.Context = nil })
	}
	return err
}

// each calls f for what is said of the environments by name.
func each(set *config.Settings, f func(*config.Cluster)) {
	for i := range set.Environments {
		f(&set.Environments[i].Cluster)
	}
}

// override takes a flag or, if that is not given, an environment variable.
func override(sys *System, flag, name, variable string, set func(string) error) error {
	value, from := flag, name
	if value == "" {
		value, from = sys.Env(variable), variable
	}
	if value == "" {
		return nil
	}
	if err := set(value); err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	return nil
}
