package checks

import (
	"testing"

	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
)

// What is to be written for an admin policy is in its own terms, not in those of Calico or of a NetworkPolicy.
func TestAdminRule(t *testing.T) {
	for _, test := range []struct {
		api  model.PolicyAPI
		d    model.Direction
		peer string
		want string
	}{
		{model.BaselineAdminNetworkPolicy, model.Ingress, "",
			"- action: Allow\n  from:\n  - namespaces: {}\n  ports: [{portNumber: {protocol: UDP, port: 53}}]"},
		{model.AdminNetworkPolicy, model.Egress, "namespaceSelector: {matchLabels: {a: b}}",
			"- action: Allow\n  to:\n  - pods: {namespaceSelector: {matchLabels: {a: b}}, podSelector: {}}\n  ports: [{portNumber: {protocol: UDP, port: 53}}]"},
		{model.AdminNetworkPolicy, model.Egress, "ipBlock: {cidr: 192.0.2.0/24}  # the nodes",
			"- action: Allow\n  to:\n  - networks: [192.0.2.0/24]  # the nodes\n  ports: [{portNumber: {protocol: UDP, port: 53}}]"},
		{model.ClusterNetworkPolicy, model.Egress, podsBehind(&model.Policy{}, &model.Service{Object: model.Object{Namespace: "x"}, Selector: map[string]string{"k": "v"}}),
			"- action: Accept\n  to:\n  - pods: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: x}}, podSelector: {matchLabels: {k: v}}}\n" +
				"  protocols: [{udp: {destinationPort: {number: 53}}}]"},
	} {
		if got := adminRule(test.api, test.d, test.peer, protoPort{flow.UDP, 53}); got != test.want {
			t.Errorf("got\n%s\nwant\n%s", got, test.want)
		}
	}
}
