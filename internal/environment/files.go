package environment

import (
	"bytes"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/discover"
	"github.com/tierlint/tierlint/internal/render"
)

// splitFiles takes the files out of a folder of plain manifests of which one is meant in place of
// another: longhorn.yaml and longhorn-okd.yaml, or examples side by side. Two files are such
// alternatives if at least half of the objects of the smaller one are defined in the other, too, and
// one of them otherwise. Fewer are an accident, and a finding of their own. It also takes out the
// files that somebody put into an environment without the rest of the folder.
func splitFiles(builds []*render.Build, named []Named) []*render.Build {
	var out []*render.Build
	for _, b := range builds {
		if b.Root.Kind == discover.Manifests {
			out = append(out, splitFolder(b, named)...)
		} else {
			out = append(out, b)
		}
	}
	return out
}

func splitFolder(b *render.Build, named []Named) []*render.Build {
	objects := map[string][]*render.Object{}
	for _, o := range b.Objects {
		file := o.Origin("").File
		objects[file] = append(objects[file], o)
	}
	taken := alternatives(objects)
	for _, name := range b.Files {
		file := discover.Root{Path: pathOf(&b.Root, name), Kind: discover.File}
		if slices.ContainsFunc(named, func(n Named) bool { return n.Has(file) > n.Has(b.Root) }) {
			taken[name] = true
		}
	}
	if len(taken) == 0 {
		return []*render.Build{b}
	}
	rest := *b
	rest.Objects, rest.Files, rest.Root.Files = nil, nil, nil
	out := []*render.Build{&rest}
	for _, o := range b.Objects {
		if !taken[o.Origin("").File] {
			rest.Objects = append(rest.Objects, o)
		}
	}
	for _, name := range b.Files {
		path := pathOf(&b.Root, name)
		if !taken[name] {
			rest.Files = append(rest.Files, name)
			rest.Root.Files = append(rest.Root.Files, path)
			continue
		}
		out = append(out, &render.Build{
			Root: discover.Root{Path: path, Kind: discover.File}, Objects: objects[name], Files: []string{name},
		})
	}
	if len(rest.Files) == 0 {
		return out[1:]
	}
	return out
}

// pathOf is the path, in the tree, of the file that spans call name.
func pathOf(r *discover.Root, name string) string {
	best := name
	for _, p := range r.Files {
		if p == name || strings.HasSuffix(name, "/"+p) {
			if best == name || len(p) > len(best) {
				best = p
			}
		}
	}
	return best
}

// alternatives is the files that are alternatives of others.
func alternatives(objects map[string][]*render.Object) map[string]bool {
	type pair struct{ a, b string }
	common, differ := map[pair]int{}, map[pair]bool{}
	owners := map[identity][]string{}
	for file, list := range objects {
		for _, o := range list {
			if id := identify(o); o.Name != "" && !shared(o) && !slices.Contains(owners[id], file) {
				owners[id] = append(owners[id], file)
			}
		}
	}
	for id, files := range owners {
		slices.Sort(files)
		for i, a := range files {
			for _, b := range files[i+1:] {
				p := pair{a, b}
				common[p]++
				if !differ[p] {
					differ[p] = !same(find(objects[a], id), find(objects[b], id))
				}
			}
		}
	}
	out := map[string]bool{}
	for p, n := range common {
		if differ[p] && 2*n >= min(own(objects[p.a]), own(objects[p.b])) {
			out[p.a], out[p.b] = true, true
		}
	}
	return out
}

// own is how many objects of a file are not such as whoever needs them brings along.
func own(list []*render.Object) int {
	n := 0
	for _, o := range list {
		if !shared(o) {
			n++
		}
	}
	return n
}

func find(list []*render.Object, id identity) *render.Object {
	i := slices.IndexFunc(list, func(o *render.Object) bool { return identify(o) == id })
	return list[i]
}

// same says whether two objects say the same, wherever they are written.
func same(a, b *render.Object) bool {
	x, err1 := a.JSON()
	y, err2 := b.JSON()
	return err1 == nil && err2 == nil && bytes.Equal(x, y)
}
