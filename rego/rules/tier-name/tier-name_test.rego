package tierlint.rules.tier_name_test

import data.tierlint.rules.tier_name

cluster(name, reviewed) := {
	"options": {"pattern": "^team-"},
	"model": {"tiers": [{"name": name, "object": "T", "reviewed": reviewed}]},
}

test_another_name if {
	some finding in tier_name.deny with input as cluster("shop", true)
	finding.object == "T"
}

test_quiet_about_the_right_name if count(tier_name.deny) == 0 with input as cluster("team-shop", true)

test_quiet_about_tiers_of_the_cluster if count(tier_name.deny) == 0 with input as cluster("shop", false)
