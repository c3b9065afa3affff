package refeval

import (
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// Trace is a connection's way through policy at both ends. Ends is indexed by model.Direction:
// ingress is at the destination, egress at the source.
type Trace struct {
	Packet model.Packet
	Ends   [2]End
}

// Verdict is allow if both ends allow, deny if one denies.
func (t *Trace) Verdict() model.Verdict {
	return min(t.Ends[model.Ingress].Decision.Verdict, t.Ends[model.Egress].Decision.Verdict)
}

// End is what one end does.
type End struct {
	Direction model.Direction
	Endpoint  *model.Endpoint // whose policy applies; nil: nobody's
	Decision  model.Decision
	// Possible is all that may become of it, in the order of the walk. There is more than one where a policy or
	// rule on the way may match or not, for all that the inputs say; Decision is then only certain if they agree.
	Possible []model.Decision
	Tiers    []TierStep    // the tiers consulted, in order; a host endpoint's once for each class
	Profiles []ProfileStep // those consulted after the tiers
}

// Class says when policies see a packet: Calico's endpoints have a list of tiers for each class
// (felix/calc/event_sequencer.go, tierInfoToProtoTierInfo, v3.31.0).
type Class uint8

// The classes, in the order in which they see a packet. Only host endpoints have policies of the
// first two.
const (
	Untracked Class = iota // doNotTrack
	PreDNAT                // preDNAT, ingress only
	Normal
)

func (c Class) String() string { return [...]string{"untracked", "pre-DNAT", "normal"}[c] }

func classOf(p *model.Policy) Class {
	switch {
	case p.DoNotTrack:
		return Untracked
	case p.PreDNAT:
		return PreDNAT
	}
	return Normal
}

// TierStep is a tier consulted.
type TierStep struct {
	Class    Class
	Tier     *model.Tier
	Policies []PolicyStep // those that isolate the endpoint in the direction, as far as consulted
	End      TierEnd
}

// TierEnd says what the end of a tier did.
type TierEnd uint8

// What the end of a tier does.
const (
	NotReached TierEnd = iota // a rule decided, or said Pass
	TierDenies                // nothing matched: the default action, Deny
	TierPasses                // nothing matched: the default action, Pass, or a class that has none
)

func (e TierEnd) String() string { return [...]string{"not reached", "deny", "pass"}[e] }

// PolicyStep is a policy consulted.
type PolicyStep struct {
	Policy  *model.Policy
	Selects selector.Answer // Yes or Maybe
	Rules   []RuleStep      // as far as consulted
}

// RuleStep is a rule consulted.
type RuleStep struct {
	Rule    *model.Rule
	Matches selector.Answer
	// Criterion is the first that does not hold or, if Matches is Maybe, is not known to hold. The
	// zero value if Matches is Yes.
	Criterion Criterion
}

// Criterion is one condition of a rule.
type Criterion struct {
	Name string // "protocol", "source selector", "destination ports", ...
	At   string // JSON pointer in the policy's object, of the criterion or its peer or rule
}

// ProfileStep is a profile consulted.
type ProfileStep struct {
	Name   string
	Effect ProfileEffect
}

// ProfileEffect says what a profile does with any packet.
type ProfileEffect uint8

// What profiles do.
const (
	ProfileSilent ProfileEffect = iota // it has no rules, only labels
	ProfileAllows
	ProfileDenies // it does not exist, and Calico denies in its stead
)

func (e ProfileEffect) String() string { return [...]string{"no rules", "allow", "deny"}[e] }
