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
	var joins func(*place) bool // whether what is like no other may be meant for all
	called := p.isCalledExamples()
	switch alternatives := p.alternatives(called); {
	case p.isCollection(len(alternatives)):
		joins = func(child *place) bool { return child.servesMost(alternatives) }
	case called && len(alternatives) > 0:
		joins = func(child *place) bool { return !child.isWhole() }
	case called:
		joins = func(*place) bool { return true }
	default:
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

// isCollection says whether a folder with some alternatives holds examples, whatever it is called.
// Versions of one thing, such as the clusters of a fleet, nearly all have something in common; of
// examples, few pairs have.
func (p *place) isCollection(alternatives int) bool {
	return alternatives >= fewestExamples && 4*alternatives >= 3*len(p.inside) && p.isSparse()
}

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
// of its own, in common. It is only asked for where it matters.
func (p *place) alternatives(called bool) []*place {
	if !called && (len(p.inside) < fewestExamples || !p.isSparse()) {
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
	return out
}

// isWhole says whether a place has pods and policies, and so needs no other.
func (p *place) isWhole() bool {
	return p.has(func(o *render.Object) bool { return slices.Contains(withPods, o.Kind) }) &&
		p.has(func(o *render.Object) bool { return strings.HasSuffix(o.Kind, "NetworkPolicy") })
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

// withPods are the kinds that make pods.
var withPods = []string{"CronJob", "DaemonSet", "Deployment", "Job", "Pod", "ReplicaSet", "ReplicationController", "StatefulSet", "VirtualMachine"}
