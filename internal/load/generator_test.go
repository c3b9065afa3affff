package load_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// generator writes random valid policies.
type generator struct{ *rand.Rand }

func pick[T any](g generator, choices ...T) T { return choices[g.IntN(len(choices))] }

// some repeats an item 0 to n-1 times as a flow sequence.
func (g generator) some(n int, item func() string) string {
	var out []string
	for range g.IntN(n) {
		out = append(out, item())
	}
	return "[" + strings.Join(out, ", ") + "]"
}

func (g generator) labelSelector() string {
	return pick(g, "{}", "{matchLabels: {app: web}}", "{matchLabels: {app: web, tier: front}}",
		"{matchExpressions: [{key: app, operator: In, values: [a, b]}]}",
		"{matchExpressions: [{key: app, operator: NotIn, values: [a]}, {key: x, operator: Exists}]}",
		"{matchLabels: {kubernetes.io/metadata.name: shop}, matchExpressions: [{key: z, operator: DoesNotExist}]}")
}

func (g generator) kubernetes() string {
	peer := func() string {
		return pick(g,
			fmt.Sprintf("{podSelector: %s}", g.labelSelector()),
			fmt.Sprintf("{namespaceSelector: %s}", g.labelSelector()),
			fmt.Sprintf("{podSelector: %s, namespaceSelector: %s}", g.labelSelector(), g.labelSelector()),
			"{ipBlock: {cidr: 10.1.2.3/8, except: [10.1.0.0/16, 10.2.0.0/24]}}",
			"{ipBlock: {cidr: '2001:db8::/32'}}")
	}
	port := func() string {
		return pick(g, "{port: 80}", "{port: 80, protocol: UDP}", "{port: 81, endPort: 90}", "{port: http}", "{protocol: SCTP}",
			"{protocol: UDP}", "{port: 53, protocol: UDP}", "{port: 85, endPort: 8000, protocol: TCP}", "{}")
	}
	rule := func(peers string) string {
		return fmt.Sprintf("{%s: %s, ports: %s}", peers, g.some(4, peer), g.some(4, port))
	}
	return fmt.Sprintf(`apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: knp, namespace: shop}
spec:
  podSelector: %s
  policyTypes: %s
  ingress: %s
  egress: %s
`, g.labelSelector(), pick(g, "[]", "[Ingress]", "[Egress]", "[Ingress, Egress]"),
		g.some(3, func() string { return rule("from") }), g.some(3, func() string { return rule("to") }))
}

func (g generator) admin() string {
	peer := func() string {
		return pick(g, fmt.Sprintf("{namespaces: %s}", g.labelSelector()),
			fmt.Sprintf("{pods: {namespaceSelector: %s, podSelector: %s}}", g.labelSelector(), g.labelSelector()))
	}
	egress := func() string { return pick(g, peer(), peer(), "{networks: [10.1.2.3/8, '::/0']}", "{nodes: {}}") }
	port := func() string {
		return pick(g, "{portNumber: {port: 80, protocol: TCP}}", "{portNumber: {port: 53, protocol: UDP}}",
			"{portRange: {start: 79, end: 90, protocol: TCP}}", "{namedPort: http}")
	}
	rule := func(peers string, peer func() string) string {
		ports := ""
		if g.IntN(2) == 0 {
			ports = ", ports: " + g.some(3, port)
		}
		return fmt.Sprintf("{action: %s, %s: [%s, %s]%s}", pick(g, "Allow", "Deny", "Pass"), peers, peer(), peer(), ports)
	}
	return fmt.Sprintf(`apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {name: anp}
spec:
  priority: 7
  subject: %s
  ingress: %s
  egress: %s
`, peer(), g.some(3, func() string { return rule("from", peer) }), g.some(3, func() string { return rule("to", egress) }))
}
