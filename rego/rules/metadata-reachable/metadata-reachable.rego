# METADATA
# title: Pods can ask for the cloud's credentials of their node
# description: |
#   The metadata service of AWS, Azure, Google Cloud and others answers at 169.254.169.254 whoever asks from a node, with its
#   credentials among much else. A pod that somebody has taken over asks there first. Calico and Kubernetes do not close it: a
#   policy for egress must leave it out, or deny it before anything allows it.
#
#   The option `addresses` lists the addresses, `port` is where they answer.
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
#     policyTypes: [Egress]
#     egress:
#     - to:
#       - ipBlock: {cidr: 0.0.0.0/0}
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
#       - ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}
#   ```
# related_resources:
# - ref: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-metadata.html
#   description: "AWS: instance metadata"
# - ref: https://kubernetes.io/docs/tasks/administer-cluster/securing-a-cluster/#restricting-cloud-metadata-api-access
#   description: "Kubernetes: restricting cloud metadata API access"
# custom:
#   severity: warning
#   since: "0.1"
#   off: true
#   exposes: true
#   options: {addresses: [169.254.169.254], port: 80}
package tierlint.rules.metadata_reachable

import data.tierlint.lib.places
import data.tierlint.lib.words

deny contains finding if {
	some address, by_place in reaching
	some place, workloads in by_place
	finding := {
		"object": place.object,
		"pointer": place.pointer,
		"message": sprintf("%s can ask %s for the credentials of the node", [words.some_of(workloads), address]),
		"help": sprintf("%s among the exceptions of the rule, or a Deny for it in a policy before this one", [address]),
		"witness": {"from": min(workloads), "to": address, "protocol": "TCP", "port": input.options.port},
	}
}

# reaching is, by address and by what allows it, the workloads that reach it.
reaching[address][place] contains workload.object if {
	some workload in input.model.workloads
	workload.reviewed
	not workload.hostNetwork
	some address in input.options.addresses
	answer := tierlint.verdict(workload.object, address, "TCP", input.options.port)
	answer.verdict == "allow"
	place := places.decider(answer.decided, workload)
}
