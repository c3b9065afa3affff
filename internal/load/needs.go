package load

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// needyKind is the group and kind of objects that count on connections, or that say who makes
// them, and whether they live in namespaces; empty for all others. All versions of a group that is
// read have the fields that are read.
func needyKind(o *Object) (key string, namespaced bool) {
	group, _, _ := strings.Cut(o.APIVersion, "/")
	key = group + "/" + o.Kind
	switch key {
	case "networking.k8s.io/Ingress", "route.openshift.io/Route", "gateway.networking.k8s.io/Gateway",
		"gateway.networking.k8s.io/HTTPRoute", "gateway.networking.k8s.io/GRPCRoute",
		"gateway.networking.k8s.io/TLSRoute", "gateway.networking.k8s.io/TCPRoute",
		"monitoring.coreos.com/ServiceMonitor", "monitoring.coreos.com/PodMonitor",
		"monitoring.coreos.com/Prometheus", "monitoring.coreos.com/Alertmanager",
		"rbac.authorization.k8s.io/RoleBinding", "rbac.authorization.k8s.io/Role", "v1/ConfigMap":
		return key, true
	case "networking.k8s.io/IngressClass", "apiregistration.k8s.io/APIService", "apiextensions.k8s.io/CustomResourceDefinition",
		"admissionregistration.k8s.io/ValidatingWebhookConfiguration", "admissionregistration.k8s.io/MutatingWebhookConfiguration",
		"rbac.authorization.k8s.io/ClusterRoleBinding", "rbac.authorization.k8s.io/ClusterRole":
		return key, false
	}
	return "", false
}

// addNeeds finds the connections that objects count on.
func (l *loader) addNeeds() {
	l.addAPIServers()
	l.addIngressNeeds()
	l.addWebhookNeeds()
	l.addMetricsNeeds()
	l.addAPINeeds()
	l.addServiceNeeds()
	slices.SortStableFunc(l.c.Needs, func(a, b *model.Need) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), compareObjects(&a.Object, &b.Object))
	})
}

// addAPIServers finds where the API server listens: it keeps the endpoints of its Service itself.
func (l *loader) addAPIServers() {
	if s := l.services["default/kubernetes"]; s != nil {
		l.addProvidersServer(s)
		l.c.APIServers = s.Backends
	}
	if len(l.c.APIServers) > 0 {
		return
	}
	for _, e := range l.c.Endpoints { // an export without EndpointSlices
		if e.Type == model.HostNetwork && e.Own["component"] == "kube-apiserver" {
			l.c.APIServers = append(l.c.APIServers, model.Backend{Peer: model.Peer{Endpoint: e}, Proto: flow.TCP, Port: 6443, Ready: true})
		}
	}
}

// addProvidersServer puts a host behind the Service of the API server where the platform is all that knows it,
// and has no pod for it: the provider runs it outside of the cluster, at addresses that the inputs do not say.
func (l *loader) addProvidersServer(s *model.Service) {
	if !s.Assumed() || s.BackendsKnown || len(s.Ports) == 0 {
		return
	}
	port, err := strconv.ParseUint(s.Ports[0].TargetPort, 10, 16)
	if err != nil {
		return
	}
	e := &model.Endpoint{
		Object: model.Object{Kind: "Host", Name: "api-server", Context: s.Context},
		Type:   model.HostNetwork,
		// No selector sees it, and none shall seem to be meant for it.
		Labels: selector.Labels{Known: map[string]string{"projectcalico.org/namespace": s.Namespace}},
	}
	l.c.Endpoints = append(l.c.Endpoints, e)
	s.Backends = []model.Backend{{Peer: model.Peer{Endpoint: e}, PortName: s.Ports[0].Name, Proto: s.Ports[0].Proto, Port: uint16(port), Ready: true}}
	s.BackendsKnown = true
}

// need adds a need, unless nobody connects or there is nothing to connect to. Somebody who is not in the inputs
// connects to what an Ingress or route leads to, and to what a monitor is for.
func (l *loader) need(n *model.Need) {
	if (len(n.From) > 0 || n.Kind == model.IngressTraffic || n.Kind == model.MetricsScrape) && len(n.To) > 0 {
		l.c.Needs = append(l.c.Needs, n)
	}
}

// needService adds a need of a Service's port, by number or name. Where nobody knows what is
// behind it, there is nothing to say.
func (l *loader) needService(n *model.Need, namespace, name, port string) {
	s := l.services[namespace+"/"+name]
	if s == nil {
		return
	}
	for i := range s.Ports {
		p := &s.Ports[i]
		if port == p.Name || port == strconv.Itoa(int(p.Port)) || port == "" && len(s.Ports) == 1 {
			n.Service, n.Port, n.To = s, p, backendsOn(s, p)
			l.need(n)
			return
		}
	}
}

// backendsOn is what a port of a Service leads to.
func backendsOn(s *model.Service, p *model.ServicePort) []model.Backend {
	var out []model.Backend
	for _, b := range s.Backends {
		if b.Ready && b.Port != 0 && b.PortName == p.Name && b.Proto == p.Proto {
			out = append(out, b)
		}
	}
	return out
}

// peers are endpoints as ends of connections.
func peers(endpoints []*model.Endpoint) []model.Peer {
	var out []model.Peer
	for _, e := range endpoints {
		if len(e.Addrs) == 0 {
			out = append(out, model.Peer{Endpoint: e})
		}
		for _, a := range e.Addrs {
			out = append(out, model.Peer{Endpoint: e, Addr: a})
		}
	}
	return out
}

// apiServer is the API server as the source of connections.
func (l *loader) apiServer() []model.Peer {
	var out []model.Peer
	for _, b := range l.c.APIServers {
		out = append(out, b.Peer)
	}
	return out
}
