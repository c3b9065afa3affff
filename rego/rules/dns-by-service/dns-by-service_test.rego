package tierlint.rules.dns_by_service_test

import data.tierlint.rules.dns_by_service

cluster(to, version) := {
	"model": {
		"tiers": [{"name": "default", "policies": [{
			"object": "P", "reviewed": true, "apiVersion": version, "ingress": [],
			"egress": [{"pointer": "/spec/egress/0", "action": "Allow", "destination": to}],
		}]}],
		"services": [
			{"namespace": "kube-system", "name": "kube-dns", "workloads": ["D"], "ports": [{"port": 53, "protocol": "UDP", "targetPort": "5353"}]},
			{"namespace": "shop", "name": "web", "workloads": ["W"], "ports": [{"port": 80, "protocol": "TCP", "targetPort": "8080"}]},
		],
	},
	"facts": {"policies": {"P": {"live": ["/spec/egress/0"]}}},
}

calico := "projectcalico.org/v3"

to(workload, ports) := {
	"selector": "app == 'a'", "pointer": "/spec/egress/0/destination", "workloads": [workload],
	"ports": [{"first": p, "last": p} | some p in ports],
}

test_by_labels if {
	every port in [53, 5353] {
		some finding in dns_by_service.deny with input as cluster(to("D", [port]), calico)
		finding.pointer == "/spec/egress/0/destination"
		contains(finding.help, "{name: kube-dns, namespace: kube-system}")
	}
}

test_quiet_about_kubernetes if {
	count(dns_by_service.deny) == 0 with input as cluster(to("D", [53]), "networking.k8s.io/v1")
}

test_quiet_about_other_workloads if count(dns_by_service.deny) == 0 with input as cluster(to("W", [53]), calico)

test_quiet_about_other_ports if count(dns_by_service.deny) == 0 with input as cluster(to("D", [53, 9153]), calico)

test_quiet_by_service if {
	document := object.union(to("D", []), {"service": {"name": "kube-dns"}})
	count(dns_by_service.deny) == 0 with input as cluster(document, calico)
}
