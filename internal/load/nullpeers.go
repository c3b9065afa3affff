package load

import (
	"fmt"

	networkingv1 "k8s.io/api/networking/v1"

	"github.com/tierlint/tierlint/internal/diag"
)

// reportNullPeers reports rules whose list of peers is there and has no value, as a template writes it that has nobody to
// list, and which so are for everybody. An empty list, [], is taken to be meant. So is a rule for DNS, which is for anybody.
func (l *loader) reportNullPeers(o *Object, s *networkingv1.NetworkPolicySpec) {
	report := func(list, key string, i, peers int, ports []networkingv1.NetworkPolicyPort) {
		at := fmt.Sprintf("/spec/%s/%d/%s", list, i, key)
		if peers > 0 || !o.has(at) || !o.isNull(at) || forDNS(ports) {
			return
		}
		lets := map[string]string{"from": "lets anybody in", "to": "lets connections out to anybody"}[key]
		l.report(&o.Object, problem{
			check: CheckPolicy, severity: diag.Warning, at: at, key: true,
			message: fmt.Sprintf("%s has no value, which the API server reads as if it were not there: the rule %s, of the cluster and outside of it", key, lets),
			help:    fmt.Sprintf("peers below %s; or %s: [], if everybody is meant; or no rule, if nobody is", key, key),
		})
	}
	for i, r := range s.Ingress {
		report("ingress", "from", i, len(r.From), r.Ports)
	}
	for i, r := range s.Egress {
		report("egress", "to", i, len(r.To), r.Ports)
	}
}

// isNull says whether a field that is there has the value null, which the API server reads as if it were not there.
func (o *Object) isNull(at string) bool { return o.value(at) == nil }

func forDNS(ports []networkingv1.NetworkPolicyPort) bool {
	for _, p := range ports {
		if p.Port == nil || p.Port.IntValue() != 53 {
			return false
		}
	}
	return len(ports) > 0
}
