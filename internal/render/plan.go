package render

import (
	"path"
	"strings"

	"github.com/tierlint/tierlint/internal/discover"
	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// layer is one use of a kustomization in a build: the root's own, or one that another includes.
type layer struct {
	k      *discover.Kustomization
	parent *layer
	entry  source.Span // the entry that includes it; empty for the root's own
	role   discover.Role
	// bases, components and plugins are the layers that it includes, in order.
	bases, components, plugins []*layer
	files                      []use // resources
	patches                    []use
}

// use is a file that a layer names.
type use struct {
	path string // in the tree, without symbolic links; for an inline patch made up
	ref  discover.Ref
	at   source.Span
}

// maxLayers is the number of kustomizations that one build may consist of.
const maxLayers = 5000

// span is the place of a node of the layer's kustomization.
func (l *layer) span(n *yamldoc.Node) source.Span { return l.k.File.KeySpan(n) }

// top is the first line of the layer's kustomization, for what no other line can be said of.
func (l *layer) top() source.Span { return l.span(l.k.Root) }

// spanAt is the place of what is at a pointer of the layer's kustomization.
func (l *layer) spanAt(pointer string, key bool) source.Span {
	return l.span(written(yamldoc.Find(l.k.Root, pointer), key))
}

// via is the entries through which something that an entry of the layer names comes into the
// whole, outermost last.
func (l *layer) via(entry source.Span) []source.Span {
	out := []source.Span{entry}
	for ; l.parent != nil; l = l.parent {
		out = append(out, l.entry)
	}
	return out
}

// all is the layer and those below it, itself first.
func (l *layer) all() []*layer {
	out := []*layer{l}
	for _, list := range [][]*layer{l.bases, l.components, l.plugins} {
		for _, c := range list {
			out = append(out, c.all()...)
		}
	}
	return out
}

// appliers is the layers that change what is in the layer, the last to do so first: kustomize
// reads bases, then runs components, then the layer's own transformers
// (kustomize api/internal/target/kusttarget.go: accumulateTarget, v0.21.2).
func (l *layer) appliers() []*layer {
	var down []*layer
	for x := l; x != nil; x = x.parent {
		down = append([]*layer{x}, down...)
	}
	var out []*layer
	seen := map[*layer]bool{}
	var emit func(*layer)
	emit = func(x *layer) {
		if seen[x] {
			return
		}
		seen[x] = true
		out = append(out, x)
		for i := len(x.components) - 1; i >= 0; i-- {
			emit(x.components[i])
		}
	}
	for _, x := range down {
		emit(x)
	}
	return out
}

// above says whether a folder is the same as, or above, that of the layer or of one that includes
// it, which kustomize takes for a cycle (fileloader.go: errIfArgEqualOrHigher).
func (l *layer) above(dir string) bool {
	for x := l; x != nil; x = x.parent {
		if dir == "." || x.k.Dir == dir || strings.HasPrefix(x.k.Dir, dir+"/") {
			return true
		}
	}
	return false
}

// inlinePath is the made-up path of a patch that is written in the kustomization at a pointer.
func inlinePath(k *discover.Kustomization, pointer string) string {
	return path.Join(k.Dir, ".inline"+strings.ReplaceAll(pointer, "/", "-")+".yaml")
}

// lists says whether a file is one of the layer's resources, and where that is written.
func (l *layer) lists(path string) (source.Span, bool) {
	for _, u := range l.files {
		if u.path == path {
			return u.at, true
		}
	}
	return source.Span{}, false
}

// named is the name that an object of the layer gets.
func (l *layer) named(name string) string {
	appliers := l.appliers()
	for i := len(appliers) - 1; i >= 0; i-- {
		if root := appliers[i].k.Root; root != nil {
			name = yamldoc.Text(root, "/namePrefix") + name + yamldoc.Text(root, "/nameSuffix")
		}
	}
	return name
}
