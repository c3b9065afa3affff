package load

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	v3 "github.com/projectcalico/api/pkg/apis/projectcalico/v3"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/tierlint/tierlint/internal/model"
)

// standIn is nobody's address (RFC 2544), which stands for what is put in the place of a placeholder: another one for each, so that
// rules with different ones do not seem to be for the same.
func (l *loader) standIn(text string) string {
	n, has := l.standIns[text]
	if !has {
		n = len(l.standIns) + 1
		l.standIns[text] = n
	}
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{198, 18, byte(n >> 8), byte(n)}), 32).String()
}

// fillPlaceholders puts addresses where something else puts them later, as Flux and envsubst do for ${name}, so that all
// else in the policy counts. What comes there is not known.
func (l *loader) fillPlaceholders(o *Object, s *networkingv1.NetworkPolicySpec) {
	fill := func(at, list string, peers []networkingv1.NetworkPolicyPeer) {
		for i := range peers {
			b := peers[i].IPBlock
			if b == nil {
				continue
			}
			at := items(at+list)(i) + "/ipBlock"
			if later(b.CIDR) {
				l.unfilled(o, at+"/cidr", b.CIDR)
				b.CIDR, b.Except = l.standIn(b.CIDR), nil
			}
			for j, e := range b.Except {
				if later(e) {
					l.unfilled(o, items(at+"/except")(j), e)
				}
			}
			b.Except = slices.DeleteFunc(b.Except, later)
		}
	}
	for i, r := range s.Ingress {
		fill(items("/spec/ingress")(i), "/from", r.From)
	}
	for i, r := range s.Egress {
		fill(items("/spec/egress")(i), "/to", r.To)
	}
}

// fillRules does so in rules of Calico.
func (l *loader) fillRules(c *calicoPolicy) {
	fill := func(list string, rules []v3.Rule) {
		for i := range rules {
			r, at := &rules[i], items(list)(i)
			l.fillNets(c.object, at+"/source/nets", r.Source.Nets)
			l.fillNets(c.object, at+"/source/notNets", r.Source.NotNets)
			l.fillNets(c.object, at+"/destination/nets", r.Destination.Nets)
			l.fillNets(c.object, at+"/destination/notNets", r.Destination.NotNets)
		}
	}
	fill("/spec/ingress", c.ingress)
	fill("/spec/egress", c.egress)
}

func (l *loader) fillNets(o *Object, at string, nets []string) {
	for i, n := range nets {
		if later(n) {
			l.unfilled(o, items(at)(i), n)
			nets[i] = l.standIn(n)
		}
	}
}

// later says whether a net has a placeholder that something replaces before the API server sees it.
func later(net string) bool {
	_, err := netip.ParsePrefix(net)
	return err != nil && strings.Contains(net, "${")
}

func (l *loader) unfilled(o *Object, at, text string) {
	l.c.Gaps = append(l.c.Gaps, model.Gap{
		At:      o.Origin(at),
		Message: fmt.Sprintf("%s is put in later, so what %s says of it is left out", text, o),
		Settle:  "check what is applied: pipe it into tierlint check -",
	})
}
