package checks

import (
	"fmt"
	"strings"

	"github.com/tierlint/tierlint/internal/model"
)

// isAdmin says whether a policy is of one of the kinds of policy.networking.k8s.io.
func isAdmin(api model.PolicyAPI) bool {
	return api == model.AdminNetworkPolicy || api == model.BaselineAdminNetworkPolicy || api == model.ClusterNetworkPolicy
}

// adminRule is a rule that allows, as an item of the list of an admin policy's rules. The peer is an item
// of a Kubernetes peer list; empty: all pods.
func adminRule(api model.PolicyAPI, d model.Direction, peer string, ports ...protoPort) string {
	action, field, list := "Allow", "ports", [...]string{model.Ingress: "from", model.Egress: "to"}[d]
	if api == model.ClusterNetworkPolicy {
		action, field = "Accept", "protocols"
	}
	var items []string
	for _, p := range ports {
		item := fmt.Sprintf("{portNumber: {protocol: %s, port: %d}}", p.proto, p.port)
		if api == model.ClusterNetworkPolicy {
			item = fmt.Sprintf("{%s: {destinationPort: {number: %d}}}", strings.ToLower(p.proto.String()), p.port)
		}
		items = append(items, item)
	}
	return fmt.Sprintf("- action: %s\n  %s:\n  - %s\n  %s: [%s]", action, list, adminPeer(peer), field, strings.Join(items, ", "))
}

// adminPeer is a peer of an admin policy for an item of a Kubernetes peer list.
func adminPeer(kubernetes string) string {
	if kubernetes == "" {
		return "namespaces: {}"
	}
	if block, ok := strings.CutPrefix(kubernetes, "ipBlock: {cidr: "); ok {
		cidr, rest, _ := strings.Cut(block, "}")
		return fmt.Sprintf("networks: [%s]%s", cidr, rest)
	}
	selectors := strings.Split(kubernetes, "\n")
	for i := range selectors {
		selectors[i] = strings.TrimSpace(selectors[i])
	}
	if len(selectors) == 1 {
		selectors = append(selectors, "podSelector: {}")
	}
	return "pods: {" + strings.Join(selectors, ", ") + "}"
}
