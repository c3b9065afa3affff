package load_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/model"
)

// What Calico's API rejects is reported where it is, and is not in the model.
func TestRejectedByCalico(t *testing.T) {
	rule := func(fields string) string { return "ingress: [{action: Allow}, {" + fields + "}]" }
	egress := func(fields string) string { return "egress: [{action: Allow, " + fields + "}]" }
	const global, namespaced = "GlobalNetworkPolicy", "NetworkPolicy"
	for _, test := range []struct {
		name, kind, spec string
		want             string // "check pointer: beginning of the message"
	}{
		{"=", global, "selector: app = 'a'", `selector-invalid /spec/selector: selector "app = 'a'" cannot be parsed`},
		{"line break", global, `selector: "a == 'b'\n"`, "selector-invalid /spec/selector: "},
		{"namespaceSelector", global, "namespaceSelector: and", "selector-invalid /spec/namespaceSelector: "},
		{"selector of a rule", namespaced, rule("action: Allow, source: {selector: a}"), "selector-invalid /spec/ingress/1/source/selector: "},
		{"of service accounts", namespaced, rule("action: Allow, source: {serviceAccounts: {selector: a}}"),
			"selector-invalid /spec/ingress/1/source/serviceAccounts/selector: "},
		{"action", global, rule("action: allow"), "invalid-policy /spec/ingress/1/action: the action must be"},
		{"types", global, "types: [ingress]", "invalid-policy /spec/types/0: types must be Ingress or Egress"},
		{"global()", global, "selector: global()", "invalid-policy /spec/selector: global() can only be used in an EntityRule namespaceSelector"},
		{"host bits", global, rule("action: Allow, source: {nets: [10.0.0.0/8, 10.1.2.3/16]}"), "invalid-policy /spec/ingress/1/source/nets/1: 10.1.2.3/16 has bits set beyond its mask: "},
		{"a net without a mask", global, rule("action: Allow, source: {nets: [10.0.0.0/8, 10.1.2.3]}"), "invalid-policy /spec/ingress/1/source/nets/1: 10.1.2.3 has no mask: "},
		{"no net at all", global, rule("action: Allow, destination: {nets: ['10.1.2.3/32  web']}"),
			"invalid-policy /spec/ingress/1/destination/nets/0: \"10.1.2.3/32  web\" is not a CIDR: "},
		{"a placeholder", global, rule("action: Allow, source: {nets: ['<your CIDR>', '<another>/32']}"),
			"invalid-policy /spec/ingress/1/source/nets/0: \"<your CIDR>\" is a placeholder: "},
		{"protocol in the wrong place", global, rule("action: Allow, destination: {ports: [80], protocol: TCP}"),
			"invalid-manifest /spec/ingress/1/destination/protocol: protocol is a field of the rule, not of its destination, and without it the rule may not have ports: "},
		{"a mapping in a list of strings", global, "types: [Ingress, {action: Allow}]", "invalid-manifest /spec/types/1: spec.types is a mapping, and must be a string: "},
		{"both IP versions", global, rule("action: Allow, source: {nets: [10.0.0.0/8, '2001:db8::/32']}"),
			"invalid-policy /spec/ingress/1/source/nets: rule contains both IPv4 and IPv6 CIDRs"},
		{"notNets of everything", global, rule("action: Allow, destination: {notNets: [0.0.0.0/0]}"), "invalid-policy /spec/ingress/1/destination/notNets: catch-all CIDR"},
		{"protocol", global, rule("action: Allow, protocol: tcp"), "invalid-policy /spec/ingress/1/protocol: "},
		{"ports need a protocol", global, rule("action: Allow, destination: {ports: [80]}"),
			"invalid-policy /spec/ingress/1/destination/ports: rules that specify ports must set protocol"},
		{"ICMP", global, rule("action: Allow, icmp: {type: 8}"), "invalid-policy /spec/ingress/1/icmp: rules that specify ICMP fields"},
		{"services and ports", namespaced, egress("protocol: TCP, destination: {ports: [80], services: {name: s, namespace: x}}"),
			"invalid-policy /spec/egress/0/destination/ports: cannot specify ports with a service selector"},
		{"services and selector", namespaced, egress("destination: {selector: all(), services: {name: s, namespace: x}}"),
			"invalid-policy /spec/egress/0/destination/services: cannot specify Selector"},
		{"services on the own side", namespaced, rule("action: Allow, destination: {services: {name: s, namespace: x}}"),
			"invalid-policy /spec/ingress/1/destination/services: not allowed in ingress rule destination"},
		{"services of no namespace", global, egress("destination: {services: {name: s}}"),
			"invalid-policy /spec/egress/0/destination/services: must specify a namespace"},
		{"preDNAT", global, "preDNAT: true, applyOnForward: true, types: [Egress]", "invalid-policy /spec/types: PreDNAT PolicySpec cannot have"},
		{"doNotTrack", global, "doNotTrack: true", "invalid-policy /spec: ApplyOnForward must be true"},
		{"tier in the name", global, "tier: security", `invalid-policy /metadata/name: the name "p" does not begin with the policy's tier, "security."`},
		{"ports", global, rule("action: Allow, protocol: TCP, destination: {ports: [80, 80-90]}"), "invalid-policy /spec/ingress/1/destination/ports/1"},
		{"a port out of range", global, rule("action: Allow, protocol: TCP, destination: {ports: [80, '1:99999']}"), "invalid-manifest /spec/ingress/1/destination/ports/1"},
		{"a boolean", global, "selector: true", "invalid-manifest /spec/selector: spec.selector is a boolean, and must be a string"},
		{"a boolean in a list", namespaced, rule("action: Allow, source: {serviceAccounts: {names: [a, y]}}"),
			"invalid-manifest /spec/ingress/1/source/serviceAccounts/names/1: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			namespace := ""
			if test.kind == namespaced {
				namespace = ", namespace: x"
			}
			c, found := findings(t, fmt.Sprintf("apiVersion: projectcalico.org/v3\nkind: %s\nmetadata: {name: p%s}\nspec: {%s}\n",
				test.kind, namespace, test.spec), load.Options{})
			if len(found) != 1 || !strings.HasPrefix(found[0], test.want) {
				t.Errorf("got  %q\nwant %q", found, test.want)
			}
			if got := evaluation(c); strings.Contains(got, ":") {
				t.Errorf("it is evaluated: %s", got)
			}
		})
	}
}

func TestUnknownFields(t *testing.T) {
	for _, test := range []struct{ manifest, want string }{
		{"apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: p, namespace: x}\nspec: {podSelector: {}}\n",
			"wrong-api /spec/podSelector: podSelector is a field of the NetworkPolicy in networking.k8s.io/v1"},
		{"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: x}\nspec: {podselector: {}}\n",
			"invalid-manifest /spec/podselector: NetworkPolicy has no field \"podselector\" here"},
		{"apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: p}\nspec: {egress: [{action: Allow, destination: {domains: [a.example]}}]}\n",
			"enterprise-field /spec/egress/0/destination/domains: "},
		{"apiVersion: crd.projectcalico.org/v1\nkind: GlobalNetworkPolicy\nmetadata: {name: p}\nspec: {types: [Egress], egress: [{action: Allow, destination: {domains: [a.example]}}]}\n",
			"enterprise-field /spec/egress/0/destination/domains: "},
		{"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: x}\nspec: {podSelector: {}}\nstatus: {}\n",
			"invalid-manifest /status: NetworkPolicy has no field \"status\" here"},
	} {
		c, found := findings(t, test.manifest, load.Options{})
		if len(found) != 1 || !strings.HasPrefix(found[0], test.want) {
			t.Errorf("got  %q\nwant %q", found, test.want)
		}
		if !strings.Contains(evaluation(c), ": ") {
			t.Error("the policy is applied without the field, but it is not evaluated")
		}
	}
}

func TestNamedPortsNeedNoProtocolSince332(t *testing.T) {
	const manifest = "apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: p.with.dots}\nspec: {ingress: [{action: Allow, destination: {ports: [http]}}]}\n"
	p := policy(t, cluster(t, manifest, load.Options{Version: model.V332}), "GlobalNetworkPolicy p.with.dots")
	if m := p.Rules[0][0].Match; m.Protocol != nil || m.Destination.Ports[0].Name != "http" {
		t.Errorf("%+v", m)
	}
	for _, version := range []model.Version{model.V329, model.V330, model.V331} {
		_, found := findings(t, strings.ReplaceAll(manifest, "p.with.dots", "p"), load.Options{Version: version})
		if want := "invalid-policy /spec/ingress/0/destination/ports: "; len(found) != 1 || !strings.HasPrefix(found[0], want) {
			t.Errorf("%s: %q, want %q", version, found, want)
		}
	}
}

// What goes straight into Calico's storage is validated by nobody but Felix.
func TestStorage(t *testing.T) {
	const absent = "Felix treats the whole policy as absent"
	for _, test := range []struct {
		name, kind, spec, want, says string
		evaluated                    bool
	}{
		{"selector", "GlobalNetworkPolicy", "selector: app = 'a'", "selector-invalid /spec/selector: ", absent, false},
		{"selector of a rule", "GlobalNetworkPolicy", "ingress: [{action: Allow, source: {namespaceSelector: '='}}]",
			"selector-invalid /spec/ingress/0/source/namespaceSelector: ", absent, false},
		{"namespaceSelector widens", "GlobalNetworkPolicy", "namespaceSelector: '='", "selector-invalid /spec/namespaceSelector: ", "selects more", true},
		{"the only net widens", "GlobalNetworkPolicy", "ingress: [{action: Allow, source: {nets: [nonsense]}}]",
			"invalid-policy /spec/ingress/0/source/nets/0: ", "matches any address", true},
		{"ports without protocol", "NetworkPolicy", "ingress: [{action: Allow, destination: {ports: [80]}}]",
			"invalid-policy /spec/ingress/0/destination/ports: ", absent, false},
		{"ports as a name", "NetworkPolicy", "ingress: [{action: Allow, protocol: TCP, destination: {ports: [80-90]}}]",
			"invalid-policy /spec/ingress/0/destination/ports/0: ", absent, false},
		{"protocol", "NetworkPolicy", "ingress: [{action: Allow, protocol: tpc}]", "invalid-policy /spec/ingress/0/protocol: ", absent, false},
		{"action", "NetworkPolicy", "ingress: [{action: Permit}]", "invalid-policy /spec/ingress/0/action: ", "Felix crashes", false},
		{"types", "NetworkPolicy", "types: [Inbound]", "invalid-policy /spec/types/0: ", "Felix ignores it", true},
		{"the only notNet", "NetworkPolicy", "ingress: [{action: Allow, source: {notNets: [nonsense]}}]",
			"invalid-policy /spec/ingress/0/source/notNets/0: ", "excepts nothing", true},
		{"a number that is no protocol", "NetworkPolicy", "ingress: [{action: Allow, protocol: 300}]",
			"invalid-manifest /spec/ingress/0/protocol: ", "nor any other", false},
		{"a number that is no port", "NetworkPolicy", "ingress: [{action: Allow, protocol: TCP, destination: {ports: [70000]}}]",
			"invalid-manifest /spec/ingress/0/destination/ports/0: ", "nor any other", false},
		{"a type of ICMP without a protocol", "NetworkPolicy", "ingress: [{action: Allow, icmp: {type: 8}}]",
			"invalid-policy /spec/ingress/0/icmp: ", "it matches ICMP only", true},
		{"a type of ICMP with another protocol", "NetworkPolicy", "ingress: [{action: Allow, protocol: TCP, notICMP: {type: 8, code: 0}}]",
			"invalid-policy /spec/ingress/0/notICMP: ", "can program no policy", true},
		{"a code of ICMP without a type", "NetworkPolicy", "ingress: [{action: Allow, protocol: ICMP, icmp: {code: 0}}]",
			"invalid-policy /spec/ingress/0/icmp: ", "Felix leaves it out", true},
		{"ICMP by name or number", "NetworkPolicy", "ingress: [{action: Allow, protocol: icmp, icmp: {type: 8}}, {action: Allow, protocol: 58, icmp: {type: 128}}]", "", "", true},
		{"protocols in any case", "NetworkPolicy", "ingress: [{action: allow, protocol: tcp, destination: {ports: [80]}}]", "", "", true},
		{"bare addresses and host bits", "NetworkPolicy", "ingress: [{action: Allow, source: {nets: [10.0.0.1, 10.1.2.3/8]}}]", "", "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, found := findings(t, fmt.Sprintf("apiVersion: crd.projectcalico.org/v1\nkind: %s\nmetadata: {name: default.p, namespace: x}\nspec: {%s}\n",
				test.kind, withTypes(test.spec)), load.Options{})
			if test.want == "" && len(found) > 0 ||
				test.want != "" && (len(found) != 1 || !strings.HasPrefix(found[0], test.want) || !strings.Contains(found[0], test.says)) {
				t.Errorf("got  %q\nwant %q ... %q", found, test.want, test.says)
			}
			if evaluated := strings.Contains(evaluation(c), "default.p"); evaluated != test.evaluated {
				t.Errorf("evaluated: %v, want %v", evaluated, test.evaluated)
			}
		})
	}
}

// withTypes adds types to a spec that has none.
func withTypes(spec string) string {
	if strings.HasPrefix(spec, "types: ") {
		return spec
	}
	return "types: [Ingress], " + spec
}

func TestTiersInStorage(t *testing.T) {
	for _, test := range []struct{ name, spec, want string }{
		{"my.tier", "order: 5", "invalid-policy /metadata/name: "},
		{"default", "order: 5", "invalid-policy /spec/order: "},
		{"mine", "order: 5, defaultAction: pass", "invalid-policy /spec/defaultAction: "},
	} {
		_, found := findings(t, fmt.Sprintf("apiVersion: crd.projectcalico.org/v1\nkind: Tier\nmetadata: {name: %s}\nspec: {%s}\n", test.name, test.spec), load.Options{})
		if len(found) != 1 || !strings.HasPrefix(found[0], test.want) {
			t.Errorf("%s: got %q, want %q", test.name, found, test.want)
		}
	}
}

func TestRejectedByKubernetes(t *testing.T) {
	rule := func(fields string) string { return "podSelector: {}, ingress: [{}, {" + fields + "}]" }
	for _, test := range []struct{ name, spec, want string }{
		{"a name with endPort", rule("ports: [{port: http, endPort: 90}]"), "invalid-policy /spec/ingress/1/ports/0/endPort: "},
		{"endPort before port", rule("ports: [{port: 90, endPort: 80}]"), "invalid-policy /spec/ingress/1/ports/0/endPort: "},
		{"port 0", rule("ports: [{port: 0}]"), "invalid-policy /spec/ingress/1/ports/0/port: "},
		{"protocol", rule("ports: [{protocol: tcp}]"), "invalid-policy /spec/ingress/1/ports/0/protocol: "},
		{"an empty peer", rule("from: [{}]"), "invalid-policy /spec/ingress/1/from/0: "},
		{"ipBlock and selector", rule("from: [{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}]"), "invalid-policy /spec/ingress/1/from/0: "},
		{"cidr", rule("from: [{ipBlock: {cidr: 10.0.0.1}}]"), "invalid-policy /spec/ingress/1/from/0/ipBlock/cidr: "},
		{"except", rule("from: [{ipBlock: {cidr: 10.0.0.0/8, except: [192.0.2.0/24]}}]"), "invalid-policy /spec/ingress/1/from/0/ipBlock/except/0: "},
		{"policyTypes", "podSelector: {}, policyTypes: [ingress]", "invalid-policy /spec/policyTypes/0: "},
		{"operator", "podSelector: {matchExpressions: [{key: a, operator: in, values: [b]}]}", "invalid-policy /spec/podSelector/matchExpressions/0/operator: "},
		{"values", "podSelector: {matchExpressions: [{key: a, operator: In}]}", "invalid-policy /spec/podSelector/matchExpressions/0: "},
		{"label", "podSelector: {matchLabels: {a: b c}}", "invalid-policy /spec/podSelector/matchLabels/a: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, found := findings(t, fmt.Sprintf("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: x}\nspec: {%s}\n", test.spec), load.Options{})
			if len(found) != 1 || !strings.HasPrefix(found[0], test.want) {
				t.Errorf("got  %q\nwant %q", found, test.want)
			}
			if strings.Contains(evaluation(c), "knp") {
				t.Error("it is evaluated")
			}
		})
	}
}

// What once isolated a namespace does nothing any more, and says so only where it is written.
func TestIsolationAnnotation(t *testing.T) {
	_, found := findings(t, "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  annotations: {net.beta.kubernetes.io/network-policy: x}\n", load.Options{})
	if len(found) != 1 || !strings.Contains(found[0], "this annotation isolates nothing") {
		t.Error(found)
	}
	if _, found = findings(t, "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, annotations: {team: net}}\n", load.Options{}); len(found) != 0 {
		t.Error(found)
	}
}
