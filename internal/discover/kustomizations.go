package discover

import (
	"maps"
	"path"
	"slices"
)

// addKustomizations makes a root of every kustomization that no other one includes. Where a ring
// of kustomizations include each other, the first one is the root, so that the ring is found. A component
// is one only if an argument names it.
func (w *walker) addKustomizations() {
	var all []string
	for dir, f := range w.dirs {
		if f.kustomization != nil {
			all = append(all, dir)
		}
	}
	slices.Sort(all)
	included := map[string]bool{}
	for _, dir := range all {
		for _, to := range w.includes(w.dirs[dir].kustomization) {
			if to != dir {
				included[to] = true
			}
		}
	}
	reached := map[string]bool{}
	add := func(dir string) {
		w.found.Roots = append(w.found.Roots, Root{Path: dir, Kind: Kustomize})
		w.reach(dir, reached)
	}
	for _, dir := range all {
		if !included[dir] && !w.dirs[dir].kustomization.IsComponent {
			add(dir)
		}
	}
	for _, dir := range all {
		switch {
		case reached[dir]:
		case !w.dirs[dir].kustomization.IsComponent || w.named[dir]:
			add(dir)
		default:
			w.found.Unused = append(w.found.Unused, dir)
		}
	}
}

// includes is the folders that a kustomization includes.
func (w *walker) includes(k *Kustomization) []string {
	var out []string
	for _, r := range k.Refs {
		if r.Inline() || r.Role != Include && r.Role != Component && r.Role != Plugin {
			continue
		}
		if p, err := w.t.ResolveRef(k, r); err == nil && w.t.IsDir(p) {
			out = append(out, p)
		}
	}
	return out
}

// reach marks a kustomization and all that it includes.
func (w *walker) reach(dir string, reached map[string]bool) {
	if reached[dir] {
		return
	}
	reached[dir] = true
	if k := w.t.Kustomization(dir); k != nil {
		for _, to := range w.includes(k) {
			w.reach(to, reached)
		}
	}
}

// addManifests makes a root of the manifests of every folder that are not a kustomization's.
func (w *walker) addManifests() {
	listed, folders := w.listed()
	unlisted := map[string][]string{}
	for _, dir := range slices.Sorted(maps.Keys(w.dirs)) {
		f := w.dirs[dir]
		var plain []string
		for _, p := range f.manifests {
			if !listed[p] {
				plain = append(plain, p)
			}
		}
		slices.Sort(plain)
		switch owner := w.owner(dir, folders); {
		case len(plain) == 0:
		case owner != "":
			unlisted[owner] = append(unlisted[owner], plain...)
		default:
			w.found.Roots = append(w.found.Roots, Root{Path: dir, Kind: Manifests, Files: plain})
		}
	}
	for i, r := range w.found.Roots {
		if r.Kind == Kustomize {
			w.found.Roots[i].Unlisted = w.unlistedOf(r.Path, unlisted)
		}
	}
}

// listed is the files that kustomizations name, and the folders they are in, each with the folder
// of a kustomization that names one.
func (w *walker) listed() (files map[string]bool, folders map[string]string) {
	files, folders = map[string]bool{}, map[string]string{}
	for _, dir := range slices.Sorted(maps.Keys(w.dirs)) {
		k := w.dirs[dir].kustomization
		if k == nil {
			continue
		}
		for _, r := range k.Refs {
			if r.Inline() {
				continue
			}
			if p, err := w.t.ResolveRef(k, r); err == nil && !w.t.IsDir(p) {
				files[p] = true
				if folders[path.Dir(p)] == "" {
					folders[path.Dir(p)] = dir
				}
			}
		}
	}
	return files, folders
}

// owner is the folder of the kustomization that decides which files of a folder count, or "":
// the one in the folder itself, or one that names a file of the folder.
func (w *walker) owner(dir string, folders map[string]string) string {
	if w.dirs[dir].kustomization != nil {
		return dir
	}
	return folders[dir]
}

// unlistedOf collects what the kustomizations reached from a root leave out.
func (w *walker) unlistedOf(root string, unlisted map[string][]string) []string {
	reached := map[string]bool{}
	w.reach(root, reached)
	var out []string
	for dir := range reached {
		out = append(out, unlisted[dir]...)
	}
	slices.Sort(out)
	return out
}
