package render

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/discover"
	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// deploy gives objects the namespace that they are deployed into.
func (b *builder) deploy(d *discover.Deploy) {
	if d == nil || d.Namespace == "" {
		return
	}
	for i, o := range b.Objects {
		if !clusterScoped(o) && (o.Namespace == "" || d.Override && o.Namespace != d.Namespace) {
			b.Objects[i] = o.inNamespace(d.Namespace, d.At)
		}
	}
}

// inNamespace is the object in another namespace, for which another place says so.
func (o *Object) inNamespace(namespace string, at source.Origin) *Object {
	out := *o
	out.Namespace = namespace
	out.places = &deployedPlaces{o.places, at}
	out.json = func() ([]byte, error) {
		data, err := o.json()
		if err != nil {
			return nil, err
		}
		var v map[string]json.RawMessage
		var metadata map[string]json.RawMessage
		if err := json.Unmarshal(data, &v); err != nil {
			return nil, err
		}
		if json.Unmarshal(v["metadata"], &metadata) != nil || metadata == nil {
			return data, nil // not a mapping: loading says so
		}
		if metadata["namespace"], err = json.Marshal(namespace); err != nil {
			return nil, err
		}
		if v["metadata"], err = json.Marshal(metadata); err != nil {
			return nil, err
		}
		return json.Marshal(v)
	}
	return &out
}

// deployedPlaces are those of an object that somebody else gives a namespace.
type deployedPlaces struct {
	places
	at source.Origin
}

func (p *deployedPlaces) origin(pointer string, key bool) source.Origin {
	if pointer == "/metadata/namespace" && p.at.File != "" {
		return p.at
	}
	return p.places.origin(pointer, key)
}

func (p *deployedPlaces) placeOf(pointer string, n *yamldoc.Node) (yamldoc.Place, bool) {
	if e, ok := p.places.(editable); ok {
		return e.placeOf(pointer, n)
	}
	return yamldoc.Place{}, false
}

// clusterScoped says whether objects of a kind have no namespace.
func clusterScoped(o *Object) bool {
	group, _, grouped := strings.Cut(o.APIVersion, "/")
	if !grouped {
		group = ""
	}
	var kinds []string
	switch group {
	case "":
		kinds = []string{"Namespace", "Node", "PersistentVolume", "ComponentStatus"}
	case "projectcalico.org", "crd.projectcalico.org":
		return !slices.Contains([]string{"NetworkPolicy", "StagedNetworkPolicy", "StagedKubernetesNetworkPolicy", "NetworkSet"}, o.Kind)
	case "rbac.authorization.k8s.io":
		return strings.HasPrefix(o.Kind, "Cluster")
	case "networking.k8s.io":
		kinds = []string{"IngressClass", "IPAddress", "ServiceCIDR"}
	case "gateway.networking.k8s.io":
		kinds = []string{"GatewayClass"}
	case "storage.k8s.io":
		return o.Kind != "CSIStorageCapacity"
	case "policy.networking.k8s.io", "apiextensions.k8s.io", "admissionregistration.k8s.io", "apiregistration.k8s.io", "scheduling.k8s.io", "node.k8s.io",
		"certificates.k8s.io", "flowcontrol.apiserver.k8s.io", "operator.tigera.io", "config.openshift.io":
		return true
	case "cert-manager.io":
		kinds = []string{"ClusterIssuer"}
	case "policy":
		kinds = []string{"PodSecurityPolicy"}
	}
	return slices.Contains(kinds, o.Kind)
}
