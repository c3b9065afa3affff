package environment

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/discover"
	"github.com/tierlint/tierlint/internal/render"
)

// Named is an environment that somebody named.
type Named struct {
	Name string
	// Has says whether a root is in it: 0 means no, and of the others those count for which the
	// number is highest, so that a folder inside of another can be in another environment.
	Has func(discover.Root) int
}

// Rule is what put a root into an environment.
type Rule uint8

// The rules.
const (
	Everywhere  Rule = iota // it conflicts with nothing, and is in every environment
	Conflicting             // it defines an object that another root defines too
	Neighbour               // it lies in the folder of an alternative
	Example                 // it lies in a folder of examples
	Settings                // somebody named the environment
	Deployed                // an object of Argo CD or Flux says so
)

func (r Rule) String() string {
	return [...]string{"everywhere", "conflict", "neighbour", "example", "settings", "deployment"}[r]
}

// Why is what put a root into an environment.
type Why struct {
	Rule   Rule
	Object string // that is in conflict: "Kind namespace/name"
	With   string // the root that defines it too
	Folder string // of the alternative that it lies in, or of the examples
	By     string // the object that deploys it; empty: it holds such objects
}

// why says what put a root into its environment.
func (r *root) why() Why {
	switch {
	case len(r.named) > 0 && r.build.Root.Environment == r.named[0]:
		w := Why{Rule: Deployed}
		if d := r.build.Root.Deploy; d != nil {
			w.By = d.By
		} else if r.settings {
			w.Rule = Settings
		}
		return w
	case len(r.named) > 0:
		return Why{Rule: Settings}
	case len(r.conflicts) > 0:
		w := Why{Rule: Conflicting}
		other, id := r.firstConflict()
		w.With = other.build.Root.Path
		w.Object = id.String()
		return w
	case r.name != "":
		return Why{Rule: Neighbour, Folder: r.folder}
	case len(r.envs) > 0:
		return Why{Rule: Example, Folder: r.folder}
	}
	return Why{}
}

// firstConflict is the root that comes first among those in conflict with this one, and what the
// conflict is about.
func (r *root) firstConflict() (*root, identity) {
	var first *root
	for other := range r.conflicts {
		if first == nil || other.build.Root.Path < first.build.Root.Path {
			first = other
		}
	}
	return first, r.conflicts[first]
}

// String is "Kind namespace/name".
func (id identity) String() string {
	if id.namespace == "" {
		return id.kind + " " + id.name
	}
	return id.kind + " " + id.namespace + "/" + id.name
}

func compareIdentities(a, b identity) int {
	return cmp.Or(
		strings.Compare(a.kind, b.kind), strings.Compare(a.namespace, b.namespace),
		strings.Compare(a.name, b.name), strings.Compare(a.group, b.group),
	)
}

// nameBySettings notes which of the named environments the roots are in. Of some it is known already.
func nameBySettings(roots []*root, named []Named) {
	for _, r := range roots {
		best := 1
		r.settings = slices.ContainsFunc(named, func(n Named) bool { return n.Has(r.build.Root) > 0 })
		if e := r.build.Root.Environment; e != "" {
			r.named = []string{e}
			continue
		}
		for _, n := range named {
			switch has := n.Has(r.build.Root); {
			case has > best:
				r.named, best = []string{n.Name}, has
			case has == best && !slices.Contains(r.named, n.Name):
				r.named = append(r.named, n.Name)
			}
		}
	}
}

// in says whether the root is in an environment.
func (r *root) in(name string) bool {
	names := r.names()
	return len(names) == 0 || slices.Contains(names, name)
}

// add adds a build.
func (e *Environment) add(b *render.Build, w Why) {
	e.Builds = append(e.Builds, b)
	e.Why = append(e.Why, w)
}
