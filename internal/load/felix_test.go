package load_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/model"
	"net/netip"
)

func felix(name, spec string) string {
	return "apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata: {name: " + name + "}\nspec: {" + spec + "}\n"
}

const host = "---\napiVersion: projectcalico.org/v3\nkind: HostEndpoint\nmetadata: {name: h}\nspec: {node: n1, interfaceName: eth0}\n"

func TestFailsafePorts(t *testing.T) {
	for _, test := range []struct {
		name, manifest string
		want           [2][]model.Failsafe
	}{
		{"nobody says", host, [2][]model.Failsafe{}},
		{"none", felix("default", "failsafeInboundHostPorts: []"), [2][]model.Failsafe{model.Ingress: {}}},
		{"some", felix("default", "failsafeOutboundHostPorts: [{port: 22}, {protocol: udp, port: 53, net: 10.0.0.0/8}]"), [2][]model.Failsafe{
			model.Egress: {{Proto: flow.TCP, Port: 22}, {Proto: flow.UDP, Port: 53, Net: netip.MustParsePrefix("10.0.0.0/8")}},
		}},
		{"into storage", strings.ReplaceAll(felix("default", "failsafeInboundHostPorts: []"), "projectcalico.org/v3", "crd.projectcalico.org/v1"),
			[2][]model.Failsafe{model.Ingress: {}}},
		{"of one node", felix("node.n1", "failsafeInboundHostPorts: []"), [2][]model.Failsafe{}},
	} {
		if got := cluster(t, test.manifest, load.Options{}).Failsafes; !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
	_, found := findings(t, felix("default", "failsafeInboundHostPorts: [{protocol: icmp, port: 1}, {port: 22, net: here}]"), load.Options{})
	if len(found) != 2 || !strings.HasPrefix(found[0], "invalid-manifest /spec/failsafeInboundHostPorts/0/protocol: ") ||
		!strings.HasPrefix(found[1], "invalid-manifest /spec/failsafeInboundHostPorts/1/net: ") {
		t.Errorf("%q", found)
	}
}

// What is configured and no answer regards is a gap.
func TestFelixGaps(t *testing.T) {
	for manifest, want := range map[string]string{
		felix("default", "logSeverityScreen: Info") + host:                   "",
		felix("default", "defaultEndpointToHostAction: Accept"):              "",
		felix("default", "defaultEndpointToHostAction: Accept") + host:       "those of host endpoints are not asked",
		felix("default", "defaultEndpointToHostAction: Drop"):                "is dropped after",
		felix("default", "defaultEndpointToHostAction: Return") + host:       "",
		felix("node.n1", "failsafeInboundHostPorts: [{port: 22}]") + host:    "the failsafe ports of node n1",
		felix("node.n1", "failsafeInboundHostPorts: [{port: 22}]"):           "",
		felix("default", "failsafeOutboundHostPorts: [{port: 2222}]") + host: "",
	} {
		gaps := cluster(t, manifest, load.Options{}).Gaps
		if want == "" && len(gaps) > 0 || want != "" && (len(gaps) != 1 || !strings.Contains(gaps[0].Message, want)) {
			t.Errorf("%s: %v, want %q", manifest, gaps, want)
		}
	}
}
