package load

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"

	"github.com/tierlint/tierlint/internal/model"
)

// standIn is nobody's address (RFC 5737). It stands for what is put in the place of a placeholder.
const standIn = "192.0.2.1/32"

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
				b.CIDR, b.Except = standIn, nil
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

// later says whether a net has a placeholder that something replaces before the API server sees it.
func later(net string) bool {
	_, err := netip.ParsePrefix(net)
	return err != nil && strings.Contains(net, "${")
}

func (l *loader) unfilled(o *Object, at, text string) {
	l.c.Gaps = append(l.c.Gaps, model.Gap{
		At:      o.Origin(at),
		Message: fmt.Sprintf("%s is put in later, so what %s lets through for it is left out", text, o),
		Settle:  "check what is applied: pipe it into tierlint check -",
	})
}
