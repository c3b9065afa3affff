package environment

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// nameAll finds the alternatives among the roots and names them.
func nameAll(roots []*root) {
	findConflicts(roots)
	for _, r := range roots {
		if len(r.splits) > 0 {
			r.name = r.step(slices.Max(slices.Collect(maps.Keys(r.splits))))
		}
	}
	for _, r := range sharingName(roots) {
		r.name = r.longName()
	}
	for _, r := range sharingName(roots) {
		r.name = r.build.Root.Path // of prod.yaml and the folder prod
	}
	neighbours(roots)
	joinFiles(roots)
	nameExamples(roots)
}

// findConflicts notes which roots define the same object.
func findConflicts(roots []*root) {
	owners := map[identity][]int{} // roots, in their order
	for i, r := range roots {
		r.splits, r.conflicts = map[int]bool{}, map[*root]identity{}
		for _, o := range r.build.Objects {
			if o.Name == "" || shared(o) {
				continue
			}
			id := identify(o)
			if list := owners[id]; len(list) == 0 || list[len(list)-1] != i {
				owners[id] = append(list, i)
			}
		}
	}
	// The clusters of a fleet have the same objects, so most lists are alike.
	first := map[string]identity{} // by owners
	for id, list := range owners {
		if len(list) < 2 {
			continue
		}
		key := fmt.Sprint(list)
		if old, again := first[key]; !again || compareIdentities(id, old) < 0 {
			first[key] = id
		}
	}
	for _, id := range first {
		list := owners[id]
		for i, a := range list {
			for _, b := range list[i+1:] {
				roots[a].conflict(roots[b], id)
			}
		}
	}
}

// conflict notes that two roots define the same object, and where their paths differ.
func (r *root) conflict(other *root, id identity) {
	old, again := r.conflicts[other]
	if !again || compareIdentities(id, old) < 0 {
		r.conflicts[other], other.conflicts[r] = id, id
	}
	if again {
		return
	}
	depth := split(r.steps, other.steps)
	if depth == len(r.steps) || depth == len(other.steps) {
		r.splits[r.below(depth)], other.splits[other.below(depth)] = true, true
	} else {
		r.splits[depth], other.splits[depth] = true, true
	}
}

// sharingName is the roots that have a name in common with one that they conflict with.
func sharingName(roots []*root) []*root {
	var out []*root
	for _, r := range roots {
		for other := range r.conflicts {
			if other.name == r.name {
				out = append(out, r)
				break
			}
		}
	}
	return out
}

// longName is all the segments in which a root differs from those that it conflicts with.
func (r *root) longName() string {
	var parts []string
	for _, depth := range slices.Sorted(maps.Keys(r.splits)) {
		if step := r.step(depth); len(parts) == 0 || parts[len(parts)-1] != step {
			parts = append(parts, step)
		}
	}
	return strings.Join(parts, "/")
}

// neighbours gives the name of an alternative to the roots that lie in its folder, where the
// alternatives differ in the name of that folder only.
func neighbours(roots []*root) {
	folders := map[string]string{} // folder -> name
	for _, r := range roots {
		for other := range r.conflicts {
			depth := split(r.steps, other.steps)
			if depth < len(r.steps) && depth < len(other.steps) && slices.Equal(r.steps[depth+1:], other.steps[depth+1:]) {
				folder := strings.Join(r.steps[:depth+1], "/")
				if old, ok := folders[folder]; !ok || r.name < old {
					folders[folder] = r.name
				}
			}
		}
	}
	for _, r := range roots {
		for depth := len(r.steps); r.name == "" && depth > 0; depth-- {
			folder := strings.Join(r.steps[:depth], "/")
			if r.name = folders[folder]; r.name != "" {
				r.folder = folder
			}
		}
	}
}
