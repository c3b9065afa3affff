package deploy

import (
	"slices"
	"strings"
)

// names gives each cluster a name, by key; none if there is only one.
func (f *finder) names() map[string]string {
	var folders []string
	out := map[string]string{}
	for i := range f.all {
		key := f.key(&f.all[i])
		if _, again := out[key]; again {
			continue
		}
		name, isCluster := strings.CutPrefix(key, "cluster ")
		out[key] = name
		if !isCluster {
			folders = append(folders, key)
		}
	}
	if len(out) == 1 {
		clear(out)
		return out
	}
	for _, name := range []func(string) string{last, differing(folders), whole} {
		taken := map[string]bool{}
		for key, n := range out {
			if strings.HasPrefix(key, "cluster ") {
				taken[n] = true
			}
		}
		unique := true
		for _, folder := range folders {
			out[folder] = name(folder)
			unique = unique && !taken[out[folder]]
			taken[out[folder]] = true
		}
		if unique {
			break
		}
	}
	return out
}

// last is the last segment of a path.
func last(p string) string { return p[strings.LastIndexByte(p, '/')+1:] }

func whole(p string) string { return p }

// differing is the first segment of a path in which some of the paths differ.
func differing(paths []string) func(string) string {
	var common []string
	for i, p := range paths {
		steps := strings.Split(p, "/")
		if i == 0 {
			common = steps
		}
		for n := range common {
			if n >= len(steps) || steps[n] != common[n] {
				common = slices.Clone(common[:n])
				break
			}
		}
	}
	return func(p string) string {
		steps := strings.Split(p, "/")
		return steps[min(len(common), len(steps)-1)]
	}
}
