# METADATA
# title: DNS is allowed by labels or addresses instead of by its Service
# description: |
#   Where the pods of the cluster's DNS have other labels, or listen on another port than the Service says, as on
#   OpenShift (5353) and Gardener (8053), a rule that names them is right in one cluster and wrong in the next. Calico's
#   `services` match takes the pods and their ports from the Service itself, over UDP and TCP alike.
#
#   The rule looks at Calico's policies; those of Kubernetes cannot name a Service.
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
#   apiVersion: projectcalico.org/v3
#   kind: NetworkPolicy
#   metadata:
#     name: web
#     namespace: shop
#   spec:
#     selector: app == 'web'
#     types: [Egress]
#     egress:
#     - action: Allow
#       protocol: UDP
#       destination:
#         namespaceSelector: kubernetes.io/metadata.name == 'kube-system'
#         selector: k8s-app == 'kube-dns'
#         ports: [53]
#     - action: Allow
#       protocol: TCP
#       destination:
#         namespaceSelector: kubernetes.io/metadata.name == 'kube-system'
#         selector: k8s-app == 'kube-dns'
#         ports: [53]
#   ```
#
#   <!-- output -->
#
#   ```yaml good.yaml
#   apiVersion: projectcalico.org/v3
#   kind: NetworkPolicy
#   metadata:
#     name: web
#     namespace: shop
#   spec:
#     selector: app == 'web'
#     types: [Egress]
#     egress:
#     - action: Allow
#       destination:
#         services: {name: kube-dns, namespace: kube-system}
#   ```
# related_resources:
# - ref: https://docs.tigera.io/calico/latest/reference/resources/networkpolicy#servicematch
#   description: "Calico: ServiceMatch"
# custom:
#   severity: note
#   since: "0.1"
#   off: true
package tierlint.rules.dns_by_service

import data.tierlint.lib.rules

deny contains finding if {
	some tier in input.model.tiers
	some policy in tier.policies
	policy.reviewed
	some rule in policy.egress
	rule.action == "Allow"
	startswith(policy.apiVersion, "projectcalico.org/")
	to := rule.destination
	not to.service
	not rules.anyone(to)
	count(to.ports) > 0
	some service in dns
	some workload in to.workloads
	workload in service.workloads
	every port in to.ports {
		is_dns(port, service)
	}
	rules.decides(policy, rule)
	finding := {
		"object": policy.object,
		"pointer": object.get(to, "pointer", rule.pointer),
		"message": sprintf("this rule describes the pods of Service %s/%s, and is wrong where they have other labels or ports", [
			service.namespace,
			service.name,
		]),
		"help": sprintf("destination: {services: {name: %s, namespace: %s}}, in a rule without protocol and ports", [
			service.name,
			service.namespace,
		]),
	}
}

# dns is the Services that answer on port 53 over UDP.
dns contains service if {
	some service in input.model.services
	some port in service.ports
	port.port == 53
	port.protocol == "UDP"
}

is_dns(port, _) if port.first == 53

is_dns(port, service) if {
	some offered in service.ports
	sprintf("%d", [port.first]) == offered.targetPort
}

is_dns(port, service) if {
	some offered in service.ports
	port.name == offered.targetPort
}
