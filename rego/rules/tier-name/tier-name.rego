# METADATA
# title: The tier is not named as agreed
# description: |
#   Tiers belong to teams, and rights on them are given by name (RBAC on `tier.TEAM-*`). The option `pattern` is a regular
#   expression that every name must match.
#
#   ```yaml bad.yaml
#   apiVersion: projectcalico.org/v3
#   kind: Tier
#   metadata:
#     name: web--team
#   spec:
#     order: 100
#   ```
#
#   <!-- output -->
#
#   ```yaml good.yaml
#   apiVersion: projectcalico.org/v3
#   kind: Tier
#   metadata:
#     name: web-team
#   spec:
#     order: 100
#   ```
# related_resources:
# - ref: https://docs.tigera.io/calico/latest/network-policy/policy-tiers/rbac-tiered-policies
#   description: "Calico: RBAC for tiered policies"
# custom:
#   severity: warning
#   since: "0.1"
#   off: true
#   options: {pattern: '^[a-z0-9]+(-[a-z0-9]+)*$'}
package tierlint.rules.tier_name

deny contains finding if {
	some tier in input.model.tiers
	tier.reviewed
	not regex.match(input.options.pattern, tier.name)
	finding := {
		"object": tier.object,
		"message": sprintf("the name of tier %s does not match %s, as was agreed", [tier.name, input.options.pattern]),
		"help": "a name that does, here and in the policies of the tier",
	}
}
