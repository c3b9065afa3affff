package regocheck

import (
	"fmt"
	"strconv"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/model"
)

// names gives everything that somebody may have written a key, by which rules and findings name it:
// "Kind namespace/name", with the API version where several share that.
type names struct {
	objects map[string]*model.Object
	keys    map[*model.Object]string
	written map[model.Positions]string
}

// newNames names what is in the cluster and then other objects, so that keys do not depend on what rules ask for.
func newNames(c *model.Cluster, others []*load.Object) *names {
	size := len(c.Namespaces) + len(c.Endpoints) + len(c.Services) + len(c.Sets) + len(c.Staged)
	for _, t := range c.Tiers {
		size += 1 + len(t.Policies)
	}
	n := &names{
		objects: make(map[string]*model.Object, size),
		keys:    make(map[*model.Object]string, size+len(others)),
		written: make(map[model.Positions]string, size),
	}
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
	for _, o := range others {
		if key, ok := n.written[o.Positions]; ok {
			n.keys[&o.Object] = key
		} else {
			n.add(&o.Object)
		}
	}
	return n
}

func (n *names) add(o *model.Object) {
	key := o.String()
	for i := 1; n.objects[key] != nil; i++ {
		key = fmt.Sprintf("%s (%s)", o, o.APIVersion)
		if i > 1 {
			key += " " + strconv.Itoa(i)
		}
	}
	n.objects[key], n.keys[o] = o, key
	if o.Positions != nil {
		n.written[o.Positions] = key
	}
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
func (in *input) key(o *model.Object) *ast.Term { return in.text(in.names.keys[o]) }
