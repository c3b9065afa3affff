package load_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/model"
)

// Workloads stand for their pods, unless the pods themselves are in the inputs.
func TestWorkloadsAndTheirPods(t *testing.T) {
	template := "spec: {template: {metadata: {labels: {app: a}}}}\n"
	workload := func(kind, name, owner string) string {
		group := "apps"
		if strings.Contains(kind, "Job") {
			group = "batch"
		}
		spec := template
		if kind == "CronJob" {
			spec = "spec: {jobTemplate: {" + strings.TrimSpace(template) + "}}\n"
		}
		return fmt.Sprintf("apiVersion: %s/v1\nkind: %s\nmetadata: {name: %s, namespace: x%s}\n%s---\n", group, kind, name, owner, spec)
	}
	pod := func(name, meta, status string) string {
		return fmt.Sprintf("apiVersion: v1\nkind: Pod\nmetadata: {name: %s, namespace: x%s}\nstatus: {podIP: 10.0.0.1%s}\n---\n", name, meta, status)
	}
	owner := func(kind, name string) string {
		return fmt.Sprintf(", ownerReferences: [{kind: %s, name: %s, controller: true}]", kind, name)
	}
	for _, test := range []struct {
		name, manifests string
		want            []string
	}{
		{"a template", workload("Deployment", "web", ""), []string{"Deployment x/web"}},
		{"a CronJob", workload("CronJob", "night", ""), []string{"CronJob x/night"}},
		{"pods of a Deployment, with its ReplicaSets", workload("Deployment", "web", "") +
			workload("ReplicaSet", "web-5d", owner("Deployment", "web")) + workload("ReplicaSet", "web-old", owner("Deployment", "web")) +
			pod("web-5d-1", owner("ReplicaSet", "web-5d"), ""), []string{"Pod x/web-5d-1"}},
		{"pods of a Deployment, without ReplicaSets", workload("Deployment", "web", "") +
			pod("web-5d-1", ", labels: {pod-template-hash: 5d}"+owner("ReplicaSet", "web-5d"), ""), []string{"Pod x/web-5d-1"}},
		{"pods known by the name they are generated from", workload("StatefulSet", "db", "") +
			pod("db-0", ", generateName: db-", ""), []string{"Pod x/db-0"}},
		{"a Deployment without pods, with its ReplicaSet", workload("Deployment", "web", "") +
			workload("ReplicaSet", "web-5d", owner("Deployment", "web")), []string{"Deployment x/web"}},
		{"a finished pod has no address, and its CronJob runs again", workload("CronJob", "night", "") +
			workload("Job", "night-1", owner("CronJob", "night")) +
			pod("night-1-a", owner("Job", "night-1"), ", phase: Succeeded"), []string{"CronJob x/night"}},
		{"a running pod of a CronJob", workload("CronJob", "night", "") + workload("Job", "night-1", owner("CronJob", "night")) +
			pod("night-1-a", owner("Job", "night-1"), ", phase: Running"), []string{"Pod x/night-1-a"}},
		{"a pod of something else of that name", workload("Deployment", "web", "") +
			pod("web-x", owner("StatefulSet", "web"), ""), []string{"Deployment x/web", "Pod x/web-x"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, e := range cluster(t, test.manifests, load.Options{}).Endpoints {
				got = append(got, e.String())
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestPods(t *testing.T) {
	c := cluster(t, `
apiVersion: v1
kind: Pod
metadata: {name: dual, namespace: x}
spec: {nodeName: n1}
status: {podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1}, {ip: '2001:db8::1'}]}
---
apiVersion: v1
kind: Pod
metadata: {name: young, namespace: x, annotations: {cni.projectcalico.org/podIPs: '10.0.0.2/32,2001:db8::2/128'}}
---
apiVersion: v1
kind: Pod
metadata: {name: host, namespace: x}
spec: {hostNetwork: true}
status: {podIP: 192.0.2.1}
`, load.Options{})
	for name, want := range map[string]string{
		"Pod x/dual": "[10.0.0.1 2001:db8::1]", "Pod x/young": "[10.0.0.2 2001:db8::2]", "Pod x/host": "[192.0.2.1]",
	} {
		if got := fmt.Sprint(endpoint(t, c, name).Addrs); got != want {
			t.Errorf("%s has %s, want %s", name, got, want)
		}
	}
	if endpoint(t, c, "Pod x/host").Type != model.HostNetwork {
		t.Error("a pod on the host's network is no workload endpoint")
	}
}

func TestPortsOfInitContainers(t *testing.T) {
	const manifest = `
apiVersion: v1
kind: Pod
metadata: {name: p, namespace: x}
spec:
  initContainers: [{ports: [{name: setup, containerPort: 1}]}]
  containers: [{ports: [{name: http, containerPort: 80}, {containerPort: 53, protocol: UDP}]}]
`
	for version, want := range map[model.Version]string{
		model.V329: "[{http TCP 80 /spec/containers/0/ports/0} { UDP 53 /spec/containers/0/ports/1}]",
		model.V330: "[{http TCP 80 /spec/containers/0/ports/0} { UDP 53 /spec/containers/0/ports/1} {setup TCP 1 /spec/initContainers/0/ports/0}]",
	} {
		if got := fmt.Sprint(endpoint(t, cluster(t, manifest, load.Options{Version: version}), "Pod x/p").Ports); got != want {
			t.Errorf("%s: %s, want %s", version, got, want)
		}
	}
}
