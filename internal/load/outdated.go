package load

import (
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/diag"
)

// outdated is the versions in which Kubernetes served kinds that are read, and the release that ended it
// (kubernetes.io/docs/reference/using-api/deprecation-guide).
var outdated = map[string]struct {
	kinds       []string
	group, last string
}{
	"extensions/v1beta1":        {[]string{"Deployment", "DaemonSet", "ReplicaSet"}, "apps", "1.15"},
	"apps/v1beta1":              {[]string{"Deployment", "StatefulSet"}, "apps", "1.15"},
	"apps/v1beta2":              {[]string{"Deployment", "DaemonSet", "ReplicaSet", "StatefulSet"}, "apps", "1.15"},
	"batch/v1beta1":             {[]string{"CronJob"}, "batch", "1.24"},
	"batch/v2alpha1":            {[]string{"CronJob"}, "batch", "1.20"},
	"networking.k8s.io/v1beta1": {[]string{"Ingress"}, "networking.k8s.io", "1.21"},
}

// outdatedKey is the key of what an object would be in the version that clusters serve, and "" for one that is
// in no version that they once served. What policies and routes of that version say has other fields, and is not read.
func (l *loader) outdatedKey(o *Object) string {
	version, kind := o.APIVersion, o.Kind
	if version == "extensions/v1beta1" && kind == "Ingress" {
		version = "networking.k8s.io/v1beta1"
	}
	if version == "extensions/v1beta1" && kind == "NetworkPolicy" {
		l.report(&o.Object, problem{check: CheckManifest, at: "/apiVersion", help: "networking.k8s.io/v1",
			message: "Kubernetes after 1.15 has no NetworkPolicy of extensions/v1beta1: the API server refuses it, so nothing of it applies"})
		return ""
	}
	was, ok := outdated[version]
	if !ok || !slices.Contains(was.kinds, kind) {
		return ""
	}
	p := problem{check: CheckManifest, severity: diag.Warning, at: "/apiVersion", help: was.group + "/v1",
		message: fmt.Sprintf("Kubernetes after %s has no %s of %s: the API server refuses it", was.last, kind, o.APIVersion)}
	key := was.group + "/" + kind
	if kind == "Ingress" {
		key, p.message = "", p.message+", and what it leads to is not checked"
	} else {
		p.message += ", and here it is taken for one of " + p.help
	}
	l.report(&o.Object, p)
	return key
}
