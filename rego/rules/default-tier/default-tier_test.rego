package tierlint.rules.default_tier_test

import data.tierlint.rules.default_tier

cluster(tier, kind, name, order) := {
	"options": {"except": ["*default-deny*"]},
	"model": {"tiers": [{"name": tier, "policies": [{
		"object": "P", "reviewed": true, "kind": kind, "name": name, "order": order,
	}]}]},
}

test_a_global_policy if {
	some finding in default_tier.deny with input as cluster("default", "GlobalNetworkPolicy", "default.dns", 10)
	contains(finding.message, "its order, 10,")
}

test_a_global_policy_without_order if {
	some finding in default_tier.deny with input as cluster("default", "GlobalNetworkPolicy", "default.dns", null)
	contains(finding.message, "its order, last,")
}

test_quiet_about_exceptions if {
	count(default_tier.deny) == 0 with input as cluster("default", "GlobalNetworkPolicy", "default.default-deny", 10)
}

test_quiet_about_policies_of_namespaces if {
	count(default_tier.deny) == 0 with input as cluster("default", "NetworkPolicy", "web", 1000)
}

test_quiet_about_other_tiers if {
	count(default_tier.deny) == 0 with input as cluster("platform", "GlobalNetworkPolicy", "platform.dns", 10)
}
