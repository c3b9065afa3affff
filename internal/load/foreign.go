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
		return slices.Contains(calicoKinds, o.Kind) || enterprise(o)
	case group == "cilium.io", group == "crd.antrea.io", group == "networking.k8s.io", group == "policy.networking.k8s.io":
		return strings.HasSuffix(o.Kind, "NetworkPolicy")
	case group == "security.istio.io":
		return o.Kind == "AuthorizationPolicy" || o.Kind == "PeerAuthentication"
	}
	return false
}

// calicoKinds are kinds that bear on policy in a served version of Calico's API but are met here in
// another.
var calicoKinds = []string{
	"NetworkPolicy", "GlobalNetworkPolicy", "NetworkSet", "GlobalNetworkSet", "Tier", "HostEndpoint",
	"StagedNetworkPolicy", "StagedGlobalNetworkPolicy", "StagedKubernetesNetworkPolicy",
}

// enterpriseKinds are kinds of Calico Enterprise and Cloud, which open source Calico does not have.
var enterpriseKinds = []string{
	"DeepPacketInspection", "EgressGatewayPolicy", "ExternalNetwork", "GlobalAlert", "GlobalAlertTemplate", "GlobalReport",
	"GlobalReportType", "GlobalThreatFeed", "LicenseKey", "ManagedCluster", "PacketCapture", "PolicyRecommendationScope",
	"RemoteClusterConfiguration", "SecurityEventWebhook", "UISettings", "UISettingsGroup",
}

func enterprise(o *Object) bool { return slices.Contains(enterpriseKinds, o.Kind) }

// noKind says whether the kind would be a policy of Calico's, but no version of Calico has it.
func (o *Object) noKind() bool {
	return o.calico() && strings.HasSuffix(o.Kind, "NetworkPolicy") && !slices.Contains(calicoKinds, o.Kind)
}

// reportKind: Calico's documentation has a table with such names (docs.tigera.io, 3.31,
// network-policy/staged-network-policies).
func (l *loader) reportKind(o *Object) {
	var policies []string
	for _, kind := range calicoKinds {
		if strings.HasSuffix(kind, "NetworkPolicy") {
			policies = append(policies, kind)
		}
	}
	help := "one of " + strings.Join(policies, ", ")
	if kind := strings.Replace(o.Kind, "Calico", "", 1); slices.Contains(policies, kind) {
		help = kind
	}
	l.report(&o.Object, problem{check: CheckManifest, at: "/kind", help: help,
		message: fmt.Sprintf("%s has no kind %s: the API server refuses the object, so nothing of it applies", o.APIVersion, o.Kind)})
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
		if enterprise(o) {
			g.Message = fmt.Sprintf("%s is a kind of Calico Enterprise: open source Calico does not have it, and what it does is left out", o.Kind)
		}
		if o.Kind == "Profile" {
			g.Message = "Profile objects do not exist where Calico keeps its data in Kubernetes: a HostEndpoint that names one denies"
		}
		l.c.Gaps = append(l.c.Gaps, g)
	}
}
