package checks

import (
	"fmt"
	"strings"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
)

// WideOpenPeer finds peers that are everybody, and were hardly meant to be: all addresses beside other peers, which
// then change nothing; all addresses where a name says that the outside is meant, although the pods of the cluster are
// among them; and peers that are left empty.
var WideOpenPeer = &check.Check{
	ID:       "wide-open-peer",
	Title:    "A peer is all addresses, or was left empty, and so is everybody",
	Doc:      wideOpenPeerDoc,
	Since:    "0.1",
	Severity: diag.Note,
	Exposes:  true, // everybody is let in
	Run:      reportWidePeers,
}

func reportWidePeers(p *check.Pass) error {
	for policy := range reviewedPolicies(p.Cluster) {
		for _, d := range []model.Direction{model.Ingress, model.Egress} {
			for _, rules := range eval.WrittenRules(policy, d) {
				if out, ok := widePeer(policy, rules); ok {
					out.Object = policy.Object.String()
					p.Report(out)
				}
				if out, ok := emptyPeer(policy, rules); ok {
					out.Object = policy.Object.String()
					p.Report(out)
				}
			}
		}
	}
	return nil
}

func widePeer(p *model.Policy, rules []*model.Rule) (diag.Diagnostic, bool) {
	var wide *model.Side
	var others []*model.Side
	for _, r := range rules {
		if r.Action != model.Allow {
			return diag.Diagnostic{}, false
		}
		side := remoteSide(r)
		switch at := everybody(side); {
		case at != "":
			wide = side
		case side.Nets == nil || wide == nil || isIPv4(side.Nets) == isIPv4(wide.Nets):
			others = append(others, side)
		}
	}
	if wide == nil {
		return diag.Diagnostic{}, false
	}
	d := diag.Diagnostic{At: p.Origin(everybody(wide))}
	for _, o := range others {
		if o.At != wide.At {
			d.Message = "all addresses include those of the other peers of this list, which so change nothing"
			d.Help = "no other peers; or, if the outside is meant, an exception for the addresses of pods"
			d.Related = []diag.Related{{At: p.KeyOrigin(o.SelectorAt), Message: "this peer changes nothing"}}
			return d, true
		}
	}
	for _, word := range []string{"external", "internet", "outside", "world"} {
		if strings.Contains(p.Name, word) {
			d.Message = fmt.Sprintf("%s includes the pods of this cluster, although the policy's name speaks of %s", wide.Nets[0].Prefix, word)
			d.Help = "an exception for the addresses of pods: except in a NetworkPolicy of Kubernetes, notNets in one of Calico"
			return d, true
		}
	}
	return diag.Diagnostic{}, false
}

// everybody is the pointer to the net of all addresses, if the side has one and no exception.
func everybody(s *model.Side) string {
	if s.Selector != nil || s.NotSelector != nil || len(s.NotNets) > 0 {
		return ""
	}
	for _, n := range s.Nets {
		if n.Bits() == 0 {
			return n.At
		}
	}
	return ""
}

func isIPv4(nets []model.Net) bool { return len(nets) > 0 && nets[0].Addr().Is4() }

// remoteSide is the peer's end of a rule.
func remoteSide(r *model.Rule) *model.Side {
	if r.Direction == model.Egress {
		return &r.Match.Destination
	}
	return &r.Match.Source
}
