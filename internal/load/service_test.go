package load_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/model"
)

// backends are the backends of the cluster's Services: "service: pod port/proto@address ...".
func backends(c *model.Cluster) string {
	var out []string
	for _, s := range c.Services {
		line := s.ID() + ":"
		if !s.BackendsKnown {
			line += " unknown"
		}
		for _, b := range s.Backends {
			name := "-"
			if b.Peer.Endpoint != nil {
				name = b.Peer.Endpoint.Name
			}
			line += " " + name
			if b.Port != 0 {
				line += fmt.Sprintf(" %d/%s", b.Port, b.Proto)
			}
			if b.Peer.Addr.IsValid() {
				line += "@" + b.Peer.Addr.String()
			}
			if !b.Ready {
				line += " unready"
			}
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

const servedPods = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: x}
spec:
  template:
    metadata: {labels: {app: web}}
    spec:
      initContainers: [{restartPolicy: Always, ports: [{name: metrics, containerPort: 9090}]}, {ports: [{name: setup, containerPort: 1}]}]
      containers: [{ports: [{name: http, containerPort: 8080}, {name: http-udp, containerPort: 8080, protocol: UDP}]}]
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: proxy, namespace: x}
spec:
  template:
    metadata: {labels: {app: web}}
    spec: {hostNetwork: true, containers: [{ports: [{name: http, containerPort: 80}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: dual, namespace: two, labels: {app: dual}}
status: {podIPs: [{ip: 10.0.0.1}, {ip: '2001:db8::1'}]}
---
`

func TestBackends(t *testing.T) {
	service := func(name, namespace, spec string) string {
		return fmt.Sprintf("apiVersion: v1\nkind: Service\nmetadata: {name: %s, namespace: %s}\nspec: {%s}\n", name, namespace, spec)
	}
	for _, test := range []struct{ name, manifest, want string }{
		{"targetPort is port where it is not written", service("s", "x", "selector: {app: web}, ports: [{port: 80}]"),
			"x/s: proxy 80/TCP web 80/TCP"},
		{"a name is resolved pod by pod", service("s", "x", "selector: {app: web}, ports: [{port: 80, targetPort: http}]"),
			"x/s: proxy 80/TCP web 8080/TCP"},
		{"a name that one lacks", service("s", "x", "selector: {app: web}, ports: [{port: 80, targetPort: metrics}]"),
			"x/s: proxy web 9090/TCP"},
		{"init containers that end serve nothing", service("s", "x", "selector: {app: web}, ports: [{port: 80, targetPort: setup}]"), "x/s: proxy web"},
		{"a name of the other protocol", service("s", "x", "selector: {app: web}, ports: [{port: 80, targetPort: http-udp}]"), "x/s: proxy web"},
		{"headless", service("s", "x", "clusterIP: None, selector: {app: web}, ports: [{port: 80, targetPort: 1234}]"),
			"x/s: proxy 1234/TCP web 1234/TCP"},
		{"selects nothing", service("s", "x", "selector: {app: none}, ports: [{port: 80}]"), "x/s:"},
		{"no selector", service("s", "x", "ports: [{port: 80}]"), "x/s: unknown"},
		{"ExternalName", service("s", "x", "type: ExternalName, externalName: a.example"), "x/s:"},
		{"dual stack", service("s", "two", "selector: {app: dual}, ipFamilies: [IPv6, IPv4], ports: [{port: 80}]"),
			"two/s: dual 80/TCP@10.0.0.1 dual 80/TCP@2001:db8::1"},
		{"single stack", service("s", "two", "selector: {app: dual}, clusterIP: 'fd00::1', ports: [{port: 80}]"),
			"two/s: dual 80/TCP@2001:db8::1"},
		{"EndpointSlices win", service("s", "two", "selector: {app: nobody}, ports: [{port: 80}]") + `---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: s-1, namespace: two, labels: {kubernetes.io/service-name: s}}
ports: [{port: 1}, {name: no-number}]
endpoints: [{addresses: [10.0.0.1]}, {addresses: [192.0.2.9], conditions: {ready: false}}]
`, "two/s: dual 1/TCP@10.0.0.1 - 1/TCP@192.0.2.9 unready"},
		{"Endpoints", service("s", "two", "ports: [{port: 80}]") + `---
apiVersion: v1
kind: Endpoints
metadata: {name: s, namespace: two}
subsets: [{addresses: [{ip: 192.0.2.9}], notReadyAddresses: [{ip: 192.0.2.8}], ports: [{port: 5432}]}]
`, "two/s: - 5432/TCP@192.0.2.9 - 5432/TCP@192.0.2.8 unready"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := backends(cluster(t, servedPods+test.manifest, load.Options{})); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestServiceMatch(t *testing.T) {
	c := cluster(t, `
apiVersion: v1
kind: Service
metadata: {name: s, namespace: x}
spec: {ports: [{port: 80}]}
---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: {name: p, namespace: x}
spec:
  egress:
  - {action: Allow, destination: {services: {name: s, namespace: x}}}
  - {action: Allow, destination: {services: {name: s}}}
  - {action: Allow, destination: {services: {name: none, namespace: x}}}
`, load.Options{})
	rules := policy(t, c, "NetworkPolicy x/p").Rules[model.Egress]
	for i, found := range []bool{true, false, false} {
		m := rules[i].Match.Destination.Service
		if m == nil || (m.Service != nil) != found {
			t.Errorf("rule %d: %+v, want it found: %v", i, m, found)
		}
	}
	if at := rules[0].Match.Destination.Service.At; at != "/spec/egress/0/destination/services" {
		t.Error(at)
	}
}

// policy finds an enforced policy by "Kind namespace/name".
func policy(t *testing.T, c *model.Cluster, name string) *model.Policy {
	t.Helper()
	for _, tier := range c.Tiers {
		for _, p := range tier.Policies {
			if p.String() == name {
				return p
			}
		}
	}
	t.Fatalf("no policy %s", name)
	return nil
}

// A port that the API server does not take is reported where it is, and left out.
func TestPortsRejected(t *testing.T) {
	for _, test := range []struct{ port, want string }{
		{"{targetPort: 80}", "invalid-manifest /spec/ports/1: the port has no number: port is missing: the API server rejects this Service"},
		{"{port: 70000}", "invalid-manifest /spec/ports/1/port: port 70000 is not from 1 to 65535: the API server rejects this Service"},
		{"{port: 80, protocol: tcp}", `invalid-manifest /spec/ports/1/protocol: protocol "tcp" is not TCP, UDP or SCTP: the API server rejects this Service`},
	} {
		c, found := findings(t, "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 443}, "+test.port+"]}\n", load.Options{})
		if len(found) != 1 || found[0] != test.want {
			t.Errorf("%s:\ngot  %q\nwant %q", test.port, found, test.want)
		}
		if got := len(c.Services[0].Ports); got != 1 {
			t.Errorf("%s: %d ports", test.port, got)
		}
	}
}
