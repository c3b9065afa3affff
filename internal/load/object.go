package load

import (
	"bytes"
	"strings"

	"github.com/projectcalico/calico/libcalico-go/lib/names"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
)

// Object is one rendered object.
type Object struct {
	model.Object
	// JSON returns the whole object; it is called only for kinds that bear on policy.
	JSON func() ([]byte, error)
}

// The groups of Calico's two doors: the API, which defaults and validates, and its storage.
const (
	calicoGroup = "projectcalico.org"
	rawVersion  = "crd.projectcalico.org/v1"
)

// raw says whether the object goes straight into Calico's storage.
func (o *Object) raw() bool { return o.APIVersion == rawVersion }

// has says whether the object has a value at pointer.
func (o *Object) has(pointer string) bool { return o.Positions != nil && o.Positions.Has(pointer) }

// key is the group and kind, "apps/Deployment", by which objects are kept; both doors of Calico
// lead to the same. It is empty if the version is not one that clusters serve.
func (o *Object) key() string {
	group, version, ok := strings.Cut(o.APIVersion, "/")
	if !ok {
		group, version = "", o.APIVersion
	}
	if o.raw() {
		return calicoGroup + "/" + o.Kind
	}
	switch group {
	case "", "apps", "batch", "networking.k8s.io", "discovery.k8s.io":
		if version != "v1" {
			return ""
		}
	case calicoGroup:
		if version != "v3" {
			return ""
		}
	}
	return group + "/" + o.Kind
}

// scope says whether a kind bears on policy, and whether its objects live in namespaces.
func scope(key string) (known, namespaced bool) {
	switch key {
	case "/Pod", "/ReplicationController", "/Service", "/Endpoints", "/ServiceAccount",
		"discovery.k8s.io/EndpointSlice", "networking.k8s.io/NetworkPolicy",
		"projectcalico.org/NetworkPolicy", "projectcalico.org/NetworkSet",
		"projectcalico.org/StagedNetworkPolicy", "projectcalico.org/StagedKubernetesNetworkPolicy":
		return true, true
	case "/Namespace", "/Node", "projectcalico.org/GlobalNetworkPolicy", "projectcalico.org/GlobalNetworkSet",
		"projectcalico.org/StagedGlobalNetworkPolicy", "projectcalico.org/Tier", "projectcalico.org/Profile",
		"projectcalico.org/HostEndpoint", "projectcalico.org/IPPool", "projectcalico.org/FelixConfiguration",
		"projectcalico.org/KubeControllersConfiguration", "operator.tigera.io/Installation",
		"kubeadm.k8s.io/ClusterConfiguration", "policy.networking.k8s.io/AdminNetworkPolicy",
		"policy.networking.k8s.io/BaselineAdminNetworkPolicy", "policy.networking.k8s.io/ClusterNetworkPolicy":
		return true, false
	}
	_, ok := workloadKinds[key]
	return ok, ok
}

// index files the objects by kind. Of two with one identity the later is kept, as a cluster would.
func (l *loader) index(objs []*Object) {
	at := map[string]int{}
	for _, o := range objs {
		key := o.key()
		known, namespaced := scope(key)
		if !known {
			if was := l.outdatedKey(o); was != "" {
				key = was
				known, namespaced = scope(key)
			}
		}
		if !known {
			if kind, namespaced := needyKind(o); kind != "" {
				l.needy[kind] = append(l.needy[kind], l.placed(o, namespaced))
			}
			if o.noKind() {
				l.reportKind(o)
			} else if looksLikePolicy(o) {
				l.foreign = append(l.foreign, o)
			}
			continue
		}
		o = l.placed(o, namespaced)
		id := key + " " + o.Namespace + "/" + l.storedName(key, o)
		i, dup := at[id]
		if !dup || o.Name == "" { // without a name each gets one of its own
			at[id] = len(l.objects[key])
			l.objects[key] = append(l.objects[key], o)
			continue
		}
		first := l.objects[key][i]
		switch {
		case first.Reviewed() && o.Reviewed():
			l.duplicate(first, o)
			l.objects[key][i] = o
		case !first.Reviewed():
			l.objects[key][i] = o // what is under review replaces what is in the cluster now
		}
	}
}

// placed gives the object the namespace that the API server would.
func (l *loader) placed(o *Object, namespaced bool) *Object {
	if namespaced == (o.Namespace != "") {
		return o
	}
	p := *o
	p.Namespace = ""
	if namespaced {
		p.Namespace = "default"
	}
	return &p
}

// storedName is the name under which an object is kept: up to 3.31 a policy of Calico's with no
// tier in its name is stored as default.NAME (libcalico-go/lib/names/policy.go, v3.31.0).
func (l *loader) storedName(key string, o *Object) string {
	if l.opts.Version >= model.V332 || o.raw() || !tiered(key) || o.Name == "" {
		return o.Name
	}
	return names.TieredPolicyName(o.Name)
}

// tiered says whether objects of the kind are in a tier that their name tells.
func tiered(key string) bool {
	switch key {
	case "projectcalico.org/NetworkPolicy", "projectcalico.org/GlobalNetworkPolicy",
		"projectcalico.org/StagedNetworkPolicy", "projectcalico.org/StagedGlobalNetworkPolicy":
		return true
	}
	return false
}

// duplicate reports an object that is defined twice, unless both say the same.
func (l *loader) duplicate(first, second *Object) {
	a, err1 := first.JSON()
	b, err2 := second.JSON()
	if err1 == nil && err2 == nil && bytes.Equal(a, b) {
		return
	}
	at := second.Origin("/metadata/name")
	l.diags = append(l.diags, diag.Diagnostic{
		Check: CheckDuplicate, Severity: diag.Error, At: at, Object: second.String(),
		Message: second.String() + " is defined twice: whichever is applied last replaces the other, and here this one is taken",
		Help:    "one of the two, or different names",
		Related: []diag.Related{{At: first.Origin("/metadata/name"), Message: "also defined here"}},
	})
}
