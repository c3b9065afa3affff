# METADATA
# title: A global policy is among the policies of the teams
# description: |
#   The policies of Kubernetes are in the tier `default`, all with order 1000. A global policy there decides before or after each
#   of them by its order, and with an Allow or a Deny of its own takes a team's policies out of the decision. Rules for all
#   belong to a tier of their own: one before `default`, if nobody may override them.
#
#   The option `except` lists patterns of names that may be there; a default-deny at the end is the usual one.
#
#   ```yaml tier.yaml
#   apiVersion: projectcalico.org/v3
#   kind: Tier
#   metadata:
#     name: platform
#   spec:
#     order: 100
#   ```
#
#   ```yaml bad.yaml
#   apiVersion: projectcalico.org/v3
#   kind: GlobalNetworkPolicy
#   metadata:
#     name: default.metrics
#   spec:
#     order: 500
#     selector: all()
#     types: [Ingress]
#     ingress:
#     - action: Allow
#       protocol: TCP
#       source: {namespaceSelector: kubernetes.io/metadata.name == 'monitoring'}
#       destination: {ports: [9090]}
#   ```
#
#   <!-- output -->
#
#   ```yaml good.yaml
#   apiVersion: projectcalico.org/v3
#   kind: GlobalNetworkPolicy
#   metadata:
#     name: platform.metrics
#   spec:
#     tier: platform
#     selector: all()
#     types: [Ingress]
#     ingress:
#     - action: Allow
#       protocol: TCP
#       source: {namespaceSelector: kubernetes.io/metadata.name == 'monitoring'}
#       destination: {ports: [9090]}
#     - action: Pass
#   ```
# related_resources:
# - ref: https://docs.tigera.io/calico/latest/network-policy/policy-tiers/tiered-policy
#   description: "Calico: get started with policy tiers"
# custom:
#   severity: note
#   since: "0.1"
#   off: true
#   options: {except: ["*default-deny*", "*deny-all*"]}
package tierlint.rules.default_tier

deny contains finding if {
	some tier in input.model.tiers
	tier.name == "default"
	some policy in tier.policies
	policy.reviewed
	policy.kind == "GlobalNetworkPolicy"
	not expected(policy.name)
	finding := {
		"object": policy.object,
		"message": sprintf("this policy for all namespaces is in tier default: its order, %s, puts it between policies of teams, those of Kubernetes having 1000", [order(policy)]),
		"help": "a tier before default, and a last rule `action: Pass` for what teams decide",
	}
}

expected(name) if {
	some pattern in input.options.except
	glob.match(pattern, null, name)
}

order(policy) := "last" if policy.order == null

order(policy) := sprintf("%v", [policy.order]) if policy.order != null
