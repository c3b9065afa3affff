package environment

import (
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/discover"
	"github.com/tierlint/tierlint/internal/render"
)

// place is a folder that roots are or lie in, or a chart with its values.
type place struct {
	name   string
	path   string
	inside map[string]*place
	rivals map[*place]bool // places beside it that define something that it does
	roots  []*root         // at it and below
}

// placesOf is the top of the folders in which roots lie. Files are in no place of their own: which of them
// go together is known already.
func placesOf(roots []*root) *place {
	top := newPlace("", "")
	for _, r := range roots {
		at := top
		at.roots = append(at.roots, r)
		for depth := range r.folders() {
			at = at.enter(r.steps[:depth+1])
			at.roots = append(at.roots, r)
		}
	}
	return top
}

// folders is how many of the steps of a root are folders.
func (r *root) folders() int {
	if r.build.Root.Kind == discover.File {
		return len(r.steps) - 1
	}
	return len(r.steps)
}

// enter is the place in a place to which the last of some steps leads.
func (p *place) enter(steps []string) *place {
	name := steps[len(steps)-1]
	if p.inside[name] == nil {
		p.inside[name] = newPlace(name, strings.Join(steps, "/"))
	}
	return p.inside[name]
}

func newPlace(name, path string) *place {
	return &place{name: name, path: path, inside: map[string]*place{}, rivals: map[*place]bool{}}
}

// findRivals notes which places side by side have roots that are in conflict.
func findRivals(top *place, roots []*root) {
	for _, r := range roots {
		for other := range r.conflicts {
			depth := split(r.steps, other.steps)
			if depth >= r.folders() || depth >= other.folders() {
				continue // one lies in the other
			}
			at := top
			for i := range depth {
				at = at.enter(r.steps[:i+1])
			}
			at.enter(r.steps[:depth+1]).rivals[at.enter(other.steps[:depth+1])] = true
		}
	}
}

// objects is what the roots in a place define, but for what whoever needs it brings along.
func (p *place) objects() map[identity]bool {
	out := map[identity]bool{}
	for _, r := range p.roots {
		for _, o := range r.build.Objects {
			if o.Name != "" && !shared(o) {
				out[identify(o)] = true
			}
		}
	}
	return out
}

func common(a, b map[identity]bool) int {
	n := 0
	for id := range a {
		if b[id] {
			n++
		}
	}
	return n
}

// names are the environments of the roots in a place, sorted.
func (p *place) names() []string {
	var out []string
	for _, r := range p.roots {
		out = append(out, r.names()...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (p *place) has(wanted func(*render.Object) bool) bool {
	return slices.ContainsFunc(p.roots, func(r *root) bool { return slices.ContainsFunc(r.build.Objects, wanted) })
}
