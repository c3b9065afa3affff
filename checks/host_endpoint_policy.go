package checks

import (
	"fmt"
	"strings"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// HostEndpointPolicy finds host endpoints and policies for them that do not work as they are written.
var HostEndpointPolicy = &check.Check{
	ID:       "host-endpoint-policy",
	Title:    "A host endpoint, or a policy for hosts, does not work as it is written",
	Doc:      hostEndpointPolicyDoc,
	Since:    "0.1",
	Severity: diag.Warning,
	Exposes:  true, // most of what it finds leaves hosts open
	Run:      reportHostPolicies,
}

func reportHostPolicies(p *check.Pass) error {
	a, err := p.Eval()
	if err != nil {
		return err
	}
	hosts := hostsOf(p.Cluster)
	for _, h := range hosts {
		if h.Reviewed() {
			reportProfiles(p, h)
			reportSameInterface(p, h, hosts)
			reportNoAddress(p, h)
		}
	}
	for policy := range reviewedPolicies(p.Cluster) {
		if policy.API != model.GlobalNetworkPolicy {
			continue
		}
		reportFlagsOnPods(p, a, policy)
		reportNodePorts(p, a, policy)
		reportOwnPods(p, a, policy)
		reportForwarded(p, a, policy)
		reportUntracked(p, a, policy)
		reportFailsafe(p, a, policy)
		reportEgressBeforeDNAT(p, policy)
	}
	return nil
}

func hostsOf(c *model.Cluster) []*model.Endpoint {
	var out []*model.Endpoint
	for _, e := range c.Endpoints {
		if e.Type == model.Host {
			out = append(out, e)
		}
	}
	return out
}

// reportProfiles: where Calico keeps its data in Kubernetes there are only the profiles that it
// makes itself (libcalico-go/lib/backend/k8s/resources/profile.go:128-156, v3.31.0).
func reportProfiles(p *check.Pass, h *model.Endpoint) {
	for i, name := range h.Profiles {
		if name == "projectcalico-default-allow" || strings.HasPrefix(name, "kns.") || strings.HasPrefix(name, "ksa.") {
			continue
		}
		p.Report(diag.Diagnostic{
			Severity: diag.Error, At: h.Origin(fmt.Sprintf("/spec/profiles/%d", i)), Object: h.Object.String(),
			Message: fmt.Sprintf("there is no profile %s where Calico keeps its data in Kubernetes, and a missing profile denies everything that no policy decides", name),
			Help:    "projectcalico-default-allow, or no profile and a GlobalNetworkPolicy that allows what is needed",
		})
	}
}

// reportSameInterface: of several host endpoints for one interface the first by name counts
// (felix/dataplane/linux/endpoint_mgr.go:1041-1106, v3.31.0).
func reportSameInterface(p *check.Pass, h *model.Endpoint, hosts []*model.Endpoint) {
	for _, o := range hosts {
		if o == h {
			return // they are in the order of their names
		}
		if h.Node == "" || o.Node != h.Node || o.Interface != h.Interface || h.Interface == "" {
			continue
		}
		p.Report(diag.Diagnostic{
			At: h.Origin("/spec/interfaceName"), Object: h.Object.String(),
			Message: fmt.Sprintf("%s is for interface %s of node %s already and comes first by its name, so no policy that selects this one applies", o.String(), h.Interface, h.Node),
			Help:    "one HostEndpoint for each interface",
			Related: []diag.Related{{At: o.Origin("/spec/interfaceName"), Message: "the one that counts"}},
		})
		return
	}
}

// reportNoAddress: selectors in rules stand for addresses, and this host has none that Calico knows
// (felix/labelindex/named_port_index.go:315-326, v3.31.0).
func reportNoAddress(p *check.Pass, h *model.Endpoint) {
	if len(h.Addrs) > 0 {
		return
	}
	for _, t := range p.Cluster.Tiers {
		for _, policy := range t.Policies {
			for _, w := range writtenSelectors(policy) {
				if w.subject() || w.local || w.sel.Match(h.Labels) != selector.Yes || w.sel.Match(selector.Labels{}) == selector.Yes {
					continue
				}
				p.Report(diag.Diagnostic{
					At: h.KeyOrigin("/spec"), Object: h.Object.String(),
					Message: fmt.Sprintf("this host has no expectedIPs, so a rule of %s that selects it as a peer never matches it", policy.String()),
					Help:    "expectedIPs, with the addresses of the node",
					Related: []diag.Related{{At: policy.KeyOrigin(w.at), Message: "the rule that selects it"}},
				})
				return
			}
		}
	}
}
