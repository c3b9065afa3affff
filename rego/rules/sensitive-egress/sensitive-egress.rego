# METADATA
# title: A workload with sensitive data may connect to the whole internet
# description: |
#   What can be sent anywhere will be, once somebody has broken in. The option `workloads` is a selector for those with
#   data that must stay; they should have a list of whom they talk to.
#
#   ```yaml web.yaml
#   apiVersion: apps/v1
#   kind: Deployment
#   metadata:
#     name: ledger
#     namespace: shop
#   spec:
#     selector: {matchLabels: {app: ledger}}
#     template:
#       metadata: {labels: {app: ledger, sensitive: "true"}}
#       spec:
#         containers:
#         - {name: ledger, image: ledger, ports: [{containerPort: 8080}]}
#   ```
#
#   ```yaml bad.yaml
#   apiVersion: networking.k8s.io/v1
#   kind: NetworkPolicy
#   metadata:
#     name: ledger
#     namespace: shop
#   spec:
#     podSelector: {matchLabels: {app: ledger}}
#     policyTypes: [Egress]
#     egress:
#     - ports: [{port: 443}]
#   ```
#
#   <!-- output -->
#
#   ```yaml good.yaml
#   apiVersion: networking.k8s.io/v1
#   kind: NetworkPolicy
#   metadata:
#     name: ledger
#     namespace: shop
#   spec:
#     podSelector: {matchLabels: {app: ledger}}
#     policyTypes: [Egress]
#     egress:
#     - to:
#       - ipBlock: {cidr: 198.51.100.0/24}
#       ports: [{port: 443}]
#   ```
# related_resources:
# - ref: https://docs.tigera.io/calico/latest/network-policy/policy-rules/external-ips-policy
#   description: "Calico: external IPs or networks in policy"
# custom:
#   severity: warning
#   since: "0.1"
#   off: true
#   exposes: true
#   options: {workloads: "sensitive == 'true'"}
package tierlint.rules.sensitive_egress

import data.tierlint.lib.internet
import data.tierlint.lib.places
import data.tierlint.lib.words

deny contains finding if {
	some place, to in reaching
	workloads := object.keys(to)
	first := min(workloads)
	connection := to[first]
	finding := {
		"object": place.object,
		"pointer": place.pointer,
		"message": sprintf("%s has sensitive data, and may send it to any host on the internet", [words.some_of(workloads)]),
		"help": "an egress policy that names the networks, workloads and Services that it talks to",
		"witness": {"from": first, "to": connection.address, "protocol": connection.protocol, "port": connection.port},
	}
}

# reaching is, by what allows it, one connection from each sensitive workload to the internet.
reaching[place][workload.object] := connection if {
	some workload in input.model.workloads
	workload.reviewed
	tierlint.selects(input.options.workloads, workload.labels)
	connection := internet.connection(input.facts.reach[workload.object].reaches)
	answer := tierlint.verdict(workload.object, connection.address, connection.protocol, connection.port)
	place := places.decider(answer.decided, workload)
}
