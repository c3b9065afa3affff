package tierlint.rules.policy_owner_test

import data.tierlint.rules.policy_owner

cluster(labels, reviewed) := {
	"options": {"labels": ["owner", "contact"]},
	"objects": [{"object": "P", "content": {"metadata": {"labels": labels}}}, {"object": "Deployment", "content": {"metadata": {}}}],
	"model": {"tiers": [{"policies": [{"object": "P", "reviewed": reviewed}]}]},
}

test_all_are_missing if {
	some finding in policy_owner.deny with input as cluster({}, true)
	finding.object == "P"
	contains(finding.message, "no label owner and no label contact")
}

test_one_is_missing if {
	some finding in policy_owner.deny with input as cluster({"owner": "a"}, true)
	finding.help == "metadata: {labels: {contact: ...}}"
}

test_quiet_with_all if count(policy_owner.deny) == 0 with input as cluster({"owner": "a", "contact": "b"}, true)

test_quiet_about_policies_of_the_cluster if count(policy_owner.deny) == 0 with input as cluster({}, false)
