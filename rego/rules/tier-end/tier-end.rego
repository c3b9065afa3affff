# METADATA
# title: The tier does not say what becomes of the rest
# description: |
#   At the end of a tier, what its policies apply to and no rule has decided is denied: a policy for a few pods that allows
#   one port is also the end of everything else for them, in this tier and all later ones. A tier that ends with a policy for
#   everybody and a Pass or a Deny says what is meant, and nobody has to know.
#
#   The last tier with policies is left alone, and so is one with `defaultAction: Pass`.
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
#   ---
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
#
#   ```yaml tier.yaml
#   apiVersion: projectcalico.org/v3
#   kind: Tier
#   metadata:
#     name: security
#   spec:
#     order: 100
#   ---
#   apiVersion: projectcalico.org/v3
#   kind: GlobalNetworkPolicy
#   metadata:
#     name: security.scanner
#   spec:
#     tier: security
#     order: 10
#     selector: all()
#     types: [Ingress]
#     ingress:
#     - action: Deny
#       source: {nets: [192.0.2.0/24]}
#   ```
#
#   <!-- output -->
#
#   ```yaml rest.yaml
#   apiVersion: projectcalico.org/v3
#   kind: GlobalNetworkPolicy
#   metadata:
#     name: security.rest
#   spec:
#     tier: security
#     order: 1000
#     selector: all()
#     types: [Ingress]
#     ingress:
#     - action: Pass
#   ```
# related_resources:
# - ref: https://docs.tigera.io/calico/latest/reference/resources/tier
#   description: "Calico: Tier"
# custom:
#   severity: note
#   since: "0.1"
#   off: true
package tierlint.rules.tier_end

import data.tierlint.lib.rules
import data.tierlint.lib.words

deny contains finding if {
	some i, tier in input.model.tiers
	i < last
	tier.defaultAction != "Pass"
	some direction, type in rules.types
	policies := [policy | some policy in tier.policies; type in policy.types]
	final := policies[count(policies) - 1]
	final.reviewed
	finding := {
		"object": final.object,
		"pointer": object.get(final, "typesPointer", ""),
		"message": sprintf("tier %s ends without saying what becomes of other %s: it is denied for %s", [
			tier.name,
			direction,
			unsaid(policies, direction),
		]),
		"help": sprintf("a last policy in tier %s with `selector: all()`, `types: [%s]` and one rule, `action: Pass` or `action: Deny`", [
			tier.name,
			type,
		]),
	}
}

# last is the last tier that has policies.
last := max([i | some i, tier in input.model.tiers; count(tier.policies) > 0])

# unsaid is for whom no policy has a rule for all that is left; undefined if that is nobody.
unsaid(policies, direction) := words.some_of(open) if {
	open := workloads_of(policies) - workloads_of(closing(policies, direction))
	count(open) > 0
}

unsaid(policies, direction) := "whom its policies select" if {
	count(closing(policies, direction)) == 0
	count(workloads_of(policies)) == 0
}

workloads_of(policies) := {workload | some policy in policies; some workload in policy.workloads}

# closing is the policies with a rule that decides all that reaches it.
closing(policies, direction) := [policy |
	some policy in policies
	some rule in policy[direction]
	rule.everything
	rule.action != "Log"
]
