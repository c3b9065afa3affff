package load

import (
	"slices"

	"github.com/tierlint/tierlint/internal/model"
)

// gatewayName is the label that says which Gateway a pod is of
// (gateway-api.sigs.k8s.io/geps/gep-1762, "In-cluster deployments").
const gatewayName = "gateway.networking.k8s.io/gateway-name"

// gateway is what loading reads of a Gateway.
type gateway struct {
	Spec struct {
		Class          string `json:"gatewayClassName"`
		Addresses      []any  `json:"addresses"`
		Infrastructure struct {
			Labels map[string]string `json:"labels"`
		} `json:"infrastructure"`
	} `json:"spec"`
}

// addGateways makes endpoints of the pods that Istio makes in the namespaces of Gateways of its class
// (manifests/charts/istio-control/istio-discovery/files/kube-gateway.yaml, Istio 1.24), unless the inputs
// have pods of the Gateway. A Gateway with addresses is for pods that somebody else makes.
func (l *loader) addGateways() {
	for _, o := range l.needy["gateway.networking.k8s.io/Gateway"] {
		v := &gateway{}
		if !quiet(o, v) || v.Spec.Class != "istio" || len(v.Spec.Addresses) > 0 || len(l.podsOfGateway(o.Namespace, o.Name)) > 0 {
			continue
		}
		t := &podTemplate{Metadata: objectMeta{Labels: map[string]string{
			gatewayName: o.Name, "gateway.networking.k8s.io/gateway-class-name": "istio", "sidecar.istio.io/inject": "false",
		}}}
		for k, value := range v.Spec.Infrastructure.Labels {
			t.Metadata.Labels[k] = value
		}
		t.Spec = podSpec{ServiceAccount: o.Name + "-istio", Containers: []container{{Ports: []containerPort{
			{Name: "status-port", ContainerPort: 15021}, {Name: "metrics", ContainerPort: 15020}, {Name: "http-envoy-prom", ContainerPort: 15090},
		}}}}
		l.addEndpoint(o, "/spec", t, []string{"pod-template-hash", "istio.io/*", "service.istio.io/*", "topology.istio.io/*", "networking.istio.io/*"})
	}
}

// podsOfGateway is the pods that a controller labels with the name of a Gateway.
func (l *loader) podsOfGateway(namespace, name string) []*model.Endpoint {
	return slices.DeleteFunc(slices.Clone(l.c.Endpoints), func(e *model.Endpoint) bool {
		return (e.Namespace != namespace || e.Own[gatewayName] != name) &&
			(e.Own["gateway.envoyproxy.io/owning-gateway-name"] != name || e.Own["gateway.envoyproxy.io/owning-gateway-namespace"] != namespace)
	})
}
