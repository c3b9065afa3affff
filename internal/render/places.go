package render

import (
	"sync"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/resid"

	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// kustomized is a build of kustomize's, and what is needed to say where its values come from.
type kustomized struct {
	*planner
	stage     *stage
	mu        sync.Mutex                         // places are looked up rarely, and what they need is made on demand
	made      map[resid.ResId]bool               // what is in the build
	unpatched map[resid.ResId]*resource.Resource // the build without JSON 6902 patches; nil: not made yet
	second    *stage                             // of that build
}

// madePlaces are those of an object that kustomize made.
type madePlaces struct {
	*kustomized
	res  *resource.Resource
	root *yamldoc.Node

	located bool
	floor   int         // lines up to here are not virtual
	written string      // the object's name in its file; empty: not known
	home    *layer      // the layer that lists or generates the object; see layerOf
	entry   source.Span // its entry that does
	shadows []*shadow   // other trees to read places from
}

func (m *madePlaces) origin(pointer string, key bool) source.Origin {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.locate()
	for {
		found := yamldoc.Find(m.root, pointer)
		if found.Rest != "" {
			pointer, key = pointer[:len(pointer)-len(found.Rest)], true
			continue
		}
		if o, ok := m.place(pointer, found, key); ok {
			return o
		}
		// kustomize writes references to names that it changed anew; the key is where it was.
		if found.Key != nil && !key {
			if o, ok := m.place(pointer, found, true); ok {
				return o
			}
		}
		if pointer == "" {
			return m.homeOrigin()
		}
		pointer, key = parent(pointer), true
	}
}

// parent is the pointer to what holds the value at a pointer.
func parent(pointer string) string {
	for i := len(pointer) - 1; i >= 0; i-- {
		if pointer[i] == '/' {
			return pointer[:i]
		}
	}
	return ""
}

// place is where an existing value is written. What is on a virtual line and still says what the
// file says was written there. Anything else was set by kustomize because an entry of a
// kustomization asked for it.
func (m *madePlaces) place(pointer string, found yamldoc.Found, key bool) (source.Origin, bool) {
	n := written(found, key)
	v, src := m.stage.writtenKey(n, found, m.floor)
	if n == found.Key && m.changed(pointer, found) {
		if o, ok := m.asked(pointer, found); ok {
			return o, true
		}
	}
	if src != nil && (src.Kind != yaml.ScalarNode || n.Kind != yaml.ScalarNode || src.Value == n.Value) {
		return m.fileOrigin(v, src), true
	}
	for _, other := range m.shadows {
		if o, ok := other.origin(pointer, found, key); ok {
			return o, true
		}
	}
	if o, ok := m.asked(pointer, found); ok {
		return o, true
	}
	if src != nil {
		return m.fileOrigin(v, src), true
	}
	// A mapping or list that kustomize made anew is where the first thing in it is.
	if found.Value.Kind != yaml.ScalarNode && !key {
		if child, step := firstChild(found.Value); child != nil {
			if v, src := m.stage.written(child, m.floor); src != nil {
				return m.fileOrigin(v, src), true
			}
			if found.Value.Kind == yaml.MappingNode {
				return m.asked(pointer+"/"+yamldoc.Escape(step), yamldoc.Find(m.root, pointer+"/"+yamldoc.Escape(step)))
			}
		}
	}
	return source.Origin{}, false
}

// writtenKey is where a node is written: the key of what is found, or its value. What is merged
// keeps the key of what it replaces; the key to point at is that of the document with the value.
func (s *stage) writtenKey(n *yamldoc.Node, found yamldoc.Found, floor int) (*virtualDocument, *yamldoc.Node) {
	if n == found.Key {
		if v, key := s.key(found.Value, floor); key != nil && key.Value == n.Value && v != s.at(n.Line) {
			return v, key
		}
	}
	return s.written(n, floor)
}

// changed says whether a scalar is none that a file says: kustomize set it.
func (m *madePlaces) changed(pointer string, found yamldoc.Found) bool {
	if found.Value.Kind != yaml.ScalarNode {
		return false
	}
	if _, src := m.stage.written(found.Value, m.floor); src != nil && src.Value == found.Value.Value {
		return false
	}
	for _, other := range m.shadows {
		if _, ok := other.origin(pointer, found, false); ok {
			return false
		}
	}
	return true
}

// firstChild is the first key of a mapping, or the first item of a list.
func firstChild(n *yamldoc.Node) (*yamldoc.Node, string) {
	if len(n.Content) == 0 {
		return nil, ""
	}
	return n.Content[0], n.Content[0].Value
}

// fileOrigin is the place of a node of a file, and the way it came in.
func (m *madePlaces) fileOrigin(v *virtualDocument, n *yamldoc.Node) source.Origin {
	span := v.file.KeySpan(n)
	if v.inline != nil {
		span = v.inline.span(span)
	}
	return m.stage.origin(v.path, span, m.viaOf(v.path))
}

// viaOf is the entries through which a file came into the object.
func (m *madePlaces) viaOf(path string) []source.Span {
	if m.home == nil {
		return nil
	}
	for _, l := range m.home.appliers() {
		for _, list := range [][]use{l.files, l.patches} {
			for _, u := range list {
				if u.path == path {
					return l.via(u.at)
				}
			}
		}
	}
	return nil
}

// homeOrigin is the place of an object of which no line is known: the entry that brought it in.
func (m *madePlaces) homeOrigin() source.Origin {
	if m.home == nil {
		k := m.planner.root.k
		return source.Origin{Span: k.File.KeySpan(k.Root)}
	}
	return source.Origin{Span: m.entry, Via: m.home.via(m.entry)[1:]}
}

// locate finds the layer that brought the object in, and other trees to read places from: kustomize
// writes some values anew, and whole objects after a JSON 6902 patch.
func (m *madePlaces) locate() {
	if m.located {
		return
	}
	m.located = true
	m.floor = floorOf(m.root)
	path, written := m.stage.homeOf(m.root, m.floor)
	if path == "" {
		var s *shadow
		if s, path, written = m.unpatchedShadow(); s != nil {
			m.shadows = append(m.shadows, s)
		}
	}
	own, path, written := m.sourceShadow(path, written)
	m.written = written
	m.home, m.entry = m.layerOf(path)
	m.shadows = append(m.shadows, m.patchShadows()...)
	if own != nil {
		m.shadows = append(m.shadows, own)
	}
}

// homeOf is the resource file that a tree was parsed from, the first that a node is from, and the
// name of the object there. Both are empty if no node is from a resource file.
func (s *stage) homeOf(n *yamldoc.Node, floor int) (path, name string) {
	if v := s.at(n.Line); v != nil && v.resource && n.Line > floor {
		return v.path, yamldoc.Text(v.doc.Root, "/metadata/name")
	}
	for _, c := range n.Content {
		if path, name = s.homeOf(c, floor); path != "" {
			return path, name
		}
	}
	return "", ""
}

// layerOf is the layer that brought the object in from a file, or, if there is no such file, the
// one whose generator made it, and its entry that did. Of several that would, the one whose
// prefixes and suffixes make the object's name is taken.
func (m *madePlaces) layerOf(path string) (best *layer, entry source.Span) {
	fits := func(l *layer) bool { return l.named(m.written) == m.res.GetName() }
	for _, l := range m.planner.root.all() {
		at, listed := l.lists(path)
		if path == "" {
			at, listed = l.generator(m.res.GetKind(), m.res.GetName())
		}
		if listed && (best == nil || fits(l) && !fits(best)) {
			best, entry = l, at
		}
	}
	return best, entry
}
