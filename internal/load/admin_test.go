package load_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/model"
)

func TestAdminKindsByVersion(t *testing.T) {
	kinds := []string{"v1alpha1 AdminNetworkPolicy", "v1alpha1 BaselineAdminNetworkPolicy", "v1alpha2 ClusterNetworkPolicy"}
	for version, enforced := range map[model.Version][3]string{
		model.V329: {"adminnetworkpolicy pass: kanp.adminnetworkpolicy.p", "", ""},
		model.V330: {"adminnetworkpolicy pass: kanp.adminnetworkpolicy.p", "baselineadminnetworkpolicy pass: kbanp.baselineadminnetworkpolicy.default", ""},
		model.V331: {"adminnetworkpolicy pass: kanp.adminnetworkpolicy.p", "baselineadminnetworkpolicy pass: kbanp.baselineadminnetworkpolicy.default", ""},
		model.V332: {"", "", "kube-baseline pass: p"},
	} {
		for i, kind := range kinds {
			v, k, _ := strings.Cut(kind, " ")
			name, tier := "p", ""
			switch k {
			case "BaselineAdminNetworkPolicy":
				name = "default"
			case "ClusterNetworkPolicy":
				tier = "tier: Baseline, "
			}
			c, found := findings(t, fmt.Sprintf(
				"apiVersion: policy.networking.k8s.io/%s\nkind: %s\nmetadata: {name: %s}\nspec: {%spriority: 1, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}\n",
				v, k, name, tier), load.Options{Version: version})
			if enforced[i] == "" {
				if len(found) != 1 || !strings.HasPrefix(found[0], "version-mismatch /kind: Calico "+version.String()+" does not enforce the kind "+k) {
					t.Errorf("%s in %s: %q", k, version, found)
				}
				continue
			}
			if got := evaluation(c); len(found) > 0 || !strings.Contains(got, enforced[i]) {
				t.Errorf("%s in %s: %s, %q", k, version, got, found)
			}
		}
	}
}

func TestAdminRules(t *testing.T) {
	for _, test := range []struct {
		name, rule string // an egress rule
		version    model.Version
		want       string // rules, by action and number of peers and ports
		says       string // in the only finding
	}{
		{"unsupported peers leave Allow out", "{action: Allow, to: [{namespaces: {}}, {nodes: {}}]}", model.V331, "", "leaves the whole rule out"},
		{"and make Deny of Pass", "{action: Pass, to: [{domainNames: [a.example]}]}", model.V331, "Deny", "Deny for every address"},
		{"a named port is every port", "{action: Deny, to: [{namespaces: {}}], ports: [{namedPort: http}, {portNumber: {port: 80}}]}", model.V331,
			"Deny pcns", "every port of every protocol"},
		{"networks before 3.30", "{action: Allow, to: [{networks: [10.0.0.0/8]}]}", model.V329, "", "leaves the whole rule out"},
		{"networks", "{action: Allow, to: [{networks: [10.0.0.0/8]}]}", model.V330, "Allow 10.0.0.0/8", ""},
		{"protocols and peers", "{action: Allow, to: [{namespaces: {}}, {networks: [10.0.0.0/8]}], ports: [{portNumber: {port: 53, protocol: UDP}}, {portRange: {start: 1, end: 9}}]}",
			model.V331, "Allow TCP pcns 1-9, Allow TCP 10.0.0.0/8 1-9, Allow UDP pcns 53-53, Allow UDP 10.0.0.0/8 53-53", ""},
		{"3.32", "{action: Accept, to: [{namespaces: {}}], protocols: [{tcp: {destinationPort: {number: 80}}}, {udp: {}}, {destinationNamedPort: http}]}",
			model.V332, "Allow pcns http, Allow TCP pcns 80-80, Allow UDP pcns", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			kind := "v1alpha1\nkind: AdminNetworkPolicy"
			if test.version == model.V332 {
				kind = "v1alpha2\nkind: ClusterNetworkPolicy"
			}
			c, found := findings(t, fmt.Sprintf(
				"apiVersion: policy.networking.k8s.io/%s\nmetadata: {name: p}\nspec: {priority: 1, subject: {namespaces: {}}, egress: [%s]}\n", kind, test.rule),
				load.Options{Version: test.version})
			if test.says == "" && len(found) > 0 || test.says != "" && (len(found) != 1 || !strings.Contains(found[0], test.says)) {
				t.Errorf("found %q", found)
			}
			if got := egressRules(c); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// What the schema of the API refuses is reported where it is, each sort once, and is not in the model.
func TestAdminSchema(t *testing.T) {
	const anp, banp = "AdminNetworkPolicy", "BaselineAdminNetworkPolicy"
	rule := func(fields string) string {
		return "priority: 1, subject: {namespaces: {}}, egress: [{action: Deny, to: [{namespaces: {}}]}, {" + fields + "}]"
	}
	for _, test := range []struct{ name, kind, spec, want string }{
		{"no priority", anp, "subject: {namespaces: {}}", "/spec: there is no priority"},
		{"priority", anp, "priority: 1001, subject: {namespaces: {}}", "/spec/priority: priority 1001 is not from 0 to 1000"},
		{"no subject", anp, "priority: 1", "/spec: the subject has neither"},
		{"two subjects", anp, "priority: 1, subject: {namespaces: {}, pods: {podSelector: {}, namespaceSelector: {}}}", "/spec/subject: the subject has both"},
		{"half a subject", anp, "priority: 1, subject: {pods: {podSelector: {}}}", "/spec/subject/pods: pods has no namespaceSelector"},
		{"half a peer, twice", anp, rule("action: Deny, to: [{pods: {namespaceSelector: {}}}, {pods: {namespaceSelector: {}}}]"),
			"/spec/egress/1/to/0/pods: pods has no podSelector"},
		{"action", anp, rule("action: Accept, to: [{namespaces: {}}]"), "/spec/egress/1/action: action \"Accept\" is not one of this kind's"},
		{"Pass in the baseline", banp, rule("action: Pass, to: [{namespaces: {}}]"), "/spec/egress/1/action: action \"Pass\" is not one of this kind's"},
		{"no peers", anp, rule("action: Deny"), "/spec/egress/1: the to of a rule is missing or empty"},
		{"an empty peer", anp, rule("action: Deny, to: [{}]"), "/spec/egress/1/to/0: a peer says nothing"},
		{"two peers in one", anp, rule("action: Deny, to: [{namespaces: {}, networks: [10.0.0.0/8]}]"), "/spec/egress/1/to/0: a peer says more than one thing"},
		{"two ports in one", anp, rule("action: Deny, to: [{namespaces: {}}], ports: [{namedPort: a, portNumber: {port: 80}}]"),
			"/spec/egress/1/ports/0: a port has not exactly one"},
		{"a network", anp, rule("action: Deny, to: [{networks: [nonsense]}]"), "/spec/egress/1/to/0/networks/0: \"nonsense\" is neither"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, found := findings(t, fmt.Sprintf("apiVersion: policy.networking.k8s.io/v1alpha1\nkind: %s\nmetadata: {name: default}\nspec: {%s}\n",
				test.kind, test.spec), load.Options{})
			if len(found) != 1 || !strings.HasPrefix(found[0], "invalid-policy "+test.want) || !strings.Contains(found[0], "the API server rejects this") {
				t.Errorf("got  %q\nwant %q", found, test.want)
			}
			if strings.Contains(evaluation(c), "kanp") || strings.Contains(evaluation(c), "kbanp") {
				t.Error("it is evaluated")
			}
		})
	}
}

func egressRules(c *model.Cluster) string {
	var out []string
	for _, tier := range c.Tiers {
		for _, p := range tier.Policies {
			for _, r := range p.Rules[model.Egress] {
				s := r.Action.String()
				if r.Match.Protocol != nil {
					s += " " + r.Match.Protocol.String()
				}
				d := r.Match.Destination
				if d.Selector != nil {
					s += " pcns" // of namespaces
				}
				for _, n := range d.Nets {
					s += " " + n.String()
				}
				for _, p := range d.Ports {
					if p.Name != "" {
						s += " " + p.Name
					} else {
						s += fmt.Sprintf(" %d-%d", p.First, p.Last)
					}
				}
				out = append(out, s)
			}
		}
	}
	return strings.Join(out, ", ")
}
