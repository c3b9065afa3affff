package load

import (
	"fmt"

	"github.com/projectcalico/api/pkg/lib/numorstring"
)

// adminPorts converts the ports of a rule. Up to 3.31 a named port counts as every port of every
// protocol (conversion.go:594-600 and 757-759, v3.31.0).
func (l *loader) adminPorts(o *Object, r *adminRule, at string) (out []portItem, problemAt, problemText string) {
	for i, p := range r.Ports {
		item := portItem{at: items(at + "/ports")(i)}
		switch {
		case p.PortNumber != nil:
			item.port, item.protocol = portRange(p.PortNumber.Port, p.PortNumber.Port), orTCP(p.PortNumber.Protocol)
		case p.PortRange != nil:
			item.port, item.protocol = portRange(p.PortRange.Start, p.PortRange.End), orTCP(p.PortRange.Protocol)
		case p.NamedPort != nil:
			l.report(&o.Object, problem{check: CheckPolicy, at: item.at + "/namedPort", help: "portNumber, with the number",
				message: fmt.Sprintf("Calico does not support namedPort here: the rule matches every port of every protocol, not just %s", *p.NamedPort)})
		}
		out = append(out, item)
	}
	for i, p := range r.Protocols {
		out = append(out, p.item(items(at+"/protocols")(i)))
	}
	return out, problemAt, problemText
}

// item converts an entry of v1alpha2's protocols (libcalico-go/lib/backend/k8s/conversion/clusternetworkpolicy.go, v3.32.1).
func (p *adminProtocol) item(at string) portItem {
	item := portItem{at: at}
	var t *adminTransport
	switch {
	case p.TCP != nil:
		item.protocol, t = "TCP", p.TCP
	case p.UDP != nil:
		item.protocol, t = "UDP", p.UDP
	case p.SCTP != nil:
		item.protocol, t = "SCTP", p.SCTP
	case p.NamedPort != "":
		port := numorstring.NamedPort(p.NamedPort)
		item.port = &port
	}
	if t == nil || t.DestinationPort == nil {
		return item
	}
	switch d := t.DestinationPort; {
	case d.Number != 0:
		item.port = portRange(d.Number, d.Number)
	case d.Range != nil:
		item.port = portRange(d.Range.Start, d.Range.End)
	}
	return item
}

func orTCP(protocol string) string {
	if protocol == "" {
		return "TCP"
	}
	return protocol
}

// portRange is a range of ports; one that is out of bounds is the zero Port.
func portRange(first, last int32) *numorstring.Port {
	if first < 1 || last > 65535 {
		return &numorstring.Port{}
	}
	return &numorstring.Port{MinPort: uint16(first), MaxPort: uint16(last)}
}
