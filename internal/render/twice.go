package render

import (
	"fmt"

	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// blameDuplicate finds the second of two objects with one identity, or the entry by which one
// object comes in twice.
func (p *planner) blameDuplicate(s *stage, text string) bool {
	m := registered.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	kind, name := parseID(m[1])
	var first *yamldoc.Document
	var firstLayer *layer
	for _, l := range p.root.all() {
		for _, u := range l.files {
			f := s.files[u.path]
			if f == nil || p.kusts[l.k.Dir].dropped[u.ref.Entry] {
				continue
			}
			for _, d := range f.Documents {
				has := yamldoc.Text(d.Root, "/metadata/name")
				switch {
				case s.dropped[d] || yamldoc.Text(d.Root, "/kind") != kind || has != name && l.named(has) != name:
				case first == nil:
					first, firstLayer = d, l
				case first == d:
					if p.takeSecond(firstLayer, l, u, kind+" "+name) {
						return true
					}
				default:
					s.dropped[d] = true
					p.refuse(s.origin(u.path, f.KeySpan(yamldoc.Find(d.Root, "/metadata/name").Value), nil).Span,
						fmt.Sprintf("%s %s is there twice, which kustomize refuses; the first is used here", kind, name), "remove one of the two")
					return true
				}
			}
		}
	}
	return false
}

// takeSecond takes out the entry by which a file that a first layer brings in comes in again: the
// innermost that the first way does not need.
func (p *planner) takeSecond(first, second *layer, u use, what string) bool {
	onWay, folders := map[*layer]bool{}, map[string]bool{}
	for l := first; l != nil; l = l.parent {
		onWay[l], folders[l.k.Dir] = true, true
	}
	pointer, at := u.ref.Entry, u.at
	for l := second; l != nil; l = l.parent {
		if (onWay[l] || !folders[l.k.Dir]) && pointer != "" && p.take(l, pointer, at,
			what+" comes in a second time by this entry, which kustomize refuses; the first is used here",
			"remove the entry, or include what both share once, in a kustomization around them") {
			return true
		}
		if l.parent != nil {
			pointer, at = l.parent.entryAt(l.entry), l.entry
		}
	}
	return false
}

// entryAt is the pointer to the entry of a layer's kustomization that is written at a place, or "".
func (l *layer) entryAt(at source.Span) string {
	for _, r := range l.k.Refs {
		if l.span(r.Node) == at {
			return r.Entry
		}
	}
	return ""
}

// blameMerge finds a generator that merges into something which is not there.
func (p *planner) blameMerge(_ *stage, text string) bool {
	m := missingBase.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	for _, l := range p.inner() {
		for _, field := range []string{"/configMapGenerator", "/secretGenerator"} {
			for i, n := range yamldoc.Items(l.k.Root, field) {
				entry := fmt.Sprintf("%s/%d", field, i)
				name := yamldoc.Text(n, "/name")
				if (name == m[2] || l.named(name) == m[2]) && yamldoc.Text(n, "/behavior") != "" && p.baseless(l, entry, m[1]+" "+m[2]) {
					return true
				}
			}
		}
	}
	return false
}

// baseless takes out a generator that changes what is not there. Where a part of the build is
// missing, it may be there, and nothing is wrong with the generator.
func (p *planner) baseless(l *layer, entry, what string) bool {
	at, prep := l.spanAt(entry+"/behavior", false), p.kusts[l.k.Dir]
	if !p.missing {
		return p.take(l, entry, at, fmt.Sprintf("there is no %s that this could change, so kustomize refuses it", what),
			"behavior: create, or the base that generates it")
	}
	if prep.dropped[entry] {
		return false
	}
	prep.drop(entry)
	p.gap(at, fmt.Sprintf("this changes %s, which is not in what is rendered", what), "whatever else is missing here")
	return true
}
