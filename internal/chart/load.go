package chart

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/ignore"

	"github.com/tierlint/tierlint/internal/discover"
	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// What is read of one chart, at most.
const (
	maxFiles = 10000
	maxBytes = 32 << 20
)

// loading is the work on one chart.
type loading struct {
	t   *discover.Tree
	dir string
	out Rendered

	files  []*loader.BufferedFile
	bytes  int
	byData map[*byte]string // the first byte of a file -> its path in the tree
	rules  *ignore.Rules
	stop   bool
	// overridden says that the chart is given values besides its own.
	overridden bool
}

// load reads the chart; nil if it cannot be used.
func (l *loading) load() *chart.Chart {
	l.rules = l.ignored()
	l.walk(l.dir, "", nil)
	l.local(l.dir, "", []string{l.dir})
	if l.stop {
		return nil
	}
	for _, f := range l.files {
		if base := path.Base(f.Name); (base == "Chart.yaml" || base == "values.yaml" || base == "requirements.yaml") && !strings.Contains("/"+f.Name, "/templates/") {
			if !l.readable(l.pathOf(f.Data)) {
				return nil
			}
		}
	}
	c, err := loader.LoadFiles(l.files)
	if err != nil {
		if slices.ContainsFunc(l.out.Problems, func(p Problem) bool { return p.At.File == l.chartFile().File }) {
			return nil // that the file cannot be read has been said
		}
		l.problem(Broken, l.chartFile(), "Helm refuses this chart: %s", inLine(err.Error()))
		return nil
	}
	sortDependencies(c)
	return c
}

// sortDependencies puts dependencies in order, for the loader leaves them in that of a map.
func sortDependencies(c *chart.Chart) {
	all := slices.Clone(c.Dependencies())
	slices.SortFunc(all, func(a, b *chart.Chart) int {
		return cmp.Or(strings.Compare(a.Name(), b.Name()), strings.Compare(a.Metadata.Version, b.Metadata.Version))
	})
	c.SetDependencies(all...)
	for _, d := range all {
		sortDependencies(d)
	}
}

// ignored is the rules of the file .helmignore.
func (l *loading) ignored() *ignore.Rules {
	rules := ignore.Empty()
	if data, err := fs.ReadFile(l.t.FS, path.Join(l.dir, ignore.HelmIgnore)); err == nil {
		if parsed, err := ignore.Parse(bytes.NewReader(data)); err == nil {
			rules = parsed
		}
	}
	rules.AddDefaults()
	return rules
}

// walk reads a folder, whose path in the chart is name. The folders around it are above.
func (l *loading) walk(dir, name string, above []string) {
	entries, err := fs.ReadDir(l.t.FS, dir)
	if err != nil {
		l.problem(Broken, l.span(dir), "this folder of a chart cannot be read: %s", reason(err))
		l.stop = true
		return
	}
	above = append(slices.Clone(above), dir)
	for _, e := range entries {
		if l.stop {
			return
		}
		inChart := path.Join(name, e.Name())
		real, err := l.t.Resolve(path.Join(dir, e.Name()))
		info, statErr := e.Info()
		switch {
		case err == nil && statErr == nil && e.Type()&fs.ModeSymlink != 0:
			info, statErr = fs.Stat(l.t.FS, real)
		case errors.Is(err, discover.ErrLeaves):
			l.problem(Refused, l.span(path.Join(dir, e.Name())), "this symbolic link leads out of %s and is not followed", l.t.Limits()).Help = "a copy of the file, here"
			continue
		}
		if err = cmp.Or(err, statErr); err != nil {
			l.problem(Broken, l.span(path.Join(dir, e.Name())), "this file of a chart cannot be read: %s", reason(err))
			continue
		}
		switch {
		case l.rules.Ignore(inChart, info):
		case info.IsDir() && !slices.Contains(above, real):
			l.walk(real, inChart, above)
		case info.Mode().IsRegular():
			l.read(real, inChart, info.Size())
		}
	}
}

// read takes a file into the chart.
func (l *loading) read(p, name string, size int64) {
	if l.bytes += int(size); l.bytes > maxBytes || len(l.files) == maxFiles || size > yamldoc.MaxFileSize {
		l.problem(Refused, l.span(p), "with this, the chart has more than %d MB or %d files: it is not rendered", maxBytes>>20, maxFiles).Help =
			"name what does not belong to the chart in .helmignore"
		l.stop = true
		return
	}
	data, err := fs.ReadFile(l.t.FS, p)
	if err != nil {
		l.problem(Broken, l.span(p), "this file of a chart cannot be read: %s", reason(err))
		return
	}
	if data = bytes.TrimPrefix(data, []byte("\uFEFF")); len(data) > 0 {
		l.byData[&data[0]] = p
	}
	l.files = append(l.files, &loader.BufferedFile{Name: name, Data: data})
	if ext := path.Ext(p); ext == ".yaml" || ext == ".yml" || ext == ".tpl" || ext == ".json" {
		l.out.Files = append(l.out.Files, l.t.Display(p))
	}
}

// local reads the dependencies of a chart that are elsewhere in the repository, which `helm dependency
// build` would copy to charts/: repository: file://../other.
func (l *loading) local(dir, name string, above []string) {
	for _, file := range []string{"Chart.yaml", "requirements.yaml"} {
		f, err := l.t.Load(path.Join(dir, file))
		if err != nil || len(f.Documents) == 0 {
			continue
		}
		for _, n := range yamldoc.Items(f.Documents[0].Root, "/dependencies") {
			to, isLocal := strings.CutPrefix(yamldoc.Text(n, "/repository"), "file://")
			inChart := path.Join(name, "charts", yamldoc.Text(n, "/name"))
			real, err := l.t.Resolve(path.Join(dir, to))
			if !isLocal || path.IsAbs(to) || err != nil || !l.t.IsChart(real) || slices.Contains(above, real) || l.vendored(inChart) {
				continue
			}
			l.walk(real, inChart, nil)
			l.local(real, inChart, append(slices.Clone(above), real))
		}
	}
}

// vendored says whether a dependency is in charts/ already, as a folder or as an archive.
func (l *loading) vendored(inChart string) bool {
	return slices.ContainsFunc(l.files, func(f *loader.BufferedFile) bool {
		return strings.HasPrefix(f.Name, inChart+"/") || strings.HasPrefix(f.Name, inChart+"-") && path.Ext(f.Name) == ".tgz"
	})
}

// pathOf is the path in the tree of a file of the chart, or "" if it comes from an archive.
func (l *loading) pathOf(data []byte) string {
	if len(data) == 0 {
		return ""
	}
	return l.byData[&data[0]]
}

// readable says whether a file is YAML, and reports what is wrong if not.
func (l *loading) readable(p string) bool {
	if p == "" {
		return true
	}
	f, err := l.t.Load(p)
	if err != nil {
		return true // the loader says it
	}
	problems := fatal(f)
	l.out.Problems = append(l.out.Problems, problems...)
	return len(problems) == 0
}

// span is the place to point at for a whole file, or a folder.
func (l *loading) span(p string) source.Span { return l.t.Top(p) }

// chartFile is the place to point at for the whole chart.
func (l *loading) chartFile() source.Span {
	p := path.Join(l.dir, "Chart.yaml")
	if f, err := l.t.Load(p); err == nil && len(f.Documents) > 0 {
		return f.KeySpan(f.Documents[0].Root)
	}
	return l.span(p)
}

// crds finds the objects that are installed as they are.
func (l *loading) crds(c *chart.Chart) {
	for _, f := range c.CRDObjects() {
		if p := l.pathOf(f.File.Data); p != "" && !slices.Contains(l.out.CRDs, p) {
			l.out.CRDs = append(l.out.CRDs, p)
		}
	}
	slices.Sort(l.out.CRDs)
}

// tables says whether the values of all dependencies are tables, and reports those that are not,
// which Helm refuses.
func (l *loading) tables(c *chart.Chart, values map[string]any) bool {
	ok := true
	for _, d := range c.Dependencies() {
		own, isTable := values[d.Name()].(map[string]any)
		if !isTable {
			l.problem(Broken, l.chartFile(), "Helm refuses the values of this chart: those of its dependency %s are no mapping", d.Name())
		}
		ok = isTable && l.tables(d, own) && ok
	}
	return ok
}

// missing reports dependencies that are enabled, and not among the files.
func (l *loading) missing(c *chart.Chart) {
	has := map[string]bool{}
	for _, d := range c.Dependencies() {
		has[d.Name()] = true
		l.missing(d)
	}
	for _, d := range c.Metadata.Dependencies {
		if d == nil || has[d.Name] {
			continue
		}
		what := d.Name
		if d.Version != "" {
			what += " " + d.Version
		}
		from := ""
		if d.Repository != "" {
			from = " (" + d.Repository + ")"
		}
		l.problem(Missing, l.dependency(c, d.Name), "the chart %s%s is not in charts/ and not fetched, so what it adds is not checked", what, from).Help =
			fmt.Sprintf("charts/%s, in the repository: helm dependency build puts it there", d.Name)
	}
}

// dependency is where a chart names a dependency.
func (l *loading) dependency(c *chart.Chart, name string) source.Span {
	for _, raw := range c.Raw {
		if raw.Name != "Chart.yaml" && raw.Name != "requirements.yaml" {
			continue
		}
		f, err := l.t.Load(l.pathOf(raw.Data))
		if err != nil || len(f.Documents) == 0 {
			continue
		}
		for _, n := range yamldoc.Items(f.Documents[0].Root, "/dependencies") {
			for _, key := range []string{"/alias", "/name"} {
				if yamldoc.Text(n, key) == name {
					return f.KeySpan(yamldoc.Find(n, key).Value)
				}
			}
		}
	}
	return l.chartFile()
}

// reason is an error without the path that it repeats.
func reason(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}

// inLine is a text in one line.
func inLine(s string) string { return strings.Join(strings.Fields(s), " ") }
