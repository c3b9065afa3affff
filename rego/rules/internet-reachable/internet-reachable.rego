# METADATA
# title: A workload that is not at the edge accepts connections from the internet
# description: |
#   Policies that allow 0.0.0.0/0, or no peer at all, also let in whoever comes from outside: through a load balancer or a node
#   port, and from any host that has a route to the pods. That is right for what is meant to face the internet, and the
#   option `edge`, a selector, says what that is. The rule looks at workloads with an ingress policy; the others are
#   `default-deny`'s.
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
#     name: web
#     namespace: shop
#   spec:
#     podSelector: {matchLabels: {app: web}}
#     policyTypes: [Ingress]
#     ingress:
#     - from:
#       - ipBlock: {cidr: 0.0.0.0/0}
#       ports: [{port: 8080}]
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
#     policyTypes: [Ingress]
#     ingress:
#     - from:
#       - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}
#       ports: [{port: 8080}]
#   ```
# related_resources:
# - ref: https://docs.tigera.io/calico/latest/network-policy/policy-rules/external-ips-policy
#   description: "Calico: external IPs or networks in policy"
# custom:
#   severity: warning
#   since: "0.1"
#   off: true
#   exposes: true
#   options: {edge: "edge == 'true'"}
package tierlint.rules.internet_reachable

import data.tierlint.lib.internet
import data.tierlint.lib.places
import data.tierlint.lib.words

deny contains finding if {
	some place, from in reached
	workloads := object.keys(from)
	first := min(workloads)
	connection := from[first]
	finding := {
		"object": place.object,
		"pointer": place.pointer,
		"message": sprintf("whoever is on the internet may connect to %s", [words.some_of(workloads)]),
		"help": sprintf("the peers that are meant, or labels on the workload that match %s", [input.options.edge]),
		"witness": {"from": connection.address, "to": first, "protocol": connection.protocol, "port": connection.port},
	}
}

# reached is, by what allows it, one connection to each workload that the internet reaches.
reached[place][workload.object] := connection if {
	some workload in input.model.workloads
	workload.reviewed
	not tierlint.selects(input.options.edge, workload.labels)
	input.facts.workloads[workload.object].isolated.ingress
	connection := internet.connection(input.facts.reach[workload.object].reachedBy)
	answer := tierlint.verdict(connection.address, workload.object, connection.protocol, connection.port)
	place := places.decider(answer.decided, workload)
}
