// Package flow holds one concrete connection, as people and the conformance vectors write it.
package flow

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Proto is an IP protocol number.
type Proto uint8

// The protocols that have names in Calico's API (api/pkg/lib/numorstring/protocol.go).
const (
	ICMP    Proto = 1
	TCP     Proto = 6
	UDP     Proto = 17
	ICMPv6  Proto = 58
	SCTP    Proto = 132
	UDPLite Proto = 136
)

var protoNames = map[Proto]string{ICMP: "ICMP", TCP: "TCP", UDP: "UDP", ICMPv6: "ICMPv6", SCTP: "SCTP", UDPLite: "UDPLite"}

// String is the protocol's name as Calico writes it, or its number.
func (p Proto) String() string {
	if n, ok := protoNames[p]; ok {
		return n
	}
	return strconv.Itoa(int(p))
}

// HasPorts says whether Calico matches ports of the protocol: TCP, UDP and SCTP
// (libcalico-go/lib/numorstring/protocol.go, SupportsPorts).
func (p Proto) HasPorts() bool { return p == TCP || p == UDP || p == SCTP }

// ParseProto reads a protocol's name, in any case, or its number, 0 to 255; empty is TCP.
func ParseProto(s string) (Proto, error) {
	if s == "" {
		return TCP, nil
	}
	for p, n := range protoNames {
		if strings.EqualFold(n, s) {
			return p, nil
		}
	}
	n, err := strconv.ParseUint(s, 10, 8)
	if err != nil {
		return 0, fmt.Errorf("protocol %q: not tcp, udp, sctp, icmp, icmpv6, udplite or a number from 0 to 255", s)
	}
	return Proto(n), nil
}

// DefaultSourcePort stands for a client's ephemeral port.
const DefaultSourcePort = 40000

// Flow is one connection. Its JSON form is the question in the conformance vectors.
type Flow struct {
	Src string `json:"src"` // "namespace/pod", or an address
	Dst string `json:"dst"` // the same; asked for, also "svc:namespace/name"
	// Via is the Service and port that led to Dst and Port, "svc:namespace/name:port"; Dst and Port are then the backend's.
	Via      string `json:"via,omitempty"`
	Proto    string `json:"proto,omitempty"`     // name or number; empty: tcp
	Port     int    `json:"port"`                // destination port; 0 where the protocol has none
	SrcPort  int    `json:"src_port,omitempty"`  // 0: DefaultSourcePort
	ICMPType *int   `json:"icmp_type,omitempty"` // nil: echo request
	ICMPCode *int   `json:"icmp_code,omitempty"` // nil: 0
}

// Equal says whether both are the same connection.
func (f Flow) Equal(o Flow) bool {
	types, codes := equal(f.ICMPType, o.ICMPType), equal(f.ICMPCode, o.ICMPCode)
	f.ICMPType, f.ICMPCode, o.ICMPType, o.ICMPCode = nil, nil, nil, nil
	return types && codes && f == o
}

func equal(a, b *int) bool { return a == b || a != nil && b != nil && *a == *b }

// String is the flow in words: "UDP 53 from shop/web to kube-system/coredns".
func (f Flow) String() string {
	var b strings.Builder
	p, err := ParseProto(f.Proto)
	switch {
	case err != nil:
		fmt.Fprintf(&b, "%s %d", f.Proto, f.Port)
	case p.HasPorts():
		fmt.Fprintf(&b, "%s %d", p, f.Port)
	case (p == ICMP || p == ICMPv6) && f.ICMPType != nil:
		fmt.Fprintf(&b, "%s type %d", p, *f.ICMPType)
	case p == ICMP || p == ICMPv6:
		fmt.Fprintf(&b, "%s echo", p)
	default:
		fmt.Fprintf(&b, "protocol %s", p)
	}
	fmt.Fprintf(&b, " from %s to %s", cmp.Or(f.Src, "?"), cmp.Or(f.Dst, "?"))
	if f.Via != "" {
		fmt.Fprintf(&b, " (%s)", strings.TrimPrefix(f.Via, "svc:"))
	}
	return b.String()
}
