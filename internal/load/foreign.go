package load

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/model"
)

// looksLikePolicy says whether a kind that is not understood would have a say in what is allowed.
func looksLikePolicy(o *Object) bool {
	group, _, _ := strings.Cut(o.APIVersion, "/")
	switch {
	case group == calicoGroup || group == "crd.projectcalico.org":
		return slices.Contains(calicoKinds, o.Kind)
	case group == "cilium.io", group == "crd.antrea.io", group == "networking.k8s.io", group == "policy.networking.k8s.io":
		return strings.HasSuffix(o.Kind, "NetworkPolicy")
	case group == "extensions":
		return o.Kind == "NetworkPolicy"
	case group == "security.istio.io":
		return o.Kind == "AuthorizationPolicy" || o.Kind == "PeerAuthentication"
	}
	return false
}

// calicoKinds are kinds of Calico Enterprise, and such that bear on policy in a served
// version of the API but are met here in another.
var calicoKinds = []string{
	"NetworkPolicy", "GlobalNetworkPolicy", "NetworkSet", "GlobalNetworkSet", "Tier", "HostEndpoint",
	"StagedNetworkPolicy", "StagedGlobalNetworkPolicy", "StagedKubernetesNetworkPolicy",
	"EgressGatewayPolicy", "GlobalThreatFeed", "PolicyRecommendationScope", "RemoteClusterConfiguration", "ExternalNetwork",
}

// addForeign says, once a kind, what is not understood.
func (l *loader) addForeign() {
	seen := map[string]bool{}
	for _, o := range append(slices.Clone(l.foreign), l.objects["projectcalico.org/Profile"]...) {
		kind := o.APIVersion + " " + o.Kind
		if seen[kind] {
			continue
		}
		seen[kind] = true
		g := model.Gap{
			At:      o.Origin("/kind"),
			Message: fmt.Sprintf("%s (%s) is not understood: what it allows or denies is left out", o.Kind, o.APIVersion),
		}
		if o.Kind == "Profile" {
			g.Message = "Profile objects do not exist where Calico keeps its data in Kubernetes: a HostEndpoint that names one denies"
		}
		l.c.Gaps = append(l.c.Gaps, g)
	}
}
