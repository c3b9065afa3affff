package tierlint.rules.pass_tier_test

import data.tierlint.rules.pass_tier

cluster(tier, action) := {
	"options": {"tiers": ["platform"]},
	"model": {"tiers": [{"name": tier, "policies": [{
		"object": "P", "reviewed": true, "ingress": [],
		"egress": [{"pointer": "/spec/egress/0", "action": action}],
	}]}]},
	"facts": {"policies": {"P": {"live": ["/spec/egress/0"]}}},
}

test_another_tier_passes if {
	some finding in pass_tier.deny with input as cluster("shop", "Pass")
	finding.pointer == "/spec/egress/0"
	contains(finding.message, "only platform may")
}

test_quiet_in_the_tiers_that_may if count(pass_tier.deny) == 0 with input as cluster("platform", "Pass")

test_quiet_about_decisions if count(pass_tier.deny) == 0 with input as cluster("shop", "Deny")
