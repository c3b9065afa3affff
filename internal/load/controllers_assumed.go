package load

import (
	"slices"

	"github.com/tierlint/tierlint/internal/model"
)

// controllerSpaces are the namespaces that the manifests and charts of ingress controllers have of their own, and
// the pods that are there (kubernetes/ingress-nginx, deploy/static/provider/cloud/deploy.yaml; traefik-helm-chart;
// projectcontour/contour, examples/render/contour.yaml).
var controllerSpaces = []struct {
	namespace, name string
	labels          map[string]string
}{
	{"ingress-nginx", "ingress-nginx-controller", map[string]string{
		"app.kubernetes.io/name": "ingress-nginx", "app.kubernetes.io/component": "controller"}},
	{"traefik", "traefik", map[string]string{"app.kubernetes.io/name": "traefik"}},
	{"projectcontour", "envoy", map[string]string{"app": "envoy"}},
}

// addAssumedControllers makes an endpoint of the ingress controller that is in a namespace of the inputs, as its name
// says, where they have no pod there, because a chart from elsewhere makes it. It may have more labels than are known,
// and any service account.
func (l *loader) addAssumedControllers() {
	if l.live || len(l.needy["networking.k8s.io/Ingress"]) == 0 {
		return
	}
	for _, c := range controllerSpaces {
		in := func(e *model.Endpoint) bool { return e.Namespace == c.namespace }
		if s := l.spaces[c.namespace]; s == nil || !s.Known || s.Assumed() || slices.ContainsFunc(l.c.Endpoints, in) {
			continue
		}
		o := &Object{Object: model.Object{
			APIVersion: "apps/v1", Kind: "Deployment", Namespace: c.namespace, Name: c.name, Context: platformContext + l.opts.Platform,
		}}
		t := &podTemplate{Metadata: objectMeta{Labels: c.labels}}
		e := l.addEndpoint(o, "/spec/template", t, []string{"*"})
		delete(e.Labels.Known, accountLabel)
		delete(e.Labels.Known, accountPrefix+nameLabel)
		if len(l.controllers(controllerOf(e))) > 1 { // the inputs have it, in another namespace
			l.c.Endpoints = slices.DeleteFunc(l.c.Endpoints, func(x *model.Endpoint) bool { return x == e })
			delete(l.pods, e)
		}
	}
}
