package discover

import (
	"cmp"
	"io/fs"
	"path"

	"github.com/tierlint/tierlint/internal/yamldoc"
)

// chartFile makes a folder a chart.
const chartFile = "Chart.yaml"

// IsChart says whether a folder, without symbolic links, is a chart.
func (t *Tree) IsChart(dir string) bool { return t.IsFile(path.Join(dir, chartFile)) }

// IsFile says whether a path without symbolic links is a file.
func (t *Tree) IsFile(p string) bool {
	info, err := fs.Stat(t.FS, p)
	return err == nil && info.Mode().IsRegular()
}

// ChartHome is the folder in which kustomize looks for a chart, before it fetches it: an entry of
// helmCharts (kustomize api/internal/builtins/HelmChartInflationGenerator.go: absChartHome, v0.21.2).
// It need not exist.
func (t *Tree) ChartHome(k *Kustomization, entry *yamldoc.Node) string {
	home := path.Join(k.Dir, cmp.Or(yamldoc.Text(k.Root, "/helmGlobals/chartHome"), "charts"))
	if version := yamldoc.Text(entry, "/version"); version != "" && yamldoc.Text(entry, "/repo") != "" {
		home = path.Join(home, yamldoc.Text(entry, "/name")+"-"+version)
	}
	return home
}

// ChartDir is the folder of the chart that an entry of helmCharts is about, or "" if it is not in
// the tree.
func (t *Tree) ChartDir(k *Kustomization, entry *yamldoc.Node) string {
	name := yamldoc.Text(entry, "/name")
	if name == "" || path.IsAbs(yamldoc.Text(k.Root, "/helmGlobals/chartHome")) {
		return ""
	}
	dir, err := t.Resolve(path.Join(t.ChartHome(k, entry), name))
	if err != nil || !t.IsChart(dir) {
		return ""
	}
	return dir
}

// inflated is the charts that the kustomizations of the walk render, which are no roots of their own.
func (w *walker) inflated() map[string]bool {
	out := map[string]bool{}
	for _, f := range w.dirs {
		if f.kustomization == nil {
			continue
		}
		for _, n := range yamldoc.Items(f.kustomization.Root, "/helmCharts") {
			if dir := w.t.ChartDir(f.kustomization, n); dir != "" {
				out[dir] = true
			}
		}
	}
	return out
}

// Folders are all folders of the tree in which somebody may keep manifests, sorted.
func (t *Tree) Folders() []string {
	var out []string
	_ = fs.WalkDir(t.FS, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil // which is said of it where it is read
		case d.IsDir() && p != "." && skipped(d.Name()):
			return fs.SkipDir
		case d.IsDir() && p != ".":
			out = append(out, p)
		}
		return nil
	})
	return out
}
