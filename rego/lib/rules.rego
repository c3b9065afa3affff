# METADATA
# title: Rules of policies
package tierlint.lib.rules

# types are the names of the directions in policies.
types := {"ingress": "Ingress", "egress": "Egress"}

# decides says whether a rule of a policy decides something, or may. Others are for the checks on shadowing.
decides(policy, rule) if rule.pointer in input.facts.policies[policy.object].live

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
