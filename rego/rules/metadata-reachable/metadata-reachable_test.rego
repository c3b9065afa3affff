package tierlint.rules.metadata_reachable_test

import data.tierlint.rules.metadata_reachable

cluster := {
	"options": {"addresses": ["169.254.169.254"], "port": 80},
	"model": {
		"tiers": [{"policies": [{"object": "P", "reviewed": true}]}],
		"namespaces": [{"name": "shop", "object": "Namespace shop", "reviewed": true, "workloads": ["V", "W"]}],
		"workloads": [
			{"object": "V", "namespace": "shop", "reviewed": true, "hostNetwork": false},
			{"object": "W", "namespace": "shop", "reviewed": true, "hostNetwork": false},
			{"object": "H", "namespace": "shop", "reviewed": true, "hostNetwork": true},
		],
	},
}

allowed(_, _, _, _) := {"verdict": "allow", "decided": {"object": "P", "pointer": "/spec/egress/0"}}

nobody(_, _, _, _) := {"verdict": "allow", "decided": {"text": "no policy"}}

denied(_, _, _, _) := {"verdict": "deny", "decided": {"object": "P"}}

test_one_finding_for_what_a_rule_allows if {
	found := metadata_reachable.deny with input as cluster with tierlint.verdict as allowed
	count(found) == 1
	some finding in found
	finding.pointer == "/spec/egress/0"
	finding.message == "V and W can ask 169.254.169.254 for the credentials of the node"
	finding.witness.from == "V"
}

test_at_the_namespace_where_no_policy_decides if {
	some finding in metadata_reachable.deny with input as cluster with tierlint.verdict as nobody
	finding.object == "Namespace shop"
}

test_at_the_first_workload_where_nobody_wrote_the_namespace if {
	document := json.patch(cluster, [{"op": "replace", "path": "/model/namespaces/0/reviewed", "value": false}])
	some finding in metadata_reachable.deny with input as document with tierlint.verdict as nobody
	finding.object == "V"
}

test_quiet_where_it_is_denied if {
	count(metadata_reachable.deny) == 0 with input as cluster with tierlint.verdict as denied
}
