package load_test

import (
	"fmt"
	"testing"

	"github.com/tierlint/tierlint/internal/load"
)

func TestIPVersions(t *testing.T) {
	for _, test := range []struct {
		rule  string
		want  uint8
		never bool
	}{
		{"action: Allow", 0, false},
		{"action: Allow, ipVersion: 6", 6, false},
		{"action: Allow, protocol: ICMP", 4, false},
		{"action: Allow, protocol: ICMPv6", 6, false},
		{"action: Allow, protocol: 1", 0, false},
		{"action: Allow, source: {nets: [10.0.0.0/8]}", 4, false},
		{"action: Allow, source: {notNets: ['2001:db8::/32']}", 6, false},
		{"action: Allow, source: {nets: [10.0.0.0/8]}, destination: {notNets: ['2001:db8::/32']}", 0, true},
		{"action: Allow, source: {nets: [10.0.0.0/8, '2001:db8::/32']}", 0, false},
		{"action: Allow, source: {nets: [10.0.0.0/8, '2001:db8::/32']}, destination: {nets: [10.0.0.0/8]}", 4, false},
		{"action: Allow, protocol: ICMPv6, source: {nets: [10.0.0.0/8]}", 6, true},
		{"action: Allow, destination: {notNets: [0.0.0.0/0]}", 0, true},
	} {
		// In storage, where all of these get.
		c, _ := findings(t, fmt.Sprintf(
			"apiVersion: crd.projectcalico.org/v1\nkind: GlobalNetworkPolicy\nmetadata: {name: p}\nspec: {ingress: [{%s}]}\n", test.rule), load.Options{})
		m := policy(t, c, "GlobalNetworkPolicy p").Rules[0][0].Match
		if (m.Never != "") != test.never || !test.never && m.IPVersion != test.want {
			t.Errorf("%s: IP version %d, never %q", test.rule, m.IPVersion, m.Never)
		}
	}
}

// Every part of a rule knows where it is written.
func TestRulePlaces(t *testing.T) {
	c := cluster(t, `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p, namespace: x}
spec:
  podSelector: {}
  ingress:
  - {}
  - from:
    - podSelector: {}
    - ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}
    - namespaceSelector: {}
    ports:
    - {port: 53, protocol: UDP}
    - {port: 80}
    - {port: 90, endPort: 99}
---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: {name: c, namespace: x}
spec:
  egress:
  - {action: Log}
  - {action: Deny, protocol: TCP, destination: {selector: all(), notNets: [10.0.0.0/8], ports: [1, '2:3']}}
`, load.Options{})
	rules := policy(t, c, "NetworkPolicy x/p").Rules[0]
	// One for any, then one for each of TCP and UDP and each of three peers.
	if len(rules) != 7 {
		t.Fatalf("%d rules", len(rules))
	}
	last := rules[6]
	for _, test := range []struct{ got, want string }{
		{rules[0].At, "/spec/ingress/0"},
		{rules[1].At, "/spec/ingress/1"},
		{rules[1].Match.Source.SelectorAt, "/spec/ingress/1/from/0/podSelector"},
		{rules[1].Match.Destination.Ports[1].At, "/spec/ingress/1/ports/2/port"},
		{rules[2].Match.Source.Nets[0].At, "/spec/ingress/1/from/1/ipBlock/cidr"},
		{rules[2].Match.Source.NotNets[0].At, "/spec/ingress/1/from/1/ipBlock/except/0"},
		{last.Match.Source.At, "/spec/ingress/1/from/2"},
		{last.Match.Source.SelectorAt, "/spec/ingress/1/from/2/namespaceSelector"},
		{last.Match.Destination.Ports[0].At, "/spec/ingress/1/ports/0/port"},
		{fmt.Sprint(last.Index, last.Match.Protocol), "6 UDP"},
	} {
		if test.got != test.want {
			t.Errorf("got %s, want %s", test.got, test.want)
		}
	}
	r := policy(t, c, "NetworkPolicy x/c").Rules[1][1]
	d := r.Match.Destination
	got := fmt.Sprint(r.At, d.At, d.SelectorAt, d.NotNets[0].At, d.Ports[1].At, r.Match.Source.At)
	want := "/spec/egress/1/spec/egress/1/destination/spec/egress/1/destination/selector/spec/egress/1/destination/notNets/0/spec/egress/1/destination/ports/1"
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestKubernetesPorts(t *testing.T) {
	for _, test := range []struct{ ports, want string }{
		{"[]", "any []"},
		{"[{}]", "TCP []"},
		{"[{protocol: UDP}, {port: 53, protocol: UDP}]", "UDP []"},
		{"[{port: 80}, {port: http}, {port: 90, endPort: 99}]", "TCP [80-80 http 90-99]"},
		{"[{port: 80, protocol: SCTP}, {port: 53, protocol: UDP}]", "SCTP [80-80]; UDP [53-53]"},
	} {
		p := only(t, objects(t, fmt.Sprintf(`
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p, namespace: x}
spec: {podSelector: {}, ingress: [{ports: %s}]}
`, test.ports)))
		got := ""
		for i, r := range p.Rules[0] {
			if i > 0 {
				got += "; "
			}
			if r.Match.Protocol == nil {
				got += "any"
			} else {
				got += r.Match.Protocol.String()
			}
			var ports []string
			for _, p := range r.Match.Destination.Ports {
				if p.Name != "" {
					ports = append(ports, p.Name)
				} else {
					ports = append(ports, fmt.Sprintf("%d-%d", p.First, p.Last))
				}
			}
			got += fmt.Sprintf(" %v", ports)
		}
		if got != test.want {
			t.Errorf("%s: got %s, want %s", test.ports, got, test.want)
		}
	}
}
