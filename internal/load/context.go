package load

import (
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kjson "sigs.k8s.io/json"

	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/platform"
)

const platformContext = "platform "

// platformObject says whether the object comes from a built-in platform.
func platformObject(o *model.Object) bool { return strings.HasPrefix(o.Context, platformContext) }

// indexPlatform adds the objects of the platform that the inputs do not have themselves. Pods
// that back its DNS Services stay out where the inputs have such pods.
func (l *loader) indexPlatform() {
	if l.opts.Platform == "" {
		return
	}
	p, ok := platform.Get(l.opts.Platform)
	if !ok {
		l.c.Gaps = append(l.c.Gaps, model.Gap{
			Message: fmt.Sprintf("the platform %q is not known, so nothing is assumed about its DNS", l.opts.Platform),
			Settle:  "name one of " + strings.Join(platform.Names(), ", "),
		})
		return
	}
	objs, err := platformObjects(p)
	if err != nil {
		l.c.Gaps = append(l.c.Gaps, model.Gap{Message: err.Error()})
	}
	backed := l.backedSelectors(p, objs)
	have := map[string]bool{}
	for key, objs := range l.objects {
		for _, o := range objs {
			have[key+" "+o.ID()] = true
		}
	}
	for _, o := range objs {
		if key := o.key(); !have[key+" "+o.ID()] && !l.backs(o, backed[o.Namespace]) {
			l.objects[key] = append(l.objects[key], o)
		}
	}
}

// platformObjects reads the platform's manifests.
func platformObjects(p platform.Platform) ([]*Object, error) {
	docs, err := p.Documents()
	if err != nil {
		return nil, err
	}
	var out []*Object
	for _, data := range docs {
		var v struct {
			metav1.TypeMeta   `json:",inline"`
			metav1.ObjectMeta `json:"metadata"`
		}
		if err := kjson.UnmarshalCaseSensitivePreserveInts(data, &v); err != nil {
			return nil, fmt.Errorf("platform %s: %w", p.Name, err)
		}
		out = append(out, &Object{
			Object: model.Object{APIVersion: v.APIVersion, Kind: v.Kind, Namespace: v.Namespace, Name: v.Name, Context: platformContext + p.Name},
			JSON:   func() ([]byte, error) { return data, nil },
		})
	}
	return out, nil
}

// backedSelectors returns, by namespace, the selectors of the platform's DNS Services that have
// backends in the inputs: workloads that the Service, theirs or the platform's, picks, or EndpointSlices.
func (l *loader) backedSelectors(p platform.Platform, objs []*Object) map[string][]map[string]string {
	out := map[string][]map[string]string{}
	for _, o := range objs {
		if o.key() != "/Service" || !slices.Contains(p.DNS, o.ID()) {
			continue
		}
		builtin, given := &service{}, &service{}
		if !quiet(o, builtin) {
			continue
		}
		sel := builtin.Spec.Selector
		for _, in := range l.objects["/Service"] {
			if in.ID() == o.ID() && quiet(in, given) {
				sel = given.Spec.Selector
			}
		}
		if len(sel) > 0 && l.hasWorkload(o.Namespace, sel) || l.hasSlice(o.Namespace, o.Name) {
			out[o.Namespace] = append(out[o.Namespace], builtin.Spec.Selector)
		}
	}
	return out
}

// backs says whether the object is a workload that one of the selectors picks.
func (l *loader) backs(o *Object, selectors []map[string]string) bool {
	if _, ok := workloadKinds[o.key()]; !ok || len(selectors) == 0 {
		return false
	}
	w := &workload{}
	return quiet(o, w) && slices.ContainsFunc(selectors, func(sel map[string]string) bool {
		return w.Spec.Template != nil && selects(sel, &model.Endpoint{Object: o.Object, Own: w.Spec.Template.Metadata.Labels})
	})
}

func (l *loader) hasWorkload(namespace string, sel map[string]string) bool {
	for key := range workloadKinds {
		for _, o := range l.objects[key] {
			if o.Namespace == namespace && l.backs(o, []map[string]string{sel}) {
				return true
			}
		}
	}
	for _, o := range l.objects["/Pod"] {
		v := &pod{}
		if o.Namespace == namespace && quiet(o, v) && selects(sel, &model.Endpoint{Object: o.Object, Own: v.Metadata.Labels}) {
			return true
		}
	}
	return false
}

func (l *loader) hasSlice(namespace, service string) bool {
	for _, o := range l.objects["discovery.k8s.io/EndpointSlice"] {
		v := &endpointSlice{}
		if o.Namespace == namespace && quiet(o, v) && v.Metadata.Labels["kubernetes.io/service-name"] == service {
			return true
		}
	}
	return slices.ContainsFunc(l.objects["/Endpoints"], func(o *Object) bool { return o.ID() == namespace+"/"+service })
}

// addDNS finds the Services that pods resolve names with: the platform's or, where it is not known,
// those that bear the names of the platforms'.
func (l *loader) addDNS() {
	ids := map[string]bool{}
	if p, ok := platform.Get(l.opts.Platform); ok {
		for _, id := range p.DNS {
			ids[id] = true
		}
	} else {
		for _, name := range platform.Names() {
			p, _ := platform.Get(name)
			for _, id := range p.DNS {
				ids[id] = true
			}
		}
	}
	for _, s := range l.c.Services {
		if ids[s.ID()] {
			l.c.DNS = append(l.c.DNS, s)
		}
	}
	slices.SortFunc(l.c.DNS, func(a, b *model.Service) int { return compareObjects(&a.Object, &b.Object) })
}
