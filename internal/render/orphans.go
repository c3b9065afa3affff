package render

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tierlint/tierlint/internal/discover"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// blamePatch finds the patches whose targets are not there.
func (p *planner) blamePatch(s *stage, text string) bool {
	m := noTarget.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	if p.dropOrphans(s) {
		return true
	}
	kind, name := parseID(m[1] + m[2])
	for _, l := range p.inner() {
		for _, u := range l.patches {
			if d := s.patchOf(u, kind, name); d != nil && p.orphan(l, u, kind, name) {
				return true
			}
		}
	}
	return false
}

// patchOf is the document of a patch file that is for an object, or nil.
func (s *stage) patchOf(u use, kind, name string) *yamldoc.Document {
	if f := s.patchFile(u.path); f != nil {
		for _, d := range f.Documents {
			if yamldoc.Text(d.Root, "/kind") == kind && yamldoc.Text(d.Root, "/metadata/name") == name {
				return d
			}
		}
	}
	return nil
}

// dropOrphans takes out strategic-merge patches for objects that are in no file of their layer or
// below it. It says whether there were any.
func (p *planner) dropOrphans(s *stage) bool {
	found := false
	for _, l := range p.inner() {
		for _, u := range l.patches {
			f := s.patchFile(u.path)
			if f == nil || isJSONPatch(f) || yamldoc.Find(l.k.Root, u.ref.Entry+"/target").Rest == "" {
				continue
			}
			for _, d := range f.Documents {
				kind, name := yamldoc.Text(d.Root, "/kind"), yamldoc.Text(d.Root, "/metadata/name")
				if name != "" && !s.provides(l, kind, name) && p.orphan(l, u, kind, name) {
					found = true
				}
			}
		}
	}
	return found
}

// orphan takes out a patch without a target. Where a part of the build is missing, the target may
// be there, and nothing is wrong with the patch.
func (p *planner) orphan(l *layer, u use, kind, name string) bool {
	prep := p.kusts[l.k.Dir]
	if !p.Incomplete {
		return p.take(l, u.ref.Entry, u.at, fmt.Sprintf("this patch is for %s %s, which is not there: kustomize refuses it", kind, name),
			"correct the name, kind or apiVersion in the patch, or remove it")
	}
	if prep.dropped[u.ref.Entry] {
		return false
	}
	prep.drop(u.ref.Entry)
	p.gap(u.at, fmt.Sprintf("this patch is for %s %s, which is not in what is rendered", kind, name), "whatever else is missing here")
	return true
}

// provides says whether a layer, or what it may see as a component, has an object for a patch: one
// whose name is that of the patch before or after prefixes.
func (s *stage) provides(l *layer, kind, name string) bool {
	for l.role == discover.Component && l.parent != nil {
		l = l.parent
	}
	for _, x := range l.all() {
		if _, ok := x.generator(kind, name); ok {
			return true
		}
		for _, u := range x.files {
			for _, d := range s.files[u.path].Documents {
				if !s.dropped[d] && hasObject(d.Root, kind, name) {
					return true
				}
			}
		}
	}
	return false
}

// hasObject says whether a document has an object of a kind whose name is, or contains, that of a
// patch, or is contained in it: prefixes and suffixes may have been added.
func hasObject(n *yamldoc.Node, kind, name string) bool {
	if items, ok := listItems(target(n)); ok {
		for _, item := range items {
			if hasObject(item, kind, name) {
				return true
			}
		}
		return false
	}
	if n = target(n); n.Kind != yaml.MappingNode || yamldoc.Text(n, "/kind") != kind {
		return false
	}
	has := yamldoc.Text(n, "/metadata/name")
	return has == name || has != "" && strings.Contains(name, has)
}
