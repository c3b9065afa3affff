// Package checks holds the checks that are written in Go, one file for each or for a few that
// belong together.
//
// To add a check, which `go run ./cmd/tierlint new-check ID` begins:
//
//  1. Write the value, here as a variable that is named like its ID, and add it to All:
//
//     // DNSUnreachable finds ...
//     var DNSUnreachable = &check.Check{
//     ID:       "dns-unreachable",
//     Title:    "Workloads cannot resolve names", // one line, what goes wrong
//     Doc:      dnsUnreachableDoc,
//     Since:    "0.1",
//     Severity: diag.Error,
//     Run:      reportUnreachableDNS,
//     }
//
//  2. Write doc/ID.md and name it in docs.go: the problem in a paragraph or two, a bad example,
//     <!-- output -->, the good form, references. Examples are fences with a file name,
//     "```yaml bad.yaml"; they are run, and their output put in, by TestPages (see
//     internal/checktest). Then `go test ./checks -update` writes docs/checks/ID.md.
//
//  3. Write cases, testdata/ID/NAME.txtar: small repositories with `# want "regexp"` on the lines of
//     findings, and at least one case without any, taken from good practice. TestCases runs them.
//
// A finding names a key or a scalar that somebody can change, says the consequence in one sentence,
// shows one connection (Witness, confirmed by Pass.Confirm), who decides it, and what to write. Where findings
// of other checks explain it, the check says so (SwallowedBy, FollowsFrom), and the finding which parts of
// objects it rests on (Parts), and which causes do not explain all of it (Beside); testdata/causes has such cases.
package checks

import "github.com/tierlint/tierlint/internal/check"

// misread is the checks that say of a rule that it is not what is written, and others. What such a rule does is
// no second mistake.
func misread(others ...string) []string {
	return append(others, "enterprise-field", "invalid-manifest", "invalid-policy", "wrong-api")
}

// All is every check in Go, by ID. Those without Run are found already while rendering and loading.
var All = []*check.Check{
	AmbientMesh,
	APIServerUnreachable,
	BaselineUnreachable,
	ClientAddress,
	CriterionUnchecked,
	DNSNodeLocal,
	DNSPortAfterDNAT,
	DNSTCPMissing,
	DNSUnreachable,
	DuplicateObject,
	EnterpriseField,
	ExceptIneffective,
	HostEndpointLockout,
	HostEndpointPolicy,
	HostNetworkPeer,
	HTTPNotEnforced,
	IngressUnreachable,
	InvalidChart,
	InvalidKustomization,
	InvalidManifest,
	InvalidPolicy,
	IsolationBypassed,
	ListItemSplit,
	MetricsUnreachable,
	NamedPort,
	NetFamily,
	NotRendered,
	OneEndOpen,
	OrderTie,
	PassToAllow,
	PolicyTypes,
	PortNotListened,
	RawCRD,
	RedundantPolicy,
	RegoInvalid,
	RemoteResource,
	RuleNeverMatches,
	SelectorInvalid,
	SelectorMatchesNothing,
	SelectorScope,
	SelectorTooWide,
	ServiceAddress,
	ServicePort,
	ServiceReference,
	ServiceUnreachable,
	ShadowedByTier,
	ShadowedPolicy,
	ShadowedRule,
	StagedPolicy,
	SuppressionInvalid,
	SuppressionUnused,
	SuppressionWithoutReason,
	TemplateNotRendered,
	TierImplicitDrop,
	TierMissing,
	TierOrder,
	VersionMismatch,
	WebhookUnreachable,
	WideOpenPeer,
	WrongAPI,
}
