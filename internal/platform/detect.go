package platform

import "strings"

// Detect names the platform that an object gives away for certain: no other kind of cluster would
// have it, or serve its kind. It is empty for all other objects.
func Detect(group, kind, namespace, name string) string {
	switch {
	case group == "" && kind == "Service" && namespace == "openshift-dns" && name == "dns-default",
		group == "" && kind == "Namespace" && strings.HasPrefix(name, "openshift-"),
		openshiftGroup(group):
		return "openshift" // which keeps users from namespaces of such names
	case group == "apps" && kind == "DaemonSet" && namespace == "kube-system" && name == "node-local-dns":
		return "nodelocaldns"
	case group == "" && kind == "Service" && namespace == "kube-system" && name == "rke2-coredns-rke2-coredns",
		group == "helm.cattle.io" && kind == "HelmChartConfig" && namespace == "kube-system" && strings.HasPrefix(name, "rke2-"):
		return "rke2"
	}
	return ""
}

// openshiftGroup says whether an API group is one of those that OpenShift's own API servers and
// operators serve (github.com/openshift/api, one folder for each). Others end in openshift.io as
// well, but come with operators that run elsewhere, too.
func openshiftGroup(group string) bool {
	switch group {
	case "apps.openshift.io", "build.openshift.io", "image.openshift.io", "project.openshift.io", "route.openshift.io",
		"security.openshift.io", "template.openshift.io", "user.openshift.io", "oauth.openshift.io", "authorization.openshift.io",
		"config.openshift.io", "operator.openshift.io", "machineconfiguration.openshift.io", "console.openshift.io",
		"imageregistry.operator.openshift.io", "ingress.operator.openshift.io", "network.operator.openshift.io":
		return true
	}
	return false
}
