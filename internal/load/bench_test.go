package load_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/load"
)

// BenchmarkCluster loads 10,000 Deployments and 5,000 policies in 500 namespaces.
func BenchmarkCluster(b *testing.B) {
	var docs []string
	for n := range 500 {
		ns := fmt.Sprintf("ns%d", n)
		docs = append(docs, fmt.Sprintf("apiVersion: v1\nkind: Namespace\nmetadata: {name: %s, labels: {team: t%d}}\n", ns, n%7))
		for i := range 20 {
			docs = append(docs, fmt.Sprintf(`apiVersion: apps/v1
kind: Deployment
metadata: {name: d%d, namespace: %s}
spec:
  template:
    metadata: {labels: {app: a%d, team: t%d, app.kubernetes.io/name: a}}
    spec:
      containers: [{name: c, image: x, ports: [{name: http, containerPort: 8080}], resources: {limits: {cpu: 1}}}]
`, i, ns, i, n%7))
		}
		for i := range 5 {
			docs = append(docs, fmt.Sprintf(`apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: k%d, namespace: %s}
spec:
  podSelector: {matchLabels: {app: a%d}}
  policyTypes: [Ingress, Egress]
  ingress:
  - from: [{podSelector: {matchLabels: {app: a1}}}, {namespaceSelector: {matchLabels: {team: t1}}}]
    ports: [{port: 8080}]
  egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}]
`, i, ns, i), fmt.Sprintf(`apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: {name: c%d, namespace: %s}
spec:
  selector: app == 'a%d'
  order: %d
  ingress:
  - {action: Allow, protocol: TCP, source: {selector: app == 'a2', namespaceSelector: team == 't2'}, destination: {ports: [8080]}}
  - {action: Deny, source: {nets: [10.1.0.0/16]}}
  egress: [{action: Allow, destination: {services: {name: dns, namespace: kube-system}}}]
`, i, ns, i, i))
		}
	}
	objs := objects(b, strings.Join(docs, "\n---\n"))
	load.QuietCalico()
	for b.Loop() {
		if c, ds := load.Cluster(objs, load.Options{Platform: "kubernetes"}); len(ds) > 0 || len(c.Endpoints) < 10000 {
			b.Fatal(len(c.Endpoints), ds)
		}
	}
}
