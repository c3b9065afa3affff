# METADATA
# title: The internet as an end of connections
package tierlint.lib.internet

# samples are addresses that stand for the internet, from the networks for documentation (RFC 5737, RFC 3849).
samples := ["203.0.113.7", "2001:db8::7"]

# connection is one that a workload has with the internet, of its contacts there: `reaches` or `reachedBy`.
connection(contacts) := {"address": address, "protocol": traffic.protocol, "port": port(traffic)} if {
	found := [[address, traffic] |
		some contact in contacts
		contact.internet
		some address in samples
		some network in contact.addresses
		net.cidr_contains(network, address)
		some traffic in contact.traffic
		traffic.protocol in {"TCP", "UDP", "SCTP"}
	]
	[address, traffic] := found[0]
}

# port is 443 where that is among the ports.
port(traffic) := 443 if {
	traffic.first <= 443
	443 <= traffic.last
}

port(traffic) := max([traffic.first, 1]) if not port_https(traffic)

port_https(traffic) if {
	traffic.first <= 443
	443 <= traffic.last
}
