# METADATA
# title: A tier that should decide leaves the decision to later ones
# description: |
#   `Pass` hands a connection to the next tier. In the platform's tiers that is how teams get their say; in a team's tier it
#   asks whoever comes later, who knows nothing of it. The option `tiers` lists those whose rules may pass.
#
#   ```yaml tiers.yaml
#   apiVersion: projectcalico.org/v3
#   kind: Tier
#   metadata:
#     name: platform
#   spec:
#     order: 100
#   ---
#   apiVersion: projectcalico.org/v3
#   kind: Tier
#   metadata:
#     name: shop
#   spec:
#     order: 200
#   ```
#
#   ```yaml bad.yaml
#   apiVersion: projectcalico.org/v3
#   kind: GlobalNetworkPolicy
#   metadata:
#     name: shop.web
#   spec:
#     tier: shop
#     selector: app == 'web'
#     types: [Ingress]
#     ingress:
#     - action: Allow
#       protocol: TCP
#       destination: {ports: [8080]}
#     - action: Pass
#   ```
#
#   <!-- output -->
#
#   ```yaml good.yaml
#   apiVersion: projectcalico.org/v3
#   kind: GlobalNetworkPolicy
#   metadata:
#     name: shop.web
#   spec:
#     tier: shop
#     selector: app == 'web'
#     types: [Ingress]
#     ingress:
#     - action: Allow
#       protocol: TCP
#       destination: {ports: [8080]}
#     - action: Deny
#   ```
# related_resources:
# - ref: https://docs.tigera.io/calico/latest/network-policy/policy-tiers/tiered-policy
#   description: "Calico: get started with policy tiers"
# custom:
#   severity: warning
#   since: "0.1"
#   off: true
#   options: {tiers: [platform, security]}
package tierlint.rules.pass_tier

import data.tierlint.lib.rules
import data.tierlint.lib.words

deny contains finding if {
	some tier in input.model.tiers
	not tier.name in input.options.tiers
	some policy in tier.policies
	policy.reviewed
	some direction, _ in rules.types
	some rule in policy[direction]
	rule.action == "Pass"
	rules.decides(policy, rule)
	finding := {
		"object": policy.object,
		"pointer": rule.pointer,
		"message": sprintf("tier %s leaves the decision to later tiers here, which only %s may do", [
			tier.name,
			words.some_of(input.options.tiers),
		]),
		"help": "action: Allow or action: Deny",
	}
}
