package environment

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/discover"
)

// variant is a file, or the rest of a folder, that is in conflict with others in the folder.
type variant struct {
	*root
	rivals []*variant
	words  []string // of its name; at least one
	own    []string // of the words, those that some rival lacks: ocp of dns_ocp, besides dns
}

// joinFiles puts together what of a folder's alternatives goes together. Of dns, web, dns-okd and web-okd
// a cluster gets two; of a file with everything and one for each part, the former or all of the latter.
// Each variant's cluster has, besides it, as much of the others as is not in conflict, and first what
// differs from its rivals in the same words. Variants with the same cluster are one environment.
// Examples stay apart.
func joinFiles(roots []*root) {
	folders := map[string][]*root{}
	for _, r := range roots {
		switch steps := r.steps; r.build.Root.Kind {
		case discover.File:
			steps = steps[:len(steps)-1]
			fallthrough
		case discover.Manifests:
			folder := strings.Join(steps, "/")
			folders[folder] = append(folders[folder], r)
		}
	}
	for _, folder := range folders {
		variants := variantsIn(folder)
		if len(variants) > 2 && !areExamples(variants) && !namedElsewhere(variants, roots) {
			nameClusters(variants)
		}
	}
}

// variantsIn is what of a folder is in conflict with others in it, by path.
func variantsIn(folder []*root) []*variant {
	of := map[*root]*variant{}
	for _, r := range folder {
		of[r] = &variant{root: r, words: words(r)}
	}
	var out []*variant
	for _, r := range folder {
		v := of[r]
		for other := range r.conflicts {
			if rival := of[other]; rival != nil {
				v.rivals = append(v.rivals, rival)
			}
		}
		if len(v.rivals) > 0 {
			out = append(out, v)
		}
		for _, w := range v.words {
			if slices.ContainsFunc(v.rivals, func(rival *variant) bool { return !slices.Contains(rival.words, w) }) {
				v.own = append(v.own, w)
			}
		}
	}
	slices.SortFunc(out, byPath)
	return out
}

// words are those of a root's file or folder; a name of punctuation alone is one, and so is the top, which has none.
func words(r *root) []string {
	name := ""
	if len(r.steps) > 0 {
		name = r.steps[len(r.steps)-1]
	}
	if words := strings.FieldsFunc(name, func(c rune) bool { return strings.ContainsRune("-_.", c) }); len(words) > 0 {
		return words
	}
	return []string{name}
}

func byPath(a, b *variant) int { return strings.Compare(a.build.Root.Path, b.build.Root.Path) }

// areExamples says whether variants are examples rather than parts of one thing: there are many, and
// more than a quarter of the pairs in conflict do not even begin with the same word.
func areExamples(variants []*variant) bool {
	pairs, alike := 0, 0
	for _, v := range variants {
		pairs += len(v.rivals)
		for _, rival := range v.rivals {
			if slices.Equal(v.words[:1], rival.words[:1]) {
				alike++
			}
		}
	}
	return len(variants) >= fewestExamples && 4*alike < 3*pairs
}

// namedElsewhere says whether a root that is none of the variants has the name of one.
func namedElsewhere(variants []*variant, roots []*root) bool {
	names, inside := map[string]bool{}, map[*root]bool{}
	for _, v := range variants {
		names[v.name], inside[v.root] = true, true
	}
	return slices.ContainsFunc(roots, func(r *root) bool { return r.name != "" && names[r.name] && !inside[r] })
}

// cluster is the variants that go with one of them, and itself, by path.
func (v *variant) cluster(variants []*variant) []*variant {
	order := slices.Clone(variants)
	slices.SortStableFunc(order, func(a, b *variant) int {
		return cmp.Or(cmp.Compare(b.shares(v), a.shares(v)), cmp.Compare(len(a.own), len(b.own)))
	})
	out, taken := []*variant{v}, map[*variant]bool{v: true}
	for _, other := range order {
		if !taken[other] && !slices.ContainsFunc(other.rivals, func(rival *variant) bool { return taken[rival] }) {
			out, taken[other] = append(out, other), true
		}
	}
	slices.SortFunc(out, byPath)
	return out
}

// shares is how many of its own words a variant shares with another.
func (v *variant) shares(other *variant) int {
	n := 0
	for _, w := range v.own {
		if slices.Contains(other.own, w) {
			n++
		}
	}
	return n
}

// nameClusters puts variants into the environments of the clusters that they are in. Each has the name of
// the first variant that is in no other cluster, or else that it is the cluster of.
func nameClusters(variants []*variant) {
	names := map[string]string{} // by cluster
	in := map[*variant][]string{}
	for _, v := range variants {
		cluster := v.cluster(variants)
		var key strings.Builder
		for _, member := range cluster {
			key.WriteString(member.build.Root.Path + "\n")
		}
		if _, again := names[key.String()]; again {
			continue
		}
		names[key.String()] = v.name
		for _, member := range cluster {
			in[member] = append(in[member], key.String())
		}
	}
	for _, v := range slices.Backward(variants) {
		if len(in[v]) == 1 {
			names[in[v][0]] = v.name
		}
	}
	for _, v := range variants {
		for _, key := range in[v] {
			v.envs = append(v.envs, names[key])
		}
		slices.Sort(v.envs)
	}
}
