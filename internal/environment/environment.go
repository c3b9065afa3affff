// Package environment puts what was rendered together into what each cluster gets.
//
// Without settings the rule is this:
//
//   - Two roots conflict if both define the same object: group, kind, namespace and name. A
//     Namespace or a CustomResourceDefinition that several roots define is no conflict, for whoever
//     needs one tends to bring it along.
//   - Roots in conflict are alternatives. An alternative is named by the path segment in which it
//     differs from the others: clusters/prod and clusters/staging are prod and staging, and so are
//     apps/x/overlays/prod and apps/x/overlays/staging. Where that would put two conflicting roots
//     under one name, all the segments in which they differ are the name: "apps/prod", "tools/prod";
//     and where that does not help either, the whole path: "k8s/prod", "k8s/prod.yaml".
//     Of a folder and one inside of it, such as k8s and k8s/overlays/prod, the outer one is called by
//     its own name (at the top: "top"), and the inner one by the first that says more than "overlays".
//   - Where the alternatives differ in nothing but one segment (clusters/prod/apps and
//     clusters/staging/apps), what lies beside them in the same folders (clusters/prod/infra) is
//     part of the same alternative, even if it conflicts with nothing.
//   - In a folder of plain manifests, a file that defines half of what another one does or more, and
//     some of it otherwise, is an alternative of that file as if it were a root.
//   - Of alternatives that are files of one folder, as many as do not conflict belong together: of dns,
//     web, dns-okd and web-okd, the latter two. Not so if they are many, and their names have nothing
//     in common: then they are examples.
//   - A folder of which most of the folders are alternatives of some others, but of few of them, holds
//     examples or test cases: each is a cluster of its own, with all that is in it, and so are those
//     that happen to conflict with nothing. Not so what has no pods and is about most of the others.
//   - So is each in a folder called examples, tests or the like. If some of them are alternatives,
//     another is a cluster of its own if it has both pods and policies.
//   - Each name is an environment. It has the roots of that name, and all that are no alternatives:
//     in a cluster they lie side by side.
//   - Nothing in conflict: one environment without a name.
//
// Objects of Argo CD and Flux say which roots a cluster gets: see package deploy. Such a root has
// its Environment already, and the rule holds for the others.
//
// With settings, the environments that they name have the roots that they say. The rule above holds
// for all other roots, which may be in conflict with those, too.
//
// So there are as many environments as names, never their combinations, and every root is in at
// least one.
package environment

import (
	"maps"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/discover"
	"github.com/tierlint/tierlint/internal/render"
)

// Environment is what one cluster gets.
type Environment struct {
	Name   string // empty: the only one
	Builds []*render.Build
	Why    []Why // of each of the Builds
}

// Group puts builds together into environments, sorted by name. The order of builds is kept. A named
// environment that has none of the builds is left out.
func Group(builds []*render.Build, named ...Named) []Environment {
	builds = splitFiles(builds, named)
	roots := make([]*root, len(builds))
	for i, b := range builds {
		roots[i] = &root{build: b, steps: steps(b.Root)}
	}
	nameBySettings(roots, named)
	nameAll(roots)
	names := map[string]bool{}
	for _, r := range roots {
		for _, n := range r.names() {
			names[n] = true
		}
	}
	if len(names) == 0 {
		names[""] = true
	}
	var out []Environment
	for _, name := range slices.Sorted(maps.Keys(names)) {
		e := Environment{Name: name}
		for _, r := range roots {
			if r.in(name) {
				e.add(r.build, r.why())
			}
		}
		out = append(out, e)
	}
	return out
}

// Objects is the objects of all builds. Of a Namespace or CustomResourceDefinition that several
// builds define, only the one that says most is there: some have it bare, to bring it along.
func (e *Environment) Objects() []*render.Object {
	var out []*render.Object
	at := map[identity]int{}
	for _, b := range e.Builds {
		for _, o := range b.Objects {
			if !shared(o) {
				out = append(out, o)
				continue
			}
			i, again := at[identify(o)]
			switch {
			case !again:
				at[identify(o)] = len(out)
				out = append(out, o)
			case length(o) > length(out[i]):
				out[i] = o
			}
		}
	}
	return out
}

// length is how much an object says.
func length(o *render.Object) int {
	data, err := o.JSON()
	if err != nil {
		return 0
	}
	return len(data)
}

// shared says whether objects of a kind are brought along by whoever needs them.
func shared(o *render.Object) bool {
	return o.Kind == "Namespace" || o.Kind == "CustomResourceDefinition"
}

// identity is what an object is in a cluster.
type identity struct{ group, kind, namespace, name string }

func identify(o *render.Object) identity {
	group, _, ok := strings.Cut(o.APIVersion, "/")
	if !ok {
		group = ""
	}
	namespace := o.Namespace
	if namespace == "default" {
		namespace = "" // where kubectl puts what says nothing
	}
	return identity{group, o.Kind, namespace, o.Name}
}

// root is a build and where it lies.
type root struct {
	build *render.Build
	steps []string
	// splits are the depths at which the root differs from others that it conflicts with.
	splits    map[int]bool
	conflicts map[*root]identity
	name      string   // empty: no alternative
	folder    string   // of the alternative that it got its name from, if it is none itself
	envs      []string // the environments that it is in, if it is in others than that of its name
	named     []string // the environments that somebody put it into
	settings  bool     // settings name the root's environment
}

// steps is the path of a root, folder by folder; of a file without its extension. Of charts that
// differ in their values, the file of values is a step more.
func steps(r discover.Root) []string {
	p := r.Path
	if r.Kind == discover.File {
		if i := strings.LastIndexByte(p, '.'); i > strings.LastIndexByte(p, '/')+1 {
			p = p[:i]
		}
	}
	var out []string
	if p != "." {
		out = strings.Split(p, "/")
	}
	if r.Kind == discover.Chart && len(r.Values) > 0 {
		last := r.Values[len(r.Values)-1]
		out = append(out, strings.TrimSuffix(last[strings.LastIndexByte(last, '/')+1:], ".yaml"))
	}
	return out
}

// split is the depth at which two paths differ.
func split(a, b []string) int {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return i
}

// names are the environments that a root is in; none means all.
func (r *root) names() []string {
	switch {
	case len(r.named) > 0:
		return r.named
	case len(r.envs) == 0 && r.name != "":
		return []string{r.name}
	}
	return r.envs
}

// step is the segment at a depth. A path that ends above it is called by its last segment.
func (r *root) step(depth int) string {
	switch {
	case depth < len(r.steps):
		return r.steps[depth]
	case len(r.steps) > 0:
		return r.steps[len(r.steps)-1]
	}
	return "top"
}

// below is the depth of the segment that tells a folder inside of another, which ends at a depth, from it.
func (r *root) below(depth int) int {
	for depth+1 < len(r.steps) && slices.Contains(collections, r.steps[depth]) {
		depth++
	}
	return depth
}

// collections is what people call folders of environments.
var collections = []string{"clusters", "env", "environments", "envs", "overlay", "overlays", "variants"}
