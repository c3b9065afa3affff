package regocheck

import (
	"encoding/binary"
	"math/bits"
	"net/netip"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/pktset"
)

// notPublic is the addresses that are nobody's on the internet (IANA, special-purpose address registries).
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("224.0.0.0/3"),
}

// isInternet says whether most public addresses are in the ranges: more than half of IPv4's or of IPv6's
// (2000::/3). Rules that name one partner's network do not open a workload to the internet, and rules
// that leave some bad networks out do.
func isInternet(ranges []eval.Range) bool {
	var four, six float64
	for _, r := range ranges {
		if !r.First.Is4() {
			six += overlap(r, netip.MustParsePrefix("2000::/3"))
			continue
		}
		four += overlap(r, netip.MustParsePrefix("0.0.0.0/0"))
		for _, p := range notPublic {
			four -= overlap(r, p)
		}
	}
	public := 1 << 32 * 1.0
	for _, p := range notPublic {
		public -= size(p.Masked().Addr(), lastOf(p))
	}
	return four > public/2 || six > size(netip.MustParseAddr("2000::"), netip.MustParseAddr("3fff:ffff:ffff:ffff::"))/2
}

// overlap is how many addresses, or networks of /64 of IPv6, of the range are in the net.
func overlap(r eval.Range, p netip.Prefix) float64 {
	first, last := p.Masked().Addr(), lastOf(p)
	if r.First.Compare(first) > 0 {
		first = r.First
	}
	if r.Last.Compare(last) < 0 {
		last = r.Last
	}
	if first.Compare(last) > 0 {
		return 0
	}
	return size(first, last)
}

func size(first, last netip.Addr) float64 {
	return float64(high(last)) - float64(high(first)) + 1
}

// high is an IPv4 address, or the first half of an IPv6 address.
func high(a netip.Addr) uint64 {
	if a.Is4() {
		b := a.As4()
		return uint64(binary.BigEndian.Uint32(b[:]))
	}
	b := a.As16()
	return binary.BigEndian.Uint64(b[:8])
}

// lastOf is the last address of a net.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// cidrs is ranges of addresses as networks.
func (v *values) cidrs(ranges []eval.Range) *ast.Term {
	var out []*ast.Term
	for _, r := range ranges {
		for first := r.First; ; {
			p := widest(first, r.Last)
			out = append(out, v.text(p.String()))
			last := lastOf(p)
			if last == r.Last {
				break
			}
			first = last.Next()
		}
	}
	return v.list(out)
}

// widest is the widest net that begins at an address and does not go beyond another one.
func widest(first, last netip.Addr) netip.Prefix {
	for n := first.BitLen() - zeros(first); ; n++ {
		if p := netip.PrefixFrom(first, n); lastOf(p).Compare(last) <= 0 {
			return p
		}
	}
}

// zeros is how many bits at the end of an address are zero.
func zeros(a netip.Addr) int {
	n := 0
	b := a.AsSlice()
	for i := len(b) - 1; i >= 0; i-- {
		z := bits.TrailingZeros8(b[i])
		n += z
		if z < 8 {
			break
		}
	}
	return n
}

// traffic is ranges of ports, or of ICMP type*256+code, by protocol. The protocols without a name are
// "other" where they are all meant, else they have their numbers.
func (v *values) traffic(runs []pktset.Range) *ast.Term {
	var out []*ast.Term
	add := func(name string, first, last int) {
		out = append(out, v.object(
			field{"protocol", v.text(name)}, field{"first", v.number(first)}, field{"last", v.number(last)},
		))
	}
	const most = 1<<16 - 1
	others := map[flow.Proto]bool{}
	for _, run := range runs {
		for p := run.First.Proto(); ; p++ {
			first, last := 0, most
			if p == run.First.Proto() {
				first = int(run.First.Value())
			}
			if p == run.Last.Proto() {
				last = int(run.Last.Value())
			}
			if named(p) {
				add(p.String(), first, last)
			} else {
				others[p] = true
			}
			if p == run.Last.Proto() {
				break
			}
		}
	}
	if len(others) == 256-5 {
		add("other", 0, most)
		return v.list(out)
	}
	for p := range 256 {
		if others[flow.Proto(p)] {
			add(flow.Proto(p).String(), 0, most)
		}
	}
	return v.list(out)
}

// named says whether a protocol has a name in the document of its own; all five have parts that rules match.
func named(p flow.Proto) bool { return p.HasPorts() || p == flow.ICMP || p == flow.ICMPv6 }
