package tierlint.rules.allow_before_security_test

import data.tierlint.rules.allow_before_security

# cluster is a rule in a tier, and a policy of tier security for some workloads.
cluster(tiers, workloads) := {
	"options": {"tier": "security"},
	"model": {"tiers": [tier |
		some name in tiers
		tier := {"name": name, "policies": [p | some p in policies(workloads); p.tier == name]}
	]},
	"facts": {"policies": {"P": {"live": ["/spec/ingress/0"]}, "S": {"live": []}}},
}

policies(workloads) := [
	{
		"object": "P", "tier": "platform", "reviewed": true, "workloads": ["W"], "types": ["Ingress"], "egress": [],
		"ingress": [{"pointer": "/spec/ingress/0", "action": "Allow", "everything": true}],
	},
	{"object": "S", "tier": "security", "reviewed": true, "workloads": workloads, "types": ["Ingress"], "ingress": [], "egress": []},
]

test_before_the_tier if {
	some finding in allow_before_security.deny with input as cluster(["platform", "security"], ["W"])
	finding.object == "P"
	contains(finding.message, "tier security is never asked about ingress of W")
}

test_quiet_after_the_tier if {
	count(allow_before_security.deny) == 0 with input as cluster(["security", "platform"], ["W"])
}

test_quiet_about_other_workloads if {
	count(allow_before_security.deny) == 0 with input as cluster(["platform", "security"], ["V"])
}

test_quiet_without_the_tier if {
	count(allow_before_security.deny) == 0 with input as cluster(["platform"], [])
}
