package tierlint.rules.default_deny_test

import data.tierlint.rules.default_deny

# cluster is a namespace with one workload, and the policies that select every pod in it.
cluster(policies, governing) := {
	"model": {
		"namespaces": [{
			"object": "Namespace shop", "name": "shop", "reviewed": true,
			"workloads": ["Deployment shop/web"],
		}],
		"tiers": [
			{"name": "security", "defaultAction": "Pass", "policies": [p | some p in policies; p.tier == "security"]},
			{"name": "default", "defaultAction": "Deny", "policies": [p | some p in policies; p.tier == "default"]},
		],
	},
	"facts": {
		"namespaces": {"shop": governing},
		"workloads": {"Deployment shop/web": governing},
	},
}

findings(policies, governing) := found if {
	found := default_deny.deny with input as cluster(policies, governing)
}

everything(action) := {"action": action, "everything": true}

something(action) := {"action": action, "everything": false}

policy(tier, rules) := {
	"object": "P", "tier": tier, "types": ["Ingress", "Egress"], "ingress": rules, "egress": rules,
}

test_open_in_both_directions if {
	some finding in findings([], {"ingress": [], "egress": []})
	finding.object == "Namespace shop"
	contains(finding.message, "no default-deny policy for ingress and egress")
	contains(finding.message, "accepts every connection (1 of 1 do now)")
	contains(finding.help, "policyTypes: [Ingress, Egress]")
	contains(finding.help, "DNS")
}

test_open_for_egress_only if {
	some finding in findings([policy("default", [])], {"ingress": ["P"], "egress": []})
	contains(finding.message, "no default-deny policy for egress:")
	contains(finding.help, "policyTypes: [Egress]")
}

test_open_for_ingress_only if {
	some finding in findings([policy("default", [])], {"ingress": [], "egress": ["P"]})
	contains(finding.message, "no default-deny policy for ingress:")
	not contains(finding.help, "DNS")
}

both := {"ingress": ["P"], "egress": ["P"]}

test_closed_by_a_policy_without_rules if count(findings([policy("default", [])], both)) == 0

test_closed_by_a_policy_that_allows_something if {
	count(findings([policy("default", [something("Allow")])], both)) == 0
}

test_closed_by_a_deny_rule_in_a_tier_that_passes if {
	count(findings([policy("security", [something("Pass"), everything("Deny")])], both)) == 0
}

test_log_decides_nothing if {
	count(findings([policy("default", [everything("Log")])], both)) == 0
}

test_not_closed_by_a_policy_that_allows_everything if {
	count(findings([policy("default", [something("Deny"), everything("Allow")])], both)) == 1
}

test_not_closed_by_the_end_of_a_tier_that_passes if {
	count(findings([policy("security", [something("Deny")])], both)) == 1
}

test_not_closed_by_a_pass_rule if {
	some finding in findings([policy("default", [everything("Pass")])], both)
	contains(finding.message, "accepts every connection (1 of 1 do now)")
}

test_a_namespace_that_nobody_wrote_is_shown_at_its_first_workload if {
	document := json.patch(cluster([], {"ingress": [], "egress": []}), [
		{"op": "replace", "path": "/model/namespaces/0/reviewed", "value": false},
	])
	some finding in default_deny.deny with input as document
	finding.object == "Deployment shop/web"
}

test_quiet_without_workloads if {
	document := json.patch(cluster([], {"ingress": [], "egress": []}), [
		{"op": "replace", "path": "/model/namespaces/0/workloads", "value": []},
	])
	count(default_deny.deny) == 0 with input as document
}

test_quiet_in_a_context if {
	document := json.patch(cluster([], {"ingress": [], "egress": []}), [
		{"op": "add", "path": "/model/namespaces/0/context", "value": "platform kubernetes"},
	])
	count(default_deny.deny) == 0 with input as document
}
