package tierlint.rules.default_deny_test

import data.tierlint.rules.default_deny

# cluster is a namespace with one workload, what policies do by default, and those that select every pod in it.
cluster(defaults, governing) := {
	"model": {"namespaces": [{
		"object": "Namespace shop", "name": "shop", "reviewed": true,
		"workloads": ["Deployment shop/web"],
	}]},
	"facts": {
		"namespaces": {"shop": governing},
		"defaults": defaults,
		"open": {"shop": {"ingress": ["Deployment shop/web"], "egress": []}},
	},
}

findings(defaults, governing) := found if {
	found := default_deny.deny with input as cluster(defaults, governing)
}

# policy is one that does the same by default for ingress and for egress.
policy(action) := {"P": {"ingress": action, "egress": action}}

both := {"ingress": ["P"], "egress": ["P"]}

test_open_in_both_directions if {
	some finding in findings({}, {"ingress": [], "egress": []})
	finding.object == "Namespace shop"
	contains(finding.message, "no default-deny policy for ingress and egress")
	contains(finding.message, "accepts every connection (1 of 1 do now)")
	contains(finding.message, "may connect anywhere (0 of 1 do now)")
	contains(finding.help, "policyTypes: [Ingress, Egress]")
	contains(finding.help, "DNS")
}

test_open_for_egress_only if {
	some finding in findings({"P": {"ingress": "Deny"}}, {"ingress": ["P"], "egress": []})
	contains(finding.message, "no default-deny policy for egress:")
	contains(finding.help, "policyTypes: [Egress]")
}

test_open_for_ingress_only if {
	some finding in findings({"P": {"egress": "Deny"}}, {"ingress": [], "egress": ["P"]})
	contains(finding.message, "no default-deny policy for ingress:")
	not contains(finding.help, "DNS")
}

test_closed_by_a_policy_that_denies_by_default if count(findings(policy("Deny"), both)) == 0

test_closed_by_one_of_several if {
	every order in [["P", "Q"], ["Q", "P"]] {
		defaults := object.union(policy("Deny"), {"Q": {"ingress": "Allow", "egress": "Pass"}})
		count(findings(defaults, {"ingress": order, "egress": order})) == 0
	}
}

test_not_closed_by_a_policy_that_allows_everything if count(findings(policy("Allow"), both)) == 1

test_not_closed_by_one_that_passes if {
	some finding in findings(policy("Pass"), both)
	contains(finding.message, "accepts every connection (1 of 1 do now)")
}

test_a_namespace_that_nobody_wrote_is_shown_at_its_first_workload if {
	document := json.patch(cluster({}, {"ingress": [], "egress": []}), [
		{"op": "replace", "path": "/model/namespaces/0/reviewed", "value": false},
	])
	some finding in default_deny.deny with input as document
	finding.object == "Deployment shop/web"
}

test_quiet_without_workloads if {
	document := json.patch(cluster({}, {"ingress": [], "egress": []}), [
		{"op": "replace", "path": "/model/namespaces/0/workloads", "value": []},
	])
	count(default_deny.deny) == 0 with input as document
}

test_quiet_in_a_context if {
	document := json.patch(cluster({}, {"ingress": [], "egress": []}), [
		{"op": "add", "path": "/model/namespaces/0/context", "value": "platform kubernetes"},
	])
	count(default_deny.deny) == 0 with input as document
}
