package render

import (
	"regexp"
	"slices"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/resid"

	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// shadow is a tree like that of an object whose lines kustomize lost, with nodes whose places are known.
type shadow struct {
	root *yamldoc.Node
	part bool                                                          // it is a patch: its lists are not those of the object
	file *yamldoc.File                                                 // the tree is one of this file's; nil: it is not, or it is a patch
	at   func(n *yamldoc.Node, in yamldoc.Found) (source.Origin, bool) // of a key or value that was found
}

// notPatched matches pointers to what a patch says only to name its target, and those that may
// lead through a list, where the patch's index is another one.
var notPatched = regexp.MustCompile(`^/(kind|apiVersion|metadata/name|metadata/namespace)$|/[0-9]+(/|$)`)

// origin is the place of what the shadow has at a pointer, if that is what the object has there.
func (s *shadow) origin(pointer string, found yamldoc.Found, key bool) (source.Origin, bool) {
	mine := yamldoc.Find(s.root, pointer)
	if mine.Rest != "" || s.part && (target(mine.Value).Kind != yaml.ScalarNode || notPatched.MatchString(pointer)) {
		return source.Origin{}, false
	}
	v, w := target(mine.Value), target(found.Value)
	if v.Kind != w.Kind || v.Kind == yaml.ScalarNode && !key && v.Value != w.Value {
		return source.Origin{}, false
	}
	return s.at(written(mine, key), mine)
}

// unpatchedShadow takes the object as it is without JSON 6902 patches, whose lines are known, and
// applies the patches to it, so that every node keeps its place or gets that of the patch.
func (m *madePlaces) unpatchedShadow() (s *shadow, path, name string) {
	if m.unpatched == nil {
		m.runUnpatched()
	}
	res := m.unpatchedSelf()
	if res == nil {
		return nil, "", ""
	}
	floor := floorOf(res.YNode())
	path, name = m.second.homeOf(res.YNode(), floor)
	if path == "" {
		return nil, "", ""
	}
	m.written = name
	t := &patcher{root: clone(res.YNode()), from: map[*yamldoc.Node]source.Origin{}}
	m.home, _ = m.layerOf(path)
	if m.home != nil {
		m.applyPatches(t, m.home)
	}
	stage := m.second
	return &shadow{root: t.root, at: func(n *yamldoc.Node, in yamldoc.Found) (source.Origin, bool) {
		if o, ok := t.from[n]; ok {
			return o, true
		}
		// A patch that replaces a value has no key for it.
		if o, ok := t.from[in.Value]; ok {
			return o, true
		}
		v, src := stage.writtenKey(n, in, floor)
		if src == nil || src.Kind == yaml.ScalarNode && n.Kind == yaml.ScalarNode && src.Value != n.Value {
			return source.Origin{}, false
		}
		return m.fileOrigin(v, src), true
	}}, path, name
}

// unpatchedSelf is the object without its JSON 6902 patches, or nil. Where they change the name, it
// is the only object of the kind that is there without the patches and not with them.
func (m *madePlaces) unpatchedSelf() *resource.Resource {
	if r := m.unpatched[m.res.CurId()]; r != nil {
		return r
	}
	var only *resource.Resource
	for id, r := range m.unpatched {
		if id.Gvk == m.res.GetGvk() && !m.made[id] {
			if only != nil {
				return nil
			}
			only = r
		}
	}
	return only
}

// runUnpatched renders the root without its JSON 6902 patches, once.
func (k *kustomized) runUnpatched() {
	k.unpatched = map[resid.ResId]*resource.Resource{}
	patched := false
	for _, prep := range k.kusts {
		patched = patched || len(prep.json) > 0
	}
	if !patched {
		return
	}
	k.second = k.stage.again()
	k.second.withoutJSON = true
	var made resmap.ResMap
	made, err := run(k.second, k.planner.root.k.Dir, k.ownSchema())
	if err != nil {
		return // a later patch may need what a JSON patch adds; other ways to a place remain
	}
	for _, r := range made.Resources() {
		k.unpatched[r.CurId()] = r
	}
}

// sourceShadow takes the object as its file has it: for what kustomize writes anew, such as names,
// references to names and the items of lists, and for kinds without lines of their own. Path and
// name are those of the file, if they are known; it returns those that it finds.
func (m *madePlaces) sourceShadow(path, name string) (*shadow, string, string) {
	for _, l := range m.planner.root.all() {
		for _, u := range l.files {
			f := m.stage.files[u.path]
			if f == nil || path != "" && path != u.path {
				continue
			}
			if n := m.self(l, f, name); n != nil {
				at := func(n *yamldoc.Node, _ yamldoc.Found) (source.Origin, bool) {
					return m.stage.origin(u.path, f.KeySpan(n), m.viaOf(u.path)), true
				}
				return &shadow{root: n, file: ownFile(m.stage, u.path, f), at: at}, u.path, yamldoc.Text(n, "/metadata/name")
			}
		}
	}
	return nil, path, name
}

// ownFile is a file, or nil if it is a text inside another one.
func ownFile(s *stage, path string, f *yamldoc.File) *yamldoc.File {
	if s.inline[path] != nil || s.charts[path] != nil {
		return nil
	}
	return f
}

// self is the object as a file of a layer has it, or nil: the one in its namespace, or else the
// first of its name. An empty name is not known.
func (m *madePlaces) self(l *layer, f *yamldoc.File, name string) *yamldoc.Node {
	namespace := yamldoc.Text(m.root, "/metadata/namespace")
	for _, any := range []bool{false, true} {
		for _, d := range f.Documents {
			n := objectIn(d.Root, m.res.GetKind(), func(n *yamldoc.Node) bool {
				has := yamldoc.Text(n, "/metadata/name")
				return (has == name || name == "" && l.named(has) == m.res.GetName()) &&
					(any || yamldoc.Text(n, "/metadata/namespace") == namespace)
			})
			if n != nil {
				return n
			}
		}
	}
	return nil
}

// patchShadows is the strategic-merge patches for the object, the last to be applied first: labels
// and annotations are written anew when any of them is changed.
func (m *madePlaces) patchShadows() []*shadow {
	var out []*shadow
	if m.home == nil {
		return nil
	}
	for _, l := range m.home.appliers() {
		for _, u := range slices.Backward(l.patches) {
			f := m.stage.patchFile(u.path)
			if f == nil || isJSONPatch(f) {
				continue
			}
			for _, d := range f.Documents {
				if yamldoc.Text(d.Root, "/metadata/name") != m.written && !m.selected(l, u.ref.Entry) {
					continue
				}
				out = append(out, &shadow{root: d.Root, part: true, at: func(n *yamldoc.Node, _ yamldoc.Found) (source.Origin, bool) {
					span := f.KeySpan(n)
					if in := m.stage.inline[u.path]; in != nil {
						span = in.span(span)
					}
					return source.Origin{Span: span, Via: l.via(u.at)}, true
				}})
			}
		}
	}
	return out
}

// objectIn is the object of a kind in a document or in a list, of which is says yes.
func objectIn(n *yamldoc.Node, kind string, is func(*yamldoc.Node) bool) *yamldoc.Node {
	n = target(n)
	if n.Kind != yaml.MappingNode {
		return nil
	}
	if items, ok := listItems(n); ok {
		for _, item := range items {
			if found := objectIn(item, kind, is); found != nil {
				return found
			}
		}
		return nil
	}
	if yamldoc.Text(n, "/kind") == kind && is(n) {
		return n
	}
	return nil
}

// clone copies a tree, so that changing it leaves the original alone.
func clone(n *yamldoc.Node) *yamldoc.Node {
	c := *n
	c.Content = make([]*yamldoc.Node, len(n.Content))
	for i, child := range n.Content {
		c.Content[i] = clone(child)
	}
	return &c
}
