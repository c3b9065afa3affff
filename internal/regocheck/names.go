package regocheck

import (
	"fmt"
	"strconv"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/model"
)

// names gives everything that somebody may have written a key, by which rules and findings name it:
// "Kind namespace/name", with the API version where several share that.
type names struct {
	objects map[string]*model.Object
	keys    map[*model.Object]string
	order   []*model.Object
	// beside is names that were given before, to other objects: nil for none.
	beside *names
	// more names the objects that are no part of the cluster: most rules never ask for them.
	more func() *names
}

// newNames names what is in the cluster and then other objects, so that keys do not depend on what rules ask for.
func newNames(c *model.Cluster, others []*load.Object) *names {
	size := len(c.Namespaces) + len(c.Endpoints) + len(c.Services) + len(c.Sets) + len(c.Staged)
	for _, t := range c.Tiers {
		size += 1 + len(t.Policies)
	}
	n := namesFor(size)
	n.more = sync.OnceValue(func() *names { return n.namesOf(others) })
	for _, x := range c.Namespaces {
		n.add(&x.Object)
	}
	for _, x := range c.Endpoints {
		n.add(&x.Object)
	}
	for _, x := range c.Services {
		n.add(&x.Object)
	}
	for _, x := range c.Sets {
		n.add(&x.Object)
	}
	for _, t := range c.Tiers {
		n.add(&t.Object)
		for _, p := range t.Policies {
			n.add(&p.Object)
		}
	}
	for _, p := range c.Staged {
		n.add(&p.Object)
	}
	return n
}

func namesFor(size int) *names {
	return &names{
		objects: make(map[string]*model.Object, size), keys: make(map[*model.Object]string, size), order: make([]*model.Object, 0, size),
	}
}

// namesOf names objects beside those of the cluster. One that the cluster is made of has the same key there.
func (n *names) namesOf(others []*load.Object) *names {
	written := make(map[model.Positions]string, len(n.order))
	for _, o := range n.order {
		if o.Positions != nil {
			written[o.Positions] = n.keys[o]
		}
	}
	out := namesFor(len(others))
	out.beside = n
	for _, o := range others {
		if key, ok := written[o.Positions]; ok {
			out.keys[&o.Object] = key
			continue
		}
		out.add(&o.Object)
		if o.Positions != nil {
			written[o.Positions] = out.keys[&o.Object]
		}
	}
	return out
}

func (n *names) add(o *model.Object) {
	key := o.String()
	for i := 1; n.taken(key); i++ {
		key = fmt.Sprintf("%s (%s)", o, o.APIVersion)
		if i > 1 {
			key += " " + strconv.Itoa(i)
		}
	}
	n.objects[key], n.keys[o], n.order = o, key, append(n.order, o)
}

func (n *names) taken(key string) bool {
	return n.objects[key] != nil || n.beside != nil && n.beside.taken(key)
}

// key is the key of an object.
func (n *names) key(o *model.Object) string {
	if key, ok := n.keys[o]; ok {
		return key
	}
	return n.more().keys[o]
}

// object is what has a key; nil if nothing does.
func (n *names) object(key string) *model.Object {
	if o := n.objects[key]; o != nil {
		return o
	}
	return n.more().objects[key]
}

// head is what everything in the document begins with that somebody may have written.
func (in *input) head(o *model.Object, more ...field) *ast.Term {
	fields := append(make([]field, 0, 8+len(more)),
		field{"object", in.key(o)},
		field{"apiVersion", in.text(o.APIVersion)},
		field{"kind", in.text(o.Kind)},
		field{"namespace", in.some(o.Namespace)},
		field{"name", in.text(o.Name)},
		field{"reviewed", in.yes(o.Reviewed())},
		field{"context", in.some(o.Context)},
	)
	return in.object(append(fields, more...)...)
}

// key is the key of an object, as rules see it.
func (in *input) key(o *model.Object) *ast.Term { return in.text(in.names.key(o)) }
