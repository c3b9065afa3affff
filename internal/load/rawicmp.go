package load

import (
	"fmt"

	v3 "github.com/projectcalico/api/pkg/apis/projectcalico/v3"

	"github.com/tierlint/tierlint/internal/flow"
)

func rawICMP(f *v3.ICMPFields) bool {
	return f == nil || (f.Type == nil || *f.Type >= 0 && *f.Type <= 254) && (f.Code == nil || *f.Code >= 0 && *f.Code <= 255)
}

// reportRawICMP reports conditions on ICMP that nobody validated. Felix drops a code without a type
// (felix/calc/rule_convert.go:178-210). A type it writes down as it is, and the kernel takes iptables'
// match for ICMP only after the protocol; Felix programs a table at once, or not at all
// (felix/iptables/match_builder.go:296, felix/iptables/table.go:1122, v3.31.0).
func (l *loader) reportRawICMP(o *Object, r *v3.Rule, at string) {
	for _, c := range []struct {
		name   string
		fields *v3.ICMPFields
	}{{"icmp", r.ICMP}, {"notICMP", r.NotICMP}} {
		p := problem{check: CheckPolicy, at: at + "/" + c.name, key: true, help: useV3}
		switch f := c.fields; {
		case f == nil || f.Type == nil && f.Code == nil:
			continue
		case f.Type == nil:
			p.message = fmt.Sprintf("%s has a code but no type: Felix leaves it out, so the rule matches as if it were not there", c.name)
		case !isICMP(r):
			p.help = "protocol: ICMP, or ICMPv6, in the rule; " + useV3
			p.message = fmt.Sprintf("the rule has %s but not protocol ICMP or ICMPv6: %s", c.name, refusedICMP(r))
		default:
			continue
		}
		l.report(&o.Object, p)
	}
}

// isICMP says whether the rule's protocol is ICMP, of either IP version.
func isICMP(r *v3.Rule) bool {
	if r.Protocol == nil {
		return false
	}
	p, err := flow.ParseProto(r.Protocol.String())
	return err == nil && (p == flow.ICMP || p == flow.ICMPv6)
}

// refusedICMP is what comes of a rule with a type of ICMP that is not about ICMP.
func refusedICMP(r *v3.Rule) string {
	const refused = " it is refused, and Felix can program no policy on the nodes where this one applies"
	if r.Protocol == nil {
		return "with iptables" + refused + "; with nftables or eBPF it matches ICMP only"
	}
	return "with iptables or nftables" + refused
}
