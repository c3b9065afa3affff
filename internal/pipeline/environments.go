package pipeline

import (
	"cmp"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/discover"
	"github.com/tierlint/tierlint/internal/environment"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/report"
)

// Group is what an environment is made of.
type Group struct {
	Name     string // empty: the only one
	Roots    []GroupRoot
	Contexts []string // as they were given
	Platform report.Platform
	Version  model.Version // of Calico
}

// GroupRoot is a root in an environment, and what put it there. Paths are as people see them.
type GroupRoot struct {
	Path    string
	Kind    string
	Objects int
	Why     environment.Why
}

// groupOf says what an environment is made of.
func groupOf(e environment.Environment, tree *discover.Tree) Group {
	out := Group{Name: e.Name}
	show := func(p string) string {
		if p == "-" {
			return discover.StdinName
		}
		return tree.Display(p)
	}
	for i, b := range e.Builds {
		why := e.Why[i]
		if why.With != "" {
			why.With = show(why.With)
		}
		if why.Folder != "" {
			why.Folder = show(why.Folder)
		}
		out.Roots = append(out.Roots, GroupRoot{Path: show(b.Root.Path), Kind: b.Root.Kind.String(), Objects: len(b.Objects), Why: why})
	}
	return out
}

// environment is the one that somebody gave a name; nil: nobody did.
func (o *Options) environment(name string) *Environment {
	i := slices.IndexFunc(o.Environments, func(e Environment) bool { return e.Name == name })
	if i < 0 {
		return nil
	}
	return &o.Environments[i]
}

// named are the environments that somebody named, as they are asked about roots.
func (o *Options) named(tree *discover.Tree, real string) []environment.Named {
	var out []environment.Named
	for _, e := range o.Environments {
		out = append(out, environment.Named{Name: e.Name, Has: func(r discover.Root) int {
			if r.Kind == discover.Stdin {
				return 0
			}
			return e.Has(absolute(tree, real, r.Path))
		}})
	}
	return out
}

// cluster is what is said of one environment's cluster.
func (o *Options) cluster(named *Environment) Environment {
	out := Environment{Platform: o.Platform, Version: o.Version, PodCIDRs: o.PodCIDRs}
	if named != nil {
		out.Platform = cmp.Or(named.Platform, out.Platform)
		out.Version = cmp.Or(named.Version, out.Version)
		if len(named.PodCIDRs) > 0 {
			out.PodCIDRs = named.PodCIDRs
		}
	}
	return out
}

// passOver returns what says which files and folders of a walk are not under review, because they
// are excluded, a context or rules, and counts the excluded ones. A context that holds a path under review
// is no reason: then it is the rest of it that is a context.
func (o *Options) passOver(tree *discover.Tree, real string, excluded *int) func(string) bool {
	contexts := slices.Concat(o.Context, o.Rules.Folders)
	for _, e := range o.Environments {
		contexts = append(contexts, e.Context...)
	}
	contexts = slices.DeleteFunc(contexts, func(c string) bool {
		return c == "-" || slices.ContainsFunc(o.paths(), func(p string) bool { return p != "-" && below(realPath(real, c), realPath(real, p)) })
	})
	for i, c := range contexts {
		contexts[i] = realPath(real, c)
	}
	return func(p string) bool {
		abs := absolute(tree, real, p)
		if slices.ContainsFunc(contexts, func(c string) bool { return below(c, abs) }) {
			return true
		}
		if o.Excluded != nil && o.Excluded(abs) {
			*excluded++
			return true
		}
		return false
	}
}

// below says whether a path is a folder, or in it.
func below(folder, path string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// absolute is the absolute path of something in the tree; real is the working directory without
// symbolic links.
func absolute(tree *discover.Tree, real, p string) string {
	return filepath.Join(real, filepath.FromSlash(tree.Display(p)))
}

// realPath is a path from a folder, absolute and without symbolic links; as it is, if nothing is there.
func realPath(dir, p string) string {
	if !filepath.IsAbs(p) {
		p = filepath.Join(dir, p)
	}
	if real, err := filepath.EvalSymlinks(p); err == nil {
		p = real
	}
	if abs, err := filepath.Abs(p); err == nil {
		return abs
	}
	return p
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
