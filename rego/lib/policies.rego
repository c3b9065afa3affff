# METADATA
# title: What policies do by default
package tierlint.lib.policies

# default_deny is, for each direction, the policies that deny what they name in no particular way:
# their first rule without criteria denies or, where they have none, the end of their tier does.
# Both sets are made once for all rules; asking policy by policy would be quadratic.
default_deny := {direction: keys |
	some direction, type in {"ingress": "Ingress", "egress": "Egress"}
	keys := {policy.object |
		some tier in input.model.tiers
		some policy in tier.policies
		type in policy.types
		default_action(policy[direction], tier) == "Deny"
	}
}

# default_action is what rules of a policy do with traffic that none of them names.
default_action(rules, tier) := array.concat(everything(rules), [tier.defaultAction])[0]

# everything is the actions of the rules without criteria. Log decides nothing.
everything(rules) := [rule.action |
	some rule in rules
	rule.everything
	rule.action != "Log"
]
