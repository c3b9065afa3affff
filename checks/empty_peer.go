package checks

import (
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
)

// emptyPeer finds rules that allow for everybody because what says for whom is there and empty, as templates
// leave it that have nobody to name. Rules for DNS are for anybody, and a rule of Kubernetes with an empty list, from: [],
// says that it is.
func emptyPeer(p *model.Policy, rules []*model.Rule) (diag.Diagnostic, bool) {
	r := rules[0]
	if r.Action != model.Allow || !isForEverybody(remoteSide(r)) || asksOnlyDNS(rules) {
		return diag.Diagnostic{}, false
	}
	d := diag.Diagnostic{Severity: diag.Warning}
	if p.Positions.IsNull(r.At) {
		d.At = p.Origin(r.At)
		d.Message = "an item without a value is a rule without conditions: it lets " + lets(r.Direction) + ", on every port"
		d.Help = "the peers and ports that are meant; or - {}, if everybody is; or no item, if nobody is"
		return d, true
	}
	key := [...]string{"source", "destination"}[r.Direction]
	if p.API == model.KubernetesNetworkPolicy {
		key = [...]string{"from", "to"}[r.Direction]
	}
	if at := r.At + "/" + key; p.Positions.IsNull(at) {
		d.At = p.KeyOrigin(at)
		d.Message = fmt.Sprintf("%s has no value, so it counts as not written: this rule lets %s", key, lets(r.Direction))
		d.Help = fmt.Sprintf("the peers that are meant, below %s; or no %[1]s, if everybody is; or no rule, if nobody is", key)
		return d, true
	}
	if at, key := emptyCriterion(p, r); at != "" {
		d.At = p.KeyOrigin(at)
		d.Message = fmt.Sprintf("an empty %s is no condition: this rule lets %s", key, lets(r.Direction))
		d.Help = fmt.Sprintf("what is meant in %s; or no %[1]s, if everybody is", key)
		return d, true
	}
	return d, false
}

// emptyCriterion is the first field of the peer in a rule of Calico's that is there and empty, where the peer has nothing else.
func emptyCriterion(p *model.Policy, r *model.Rule) (at, key string) {
	end := r.At + "/" + [...]string{"source", "destination"}[r.Direction]
	if !p.Positions.Has(end) || slices.Contains(r.Match.Unchecked, end+"/nets/0") {
		return "", ""
	}
	for _, key := range []string{"nets", "selector", "namespaceSelector", "serviceAccounts"} {
		if at := end + "/" + key; p.Positions.Has(at) && !p.Positions.Has(at+"/0") {
			return at, key
		}
	}
	return "", ""
}

// isForEverybody says whether a side asks nothing but for ports.
func isForEverybody(s *model.Side) bool {
	return s.Selector == nil && s.NotSelector == nil && len(s.Nets)+len(s.NotNets) == 0 && s.Service == nil
}

// lets is who is let where, if everybody is.
func lets(d model.Direction) string {
	return [...]string{"anybody in, from inside the cluster and outside", "the pods connect to anybody, inside the cluster and outside"}[d]
}

// asksOnlyDNS says whether the rules are for port 53 and no other.
func asksOnlyDNS(rules []*model.Rule) bool {
	return !slices.ContainsFunc(rules, func(r *model.Rule) bool { return !onlyDNS(r.Match.Destination.Ports) })
}

// onlyDNS says whether ports are port 53 and no other.
func onlyDNS(ports []model.PortMatch) bool {
	return len(ports) > 0 && !slices.ContainsFunc(ports, func(p model.PortMatch) bool { return p.First != dnsPort || p.Last != dnsPort })
}
