# METADATA
# title: An egress rule names ports, but nobody to talk to
# description: |
#   A rule with ports and no peer allows these ports to everyone: the database that was meant, every other database of the
#   cluster, and every host on the internet that listens there. That is how data leaves.
#
#   The option `ports` lists ports that may be open to everyone.
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
#   apiVersion: apps/v1
#   kind: Deployment
#   metadata:
#     name: db
#     namespace: shop
#   spec:
#     selector: {matchLabels: {app: db}}
#     template:
#       metadata: {labels: {app: db}}
#       spec:
#         containers:
#         - {name: db, image: db, ports: [{containerPort: 5432}]}
#   ```
#
#   ```yaml bad.yaml
#   apiVersion: networking.k8s.io/v1
#   kind: NetworkPolicy
#   metadata:
#     name: web
#     namespace: shop
#   spec:
#     podSelector: {matchLabels: {app: web}}
#     policyTypes: [Egress]
#     egress:
#     - ports: [{port: 5432}]
#   ```
#
#   <!-- output -->
#
#   ```yaml good.yaml
#   apiVersion: networking.k8s.io/v1
#   kind: NetworkPolicy
#   metadata:
#     name: web
#     namespace: shop
#   spec:
#     podSelector: {matchLabels: {app: web}}
#     policyTypes: [Egress]
#     egress:
#     - to:
#       - podSelector: {matchLabels: {app: db}}
#       ports: [{port: 5432}]
#   ```
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource
#   description: "Kubernetes: the NetworkPolicy resource"
# custom:
#   severity: note
#   since: "0.1"
#   off: true
#   exposes: true
#   options: {ports: [53]}
package tierlint.rules.bare_port

import data.tierlint.lib.rules

deny contains finding if {
	some tier in input.model.tiers
	some policy in tier.policies
	policy.reviewed
	some rule in policy.egress
	rule.action == "Allow"
	rules.anyone(rule.destination)
	some port in rule.destination.ports
	not expected(port)
	rules.decides(policy, rule)
	finding := {
		"object": policy.object,
		"pointer": port.pointer,
		"message": sprintf("%s %s is open to every pod of the cluster and every host on the internet: the rule names no peer", [
			object.get(rule, "protocol", "port"),
			rules.ports(port),
		]),
		"help": "a peer: the labels of the pods, the Service, or the networks that are meant",
	}
}

expected(port) if {
	port.first == port.last
	port.first in input.options.ports
}
