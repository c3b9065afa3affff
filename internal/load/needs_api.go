package load

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/model"
)

// binding is what loading reads of a RoleBinding or ClusterRoleBinding.
type binding struct {
	Subjects []struct {
		Kind      string `json:"kind"`
		Namespace string `json:"namespace"`
		Name      string `json:"name"`
	} `json:"subjects"`
	RoleRef struct {
		Kind string `json:"kind"`
		Name string `json:"name"`
	} `json:"roleRef"`
}

// addAPINeeds finds the workloads that get a token of a service account with rights: that is what
// a token is for. Of some programs it is known without their rights in the inputs.
func (l *loader) addAPINeeds() {
	bound := l.boundAccounts()
	for _, e := range l.c.Endpoints {
		if e.Type != model.Workload || !e.MountsToken {
			continue
		}
		n := &model.Need{Object: e.Object, Kind: model.APIAccess, At: "/metadata/name", From: peers([]*model.Endpoint{e}), To: l.c.APIServers, Service: l.services["default/kubernetes"]}
		if s := n.Service; s != nil && len(s.Ports) > 0 {
			n.Port = &s.Ports[0]
		}
		switch b := bound[e.Namespace+"/"+e.ServiceAccount]; {
		case b != nil:
			n.What = fmt.Sprintf("its service account %s has rights by %s", e.ServiceAccount, b)
		case e.Assumed():
			continue
		case l.resolvesNames(e):
			n.What, n.Guessed = "the cluster's DNS watches Services and EndpointSlices there", true
		case l.isController(e):
			n.What, n.Guessed = "an ingress controller watches Ingresses there", true
		case usesAPI(e) != "":
			n.What, n.Guessed, n.Usual = usesAPI(e), true, true
		default:
			continue
		}
		l.need(n)
	}
}

// apiUsers is programs that are nothing without the API server, by the names that their charts and manifests give to their
// pods, and what they do there.
var apiUsers = map[string]string{
	"calico-kube-controllers":          "Calico's controllers watch Namespaces and Nodes there",
	"kube-state-metrics":               "kube-state-metrics watches there what it has metrics of",
	"metrics-server":                   "metrics-server lists Nodes and checks its callers there",
	"cluster-autoscaler":               "the autoscaler watches Pods and Nodes there",
	"external-dns":                     "external-dns watches Ingresses and Services there",
	"cert-manager":                     "cert-manager watches Certificates there",
	"cainjector":                       "cert-manager's injector watches webhook configurations there",
	"external-secrets":                 "external-secrets writes Secrets there",
	"sealed-secrets":                   "sealed-secrets writes Secrets there",
	"sealed-secrets-controller":        "sealed-secrets writes Secrets there",
	"argocd-application-controller":    "Argo CD applies manifests there",
	"argocd-applicationset-controller": "Argo CD watches ApplicationSets there",
	"argocd-server":                    "Argo CD watches Applications there",
}

// usesAPI is what one of these does at the API server, or "".
func usesAPI(e *model.Endpoint) string {
	for _, key := range []string{"app.kubernetes.io/name", "k8s-app", "app"} {
		if what := apiUsers[e.Own[key]]; what != "" {
			return what
		}
	}
	return ""
}

func (l *loader) resolvesNames(e *model.Endpoint) bool {
	return slices.ContainsFunc(l.c.DNS, func(s *model.Service) bool {
		return slices.ContainsFunc(s.Backends, func(b model.Backend) bool { return b.Peer.Endpoint == e })
	})
}

// boundAccounts is the service accounts with rights, "namespace/name", and who gives them.
func (l *loader) boundAccounts() map[string]*model.Object {
	idle := l.idleRoles()
	out := map[string]*model.Object{}
	for _, kind := range []string{"RoleBinding", "ClusterRoleBinding"} {
		for _, o := range l.needy["rbac.authorization.k8s.io/"+kind] {
			v := &binding{}
			if !quiet(o, v) || onlyAdmission(v.RoleRef.Name) {
				continue
			}
			role := v.RoleRef.Kind + " " + v.RoleRef.Name
			if v.RoleRef.Kind == "Role" {
				role = v.RoleRef.Kind + " " + o.Namespace + "/" + v.RoleRef.Name
			}
			if idle[role] {
				continue
			}
			for _, s := range v.Subjects {
				namespace := s.Namespace
				if namespace == "" {
					namespace = o.Namespace
				}
				if id := namespace + "/" + s.Name; s.Kind == "ServiceAccount" && out[id] == nil {
					out[id] = &o.Object
				}
			}
		}
	}
	return out
}

// onlyAdmission says whether a role lets pods run in a certain way, and gives no reason to ask the API
// server: the roles of OpenShift's security context constraints and of the former pod security policies.
func onlyAdmission(role string) bool {
	return strings.HasPrefix(role, "system:openshift:scc:") || strings.Contains(role, "psp") || strings.Contains(role, "podsecuritypolic")
}

// idleRoles is the roles of the inputs that give no right but to "use" something, which admission
// asks for and not the pod: "Role namespace/name", "ClusterRole name".
func (l *loader) idleRoles() map[string]bool {
	out := map[string]bool{}
	for _, kind := range []string{"Role", "ClusterRole"} {
		for _, o := range l.needy["rbac.authorization.k8s.io/"+kind] {
			var v struct {
				AggregationRule any `json:"aggregationRule"`
				Rules           []struct {
					Verbs []string `json:"verbs"`
				} `json:"rules"`
			}
			if !quiet(o, &v) || v.AggregationRule != nil {
				continue
			}
			active := false
			for _, r := range v.Rules {
				active = active || slices.ContainsFunc(r.Verbs, func(s string) bool { return s != "use" })
			}
			out[o.String()] = !active
		}
	}
	return out
}
