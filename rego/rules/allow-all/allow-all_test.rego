package tierlint.rules.allow_all_test

import data.tierlint.rules.allow_all

# cluster is a policy with one rule, which decides something, for one workload.
cluster(rule, live) := {
	"model": {"tiers": [{"name": "default", "policies": [{
		"object": "P", "reviewed": true, "workloads": ["W"],
		"ingress": [object.union({"pointer": "/spec/ingress/0"}, rule)], "egress": [],
	}]}]},
	"facts": {"policies": {"P": {"live": live}}},
}

all := {"action": "Allow", "everything": true}

test_allows_everything if {
	some finding in allow_all.deny with input as cluster(all, ["/spec/ingress/0"])
	finding.pointer == "/spec/ingress/0"
	contains(finding.message, "every ingress connection of W")
}

test_quiet_about_some_traffic if {
	count(allow_all.deny) == 0 with input as cluster({"action": "Allow", "everything": false}, ["/spec/ingress/0"])
}

test_quiet_about_pass if {
	count(allow_all.deny) == 0 with input as cluster({"action": "Pass", "everything": true}, ["/spec/ingress/0"])
}

test_quiet_about_a_rule_that_is_never_reached if {
	count(allow_all.deny) == 0 with input as cluster(all, [])
}

test_names_the_selection_without_workloads if {
	document := json.patch(cluster(all, ["/spec/ingress/0"]), [{"op": "replace", "path": "/model/tiers/0/policies/0/workloads", "value": []}])
	some finding in allow_all.deny with input as document
	contains(finding.message, "of the pods that the policy selects")
}
