package tierlint.rules.sensitive_egress_test

import data.tierlint.rules.sensitive_egress

cluster(isolated, contact) := {
	"options": {"workloads": "app == 'web'"},
	"model": {
		"tiers": [{"policies": [{"object": "P", "reviewed": true}]}],
		"namespaces": [{"name": "shop", "object": "Namespace shop", "reviewed": true, "workloads": ["W"]}],
		"workloads": [{"object": "W", "namespace": "shop", "reviewed": true, "labels": {"app": "web"}}],
	},
	"facts": {
		"workloads": {"W": {"isolated": {"ingress": isolated}}},
		"reach": {"W": {"reaches": [contact]}},
	},
}

outside := {
	"workloads": [], "addresses": ["0.0.0.0/0"], "internet": true,
	"traffic": [{"protocol": "other", "first": 0, "last": 255}, {"protocol": "TCP", "first": 8080, "last": 8090}],
}

inside := {"workloads": ["V"], "addresses": ["10.0.0.0/8"], "internet": false, "traffic": [{"protocol": "TCP", "first": 1, "last": 2}]}

allowed(_, _, _, _) := {"verdict": "allow", "decided": {"object": "P", "pointer": "/spec/ingress/0"}}

yes(_, _) := true

no(_, _) := false

test_to_the_internet if {
	some finding in sensitive_egress.deny with input as cluster(false, outside)
		with tierlint.verdict as allowed
		with tierlint.selects as yes
	finding.object == "P"
	finding.witness == {"from": "W", "to": "203.0.113.7", "protocol": "TCP", "port": 8080}
}

test_quiet_about_other_workloads if {
	count(sensitive_egress.deny) == 0 with input as cluster(false, outside)
		with tierlint.verdict as allowed
		with tierlint.selects as no
}

test_quiet_about_known_peers if {
	count(sensitive_egress.deny) == 0 with input as cluster(false, inside)
		with tierlint.verdict as allowed
		with tierlint.selects as yes
}
