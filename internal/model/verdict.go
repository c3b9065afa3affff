package model

import "fmt"

// Verdict on a connection.
type Verdict uint8

// The verdicts. Unknown means that the inputs do not decide it.
const (
	Denied Verdict = iota
	Unknown
	Allowed
)

func (v Verdict) String() string { return [...]string{"deny", "unknown", "allow"}[v] }

// Decision is what happens to a connection at one end, and what decides it.
type Decision struct {
	Verdict Verdict
	By      By
}

// ByKind says what sort of thing decides.
type ByKind uint8

// What can decide.
const (
	ByNoPolicy       ByKind = iota // the end is no Calico endpoint: nothing applies
	ByRule                         // By.Rule
	ByEndOfTier                    // By.Tier ends with Deny; By.Policy is the last that isolates the endpoint in it
	ByProfile                      // By.Profile allows, because no policy applies or the last says Pass
	ByNoProfileMatch               // a HostEndpoint that no policy or profile lets through
	ByFailsafe                     // a HostEndpoint's port that Felix always leaves open
	ByUntracked                    // a doNotTrack policy of a HostEndpoint
	ByUnknown                      // By.Gap: the inputs do not say
	ByOwnNode                      // a node reaches the pods on it, whatever policies say
	ByToHost                       // what pods send to the node they are on is up to Cluster.ToHost
)

// By is what decides.
type By struct {
	Kind    ByKind
	Rule    *Rule
	Tier    *Tier
	Policy  *Policy
	Profile string
	Gap     string // for ByUnknown: what is not known
}

// String is the decider in the words of the conformance vectors: "TIER/POLICY/RULE",
// "end-of-tier:TIER", "profile:NAME", "no-policy", ...
func (b By) String() string {
	switch b.Kind {
	case ByRule:
		return fmt.Sprintf("%s/%s/%d", b.Rule.Policy.Tier.Name, b.Rule.Policy.FelixName, b.Rule.Index)
	case ByEndOfTier:
		return "end-of-tier:" + b.Tier.Name
	case ByProfile:
		return "profile:" + b.Profile
	case ByNoProfileMatch:
		return "no-profile-match"
	case ByFailsafe:
		return "failsafe"
	case ByUntracked:
		return "untracked"
	case ByOwnNode:
		return "own-node"
	case ByToHost:
		return "endpoint-to-host"
	case ByUnknown:
		return "unknown"
	}
	return "no-policy"
}
