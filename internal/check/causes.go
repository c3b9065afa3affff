package check

import (
	"slices"

	"github.com/tierlint/tierlint/internal/diag"
)

// maxRelated is how many other places a finding points at, with those that causes add.
const maxRelated = 5

// Causes takes out of findings those that others explain, as the checks declare it, and lets the
// cause mention them. A cause holds in all environments of its consequence; one that swallows is as
// severe, and any other a warning at least.
func Causes(found []diag.Diagnostic, checks []*Check) []diag.Diagnostic {
	byID := map[string]*Check{}
	for _, c := range checks {
		byID[c.ID] = c
	}
	about := map[string][]int{} // findings by each object that they rest on
	for i := range found {
		for _, object := range objectsOf(&found[i]) {
			about[object] = append(about[object], i)
		}
	}
	swallowedBy := map[int]int{}
	var links [][2]int
	for i := range found {
		c := byID[found[i].Check]
		if c == nil {
			continue
		}
		away := slices.DeleteFunc(slices.Clone(c.SwallowedBy), func(id string) bool { return slices.Contains(found[i].Beside, id) })
		if k := causeOf(found, about, i, away, found[i].Severity); k >= 0 {
			swallowedBy[i] = k
		} else if k := causeOf(found, about, i, c.FollowsFrom, diag.Warning); k >= 0 {
			links = append(links, [2]int{i, k})
		}
	}
	for i := range found {
		if k, ok := swallowedBy[i]; ok {
			mention(&found[root(swallowedBy, k)], &found[i], "this follows: "+found[i].Message)
		}
	}
	for _, l := range links {
		if _, ok := swallowedBy[l[1]]; !ok {
			mention(&found[l[0]], &found[l[1]], "the cause")
			mention(&found[l[1]], &found[l[0]], "what follows")
		}
	}
	var out []diag.Diagnostic
	for i := range found {
		if _, ok := swallowedBy[i]; !ok {
			out = append(out, found[i])
		}
	}
	return out
}

// root is the finding that is left of a chain of causes. Validate keeps it from being a ring.
func root(swallowedBy map[int]int, i int) int {
	for {
		k, ok := swallowedBy[i]
		if !ok {
			return i
		}
		i = k
	}
}

// causeOf is the first of findings by certain checks, of at least a severity, that explains one; -1 if none does.
func causeOf(found []diag.Diagnostic, about map[string][]int, i int, checks []string, least diag.Severity) int {
	if len(checks) == 0 {
		return -1
	}
	d := &found[i]
	for _, object := range objectsOf(d) {
		for _, k := range about[object] {
			if k != i && found[k].Severity >= least && slices.Contains(checks, found[k].Check) && explains(&found[k], d) {
				return k
			}
		}
	}
	return -1
}

func explains(cause, d *diag.Diagnostic) bool {
	for _, name := range d.Environments {
		if !slices.Contains(cause.Environments, name) {
			return false
		}
	}
	return slices.ContainsFunc(partsOf(d), func(p diag.Part) bool { return slices.ContainsFunc(partsOf(cause), p.Overlaps) })
}

func partsOf(d *diag.Diagnostic) []diag.Part {
	if len(d.Parts) == 0 && d.Object != "" {
		return []diag.Part{{Object: d.Object}}
	}
	return d.Parts
}

func objectsOf(d *diag.Diagnostic) []string {
	var out []string
	for _, p := range partsOf(d) {
		if !slices.Contains(out, p.Object) {
			out = append(out, p.Object)
		}
	}
	return out
}

// mention points from one finding at another, unless it points there already, or at enough.
func mention(d, other *diag.Diagnostic, as string) {
	if len(d.Related) >= maxRelated || slices.ContainsFunc(d.Related, func(r diag.Related) bool { return r.At.Span == other.At.Span }) {
		return
	}
	d.Related = append(slices.Clone(d.Related), diag.Related{At: other.At, Message: as + " [" + other.Check + "]"})
}
