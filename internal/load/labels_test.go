package load_test

import (
	"slices"
	"testing"

	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// endpoint finds an endpoint by "Kind namespace/name".
func endpoint(t *testing.T, c *model.Cluster, name string) *model.Endpoint {
	t.Helper()
	for _, e := range c.Endpoints {
		if e.String() == name {
			return e
		}
	}
	t.Fatalf("no endpoint %s", name)
	return nil
}

func matches(t *testing.T, l selector.Labels, expr string) selector.Answer {
	t.Helper()
	s, err := selector.Parse(expr)
	if err != nil {
		t.Fatal(err)
	}
	return s.Match(l)
}

const labelled = `
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: a}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: robot, namespace: shop, labels: {role: x}}
automountServiceAccountToken: false
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, labels: {not: seen}}
spec:
  template:
    metadata: {labels: {app: web, pcns.team: forged, projectcalico.org/namespace: forged}}
    spec: {serviceAccountName: robot}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: elsewhere}
spec:
  template:
    metadata: {labels: {app: db}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once, namespace: shop}
spec: {template: {spec: {}}}
---
apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata: {name: nets, namespace: shop, labels: {kind: set}}
spec: {nets: [10.1.2.3/8, 192.0.2.1]}
---
apiVersion: projectcalico.org/v3
kind: GlobalNetworkSet
metadata: {name: nets, labels: {kind: set}}
---
apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata: {name: node, labels: {host: h}}
spec: {node: n1, interfaceName: eth0, expectedIPs: [192.0.2.7], profiles: [kns.shop]}
`

func TestLabels(t *testing.T) {
	c := cluster(t, labelled, load.Options{})
	web, db := endpoint(t, c, "Deployment shop/web").Labels, endpoint(t, c, "StatefulSet elsewhere/db").Labels
	set, globalSet := c.Sets[1].Labels, c.Sets[0].Labels
	for _, test := range []struct {
		labels selector.Labels
		expr   string
		want   selector.Answer
	}{
		{web, "app == 'web' && !has(not)", selector.Yes},
		{web, "projectcalico.org/namespace == 'shop' && projectcalico.org/orchestrator == 'k8s'", selector.Yes},
		{web, "projectcalico.org/serviceaccount == 'robot'", selector.Yes},
		{web, "pcns.team == 'a' && pcns.projectcalico.org/name == 'shop'", selector.Yes},
		{web, "pcns.kubernetes.io/metadata.name == 'shop'", selector.Yes},
		{web, "has(pcns.other)", selector.No},
		{web, "pcsa.role == 'x' && pcsa.projectcalico.org/name == 'robot'", selector.Yes},
		{web, "has(pod-template-hash)", selector.Maybe},
		{db, "pcns.projectcalico.org/name == 'elsewhere'", selector.Yes},
		{db, "pcns.kubernetes.io/metadata.name == 'other'", selector.No},
		{db, "pcns.team == 'a'", selector.Maybe},
		{db, "pcsa.projectcalico.org/name == 'default'", selector.Yes},
		{db, "pcsa.role == 'x'", selector.Maybe},
		{db, "statefulset.kubernetes.io/pod-name == 'db-0'", selector.Maybe},
		{endpoint(t, c, "Job shop/once").Labels, "job-name == 'once'", selector.Yes},
		{set, "kind == 'set' && projectcalico.org/namespace == 'shop' && pcns.team == 'a'", selector.Yes},
		{set, "has(projectcalico.org/orchestrator)", selector.No},
		{globalSet, "has(projectcalico.org/namespace)", selector.No},
		{globalSet, "kind == 'set'", selector.Yes},
		{endpoint(t, c, "HostEndpoint node").Labels, "host == 'h' && pcns.team == 'a'", selector.Yes},
		{endpoint(t, c, "HostEndpoint node").Labels, "has(projectcalico.org/namespace)", selector.No},
	} {
		if got := matches(t, test.labels, test.expr); got != test.want {
			t.Errorf("%s: %v, want %v", test.expr, got, test.want)
		}
	}
	if endpoint(t, c, "Deployment shop/web").MountsToken || !endpoint(t, c, "StatefulSet elsewhere/db").MountsToken {
		t.Error("the service account says whether its token is mounted, and otherwise it is")
	}
	if nets := c.Sets[1].Nets; nets[0].String() != "10.0.0.0/8" || nets[1].String() != "192.0.2.1/32" || nets[1].At != "/spec/nets/1" {
		t.Errorf("sets may have bare addresses and host bits, but got %v", nets)
	}
}

func TestNamespaces(t *testing.T) {
	c := cluster(t, labelled, load.Options{})
	var got []string
	for _, n := range c.Namespaces {
		s := n.Name
		if !n.Known {
			s += "?"
		}
		got = append(got, s)
	}
	if want := []string{"elsewhere?", "shop"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// An export of a live cluster has all that there is: what it does not have is not there.
func TestExportHasNothingOpen(t *testing.T) {
	c := cluster(t, `
apiVersion: v1
kind: Pod
metadata: {name: p, namespace: x, labels: {app: p}}
status: {podIP: 10.0.0.1}
`, load.Options{})
	if open := endpoint(t, c, "Pod x/p").Labels.Open; len(open) > 0 {
		t.Errorf("open labels %v", open)
	}
}

// Istio adds labels to the pods that get a sidecar, with values that the files do not tell.
func TestInjectedLabels(t *testing.T) {
	c := cluster(t, `
apiVersion: v1
kind: Namespace
metadata: {name: mesh, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Namespace
metadata: {name: plain}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: mesh}
---
apiVersion: v1
kind: Pod
metadata: {name: job, namespace: mesh, labels: {sidecar.istio.io/inject: "false"}}
---
apiVersion: v1
kind: Pod
metadata: {name: old, namespace: mesh, annotations: {sidecar.istio.io/inject: "false"}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: plain}
---
apiVersion: v1
kind: Pod
metadata: {name: proxied, namespace: plain, labels: {sidecar.istio.io/inject: "true"}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: elsewhere}
`, load.Options{})
	for name, want := range map[string]selector.Answer{
		"mesh/web": selector.Maybe, "mesh/job": selector.No, "mesh/old": selector.No,
		"plain/web": selector.No, "plain/proxied": selector.Maybe, "elsewhere/web": selector.Maybe,
	} {
		if got := matches(t, endpoint(t, c, "Pod "+name).Labels, "service.istio.io/canonical-name == 'web'"); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// One exported Pod among manifests does not make an export of them.
func TestAnExportedPodIsNoExport(t *testing.T) {
	c := cluster(t, `
apiVersion: v1
kind: Pod
metadata: {name: p, namespace: x, labels: {app: p}}
status: {podIP: 10.0.0.1}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: a, namespace: x}
spec: {template: {}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: b, namespace: x}
spec: {template: {}}
`, load.Options{})
	if got := matches(t, endpoint(t, c, "Pod x/p").Labels, "pcns.team == 'a'"); got != selector.Maybe {
		t.Errorf("a label of a namespace that is not in the files: %v", got)
	}
}
