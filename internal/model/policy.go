package model

import (
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/selector"
	"github.com/tierlint/tierlint/internal/source"
)

// Tier and the policies in it.
type Tier struct {
	Object
	Order       float64
	DefaultPass bool // defaultAction: Pass; otherwise what reaches the end is denied
	// Missing says that no such tier exists; its policies are enforced all the same, last
	// (felix/calc/policy_resolver.go:195-207, v3.31.0).
	Missing bool
	// Elsewhere says that the tier is Missing and most likely kept in another repository: no file defines a tier, and its
	// policies are in the API that refuses them without it. What comes before it is not known, nor what its end does.
	Elsewhere bool
	Policies  []*Policy // in evaluation order
}

// PolicyAPI is the API that a policy was written in.
type PolicyAPI uint8

// The APIs for policies.
const (
	KubernetesNetworkPolicy PolicyAPI = iota
	CalicoNetworkPolicy
	GlobalNetworkPolicy
	AdminNetworkPolicy
	BaselineAdminNetworkPolicy
	ClusterNetworkPolicy
)

// Policy of any kind, in Calico's terms.
type Policy struct {
	Object
	API  PolicyAPI
	Tier *Tier
	// FelixName is what Felix calls it and, up to 3.31, breaks ties by: "[namespace/]stored name"
	// (default.foo, knp.default.foo, kanp.adminnetworkpolicy.foo).
	FelixName string
	Order     *float64 // nil: last
	// TierWritten is spec.tier; empty: not written. Up to 3.31 it is the name that counts.
	TierWritten string
	// Selector is the whole subject: selector, namespace, namespaceSelector, serviceAccountSelector.
	Selector *selector.Selector
	// SelectorAt points to what a person would change to select something else.
	SelectorAt string
	// Written is the subject before Calico narrowed it; empty for the kinds of policy.networking.k8s.io.
	Written Written
	// Governs says for which directions the policy isolates and decides; TypesAt points to where that is written.
	Governs                             [2]bool
	TypesAt                             string
	TypesWritten                        bool
	Rules                               [2][]*Rule
	Staged                              bool
	DoNotTrack, PreDNAT, ApplyOnForward bool // HostEndpoints only
	// Raw says that it is a crd.projectcalico.org/v1 object, which nobody defaulted or validated.
	Raw bool
}

// Global says whether the policy is not confined to a namespace.
func (p *Policy) Global() bool { return p.Namespace == "" }

// Rule of a policy. One rule of a Kubernetes policy becomes one for each peer and protocol, as in Calico.
type Rule struct {
	Policy    *Policy
	Direction Direction
	Index     int    // in the policy's list as Calico has it, from 0
	At        string // JSON pointer to the rule as written, "/spec/egress/0"
	Action    Action
	Match     Match
}

// Origin is the place of something in the rule: a JSON pointer in the policy's object.
func (r *Rule) Origin(pointer string) source.Origin { return r.Policy.Origin(pointer) }

// Match is what a rule matches. All of its criteria must hold; zero values match everything.
type Match struct {
	IPVersion             uint8       // 4 or 6; 0: both
	Protocol, NotProtocol *flow.Proto // nil: any
	ICMP, NotICMP         *ICMP
	Source, Destination   Side
	// Never says that Calico programs the rule so that it matches nothing, and why.
	Never string
	// Unchecked points to nets that are written but left out above, because the rules that Felix
	// programs do not ask for them.
	Unchecked []string
	// HTTP says that the rule has an http match, which Felix ignores.
	HTTP bool
}

// ICMP is a type and, perhaps, a code.
type ICMP struct {
	Type uint8
	Code *uint8
}

// Side is one end in a rule. Selectors are effective: Calico's scoping to namespaces is in them.
type Side struct {
	At string // JSON pointer to the peer as written; empty: nothing is written
	// Selector matches addresses of endpoints and network sets; nil: any address at all.
	Selector *selector.Selector
	// NotSelector is set only where Selector is nil: otherwise it is part of Selector, as in Felix
	// (felix/calc/rule_scanner.go, combineMatchesIfPossible).
	NotSelector *selector.Selector
	// SelectorAt points to the selector, namespaceSelector, podSelector or serviceAccounts as written.
	SelectorAt string
	// Written is what Selector and NotSelector were made of.
	Written         Written
	Nets, NotNets   []Net
	Ports, NotPorts []PortMatch
	Service         *ServiceMatch
}

// Written is what selects one end, before Calico narrows it to namespaces: in Calico's syntax, also
// where somebody wrote a selector of Kubernetes. What is not written is empty.
type Written struct {
	Selector, NotSelector string
	// NamespaceSelector has labels of namespaces, without prefix.
	NamespaceSelector string
	// Accounts is what selects by service account, as Calico adds it to Selector.
	Accounts string
}

// Any says whether the side has no criterion.
func (s *Side) Any() bool {
	return s.Selector == nil && s.NotSelector == nil && len(s.Nets) == 0 && len(s.NotNets) == 0 &&
		len(s.Ports) == 0 && len(s.NotPorts) == 0 && s.Service == nil
}

// PortMatch is a range of ports, or a named port.
type PortMatch struct {
	Name        string // if not empty: the ports that endpoints declare under this name
	First, Last uint16
	At          string // JSON pointer
}

// Has says whether a port number is in the range; none is in a named port.
func (p PortMatch) Has(n uint16) bool { return p.Name == "" && p.First <= n && n <= p.Last }

// ServiceMatch is a `services` criterion: for a destination the Service's backends with their
// ports, for a source their addresses.
type ServiceMatch struct {
	Namespace, Name string
	At              string
	Service         *Service // nil: not in the inputs
}
