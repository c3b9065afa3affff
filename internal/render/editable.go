package render

import (
	"go.yaml.in/yaml/v3"

	"github.com/tierlint/tierlint/internal/yamldoc"
)

// editable is places that also know the nodes that values are written as.
type editable interface {
	placeOf(pointer string, n *yamldoc.Node) (yamldoc.Place, bool)
}

// Place implements yamldoc.Placed: it says where a value is written as it is, so that it can be
// edited there. What is written in a text inside a file has no place, nor has what a template makes.
func (o *Object) Place(pointer string) (yamldoc.Place, bool) {
	e, ok := o.places.(editable)
	found := yamldoc.Find(o.root, pointer)
	if !ok || found.Rest != "" || o.Origin(pointer).Approximate {
		return yamldoc.Place{}, false
	}
	return e.placeOf(pointer, target(found.Value))
}

func (p *plainPlaces) placeOf(_ string, n *yamldoc.Node) (yamldoc.Place, bool) {
	return p.file.Place(n)
}

// placeOf finds, in what kustomize made, a node on a virtual line that still says what the file does, or
// where lines are lost an equal value in the object's own file. What is in a list may be kustomize's,
// such as labels, but not how many items it has.
func (m *madePlaces) placeOf(pointer string, n *yamldoc.Node) (yamldoc.Place, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.locate()
	v, src := m.stage.written(n, m.floor)
	if src == nil {
		return m.equalPlace(pointer, n)
	}
	if v.inline != nil || m.stage.charts[v.path] != nil {
		return yamldoc.Place{}, false
	}
	at, ok := v.file.Place(src)
	if ok {
		at, ok = at.Around(n.Kind)
	}
	if !ok {
		return yamldoc.Place{}, false
	}
	src = at.Node()
	return at, n.Kind == yaml.MappingNode || src.Value == n.Value && len(src.Content) == len(n.Content)
}

// equalPlace is that of an equal value in the file that the object is from.
func (m *madePlaces) equalPlace(pointer string, n *yamldoc.Node) (yamldoc.Place, bool) {
	for _, s := range m.shadows {
		if s.file == nil {
			continue
		}
		if mine := yamldoc.Find(s.root, pointer); mine.Rest == "" && yamldoc.Equal(mine.Value, n) {
			return s.file.Place(target(mine.Value))
		}
	}
	return yamldoc.Place{}, false
}
