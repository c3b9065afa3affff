package environment

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/render"
)

// fewestExamples is how many folders or files side by side have to be alternatives of others before
// all of them are taken to be examples. With fewer, two versions of each of some applications look
// the same, and there what conflicts with nothing is often meant for all.
const fewestExamples = 8

// place is a folder or file that roots lie in or are, and what lies in it.
type place struct {
	path   string
	inside map[string]*place
	rivals map[*place]bool // places beside it that define something that it does
	roots  []*root         // at it and below
}

// nameExamples puts each root that lies in a folder of examples, and is no alternative itself, into the
// environments of its example. The folder that is nearest to the root counts.
func nameExamples(roots []*root) {
	top := placesOf(roots)
	findRivals(top, roots)
	top.nameInside()
}

// placesOf is the top of the folders in which roots lie.
func placesOf(roots []*root) *place {
	top := &place{}
	for _, r := range roots {
		at := top
		at.roots = append(at.roots, r)
		for i, step := range r.steps {
			next := at.inside[step]
			if next == nil {
				next = &place{path: strings.Join(r.steps[:i+1], "/"), rivals: map[*place]bool{}}
				if at.inside == nil {
					at.inside = map[string]*place{}
				}
				at.inside[step] = next
			}
			next.roots = append(next.roots, r)
			at = next
		}
	}
	return top
}

// findRivals notes which places side by side have roots that are in conflict.
func findRivals(top *place, roots []*root) {
	for _, r := range roots {
		for other := range r.conflicts {
			depth := split(r.steps, other.steps)
			if depth == len(r.steps) || depth == len(other.steps) {
				continue // one lies in the other
			}
			at := top
			for _, step := range r.steps[:depth] {
				at = at.inside[step]
			}
			at.inside[r.steps[depth]].rivals[at.inside[other.steps[depth]]] = true
		}
	}
}

// nameInside names what is in examples, from the innermost folders outwards.
func (p *place) nameInside() {
	for _, child := range p.inside {
		child.nameInside()
	}
	if len(p.inside) < fewestExamples {
		return
	}
	alternatives := p.examples()
	for step, child := range p.inside {
		names := child.names()
		if len(names) == 0 {
			if len(alternatives) == 0 || child.servesMost(alternatives) {
				continue
			}
			names = []string{step}
		}
		for _, r := range child.roots {
			if len(alternatives) > 0 && len(r.names()) == 0 {
				r.envs, r.folder = names, p.path
			}
		}
	}
}

// examples is those of the places in a folder that have half of their objects, or a rival has half of
// its own, in common, if the folder holds examples. Versions of one thing, such as the clusters of a
// fleet, nearly all have something in common; of examples, few pairs have.
func (p *place) examples() []*place {
	rivalled, pairs := 0, 0
	for _, child := range p.inside {
		pairs += len(child.rivals)
		if len(child.rivals) > 0 {
			rivalled++
		}
	}
	if rivalled < fewestExamples || 4*rivalled < 3*len(p.inside) || 2*pairs >= rivalled*(rivalled-1) {
		return nil
	}
	objects := map[*place]map[identity]bool{}
	for _, child := range p.inside {
		objects[child] = child.objects()
	}
	var out []*place
	for _, child := range p.inside {
		for rival := range child.rivals {
			if 2*common(objects[child], objects[rival]) >= min(len(objects[child]), len(objects[rival])) {
				out = append(out, child)
				break
			}
		}
	}
	if len(out) < fewestExamples || 4*len(out) < 3*len(p.inside) {
		return nil
	}
	return out
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

// servesMost says whether a place may well be meant for the others: it has no pods, and what it has is
// of no namespace, or of namespaces that half of the others have, too.
func (p *place) servesMost(others []*place) bool {
	if p.has(func(o *render.Object) bool { return slices.Contains(withPods, o.Kind) }) {
		return false
	}
	if p.has(func(o *render.Object) bool { return o.Namespace == "" && o.Kind != "Namespace" }) {
		return true
	}
	namespaces := map[string]bool{}
	for _, r := range p.roots {
		for _, o := range r.build.Objects {
			namespaces[cmp.Or(o.Namespace, o.Name)] = true
		}
	}
	n := 0
	for _, other := range others {
		if other.has(func(o *render.Object) bool { return namespaces[o.Namespace] }) {
			n++
		}
	}
	return 2*n >= len(others)
}

func (p *place) has(wanted func(*render.Object) bool) bool {
	return slices.ContainsFunc(p.roots, func(r *root) bool { return slices.ContainsFunc(r.build.Objects, wanted) })
}

// withPods are the kinds that make pods.
var withPods = []string{"CronJob", "DaemonSet", "Deployment", "Job", "Pod", "ReplicaSet", "ReplicationController", "StatefulSet", "VirtualMachine"}
