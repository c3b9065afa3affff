package load

import (
	"fmt"
	"net/netip"

	"github.com/tierlint/tierlint/internal/model"
)

// parseNet reads a CIDR or a bare address, and masks it, as Calico's ParseCIDROrIP does
// (libcalico-go/lib/net/ipnet.go, v3.31.0).
func parseNet(s string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(s); err == nil {
		return unmapped(p).Masked(), true
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, false
	}
	a = a.Unmap()
	return netip.PrefixFrom(a, a.BitLen()), true
}

// unmapped turns ::ffff:10.0.0.0/104 into 10.0.0.0/8, as Go's net package does for Calico.
func unmapped(p netip.Prefix) netip.Prefix {
	if !p.Addr().Is4In6() || p.Bits() < 96 {
		return p
	}
	return netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
}

// parseNets reads a list of CIDRs; at gives the pointer of each. Those that cannot be read are
// left out, as Felix does with what reached it unvalidated.
func parseNets(texts []string, at func(int) string) []model.Net {
	var out []model.Net
	for i, t := range texts {
		if p, ok := parseNet(t); ok {
			out = append(out, model.Net{Prefix: p, At: at(i)})
		}
	}
	return out
}

// items is the function that points to the elements of a list.
func items(list string) func(int) string {
	return func(i int) string { return fmt.Sprintf("%s/%d", list, i) }
}

// The IP versions, as bits.
const (
	v4 = 1 << iota
	v6
)

// restrictFamilies finds for which IP versions Felix programs the rule at all: each list of nets
// must have one of the version, and a negated one must not exclude every address of it
// (felix/rules/policy.go, FilterRuleToIPVersion, v3.31.0).
func restrictFamilies(m *model.Match) {
	families := v4 | v6
	switch m.IPVersion {
	case 4:
		families = v4
	case 6:
		families = v6
	}
	for _, s := range []*model.Side{&m.Source, &m.Destination} {
		families &= familiesOf(s.Nets, false) & familiesOf(s.NotNets, true)
	}
	switch families {
	case 0:
		m.Never = "its nets and notNets leave no IP version for which Calico would program it"
	case v4:
		m.IPVersion = 4
	case v6:
		m.IPVersion = 6
	}
}

func familiesOf(nets []model.Net, negated bool) int {
	if len(nets) == 0 {
		return v4 | v6
	}
	has, excluded := 0, 0
	for _, n := range nets {
		f := v4
		if n.Addr().Is6() {
			f = v6
		}
		has |= f
		if negated && n.Bits() == 0 {
			excluded |= f
		}
	}
	return has &^ excluded
}
