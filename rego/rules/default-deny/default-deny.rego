# METADATA
# title: The namespace has no default-deny policy
# description: |
#   Kubernetes lets every pod talk to every other until a policy selects it. A namespace is closed
#   only if some policy selects all of its pods, also those without labels, and denies what no rule
#   allows. Without one, a new workload, or one whose labels have a typo, accepts connections from
#   everywhere and may connect anywhere, and nothing says so.
#
#   Ingress and egress are looked at separately. A Kubernetes policy with an empty `podSelector`, a
#   Calico policy for all() and a GlobalNetworkPolicy count alike. One that ends in Pass does not
#   count, nor does one in a tier whose default action is Pass, because it leaves the decision to others.
#
#   ```yaml bad.yaml
#   apiVersion: v1
#   kind: Namespace
#   metadata:
#     name: shop
#   ---
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
#   <!-- output -->
#
#   With one more policy the namespace is closed. Nothing resolves names then either, so a policy
#   that allows DNS goes beside it.
#
#   ```yaml good.yaml
#   apiVersion: v1
#   kind: Namespace
#   metadata:
#     name: shop
#   ---
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
#     name: default-deny
#     namespace: shop
#   spec:
#     podSelector: {}
#     policyTypes: [Ingress, Egress]
#   ---
#   apiVersion: networking.k8s.io/v1
#   kind: NetworkPolicy
#   metadata:
#     name: allow-dns
#     namespace: shop
#   spec:
#     podSelector: {}
#     policyTypes: [Egress]
#     egress:
#     - to:
#       - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}
#         podSelector: {matchLabels: {k8s-app: kube-dns}}
#       ports:
#       - {port: 53, protocol: UDP}
#       - {port: 53, protocol: TCP}
#   ```
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-policies
#   description: "Kubernetes: default policies"
# - ref: https://docs.tigera.io/calico/latest/network-policy/get-started/kubernetes-default-deny
#   description: "Calico: enable a default deny policy"
# custom:
#   severity: note
#   exposes: true # a namespace without one is open
#   since: "0.1"
package tierlint.rules.default_deny

deny contains finding if {
	some namespace in input.model.namespaces
	not namespace.context
	count(namespace.workloads) > 0
	open := [direction |
		some direction in ["ingress", "egress"]
		count(input.facts.defaultDeny[namespace.name][direction]) == 0
	]
	count(open) > 0
	finding := {
		"object": written(namespace),
		"message": sprintf("namespace %s has no default-deny policy for %s: a workload that no other policy selects %s", [
			namespace.name,
			concat(" and ", open),
			concat(" and ", [consequence(direction, namespace) | some direction in open]),
		]),
		"help": sprintf("a NetworkPolicy in namespace %s with `podSelector: {}` and `policyTypes: [%s]`, and beside it what must stay allowed%s", [
			namespace.name,
			concat(", ", [name | some direction in open; name := types[direction]]),
			reminder(open),
		]),
	}
}

types := {"ingress": "Ingress", "egress": "Egress"}

# written is the Namespace, or if that is not in the files the first of its workloads.
written(namespace) := namespace.object if namespace.reviewed

written(namespace) := namespace.workloads[0] if not namespace.reviewed

consequence("ingress", namespace) := sprintf("accepts every connection (%s do now)", [share("ingress", namespace)])

consequence("egress", namespace) := sprintf("may connect anywhere (%s do now)", [share("egress", namespace)])

# share is how many of the workloads are open today.
share(direction, namespace) := sprintf("%d of %d", [
	count(input.facts.open[namespace.name][direction]),
	count(namespace.workloads),
])

reminder(open) := ", DNS first" if "egress" in open

reminder(open) := "" if not "egress" in open
