package load_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/platform"
	"github.com/tierlint/tierlint/internal/selector"
)

func TestPlatforms(t *testing.T) {
	for name, want := range map[string]string{
		"kubernetes": "kube-system/kube-dns: coredns 53/UDP coredns 53/TCP coredns 9153/TCP",
		// policy sees 5353.
		"openshift": "openshift-dns/dns-default: dns-default 5353/UDP dns-default 5353/TCP dns-default 9154/TCP",
	} {
		c := cluster(t, "", load.Options{Platform: name})
		if len(c.DNS) != 1 {
			t.Fatalf("%s: %d DNS Services", name, len(c.DNS))
		}
		got := backends(c)
		if !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
		// the API server is on the control plane's nodes, whose addresses are not known.
		if !strings.Contains(got, "default/kubernetes: kube-apiserver 6443/TCP") {
			t.Errorf("%s: %s", name, got)
		}
		dns := c.DNS[0].Backends[0].Peer.Endpoint
		if dns.Reviewed() || dns.Context != "platform "+name {
			t.Errorf("%s is no place for findings, its context is %q", dns, dns.Context)
		}
		// Its namespaces' names are known, what a distribution labels them with is not.
		for expr, want := range map[string]selector.Answer{
			"pcns.kubernetes.io/metadata.name == '" + dns.Namespace + "'": selector.Yes,
			"pcns.kubernetes.io/metadata.name == 'other'":                 selector.No,
			"pcns.kubernetes.io/cluster-service == 'true'":                selector.Maybe,
		} {
			if got := matches(t, dns.Labels, expr); got != want {
				t.Errorf("%s: %v, want %v", expr, got, want)
			}
		}
	}
}

func TestEveryPlatformLoads(t *testing.T) {
	for _, name := range platform.Names() {
		if c := cluster(t, "", load.Options{Platform: name}); len(c.Gaps) > 0 || len(c.DNS) == 0 {
			t.Errorf("%s: DNS %v, gaps %v", name, c.DNS, c.Gaps)
		}
	}
	c := cluster(t, "", load.Options{Platform: "nonsense"})
	if len(c.Gaps) != 1 || !strings.Contains(c.Gaps[0].Message, `"nonsense" is not known`) {
		t.Errorf("gaps %v", c.Gaps)
	}
}

// What the inputs have is not the platform's as well.
func TestInputsWinOverPlatform(t *testing.T) {
	const workload = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: resolver, namespace: kube-system}
spec:
  template:
    metadata: {labels: {k8s-app: kube-dns}}
---
`
	const service = `
apiVersion: v1
kind: Service
metadata: {name: kube-dns, namespace: kube-system}
spec: {selector: {k8s-app: kube-dns}, ports: [{name: dns, port: 53, protocol: UDP, targetPort: 8053}]}
---
`
	const namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: kube-system}\n---\n"
	for _, test := range []struct{ name, manifests, want string }{
		{"another Service", service, "kube-system/kube-dns: coredns 8053/UDP"},
		{"other pods", workload, "kube-system/kube-dns: resolver 53/UDP resolver 53/TCP resolver 9153/TCP"},
		{"both", service + workload, "kube-system/kube-dns: resolver 8053/UDP"},
		{"slices", service + `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: s, namespace: kube-system, labels: {kubernetes.io/service-name: kube-dns}}
ports: [{port: 1053, protocol: UDP}]
endpoints: [{addresses: [192.0.2.1]}]
`, "kube-system/kube-dns: - 1053/UDP@192.0.2.1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := cluster(t, test.manifests, load.Options{Platform: "kubernetes"})
			if got := strings.Split(backends(c), "\n")[1]; got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if n := len(c.Endpoints); n > 2 {
				t.Errorf("%d endpoints", n)
			}
		})
	}
	dns := cluster(t, namespace, load.Options{Platform: "kubernetes"}).DNS[0].Backends[0].Peer.Endpoint
	if slices.Contains(dns.Labels.Open, "pcns.*") {
		t.Error("the labels of a namespace in the inputs are known")
	}
}

func TestPodCIDRs(t *testing.T) {
	c := cluster(t, `
apiVersion: crd.projectcalico.org/v1
kind: IPPool
metadata: {name: pool}
spec: {cidr: 10.244.0.0/16}
---
apiVersion: operator.tigera.io/v1
kind: Installation
metadata: {name: default}
spec: {calicoNetwork: {ipPools: [{cidr: 10.1.0.0/16}, {cidr: 10.244.0.0/16}]}}
---
apiVersion: kubeadm.k8s.io/v1beta3
kind: ClusterConfiguration
networking: {podSubnet: '10.2.0.0/16,fd00::/48'}
`, load.Options{})
	if got, want := fmt.Sprint(c.PodCIDRs), "[10.1.0.0/16 10.2.0.0/16 10.244.0.0/16 fd00::/48]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestDuplicates(t *testing.T) {
	policy := func(apiVersion, name, order string) string {
		return fmt.Sprintf("apiVersion: %s\nkind: GlobalNetworkPolicy\nmetadata: {name: %s}\nspec: {types: [Ingress], order: %s}\n---\n", apiVersion, name, order)
	}
	const v3, raw = "projectcalico.org/v3", "crd.projectcalico.org/v1"
	for _, test := range []struct {
		name, manifests string
		version         model.Version
		duplicate       bool
	}{
		{"the same", policy(v3, "p", "1") + policy(v3, "p", "2"), model.V331, true},
		{"p is default.p", policy(v3, "p", "1") + policy(v3, "default.p", "2"), model.V331, true},
		{"and so it is in storage", policy(v3, "p", "1") + policy(raw, "default.p", "2"), model.V331, true},
		{"but not since 3.32", policy(v3, "p", "1") + policy(v3, "default.p", "2"), model.V332, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, found := findings(t, test.manifests, load.Options{Version: test.version})
			if (len(found) == 1 && strings.HasPrefix(found[0], "duplicate-object /metadata/name: ")) != test.duplicate || !test.duplicate && len(found) > 0 {
				t.Errorf("found %q", found)
			}
			if test.duplicate && *c.Tiers[1].Policies[0].Order != 2 {
				t.Error("the later one is taken")
			}
		})
	}
}

// What is under review replaces what a cluster has now, in silence.
func TestReviewedReplacesContext(t *testing.T) {
	objs := objects(t, "apiVersion: v1\nkind: Namespace\nmetadata: {name: a, labels: {x: new}}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: a, labels: {x: now}}\n")
	objs[1].Context = "export.yaml"
	for range 2 {
		c, ds := load.Cluster(objs, load.Options{})
		if len(ds) > 0 || len(c.Namespaces) != 1 || c.Namespaces[0].Labels["x"] != "new" {
			t.Errorf("%v, %v", c.Namespaces[0], ds)
		}
		objs[0], objs[1] = objs[1], objs[0]
	}
}

// Labels of a namespace that is in no manifest are a gap once a policy asks for them.
func TestUnknownNamespaces(t *testing.T) {
	const workload = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop}\n---\n"
	policy := func(sel string) string {
		return fmt.Sprintf("apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: p}\nspec: {namespaceSelector: \"%s\"}\n", sel)
	}
	for sel, want := range map[string]int{"team == 'a'": 1, "projectcalico.org/name == 'a'": 0} {
		c := cluster(t, workload+policy(sel), load.Options{})
		if len(c.Gaps) != want || want > 0 && !strings.Contains(c.Gaps[0].Message, "Namespace shop") {
			t.Errorf("%s: %v", sel, c.Gaps)
		}
	}
}

// Kinds that may have a say in what is allowed, and are not understood, are said once each.
func TestForeignKinds(t *testing.T) {
	c := cluster(t, `
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: a}
---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: b}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: a}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
`, load.Options{})
	if len(c.Gaps) != 2 || !strings.HasPrefix(c.Gaps[0].Message, "CiliumNetworkPolicy (cilium.io/v2) is not understood") {
		t.Errorf("%v", c.Gaps)
	}
}

// Pods and EndpointSlices of an export are of before the workload that is under review.
func TestReviewedWorkloadReplacesItsPods(t *testing.T) {
	const reviewed = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {labels: {app: web, new: label}}
    spec: {containers: [{name: web, ports: [{name: http, containerPort: 8080}]}]}
---
`
	const export = `
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: web-5d9, namespace: shop, ownerReferences: [{kind: Deployment, name: web, controller: true}]}
spec: {template: {metadata: {labels: {app: web}}}}
---
apiVersion: v1
kind: Pod
metadata:
  name: web-5d9-x
  namespace: shop
  labels: {app: web, pod-template-hash: 5d9}
  ownerReferences: [{kind: ReplicaSet, name: web-5d9, controller: true}]
status: {podIP: 192.0.2.1}
---
apiVersion: v1
kind: Pod
metadata: {name: other, namespace: shop, labels: {app: web}}
status: {podIP: 192.0.2.2}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web, namespace: shop, labels: {kubernetes.io/service-name: web}}
ports: [{port: 9090}]
endpoints: [{addresses: [192.0.2.1], targetRef: {kind: Pod, namespace: shop, name: web-5d9-x}}]
`
	objs := append(objects(t, reviewed), inContext(objects(t, export))...)
	c, ds := load.Cluster(objs, load.Options{})
	if len(ds) > 0 {
		t.Error(ds)
	}
	var got []string
	for _, e := range c.Endpoints {
		got = append(got, e.String())
	}
	if want := "Pod shop/other, Deployment shop/web"; strings.Join(got, ", ") != want {
		t.Errorf("endpoints %s, want %s", strings.Join(got, ", "), want)
	}
	if got, want := backends(c), "web 8080/TCP"; !strings.Contains(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
	// The export alone is believed, with its slices.
	c, _ = load.Cluster(inContext(objects(t, export)), load.Options{})
	if got, want := backends(c), "shop/web: web-5d9-x 9090/TCP@192.0.2.1"; !strings.Contains(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

// inContext takes objects out of review.
func inContext(objs []*load.Object) []*load.Object {
	for _, o := range objs {
		o.Context = "context export.yaml"
	}
	return objs
}
