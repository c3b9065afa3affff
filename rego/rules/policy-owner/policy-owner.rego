# METADATA
# title: The policy does not say who owns it
# description: |
#   When a policy cuts something off at night, somebody must know whom to ask. The option `labels` lists the labels that every
#   policy carries.
#
#   ```yaml bad.yaml
#   apiVersion: networking.k8s.io/v1
#   kind: NetworkPolicy
#   metadata:
#     name: default-deny
#     namespace: shop
#   spec:
#     podSelector: {}
#     policyTypes: [Ingress]
#   ```
#
#   <!-- output -->
#
#   ```yaml good.yaml
#   apiVersion: networking.k8s.io/v1
#   kind: NetworkPolicy
#   metadata:
#     name: default-deny
#     namespace: shop
#     labels: {owner: team-shop}
#   spec:
#     podSelector: {}
#     policyTypes: [Ingress]
#   ```
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
#   description: "Kubernetes: recommended labels"
# custom:
#   severity: note
#   since: "0.1"
#   off: true
#   options: {labels: [owner]}
package tierlint.rules.policy_owner

deny contains finding if {
	some policy, labels in input.model.policyLabels
	missing := [label | some label in input.options.labels; not labels[label]]
	count(missing) > 0
	finding := {
		"object": policy,
		"message": sprintf("nobody can tell whose policy this is: it has no label %s", [concat(" and no label ", missing)]),
		"help": sprintf("metadata: {labels: {%s}}", [concat(", ", [sprintf("%s: ...", [label]) | some label in missing])]),
	}
}
