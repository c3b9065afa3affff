package checks

import _ "embed"

// The pages of documentation, by ID. checks.go says what is in them.

//go:embed doc/ambient-mesh.md
var ambientMeshDoc string

//go:embed doc/apiserver-unreachable.md
var apiserverUnreachableDoc string

//go:embed doc/baseline-unreachable.md
var baselineUnreachableDoc string

//go:embed doc/client-address.md
var clientAddressDoc string

//go:embed doc/criterion-unchecked.md
var criterionUncheckedDoc string

//go:embed doc/dns-node-local.md
var dnsNodeLocalDoc string

//go:embed doc/dns-port-after-dnat.md
var dnsPortAfterDNATDoc string

//go:embed doc/dns-tcp-missing.md
var dnsTCPMissingDoc string

//go:embed doc/dns-unreachable.md
var dnsUnreachableDoc string

//go:embed doc/duplicate-object.md
var duplicateObjectDoc string

//go:embed doc/enterprise-field.md
var enterpriseFieldDoc string

//go:embed doc/except-ineffective.md
var exceptIneffectiveDoc string

//go:embed doc/host-endpoint-lockout.md
var hostEndpointLockoutDoc string

//go:embed doc/host-endpoint-policy.md
var hostEndpointPolicyDoc string

//go:embed doc/host-network-peer.md
var hostNetworkPeerDoc string

//go:embed doc/http-not-enforced.md
var httpNotEnforcedDoc string

//go:embed doc/ingress-unreachable.md
var ingressUnreachableDoc string

//go:embed doc/invalid-chart.md
var invalidChartDoc string

//go:embed doc/invalid-kustomization.md
var invalidKustomizationDoc string

//go:embed doc/invalid-manifest.md
var invalidManifestDoc string

//go:embed doc/invalid-policy.md
var invalidPolicyDoc string

//go:embed doc/isolation-bypassed.md
var isolationBypassedDoc string

//go:embed doc/list-item-split.md
var listItemSplitDoc string

//go:embed doc/metrics-unreachable.md
var metricsUnreachableDoc string

//go:embed doc/named-port.md
var namedPortDoc string

//go:embed doc/net-family.md
var netFamilyDoc string

//go:embed doc/not-rendered.md
var notRenderedDoc string

//go:embed doc/one-end-open.md
var oneEndOpenDoc string

//go:embed doc/order-tie.md
var orderTieDoc string

//go:embed doc/pass-to-allow.md
var passToAllowDoc string

//go:embed doc/policy-types.md
var policyTypesDoc string

//go:embed doc/port-not-listened.md
var portNotListenedDoc string

//go:embed doc/raw-crd.md
var rawCRDDoc string

//go:embed doc/redundant-policy.md
var redundantPolicyDoc string

//go:embed doc/rego-invalid.md
var regoInvalidDoc string

//go:embed doc/remote-resource.md
var remoteResourceDoc string

//go:embed doc/rule-never-matches.md
var ruleNeverMatchesDoc string

//go:embed doc/selector-invalid.md
var selectorInvalidDoc string

//go:embed doc/selector-matches-nothing.md
var selectorMatchesNothingDoc string

//go:embed doc/selector-scope.md
var selectorScopeDoc string

//go:embed doc/selector-too-wide.md
var selectorTooWideDoc string

//go:embed doc/service-address.md
var serviceAddressDoc string

//go:embed doc/service-port.md
var servicePortDoc string

//go:embed doc/service-reference.md
var serviceReferenceDoc string

//go:embed doc/service-unreachable.md
var serviceUnreachableDoc string

//go:embed doc/shadowed-by-tier.md
var shadowedByTierDoc string

//go:embed doc/shadowed-policy.md
var shadowedPolicyDoc string

//go:embed doc/shadowed-rule.md
var shadowedRuleDoc string

//go:embed doc/staged-policy.md
var stagedPolicyDoc string

//go:embed doc/suppression-invalid.md
var suppressionInvalidDoc string

//go:embed doc/suppression-unused.md
var suppressionUnusedDoc string

//go:embed doc/suppression-without-reason.md
var suppressionWithoutReasonDoc string

//go:embed doc/template-not-rendered.md
var templateNotRenderedDoc string

//go:embed doc/tier-implicit-drop.md
var tierImplicitDropDoc string

//go:embed doc/tier-missing.md
var tierMissingDoc string

//go:embed doc/tier-order.md
var tierOrderDoc string

//go:embed doc/version-mismatch.md
var versionMismatchDoc string

//go:embed doc/webhook-unreachable.md
var webhookUnreachableDoc string

//go:embed doc/wide-open-peer.md
var wideOpenPeerDoc string

//go:embed doc/wrong-api.md
var wrongAPIDoc string
