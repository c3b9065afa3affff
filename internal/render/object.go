package render

import (
	"sync/atomic"

	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// Object is one object that a cluster would get. It is read-only and may be used by several
// goroutines.
type Object struct {
	APIVersion, Kind, Namespace, Name string
	// Context says where an object that is not under review comes from; empty: it is under review.
	Context string

	root   *yamldoc.Node
	places places
	json   func() ([]byte, error)
}

// places finds where the values of an object are written.
type places interface {
	// origin is the place of the value at a pointer. If nothing is there, it is the nearest
	// parent's. Where key is true, it is the place of the value's key, if it has one.
	origin(pointer string, key bool) source.Origin
}

func newObject(n *yamldoc.Node, p places, json func() ([]byte, error)) *Object {
	return &Object{
		APIVersion: yamldoc.Text(n, "/apiVersion"),
		Kind:       yamldoc.Text(n, "/kind"),
		Namespace:  yamldoc.Text(n, "/metadata/namespace"),
		Name:       yamldoc.Text(n, "/metadata/name"),
		root:       n,
		places:     p,
		json:       json,
	}
}

// Origin is the place of the value at a JSON pointer, or of the nearest parent that is written.
// It is never more than one line: the first one of a longer value.
func (o *Object) Origin(pointer string) source.Origin { return o.places.origin(pointer, false) }

// KeyOrigin is the place of the key whose value is at a JSON pointer. For an item of a list, which
// has no key, it is the place of the item.
func (o *Object) KeyOrigin(pointer string) source.Origin { return o.places.origin(pointer, true) }

// Has says whether the object has a value at a JSON pointer.
func (o *Object) Has(pointer string) bool { return yamldoc.Find(o.root, pointer).Rest == "" }

// IsNull says whether the object has null at a JSON pointer.
func (o *Object) IsNull(pointer string) bool {
	found := yamldoc.Find(o.root, pointer)
	if found.Rest != "" {
		return false
	}
	v, err := yamldoc.Value(found.Value)
	return err == nil && v == nil
}

// JSON is the object as the API server gets it.
func (o *Object) JSON() ([]byte, error) { return o.json() }

// String is "Kind namespace/name".
func (o *Object) String() string { return describe(o.Kind, o.Namespace, o.Name) }

// plainPlaces are those of an object that is written as it is.
type plainPlaces struct {
	file *yamldoc.File
	root *yamldoc.Node
	// last is the place that was asked for last: who asks for it once often asks again, or others do.
	last atomic.Pointer[placed]
}

// placed is an answer of plainPlaces.
type placed struct {
	pointer string
	key     bool
	at      source.Origin
}

func (p *plainPlaces) origin(pointer string, key bool) source.Origin {
	if last := p.last.Load(); last != nil && last.pointer == pointer && last.key == key {
		return last.at
	}
	at := source.Origin{Span: p.file.KeySpan(written(yamldoc.Find(p.root, pointer), key))}
	p.last.Store(&placed{pointer, key, at})
	return at
}

// written is the node to point at: the value, or its key where the key is asked for, where the
// value is nothing but a missing text, or where something is missing in the value.
func written(f yamldoc.Found, key bool) *yamldoc.Node {
	if f.Key != nil && (key || f.Rest != "" || f.Value.Tag == "!!null" && f.Value.Value == "") {
		return f.Key
	}
	return f.Value
}
