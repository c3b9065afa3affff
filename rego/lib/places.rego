# METADATA
# title: Where a finding belongs
package tierlint.lib.places

# reviewed is the policies that a finding may point at.
reviewed contains policy.object if {
	some tier in input.model.tiers
	some policy in tier.policies
	policy.reviewed
}

# decider is the rule that decides about a workload's connection or, where none does or it is not
# under review, the workload's namespace.
decider(decided, _) := {"object": decided.object, "pointer": object.get(decided, "pointer", "")} if {
	decided.object in reviewed
}

decider(decided, workload) := {"object": home[workload.namespace], "pointer": ""} if {
	not by_policy(decided)
}

by_policy(decided) if decided.object in reviewed

# home is, by namespace, its Namespace or, if nobody wrote that, the first of its workloads.
home[namespace.name] := namespace.object if {
	some namespace in input.model.namespaces
	namespace.reviewed
}

home[namespace.name] := namespace.workloads[0] if {
	some namespace in input.model.namespaces
	not namespace.reviewed
}
