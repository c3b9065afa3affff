# METADATA
# title: A workload without a token may connect to the API server
# description: |
#   A workload whose pods get no token of a service account has no business with the API server. If policy lets it connect all
#   the same, whoever takes it over can look for what the API server answers to anybody, and for mistakes in it. The rule looks
#   at workloads with an egress policy; the others are `default-deny`'s.
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
#         automountServiceAccountToken: false
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
#     policyTypes: [Egress]
#     egress:
#     - ports: [{port: 6443}]
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
# - ref: https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting
#   description: "Kubernetes: opt out of API credential automounting"
# custom:
#   severity: note
#   since: "0.1"
#   off: true
package tierlint.rules.apiserver_without_token

import data.tierlint.lib.places
import data.tierlint.lib.words

deny contains finding if {
	some place, workloads in reaching
	finding := {
		"object": place.object,
		"pointer": place.pointer,
		"message": sprintf("the API server is open to %s, which has no token to show there", [words.some_of(workloads)]),
		"help": "a rule that names whom the workload talks to, or `automountServiceAccountToken: true`, if it needs the API",
		"witness": {"from": min(workloads), "to": "svc:default/kubernetes", "protocol": "TCP", "port": port},
	}
}

# reaching is, by what allows it, the workloads that reach the API server.
reaching[place] contains workload.object if {
	some workload in input.model.workloads
	workload.reviewed
	not workload.mountsToken
	input.facts.workloads[workload.object].isolated.egress
	answer := tierlint.verdict(workload.object, "svc:default/kubernetes", "TCP", port)
	answer.verdict == "allow"
	place := places.decider(answer.decided, workload)
}

port := service.ports[0].port if {
	some service in input.model.services
	service.namespace == "default"
	service.name == "kubernetes"
}
