package chart

import (
	"cmp"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// capabilities is what templates see of the cluster and of Helm, as .Capabilities.
type capabilities struct {
	KubeVersion kubeVersion
	APIVersions versions
	HelmVersion helmVersion
}

// kubeVersion is a version of Kubernetes.
type kubeVersion struct{ Version, Major, Minor string }

// String is the version, with the v.
func (v kubeVersion) String() string { return v.Version }

// GitVersion is an old name of Version.
func (v kubeVersion) GitVersion() string { return v.Version }

// helmVersion is the version of Helm that is followed.
type helmVersion struct{ Version, GitCommit, GitTreeState, GoVersion string }

// versions are the API versions of a cluster.
type versions []string

// Has says whether the cluster has a version of a group ("apps/v1"), or a kind of it
// ("apps/v1/Deployment"), of which a group that is there is taken to have all.
func (v versions) Has(s string) bool {
	if slices.Contains(v, s) {
		return true
	}
	i := strings.LastIndexByte(s, '/')
	return i > 0 && i+1 < len(s) && s[i+1] >= 'A' && s[i+1] <= 'Z' && slices.Contains(v, s[:i])
}

// recent is the version of Kubernetes where nobody says which it is.
const recent = "v1.33.0"

// served are the API versions that Kubernetes 1.33 serves by default (kube-apiserver,
// pkg/controlplane/instance.go), and those of Calico.
var served = [...]string{
	"v1", "admissionregistration.k8s.io/v1", "apiextensions.k8s.io/v1", "apiregistration.k8s.io/v1", "apps/v1",
	"authentication.k8s.io/v1", "authorization.k8s.io/v1", "autoscaling/v1", "autoscaling/v2", "batch/v1",
	"certificates.k8s.io/v1", "coordination.k8s.io/v1", "discovery.k8s.io/v1", "events.k8s.io/v1",
	"flowcontrol.apiserver.k8s.io/v1", "networking.k8s.io/v1", "node.k8s.io/v1", "policy/v1",
	"rbac.authorization.k8s.io/v1", "scheduling.k8s.io/v1", "storage.k8s.io/v1",
	"crd.projectcalico.org/v1", "projectcalico.org/v3",
}

func newCapabilities(opts Options) *capabilities {
	v := kubeVersion{Version: cmp.Or(opts.KubeVersion, recent)}
	if parsed, err := semver.NewVersion(v.Version); err == nil {
		v = kubeVersion{"v" + parsed.String(), itoa(int(parsed.Major())), itoa(int(parsed.Minor()))}
	}
	return &capabilities{
		KubeVersion: v,
		APIVersions: append(slices.Clone(served[:]), opts.APIVersions...),
		HelmVersion: helmVersion{Version: "v3.18", GitTreeState: "clean"},
	}
}
