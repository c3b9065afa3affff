package platform_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/platform"
)

// Every platform has the Services that it says are its DNS, and says where its facts are from.
func TestPlatforms(t *testing.T) {
	for _, name := range platform.Names() {
		p, ok := platform.Get(name)
		if !ok {
			t.Fatalf("%s is named, but not there", name)
		}
		docs, err := p.Documents()
		if err != nil {
			t.Fatal(err)
		}
		services := map[string]bool{}
		for _, d := range docs {
			var o struct {
				Kind     string
				Metadata struct{ Namespace, Name string }
			}
			if err := json.Unmarshal(d, &o); err != nil {
				t.Fatal(err)
			}
			if o.Kind == "Service" {
				services[o.Metadata.Namespace+"/"+o.Metadata.Name] = true
			}
		}
		for _, id := range append(p.DNS, "default/kubernetes") {
			if !services[id] {
				t.Errorf("%s has no Service %s", name, id)
			}
		}
		if !strings.HasPrefix(string(p.Manifests), "#") {
			t.Errorf("%s does not say where its facts are from", name)
		}
	}
	if _, ok := platform.Get("nonsense"); ok {
		t.Error("there is no such platform")
	}
}

// An object gives a platform away only if no other kind of cluster would have it.
func TestDetect(t *testing.T) {
	for _, tt := range []struct{ group, kind, namespace, name, want string }{
		{"route.openshift.io", "Route", "shop", "web", "openshift"},
		{"config.openshift.io", "ClusterVersion", "", "version", "openshift"},
		{"", "Service", "openshift-dns", "dns-default", "openshift"},
		{"", "Service", "shop", "dns-default", ""},
		{"", "Namespace", "", "openshift-insights", "openshift"},
		{"", "Namespace", "", "openshift", ""},
		{"sriovnetwork.openshift.io", "SriovNetwork", "shop", "fast", ""}, // its operator runs elsewhere, too
		{"apps", "DaemonSet", "kube-system", "node-local-dns", "nodelocaldns"},
		{"", "ServiceAccount", "kube-system", "node-local-dns", ""},
		{"helm.cattle.io", "HelmChartConfig", "kube-system", "rke2-coredns", "rke2"},
		{"helm.cattle.io", "HelmChartConfig", "kube-system", "traefik", ""}, // k3s has it, and whoever installs its controller
		{"", "Service", "kube-system", "kube-dns", ""},
		{"apps", "Deployment", "kube-system", "coredns", ""},
	} {
		if got := platform.Detect(tt.group, tt.kind, tt.namespace, tt.name); got != tt.want {
			t.Errorf("%s %s %s/%s: got %q, want %q", tt.group, tt.kind, tt.namespace, tt.name, got, tt.want)
		}
	}
	for _, name := range []string{"openshift", "nodelocaldns", "rke2"} {
		if _, ok := platform.Get(name); !ok {
			t.Errorf("%s is detected, but not there", name)
		}
	}
}
