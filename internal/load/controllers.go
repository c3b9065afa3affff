package load

import (
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/model"
)

// anyController stands for whatever ingress controller the inputs have.
const anyController = "any"

// controllerLabels is how the pods of ingress controllers are labelled by their charts and manifests,
// by a word that names of their classes have in them.
var controllerLabels = []struct {
	family, key string
	values      []string
}{
	{"nginx", "app.kubernetes.io/name", []string{"ingress-nginx", "nginx-ingress", "rke2-ingress-nginx", "nginx-ingress-controller"}},
	{"nginx", "app", []string{"ingress-nginx", "nginx-ingress"}},
	{"nginx", "k8s-app", []string{"nginx-ingress-controller"}},
	{"traefik", "app.kubernetes.io/name", []string{"traefik"}},
	{"traefik", "app", []string{"traefik"}},
	{"haproxy", "app.kubernetes.io/name", []string{"haproxy-ingress", "kubernetes-ingress"}},
	{"haproxy", "run", []string{"haproxy-ingress"}},
	{"kong", "app", []string{"ingress-kong", "proxy-kong"}},
	{"kong", "app.kubernetes.io/name", []string{"kong", "gateway"}},
	{"contour", "app", []string{"envoy"}},
	{"istio", "istio", []string{"ingressgateway"}},
	{"openshift", "ingresscontroller.operator.openshift.io/deployment-ingresscontroller", nil},
}

// controllers is the pods of ingress controllers of a family, or of any.
func (l *loader) controllers(want string) []*model.Endpoint {
	var out []*model.Endpoint
	for _, e := range l.c.Endpoints {
		if f := controllerOf(e); f != "" && (f == want || want == anyController) {
			out = append(out, e)
		}
	}
	return out
}

func (l *loader) isController(e *model.Endpoint) bool {
	f := controllerOf(e)
	return f != "" && f != "istio" && f != "contour" // their gateways ask a control plane of their own
}

// controllerOf is the family of an ingress controller's pod, or "". Charts give the same name to
// jobs and default backends, which lead nothing anywhere.
func controllerOf(e *model.Endpoint) string {
	if e.Type == model.Host || e.Kind == "Job" || e.Kind == "CronJob" {
		return ""
	}
	if c := e.Own["app.kubernetes.io/component"]; c == "default-backend" || c == "admission-webhook" {
		return ""
	}
	for _, c := range controllerLabels {
		value, ok := e.Own[c.key]
		if value == "gateway" && !strings.Contains(e.Namespace+" "+e.Own["app.kubernetes.io/instance"], c.family) {
			continue // so many are called that; Kong's chart says whose it is in the release's name
		}
		if ok && (len(c.values) == 0 || slices.Contains(c.values, value)) {
			return c.family
		}
	}
	return ""
}

// classController is the family of the controller for a class of Ingress: by the class's
// spec.controller or by its name; any if there is no class, none if it is unknown.
func (l *loader) classController(class string) string {
	if class == "" {
		return anyController
	}
	for _, o := range l.needy["networking.k8s.io/IngressClass"] {
		var v struct {
			Spec struct {
				Controller string `json:"controller"`
			} `json:"spec"`
		}
		if o.Name == class && quiet(o, &v) {
			return family(strings.ToLower(v.Spec.Controller + " " + class))
		}
	}
	return family(strings.ToLower(class))
}

// family is the family whose name is in the text, or "".
func family(text string) string {
	for _, c := range controllerLabels {
		if strings.Contains(text, c.family) {
			return c.family
		}
	}
	return ""
}
