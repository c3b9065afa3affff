# METADATA
# title: The policies under review and their rules
package tierlint.lib.rules

# types are the names of the directions in policies.
types := {"ingress": "Ingress", "egress": "Egress"}

# live is the rules of policies under review that decide something, or may. Others are for the checks on shadowing.
live contains {"tier": tier.name, "policy": policy, "direction": direction, "rule": rule} if {
	some tier in input.model.tiers
	some policy in tier.policies
	policy.reviewed
	pointers := {pointer | some pointer in input.facts.policies[policy.object].live}
	some direction, _ in types
	some rule in policy[direction]
	rule.pointer in pointers
}

# anyone says whether an end of a rule may be whoever, on some ports.
anyone(side) if {
	every criterion in ["selector", "notSelector", "service"] {
		not side[criterion]
	}
	every criterion in ["nets", "notNets"] {
		count(object.get(side, criterion, [])) == 0
	}
}

# ports is a port or a range of them as people write it.
ports(range) := range.name if range.name

ports(range) := sprintf("%d", [range.first]) if range.first == range.last

ports(range) := sprintf("%d-%d", [range.first, range.last]) if range.first != range.last
