package tierlint.rules.bare_port_test

import data.tierlint.rules.bare_port

cluster(to) := {
	"options": {"ports": [53]},
	"model": {"tiers": [{"name": "default", "policies": [{
		"object": "P", "reviewed": true, "ingress": [],
		"egress": [{"pointer": "/spec/egress/0", "action": "Allow", "protocol": "TCP", "destination": to}],
	}]}]},
	"facts": {"policies": {"P": {"live": ["/spec/egress/0"]}}},
}

port(first, last) := {"first": first, "last": last, "pointer": sprintf("/%d", [first])}

test_ports_for_everyone if {
	some finding in bare_port.deny with input as cluster({"ports": [port(443, 443)]})
	finding.pointer == "/443"
	contains(finding.message, "TCP 443 is open to every pod")
}

test_a_range if {
	some finding in bare_port.deny with input as cluster({"ports": [port(1, 9)]})
	contains(finding.message, "TCP 1-9 ")
}

test_a_name if {
	some finding in bare_port.deny with input as cluster({"ports": [{"name": "web", "pointer": "/p"}]})
	contains(finding.message, "TCP web ")
}

test_quiet_with_a_peer if {
	every peer in [{"selector": "a"}, {"nets": [{"cidr": "10.0.0.0/8"}]}, {"service": {"name": "a"}}] {
		count(bare_port.deny) == 0 with input as cluster(object.union(peer, {"ports": [port(443, 443)]}))
	}
}

test_quiet_about_expected_ports if count(bare_port.deny) == 0 with input as cluster({"ports": [port(53, 53)]})
