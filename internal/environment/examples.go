package environment

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/render"
)

// fewestExamples is how many folders or files side by side have to be alternatives of others before
// all of them are taken to be examples. With fewer, two versions of each of some applications look
// the same, and there what conflicts with nothing is often meant for all.
const fewestExamples = 8

// nameExamples puts each root that lies in a folder of examples, and is no alternative itself, into the
// environments of its example. The folder that is nearest to the root counts.
func nameExamples(roots []*root) {
	top := placesOf(roots)
	findRivals(top, roots)
	top.nameInside()
}

// nameInside names what is in examples, from the innermost folders outwards.
func (p *place) nameInside() {
	for _, child := range p.inside {
		child.nameInside()
	}
	joins, ok := p.examples()
	if !ok {
		return
	}
	p.tellApart()
	for _, child := range p.inside {
		names := child.names()
		if len(names) == 0 {
			if joins(child) {
				continue
			}
			names = []string{child.name}
		}
		for _, r := range child.roots {
			if len(r.names()) == 0 {
				r.envs, r.folder = slices.Clone(names), p.path
			}
		}
	}
}

// examples says whether a folder holds examples, and which of them joins all others if it is like none: it may be
// meant for them.
func (p *place) examples() (joins func(*place) bool, ok bool) {
	called, looksSo := p.isCalledExamples(), len(p.inside) >= fewestExamples && p.isSparse()
	if !called && !looksSo {
		return nil, false // to look for alternatives takes long
	}
	switch alternatives := p.alternatives(); {
	case looksSo && len(alternatives) >= fewestExamples && 4*len(alternatives) >= 3*len(p.inside):
		return func(child *place) bool { return child.servesMost(alternatives) }, true
	case !called:
		return nil, false
	case len(alternatives) > 0:
		return func(child *place) bool { return !child.isWhole() }, true
	}
	return func(*place) bool { return true }, true
}

// isCalledExamples says whether a folder has the name of one of examples, and what is in it is not named as
// the parts of a repository are.
func (p *place) isCalledExamples() bool {
	if len(p.inside) < 2 || !slices.Contains(exampleFolders, p.name) {
		return false
	}
	for name := range p.inside {
		if slices.Contains(collections, name) || slices.Contains(partFolders, name) {
			return false
		}
	}
	return true
}

// partFolders is what people call the parts of a repository for clusters, besides folders of environments.
var partFolders = []string{"applications", "apps", "base", "bases", "charts", "common", "components", "infra", "infrastructure", "manifests", "platform", "policies", "tenants"}

// exampleFolders is what people call folders of examples.
var exampleFolders = []string{"cases", "demos", "examples", "exercises", "fixtures", "labs", "recipes", "samples", "scenarios", "testcases", "testdata", "tests", "tutorials"}

// tellApart puts the name of an example before names that roots of several examples have: each has
// a prod and a staging of its own.
func (p *place) tellApart() {
	in := map[string]int{} // in how many places a name is
	for _, child := range p.inside {
		for _, name := range child.names() {
			in[name]++
		}
	}
	for _, child := range p.inside {
		for _, r := range child.roots {
			if in[r.name] > 1 && r.name != child.name {
				r.name = child.name + "/" + r.name
			}
			for i, name := range r.envs {
				if in[name] > 1 && name != child.name {
					r.envs[i] = child.name + "/" + name
				}
			}
		}
	}
}

// isSparse says whether few of the places in a folder that are in conflict with some are so with each other.
// Versions of one thing, such as the clusters of a fleet, nearly all have something in common; of
// examples, few pairs have.
func (p *place) isSparse() bool {
	rivalled, ends := 0, 0
	for _, child := range p.inside {
		ends += len(child.rivals)
		if len(child.rivals) > 0 {
			rivalled++
		}
	}
	return 2*ends < rivalled*(rivalled-1)
}

// alternatives is those of the places in a folder that have half of their objects, or a rival has half
// of its own, in common.
func (p *place) alternatives() []*place {
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
	return out
}

// isWhole says whether a place has pods and policies, and so needs no other.
func (p *place) isWhole() bool {
	return p.has(makesPods) && p.has(func(o *render.Object) bool { return strings.HasSuffix(o.Kind, "NetworkPolicy") })
}

func makesPods(o *render.Object) bool { return load.MakesPods(o.Kind) }

// servesMost says whether a place may well be meant for the others: it has no pods, and what it has is
// of no namespace, or of namespaces that half of the others have, too.
func (p *place) servesMost(others []*place) bool {
	if p.has(makesPods) {
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
