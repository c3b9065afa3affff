package tierlint.rules.tier_end_test

import data.tierlint.rules.tier_end

# cluster is a tier with policies, and a last one.
cluster(policies, action) := {"model": {"tiers": [
	{"name": "security", "defaultAction": action, "policies": policies},
	{"name": "default", "defaultAction": "Deny", "policies": [policy("last", ["W"], [])]},
]}}

policy(name, workloads, rules) := {
	"object": name, "reviewed": true, "types": ["Ingress"], "typesPointer": "/spec/types",
	"workloads": workloads, "ingress": rules, "egress": [],
}

some_rule := {"action": "Deny", "everything": false}

closing(action) := {"action": action, "everything": true}

test_the_end_denies if {
	some finding in tier_end.deny with input as cluster([policy("P", ["W"], [some_rule])], "Deny")
	finding.object == "P"
	contains(finding.message, "other ingress: it is denied for W")
}

test_the_end_denies_for_workloads_that_no_last_rule_is_for if {
	policies := [policy("P", ["V", "W"], [some_rule]), policy("Q", ["V"], [closing("Pass")])]
	some finding in tier_end.deny with input as cluster(policies, "Deny")
	finding.object == "Q"
	contains(finding.message, "denied for W")
}

test_without_workloads if {
	some finding in tier_end.deny with input as cluster([policy("P", [], [some_rule])], "Deny")
	contains(finding.message, "denied for whom its policies select")
}

test_quiet_after_a_pass if {
	count(tier_end.deny) == 0 with input as cluster([policy("P", ["W"], [some_rule, closing("Pass")])], "Deny")
}

test_log_says_nothing if {
	count(tier_end.deny) == 1 with input as cluster([policy("P", ["W"], [closing("Log")])], "Deny")
}

test_quiet_about_a_tier_that_passes if {
	count(tier_end.deny) == 0 with input as cluster([policy("P", ["W"], [some_rule])], "Pass")
}
