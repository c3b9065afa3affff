# METADATA
# title: A rule before the security tier allows everything
# description: |
#   What the security team forbids counts only if nobody before it has allowed it: an Allow is final, in whatever tier it is. A
#   rule that allows everything in an earlier tier takes its workloads out of the security team's hands. `Pass` leaves the
#   decision to later tiers.
#
#   The option `tier` names the security tier. The rule is silent where there is no such tier, and about policies that share no
#   workload with it.
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
#   ```yaml security.yaml
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
#     name: security
#   spec:
#     order: 200
#   ---
#   apiVersion: projectcalico.org/v3
#   kind: GlobalNetworkPolicy
#   metadata:
#     name: security.no-office
#   spec:
#     tier: security
#     selector: all()
#     types: [Ingress]
#     ingress:
#     - action: Deny
#       source: {nets: [192.0.2.0/24]}
#     - action: Pass
#   ```
#
#   ```yaml bad.yaml
#   apiVersion: projectcalico.org/v3
#   kind: GlobalNetworkPolicy
#   metadata:
#     name: platform.web
#   spec:
#     tier: platform
#     selector: app == 'web'
#     types: [Ingress]
#     ingress:
#     - action: Allow
#   ```
#
#   <!-- output -->
#
#   ```yaml good.yaml
#   apiVersion: projectcalico.org/v3
#   kind: GlobalNetworkPolicy
#   metadata:
#     name: platform.web
#   spec:
#     tier: platform
#     selector: app == 'web'
#     types: [Ingress]
#     ingress:
#     - action: Pass
#   ```
# related_resources:
# - ref: https://docs.tigera.io/calico/latest/network-policy/policy-tiers/tiered-policy
#   description: "Calico: get started with policy tiers"
# custom:
#   severity: warning
#   since: "0.1"
#   off: true
#   exposes: true
#   options: {tier: security}
package tierlint.rules.allow_before_security

import data.tierlint.lib.rules
import data.tierlint.lib.words

deny contains finding if {
	some tier in input.model.tiers
	tier.name in earlier
	some policy in tier.policies
	policy.reviewed
	some direction, _ in rules.types
	some rule in policy[direction]
	rule.action == "Allow"
	rule.everything
	taken := {workload |
		some workload in policy.workloads
		workload in guarded[direction]
	}
	count(taken) > 0
	rules.decides(policy, rule)
	finding := {
		"object": policy.object,
		"pointer": rule.pointer,
		"message": sprintf("tier %s is never asked about %s of %s: this rule allows everything before it", [
			input.options.tier,
			direction,
			words.some_of(taken),
		]),
		"help": "action: Pass",
	}
}

# earlier is the tiers before the security tier.
earlier contains tier.name if {
	some i, security in input.model.tiers
	security.name == input.options.tier
	some j, tier in input.model.tiers
	j < i
}

# guarded is, by direction, the workloads that policies of the security tier govern.
guarded[direction] contains workload if {
	some tier in input.model.tiers
	tier.name == input.options.tier
	some policy in tier.policies
	some direction, type in rules.types
	type in policy.types
	some workload in policy.workloads
}
