# METADATA
# title: The policy allows everything
# description: |
#   A rule without any criterion allows all that reaches it, from and to anywhere. Whatever later rules, policies and tiers say
#   about these pods in this direction is never asked. Such a rule is often left over from a day of debugging.
#
#   ```yaml web.yaml
#   apiVersion: apps/v1
#   kind: Deployment
#   metadata:
#     name: web
#     namespace: shop
#   spec:
#     selector: {matchLabels: {app: web}}
#     template:
#       metadata: {labels: {app: web}}
#       spec:
#         containers:
#         - {name: web, image: web, ports: [{containerPort: 8080}]}
#   ```
#
#   ```yaml bad.yaml
#   apiVersion: networking.k8s.io/v1
#   kind: NetworkPolicy
#   metadata:
#     name: debug
#     namespace: shop
#   spec:
#     podSelector: {matchLabels: {app: web}}
#     policyTypes: [Ingress]
#     ingress:
#     - {}
#   ```
#
#   <!-- output -->
#
#   The rule names what has to come in.
#
#   ```yaml good.yaml
#   apiVersion: networking.k8s.io/v1
#   kind: NetworkPolicy
#   metadata:
#     name: web
#     namespace: shop
#   spec:
#     podSelector: {matchLabels: {app: web}}
#     policyTypes: [Ingress]
#     ingress:
#     - ports: [{port: 8080}]
#   ```
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/services-networking/network-policies/#allow-all-ingress-traffic
#   description: "Kubernetes: allow all ingress traffic"
# custom:
#   severity: warning
#   since: "0.1"
#   off: true
#   exposes: true
package tierlint.rules.allow_all

import data.tierlint.lib.rules
import data.tierlint.lib.words

deny contains finding if {
	some tier in input.model.tiers
	some policy in tier.policies
	policy.reviewed
	some direction, _ in rules.types
	some rule in policy[direction]
	rule.action == "Allow"
	rule.everything
	rules.decides(policy, rule)
	finding := {
		"object": policy.object,
		"pointer": rule.pointer,
		"message": sprintf("this rule allows every %s connection of %s: no later rule, policy or tier is asked", [
			direction,
			whose(policy),
		]),
		"help": "the ports and peers that are meant, or `action: Pass` where later tiers shall decide",
	}
}

whose(policy) := words.some_of(policy.workloads) if count(policy.workloads) > 0

whose(policy) := "the pods that the policy selects" if count(policy.workloads) == 0
