package load

import (
	"fmt"
	"strings"

	"github.com/tierlint/tierlint/internal/model"
)

// ingressBackend names a Service and a port, by number or name.
type ingressBackend struct {
	Service struct {
		Name string `json:"name"`
		Port struct {
			Name   string       `json:"name"`
			Number numberOrName `json:"number"`
		} `json:"port"`
	} `json:"service"`
}

// ingress is what loading reads of an Ingress.
type ingress struct {
	Metadata objectMeta `json:"metadata"`
	Spec     struct {
		Class   string         `json:"ingressClassName"`
		Default ingressBackend `json:"defaultBackend"`
		Rules   []struct {
			HTTP struct {
				Paths []struct {
					Backend ingressBackend `json:"backend"`
				} `json:"paths"`
			} `json:"http"`
		} `json:"rules"`
	} `json:"spec"`
}

// addIngressNeeds finds what traffic from outside is led to.
func (l *loader) addIngressNeeds() {
	for _, o := range l.needy["networking.k8s.io/Ingress"] {
		v := &ingress{}
		if !quiet(o, v) {
			continue
		}
		class := v.Spec.Class
		if class == "" {
			class = v.Metadata.Annotations["kubernetes.io/ingress.class"]
		}
		from := l.controllers(l.classController(class))
		add := func(at string, b ingressBackend) {
			port := string(b.Service.Port.Number)
			if b.Service.Port.Name != "" {
				port = b.Service.Port.Name
			}
			if port != "" {
				l.needIngress(o, at+"/service", from, o.Namespace, b.Service.Name, port)
			}
		}
		add("/spec/defaultBackend", v.Spec.Default)
		for i, r := range v.Spec.Rules {
			for j, p := range r.HTTP.Paths {
				add(fmt.Sprintf("/spec/rules/%d/http/paths/%d/backend", i, j), p.Backend)
			}
		}
	}
	l.addGatewayNeeds()
	l.addOpenShiftRoutes()
	l.addSolverNeeds()
}

// needIngress adds a backend, once for each object.
func (l *loader) needIngress(o *Object, at string, from []*model.Endpoint, namespace, service, port string) {
	for i := len(l.c.Needs) - 1; i >= 0 && l.c.Needs[i].Object.Is(&o.Object); i-- {
		if s := l.c.Needs[i].Service; s.Name == service && s.Namespace == namespace {
			return
		}
	}
	l.needService(&model.Need{
		Object: o.Object, Kind: model.IngressTraffic, At: at, What: o.String(), From: peers(from),
	}, namespace, service, port)
}

// addOpenShiftRoutes: the port of a Route is that of the pods, and may be left out.
func (l *loader) addOpenShiftRoutes() {
	for _, o := range l.needy["route.openshift.io/Route"] {
		var v struct {
			Spec struct {
				To struct {
					Name string `json:"name"`
				} `json:"to"`
				Port struct {
					TargetPort numberOrName `json:"targetPort"`
				} `json:"port"`
			} `json:"spec"`
		}
		if !quiet(o, &v) {
			continue
		}
		s := l.services[o.Namespace+"/"+v.Spec.To.Name]
		if s == nil {
			continue
		}
		for _, p := range s.Ports {
			if t := string(v.Spec.Port.TargetPort); t == "" || t == p.Name || t == p.TargetPort {
				l.needIngress(o, "/spec/to", l.controllers("openshift"), o.Namespace, s.Name, fmt.Sprint(p.Port))
				break
			}
		}
	}
}

// addSolverNeeds: an ACME server reaches the pods that cert-manager answers its HTTP-01 challenges with
// through the ingress controller (cert-manager, pkg/issuer/acme/http/pod.go, v1.16).
func (l *loader) addSolverNeeds() {
	for _, s := range l.c.Services {
		if s.Selector["acme.cert-manager.io/http01-solver"] != "true" || len(s.Ports) != 1 {
			continue
		}
		l.needService(&model.Need{
			Object: s.Object, Kind: model.IngressTraffic, At: "/metadata/name", What: "the ACME challenge behind Service " + s.ID(),
			From: peers(l.controllers(anyController)),
		}, s.Namespace, s.Name, s.Ports[0].Name)
	}
}

// gatewayRoute is what loading reads of any route of the Gateway API.
type gatewayRoute struct {
	Spec struct {
		ParentRefs []struct {
			Kind      string `json:"kind"`
			Namespace string `json:"namespace"`
			Name      string `json:"name"`
		} `json:"parentRefs"`
		Rules []struct {
			BackendRefs []struct {
				Kind      string       `json:"kind"`
				Namespace string       `json:"namespace"`
				Name      string       `json:"name"`
				Port      numberOrName `json:"port"`
			} `json:"backendRefs"`
		} `json:"rules"`
	} `json:"spec"`
}

func (l *loader) addGatewayNeeds() {
	for _, kind := range []string{"HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute"} {
		for _, o := range l.needy["gateway.networking.k8s.io/"+kind] {
			v := &gatewayRoute{}
			if !quiet(o, v) {
				continue
			}
			var from []*model.Endpoint
			for _, p := range v.Spec.ParentRefs {
				if p.Kind == "" || p.Kind == "Gateway" {
					from = append(from, l.gateway(orDefault(p.Namespace, o.Namespace), p.Name)...)
				}
			}
			for i, r := range v.Spec.Rules {
				for j, b := range r.BackendRefs {
					if b.Kind == "" || b.Kind == "Service" {
						at := fmt.Sprintf("/spec/rules/%d/backendRefs/%d", i, j)
						l.needIngress(o, at, from, orDefault(b.Namespace, o.Namespace), b.Name, string(b.Port))
					}
				}
			}
		}
	}
}

// gateway is the pods of a Gateway: those that its controller labels with its name, or else the
// controller's by its class.
func (l *loader) gateway(namespace, name string) []*model.Endpoint {
	if out := l.podsOfGateway(namespace, name); len(out) > 0 {
		return out
	}
	for _, o := range l.needy["gateway.networking.k8s.io/Gateway"] {
		v := &gateway{}
		if o.Namespace == namespace && o.Name == name && quiet(o, v) {
			return l.controllers(family(strings.ToLower(v.Spec.Class)))
		}
	}
	return nil
}

func orDefault(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
