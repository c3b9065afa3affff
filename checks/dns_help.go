package checks

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
)

// help is the rule to write.
func (c *cause) help() string {
	v := &c.cuts[0].visit
	rule := c.direction.String() + ":\n" + c.wanted()
	switch {
	case c.rule != nil:
		return "before this rule, under " + rule
	case c.closed():
		return "if they shall resolve names, in this or another policy, under " + rule
	case c.direction == model.Ingress && c.policy.Global():
		return fmt.Sprintf("a selector that leaves out namespace %s, or\n%s", v.service.Namespace, rule)
	}
	return rule
}

// wanted is the list of rules that let names be resolved.
func (c *cause) wanted() string {
	v := &c.cuts[0].visit
	switch {
	case isAdmin(c.policy.API):
		peer := ""
		if c.direction == model.Egress {
			peer = podsBehind(c.policy, v.service)
		}
		return adminRule(c.policy.API, c.direction, peer, protoPort{flow.UDP, v.packet.DstPort}, protoPort{flow.TCP, v.packet.DstPort})
	case c.direction == model.Ingress && c.policy.API == model.KubernetesNetworkPolicy:
		return fmt.Sprintf("- ports: [{protocol: UDP, port: %d}, {protocol: TCP, port: %[1]d}]", v.packet.DstPort)
	case c.direction == model.Ingress:
		return bothProtocols(fmt.Sprintf("destination: {ports: [%d]}", v.packet.DstPort))
	case c.policy.API == model.KubernetesNetworkPolicy:
		return kubernetesDNSRule(c.policy, v)
	}
	return bothProtocols(fmt.Sprintf("destination: {services: {name: %s, namespace: %s}}", v.service.Name, v.service.Namespace))
}

// bothProtocols is a Calico rule for UDP and TCP.
func bothProtocols(rest string) string {
	return fmt.Sprintf("- {action: Allow, protocol: UDP, %s}\n- {action: Allow, protocol: TCP, %[1]s}", rest)
}

// kubernetesDNSRule allows DNS to the pods behind the Service, at the port where they listen.
func kubernetesDNSRule(p *model.Policy, v *visit) string {
	return fmt.Sprintf("- to:\n  - %s\n  ports: [{protocol: UDP, port: %d}, {protocol: TCP, port: %[2]d}]", podsBehind(p, v.service), v.packet.DstPort)
}

// podsBehind is a peer to write into a policy of Kubernetes, in a list, that matches the pods of a Service. Where a
// kustomization gives its own labels to the policy's selectors, it goes by the namespace alone.
func podsBehind(p *model.Policy, s *model.Service) string {
	peer := fmt.Sprintf("namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %s}}", s.Namespace)
	if len(s.Selector) == 0 || takesLabels(p) {
		return peer
	}
	var labels []string
	for _, k := range slices.Sorted(maps.Keys(s.Selector)) {
		labels = append(labels, fmt.Sprintf("%s: %s", k, s.Selector[k]))
	}
	return peer + fmt.Sprintf("\n    podSelector: {matchLabels: {%s}}", strings.Join(labels, ", "))
}
