package tierlint.rules.default_deny_test

import data.tierlint.rules.default_deny

# cluster is a namespace with one workload, and the policies that deny every pod in it by default.
cluster(ingress, egress) := {
	"model": {"namespaces": [{
		"object": "Namespace shop", "name": "shop", "reviewed": true,
		"workloads": ["Deployment shop/web"],
	}]},
	"facts": {
		"defaultDeny": {"shop": {"ingress": ingress, "egress": egress}},
		"open": {"shop": {"ingress": ["Deployment shop/web"], "egress": []}},
	},
}

findings(ingress, egress) := found if {
	found := default_deny.deny with input as cluster(ingress, egress)
}

test_open_in_both_directions if {
	some finding in findings([], [])
	finding.object == "Namespace shop"
	contains(finding.message, "no default-deny policy for ingress and egress")
	contains(finding.message, "accepts every connection (1 of 1 do now)")
	contains(finding.message, "may connect anywhere (0 of 1 do now)")
	contains(finding.help, "policyTypes: [Ingress, Egress]")
	contains(finding.help, "DNS")
}

test_open_for_egress_only if {
	some finding in findings(["P"], [])
	contains(finding.message, "no default-deny policy for egress:")
	contains(finding.help, "policyTypes: [Egress]")
}

test_open_for_ingress_only if {
	some finding in findings([], ["P", "Q"])
	contains(finding.message, "no default-deny policy for ingress:")
	not contains(finding.help, "DNS")
}

test_closed_by_a_policy_for_both if count(findings(["P"], ["P"])) == 0

test_a_namespace_that_nobody_wrote_is_shown_at_its_first_workload if {
	document := json.patch(cluster([], []), [
		{"op": "replace", "path": "/model/namespaces/0/reviewed", "value": false},
	])
	some finding in default_deny.deny with input as document
	finding.object == "Deployment shop/web"
}

test_quiet_without_workloads if {
	document := json.patch(cluster([], []), [
		{"op": "replace", "path": "/model/namespaces/0/workloads", "value": []},
	])
	count(default_deny.deny) == 0 with input as document
}

test_quiet_in_a_context if {
	document := json.patch(cluster([], []), [
		{"op": "add", "path": "/model/namespaces/0/context", "value": "platform kubernetes"},
	])
	count(default_deny.deny) == 0 with input as document
}
