package tierlint.rules.internet_reachable_test

import data.tierlint.rules.internet_reachable

cluster(isolated, contact) := {
	"options": {"edge": "edge == 'true'"},
	"model": {
		"tiers": [{"policies": [{"object": "P", "reviewed": true}]}],
		"namespaces": [{"name": "shop", "object": "Namespace shop", "reviewed": true, "workloads": ["W"]}],
		"workloads": [{"object": "W", "namespace": "shop", "reviewed": true, "labels": {"app": "web"}}],
	},
	"facts": {
		"workloads": {"W": {"isolated": {"ingress": isolated}}},
		"reach": {"W": {"reachedBy": [contact]}},
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

test_from_the_internet if {
	some finding in internet_reachable.deny with input as cluster(true, outside)
		with tierlint.verdict as allowed
		with tierlint.selects as no
	finding.pointer == "/spec/ingress/0"
	finding.witness == {"from": "203.0.113.7", "to": "W", "protocol": "TCP", "port": 8080}
}

test_quiet_at_the_edge if {
	count(internet_reachable.deny) == 0 with input as cluster(true, outside)
		with tierlint.verdict as allowed
		with tierlint.selects as yes
}

test_quiet_without_an_ingress_policy if {
	count(internet_reachable.deny) == 0 with input as cluster(false, outside)
		with tierlint.verdict as allowed
		with tierlint.selects as no
}

test_quiet_about_others if {
	count(internet_reachable.deny) == 0 with input as cluster(true, inside)
		with tierlint.verdict as allowed
		with tierlint.selects as no
}
