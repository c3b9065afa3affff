package tierlint.rules.policy_owner_test

import data.tierlint.rules.policy_owner

cluster(labels) := {"options": {"labels": ["owner", "contact"]}, "model": {"policyLabels": {"P": labels}}}

test_all_are_missing if {
	some finding in policy_owner.deny with input as cluster({})
	finding.object == "P"
	contains(finding.message, "no label owner and no label contact")
}

test_one_is_missing if {
	some finding in policy_owner.deny with input as cluster({"owner": "a"})
	finding.help == "metadata: {labels: {contact: ...}}"
}

test_quiet_with_all if count(policy_owner.deny) == 0 with input as cluster({"owner": "a", "contact": "b"})
