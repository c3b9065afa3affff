package discover

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/source"
)

// Kind says how a root becomes objects.
type Kind uint8

// The kinds of roots.
const (
	Kustomize Kind = iota // a folder with a kustomization that no other one includes
	Manifests             // the manifests of a folder that no kustomization lists
	File                  // one file
	Stdin                 // standard input
	Chart                 // a Helm chart
)

func (k Kind) String() string {
	return [...]string{"kustomization", "manifests", "file", "stdin", "chart"}[k]
}

// Root is a part of the inputs that is rendered on its own.
type Root struct {
	Path  string // in the tree: a folder, a file, or "-"
	Kind  Kind
	Files []string // of Manifests, sorted
	// Unlisted is manifests in the folder of a kustomization that no kustomization names, so that
	// they are in no root.
	Unlisted []string
	// Values are files in the tree whose values come on top of a Chart's own, the last wins.
	Values []string
	// Deploy says how the root gets into a cluster, where that is written; nil: it is not.
	Deploy *Deploy
	// Environment is the one that the root is in; empty: what the rules say.
	Environment string
}

// Deploy is how an object, such as an Argo CD Application, deploys a root.
type Deploy struct {
	By string // "Application argocd/shop"
	// Namespace is that of objects which have none, and At is where that is written; with Override,
	// it is that of all objects.
	Namespace string
	At        source.Origin
	Override  bool
	// Release and Values are those of a Chart: its name, and what comes on top of the files of values.
	Release string
	Values  map[string]any
}

// Found is what the arguments lead to.
type Found struct {
	Roots []Root // sorted by path
	// Unused is components that no kustomization includes, and no argument names: nothing renders them.
	Unused []string
	// Diagnostics are about paths that are not read.
	Diagnostics []diag.Diagnostic
}

// CheckManifest is the check in whose name unreadable input is reported.
const CheckManifest = "invalid-manifest"

// Find turns paths of the tree into roots: every kustomization that no other one includes, every
// other folder of manifests, every chart, a single file, "-" for standard input.
func Find(t *Tree, paths []string) (*Found, error) {
	w := &walker{t: t, seen: map[string]bool{}, dirs: map[string]*folder{}, named: map[string]bool{}, paths: paths}
	for _, p := range paths {
		if err := w.argument(p); err != nil {
			return nil, err
		}
	}
	w.addKustomizations()
	w.addManifests()
	charts := w.inflated()
	w.found.Roots = slices.DeleteFunc(w.found.Roots, func(r Root) bool { return r.Kind == Chart && charts[r.Path] })
	slices.SortFunc(w.found.Roots, func(a, b Root) int { return strings.Compare(a.Path, b.Path) })
	w.reportUnlisted()
	w.reportUnused()
	w.reportHidden()
	diag.Sort(w.found.Diagnostics)
	return &w.found, nil
}

// walker goes through the folders below the arguments.
type walker struct {
	t     *Tree
	paths []string
	seen  map[string]bool // folders and files, without symbolic links
	named map[string]bool // folders of the arguments
	// hidden is what was passed over because of its name.
	hidden []string
	dirs   map[string]*folder
	found  Found
}

// folder is a folder that was walked.
type folder struct {
	kustomization *Kustomization // nil: none
	manifests     []string
}

func (w *walker) argument(p string) error {
	if p == "-" {
		w.found.Roots = append(w.found.Roots, Root{Path: "-", Kind: Stdin})
		return nil
	}
	real, err := w.t.Resolve(p)
	if err != nil {
		return fmt.Errorf("reading the path %s: %w", w.t.Display(p), unwrapPath(err))
	}
	if w.t.IsDir(real) {
		w.named[real] = true
		before := len(w.seen)
		w.walk(real)
		if !w.anything(before) {
			w.report(real, diag.Warning, "there are no manifests here: nothing is checked", "give the folder that holds them")
		}
		return nil
	}
	if w.seen[real] {
		return nil
	}
	w.seen[real] = true
	if w.t.IsKustomization(real) {
		w.named[path.Dir(real)] = true
		w.addFolder(path.Dir(real))
		return nil
	}
	w.found.Roots = append(w.found.Roots, Root{Path: real, Kind: File})
	return nil
}

// anything says whether the walk of one argument found something to render.
func (w *walker) anything(before int) bool {
	if before > 0 || len(w.found.Roots) > 0 {
		return true
	}
	for _, d := range w.dirs {
		if d.kustomization != nil || len(d.manifests) > 0 {
			return true
		}
	}
	return false
}

// walk reads a folder and those in it.
func (w *walker) walk(dir string) {
	if w.seen[dir] {
		return
	}
	w.seen[dir] = true
	entries, err := fs.ReadDir(w.t.FS, dir)
	if err != nil {
		w.report(dir, diag.Error, "this folder cannot be read: "+unwrapPath(err).Error(), "")
		return
	}
	if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == chartFile && !e.IsDir() }) {
		w.found.Roots = append(w.found.Roots, Root{Path: dir, Kind: Chart})
		return
	}
	for _, e := range entries {
		if p, ok := w.entry(dir, e); ok {
			w.addFolder(path.Dir(p), p) // which is elsewhere for a symbolic link
		}
	}
	w.addFolder(dir)
}

func (w *walker) addFolder(dir string, manifests ...string) {
	f := w.dirs[dir]
	if f == nil {
		f = &folder{kustomization: w.t.Kustomization(dir)}
		w.dirs[dir] = f
	}
	f.manifests = append(f.manifests, manifests...)
}

// entry goes into folders, and says whether a file may be a manifest.
func (w *walker) entry(dir string, e fs.DirEntry) (string, bool) {
	p := path.Join(dir, e.Name())
	if skipped(e.Name()) {
		if hidden(e.Name()) && e.Name() != ".git" && (e.IsDir() || mayBeManifest(p)) {
			w.hidden = append(w.hidden, p)
		}
		return "", false
	}
	isDir := e.IsDir()
	if e.Type()&fs.ModeSymlink != 0 {
		real, err := w.t.Resolve(p)
		switch {
		case errors.Is(err, ErrLeaves):
			if mayBeManifest(p) || path.Ext(p) == "" {
				w.report(p, diag.Warning, "this symbolic link leads out of "+w.t.Limits()+" and is not followed", "put a copy of the file here")
			}
			return "", false
		case err != nil:
			if mayBeManifest(p) {
				w.report(p, diag.Warning, "this symbolic link leads nowhere", "remove it")
			}
			return "", false
		}
		p, isDir = real, w.t.IsDir(real)
	}
	if !isDir && (!mayBeManifest(p) || w.t.IsKustomization(p)) || w.seen[p] || w.excluded(p) {
		return "", false
	}
	if isDir {
		w.walk(p)
		return "", false
	}
	w.seen[p] = true
	return p, true
}

func (w *walker) excluded(p string) bool { return w.t.Excluded != nil && w.t.Excluded(p) }

// mayBeManifest says whether kubectl apply would read the file.
func mayBeManifest(p string) bool {
	switch path.Ext(p) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return false
}

func (w *walker) report(p string, severity diag.Severity, message, help string) {
	w.found.Diagnostics = append(w.found.Diagnostics, diag.Diagnostic{
		Check: CheckManifest, Severity: severity, Message: message, Help: help,
		At: source.Origin{Span: w.t.Top(p)},
	})
}
