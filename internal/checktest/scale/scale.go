// Package scale writes the manifests of a large cluster, for benchmarks: as many workloads as
// asked for, half as many policies, labels over namespaces, teams and tiers as real clusters have
// them, and a few dozen global policies in tiers of their own.
package scale

import (
	"bytes"
	"fmt"
	"math/rand/v2"
)

// perNamespace is how many workloads a namespace has.
const perNamespace = 20

// Manifests returns the cluster as YAML documents. The same number gives the same bytes.
func Manifests(workloads int) []byte {
	g := &generator{r: rand.New(rand.NewPCG(uint64(workloads), 1)), namespaces: max(1, workloads/perNamespace)}
	g.platform()
	for ns := range g.namespaces {
		g.namespace(ns)
	}
	for w := range workloads {
		g.workload(w/perNamespace%g.namespaces, w%perNamespace)
	}
	for p := range workloads / 2 {
		g.policy(p)
	}
	return g.Bytes()
}

type generator struct {
	bytes.Buffer
	r          *rand.Rand
	namespaces int
}

func (g *generator) doc(format string, args ...any) { fmt.Fprintf(g, format+"---\n", args...) }

func (g *generator) team(ns int) string { return fmt.Sprintf("team-%d", ns%17) }
func (g *generator) env(ns int) string  { return [...]string{"prod", "prod", "staging", "dev"}[ns%4] }
func role(app int) string               { return [...]string{"web", "api", "db", "batch", "cache"}[app%5] }

// platform writes the tiers and global policies: a security tier that denies what nobody may do,
// a platform tier that allows DNS and monitoring, and a default-deny at the end.
func (g *generator) platform() {
	g.doc("apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: {name: security}\nspec: {order: 100}\n")
	g.doc("apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: {name: platform}\nspec: {order: 200}\n")
	for i := range 12 {
		g.doc(`apiVersion: projectcalico.org/v3
kind: GlobalNetworkSet
metadata: {name: threat-%d, labels: {threat: feed-%d}}
spec: {nets: [198.51.%d.0/24, 203.0.113.%d/32]}
`, i, i, i, i)
		g.doc(`apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: security.deny-threat-%d}
spec:
  tier: security
  order: %d
  namespaceSelector: all()
  types: [Egress]
  egress:
  - {action: Deny, destination: {selector: threat == 'feed-%d'}}
`, i, i, i)
	}
	g.doc(`apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: security.pass}
spec: {tier: security, order: 1000, namespaceSelector: all(), types: [Ingress, Egress], ingress: [{action: Pass}], egress: [{action: Pass}]}
`)
	for i := range 17 {
		g.doc(`apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: platform.scrape-team-%d}
spec:
  tier: platform
  order: %d
  namespaceSelector: team == 'team-%d'
  types: [Ingress]
  ingress:
  - {action: Allow, protocol: TCP, source: {namespaceSelector: kubernetes.io/metadata.name == 'ns-0', selector: role == 'web'}, destination: {ports: [9090]}}
`, i, i, i)
	}
	g.doc(`apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: platform.dns}
spec:
  tier: platform
  order: 500
  namespaceSelector: all()
  types: [Ingress, Egress]
  ingress:
  - {action: Pass}
  egress:
  - {action: Allow, protocol: UDP, destination: {services: {name: kube-dns, namespace: kube-system}}}
  - {action: Allow, protocol: TCP, destination: {services: {name: kube-dns, namespace: kube-system}}}
  - {action: Pass}
`)
}

func (g *generator) namespace(ns int) {
	g.doc("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ns-%d\n  labels: {team: %s, env: %s}\n", ns, g.team(ns), g.env(ns))
	g.doc(`apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: ns-%d}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
`, ns)
}

func (g *generator) workload(ns, app int) {
	g.doc(`apiVersion: apps/v1
kind: Deployment
metadata: {name: app-%[2]d, namespace: ns-%[1]d}
spec:
  selector: {matchLabels: {app: app-%[2]d}}
  template:
    metadata: {labels: {app: app-%[2]d, role: %[3]s, version: v%[4]d}}
    spec:
      containers:
      - name: main
        image: registry.example/app:1
        ports: [{name: http, containerPort: 8080}, {name: metrics, containerPort: 9090}]
`, ns, app, role(app), g.r.IntN(3))
	g.doc(`apiVersion: v1
kind: Service
metadata: {name: app-%[2]d, namespace: ns-%[1]d}
spec: {selector: {app: app-%[2]d}, ports: [{port: 80, targetPort: http}]}
`, ns, app)
}

// policy writes one policy of an application's team, of six kinds in turn.
func (g *generator) policy(p int) {
	ns, app := p%g.namespaces, g.r.IntN(perNamespace)
	from, other := g.r.IntN(perNamespace), g.r.IntN(g.namespaces)
	head := fmt.Sprintf("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p-%d, namespace: ns-%d}\nspec:\n  podSelector: {matchLabels: {app: app-%d}}\n", p, ns, app)
	switch p % 6 {
	case 0:
		g.doc("%s  ingress: [{from: [{podSelector: {matchLabels: {app: app-%d}}}], ports: [{port: 8080}]}]\n", head, from)
	case 1:
		g.doc("%s  ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ns-%d}}, podSelector: {matchLabels: {role: %s}}}], ports: [{port: http}]}]\n", head, other, role(from))
	case 2:
		g.doc("%s  policyTypes: [Egress]\n  egress: [{to: [{podSelector: {matchExpressions: [{key: role, operator: In, values: [%s, cache]}]}}], ports: [{port: 8080, endPort: 8090}]}]\n", head, role(from))
	case 3:
		g.doc("%s  policyTypes: [Egress]\n  egress: [{to: [{ipBlock: {cidr: 192.0.%d.0/24, except: [192.0.%d.128/25]}}]}]\n", head, p%256, p%256)
	case 4:
		g.doc(`apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: {name: p-%d, namespace: ns-%d}
spec:
  order: %d
  selector: role == '%s'
  types: [Ingress]
  ingress:
  - {action: Deny, source: {namespaceSelector: env == 'dev'}}
  - {action: Allow, protocol: TCP, source: {namespaceSelector: team == '%s'}, destination: {ports: [8080, 9090]}}
`, p, ns, p, role(app), g.team(other))
	default:
		g.doc(`apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: {name: p-%d, namespace: ns-%d}
spec:
  order: %d
  selector: app == 'app-%d'
  types: [Egress]
  egress:
  - {action: Allow, protocol: TCP, destination: {services: {name: app-%d, namespace: ns-%d}}}
`, p, ns, p, app, from, other)
	}
}
