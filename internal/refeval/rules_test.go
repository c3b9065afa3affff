package refeval_test

import (
	"net/netip"
	"testing"

	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
)

// TestCriteria says, statement by statement, what a rule matches: one rule, Allow, for egress of
// web, and one connection.
func TestCriteria(t *testing.T) {
	const yes, no = "allow default/default.p/0", "deny end-of-tier:default"
	c := newCluster()
	c.set("block", "203.0.113.0/24", "10.0.0.2/32")
	c.set("all6", "::/0")
	backends := &model.Service{Object: model.Object{Kind: "Service", Namespace: "shop", Name: "sql"}, Backends: []model.Backend{
		{Peer: c.peer("db"), Proto: flow.TCP, Port: 5432},
		{Peer: c.peer("nowhere"), Proto: flow.TCP, Port: 5432},
		{Peer: c.peer("mail")},
	}}
	toDB := c.tcp("web", "db", 5432)
	toOutside := c.tcp("web", "203.0.113.7", 443)
	type criteria []func(*model.Match)
	tests := []struct {
		name   string
		rule   criteria
		packet model.Packet
		want   string
	}{
		{"no criteria: anything", nil, toOutside, yes},
		{"protocol", criteria{proto(flow.UDP)}, toDB, no},
		{"notProtocol", criteria{notProto(flow.UDP)}, toDB, yes},
		{"all criteria must hold", criteria{proto(flow.TCP), to(selects("app == 'db'")), to(port(80, 80))}, toDB, no},

		{"a selector matches a pod", criteria{to(selects("app == 'db'"))}, toDB, yes},
		{"and a network set that has the address", criteria{to(selects("set == 'block'"))}, toDB, yes},
		{"also where nothing else has it", criteria{to(selects("set == 'block'"))}, toOutside, yes},
		{"any of what has the address will do, so a negation hardly excludes", criteria{to(selects("app != 'db'"))}, toDB, yes},
		{"all() is not everything: nobody has this address", criteria{to(selects("all()"))}, c.tcp("web", "8.8.8.8", 443), no},
		{"pods on their node's network are not selected", criteria{to(selects("app == 'proxy'"))}, c.tcp("web", "proxy", 443), no},
		{"the host endpoint at the node's address is", criteria{to(selects("host == 'host'"))}, c.tcp("web", "proxy", 443), yes},
		{"notSelector: nothing at the address matches", criteria{to(notSelects("app == 'db'"))}, toDB, no},
		{"it holds for addresses of nobody", criteria{to(notSelects("app == 'db'"))}, c.tcp("web", "8.8.8.8", 443), yes},
		{"the local end is looked at too", criteria{from(selects("app == 'db'"))}, toDB, no},

		{"nets", criteria{to(in("192.0.2.0/24", "203.0.113.0/24"))}, toOutside, yes},
		{"notNets", criteria{to(notIn("203.0.113.7/32"))}, toOutside, no},
		{"nets of the other IP version: the rule is not there", criteria{to(in("2001:db8::/32"))}, toOutside, no},
		{"even notNets", criteria{to(notIn("2001:db8::/32"))}, toOutside, no},
		{"one of both versions among several is enough", criteria{to(notIn("2001:db8::/32", "10.0.0.0/8"))}, toOutside, yes},

		{"a port range", criteria{to(port(5000, 5432))}, toDB, yes},
		{"one of several ports", criteria{to(port(80, 80)), to(port(5432, 5432))}, toDB, yes},
		{"notPorts", criteria{to(notPort(5000, 6000))}, toDB, no},
		{"a port and no port", criteria{to(port(1, 65535)), to(notPort(5432, 5432))}, toDB, no},
		{"source ports", criteria{from(port(flow.DefaultSourcePort, flow.DefaultSourcePort))}, toDB, yes},
		{"what has no ports does not match notPorts either", criteria{to(notPort(80, 80))}, model.Packet{Src: c.peer("web"), Dst: c.peer("db"), Proto: 50}, no},

		{"a named port is the one that the pod declares", criteria{to(named("sql"))}, toDB, yes},
		{"under that name", criteria{to(named("http"))}, toDB, no},
		{"for the rule's protocol, TCP if it has none", criteria{to(named("http"))}, c.udp("web", "db", 8080), no},
		{"here UDP", criteria{proto(flow.UDP), to(named("http"))}, c.udp("web", "db", 8080), yes},
		{"of a pod that the rule selects", criteria{to(selects("app == 'mail'")), to(named("sql"))}, toDB, no},
		{"beside numbers", criteria{to(port(80, 80)), to(named("sql"))}, toDB, yes},

		{"a Service as a destination: its backends at their ports", criteria{to(service(backends))}, toDB, yes},
		{"not at others", criteria{to(service(backends))}, c.tcp("web", "db", 5433), no},
		{"not with another protocol", criteria{to(service(backends))}, c.udp("web", "db", 5432), no},
		{"backends without known address too", criteria{to(service(backends))}, c.tcp("web", "nowhere", 5432), yes},
		{"a backend without ports gets nothing", criteria{to(service(backends))}, c.tcp("web", "mail", 5432), no},
		{"a Service that is not there matches nothing", criteria{to(func(s *model.Side) { s.Service = &model.ServiceMatch{Name: "sql"} })}, toDB, no},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c.Tiers = nil
			c.tier("default", egress("p", "app == 'web'", rule(model.Allow, test.rule...)))
			c.wants(t, model.Egress, test.packet, test.want)
		})
	}
}

// TestServiceAsSource: a Service as a source is the addresses of its backends, whatever the ports.
func TestServiceAsSource(t *testing.T) {
	c := newCluster()
	s := &model.Service{Backends: []model.Backend{{Peer: c.peer("web"), Proto: flow.TCP, Port: 8080}, {Peer: c.peer("mail")}}}
	c.tier("default", ingress("p", "app == 'db'", rule(model.Allow, from(service(s)))))
	c.wants(t, model.Ingress, c.tcp("web", "db", 5432), "allow default/default.p/0")
	c.wants(t, model.Ingress, c.udp("mail", "db", 5432), "allow default/default.p/0")
	c.wants(t, model.Ingress, c.tcp("nowhere", "db", 5432), "deny end-of-tier:default")
}

// TestICMP: types and codes, and their opposites, are about ICMP only.
func TestICMP(t *testing.T) {
	c := newCluster()
	code := uint8(1)
	echo, unreachable := &model.ICMP{Type: 8}, &model.ICMP{Type: 3, Code: &code}
	icmp := func(kind, code uint8) model.Packet {
		return model.Packet{Src: c.peer("web"), Dst: c.peer("db"), Proto: flow.ICMP, ICMPType: kind, ICMPCode: code}
	}
	tests := []struct {
		name   string
		is     *model.ICMP
		not    *model.ICMP
		packet model.Packet
		match  bool
	}{
		{"type", echo, nil, icmp(8, 0), true},
		{"any code of the type", echo, nil, icmp(8, 5), true},
		{"another type", echo, nil, icmp(0, 0), false},
		{"type and code", unreachable, nil, icmp(3, 1), true},
		{"another code", unreachable, nil, icmp(3, 2), false},
		{"not the type", nil, echo, icmp(8, 0), false},
		{"not the type and code", nil, unreachable, icmp(3, 2), true},
		{"TCP is no ICMP, whatever type it is not", nil, echo, c.tcp("web", "db", 80), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c.Tiers = nil
			r := rule(model.Allow)
			r.Match.ICMP, r.Match.NotICMP = test.is, test.not
			c.tier("default", egress("p", "all()", r))
			want := "deny end-of-tier:default"
			if test.match {
				want = "allow default/default.p/0"
			}
			c.wants(t, model.Egress, test.packet, want)
		})
	}
}

// TestIPVersions: a rule may be for one IP version; ICMPv6 is IPv6's.
func TestIPVersions(t *testing.T) {
	c := newCluster()
	web6, db6 := model.Peer{Endpoint: c.ends["web"], Addr: netip.MustParseAddr("fd00::1")}, model.Peer{Endpoint: c.ends["db"], Addr: netip.MustParseAddr("fd00::2")}
	p6 := model.Packet{Src: web6, Dst: db6, Proto: flow.TCP, DstPort: 80}
	four := rule(model.Deny)
	four.Match.IPVersion = 4
	c.tier("default", egress("p", "all()", four, rule(model.Allow)))
	c.wants(t, model.Egress, p6, "allow default/default.p/1")
	c.wants(t, model.Egress, c.tcp("web", "db", 80), "deny default/default.p/0")
}

// TestSharedAddress: where two endpoints have one address, selectors match both.
func TestSharedAddress(t *testing.T) {
	c := newCluster()
	c.pod("shop", "twin", "10.0.0.2")
	c.tier("default", egress("p", "app == 'web'", rule(model.Allow, to(selects("app == 'twin'")))))
	c.wants(t, model.Egress, c.tcp("web", "db", 80), "allow default/default.p/0")
}
