package tierlint.rules.apiserver_without_token_test

import data.tierlint.rules.apiserver_without_token

cluster(token, isolated) := {
	"model": {
		"tiers": [{"policies": [{"object": "P", "reviewed": true}]}],
		"namespaces": [{"name": "shop", "object": "Namespace shop", "reviewed": true, "workloads": ["W"]}],
		"workloads": [{"object": "W", "namespace": "shop", "reviewed": true, "mountsToken": token}],
		"services": [{"namespace": "default", "name": "kubernetes", "ports": [{"port": 443}]}],
	},
	"facts": {"workloads": {"W": {"isolated": {"egress": isolated}}}},
}

allowed(_, _, _, _) := {"verdict": "allow", "decided": {"object": "P", "pointer": "/spec/egress/0"}}

denied(_, _, _, _) := {"verdict": "deny", "decided": {"object": "P"}}

test_a_rule_allows_it if {
	some finding in apiserver_without_token.deny with input as cluster(false, true) with tierlint.verdict as allowed
	finding.object == "P"
	finding.witness.port == 443
}

test_quiet_with_a_token if {
	count(apiserver_without_token.deny) == 0 with input as cluster(true, true) with tierlint.verdict as allowed
}

test_quiet_without_an_egress_policy if {
	count(apiserver_without_token.deny) == 0 with input as cluster(false, false) with tierlint.verdict as allowed
}

test_quiet_where_it_is_denied if {
	count(apiserver_without_token.deny) == 0 with input as cluster(false, true) with tierlint.verdict as denied
}

test_quiet_where_the_service_is_unknown if {
	document := json.patch(cluster(false, true), [{"op": "replace", "path": "/model/services", "value": []}])
	count(apiserver_without_token.deny) == 0 with input as document with tierlint.verdict as allowed
}
