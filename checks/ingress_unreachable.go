package checks

import (
	"fmt"
	"strings"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
)

// IngressUnreachable finds backends that policy keeps the ingress controller, or clients outside of the cluster, from.
var IngressUnreachable = &check.Check{
	ID:       "ingress-unreachable",
	Title:    "An Ingress or route leads nowhere: policy keeps the controller from the backend",
	Doc:      ingressUnreachableDoc,
	Since:    "0.1",
	Severity: diag.Error,

	SwallowedBy: []string{"policy-types"},
	Run: func(p *check.Pass) error {
		if err := reportNeeds(p, model.IngressTraffic, sayNoIngress); err != nil {
			return err
		}
		return reportFromOutside(p)
	},
}

// sayNoIngress is for what the pods of a controller that the inputs have cannot reach.
func sayNoIngress(b *breaks) (diag.Severity, string) {
	x := b.all[0]
	severity := diag.Error
	if x.packet.Src.Endpoint != nil && x.packet.Src.Endpoint.Type == model.HostNetwork {
		severity = diag.Warning // on its own node it gets through
	}
	if x.packet.Src.Endpoint != nil && x.packet.Src.Endpoint.Assumed() {
		severity = diag.Warning // the cluster may have another one
	}
	whats, verb := b.whats(), "does"
	if strings.Contains(whats, " and ") {
		verb = "do"
	}
	return severity, fmt.Sprintf("%s %s not lead to %s: %s", whats, verb, check.Name(x.packet.Dst), b.why(check.Name(x.packet.Src)))
}

// reportNeeds reports the broken needs of a kind between pods.
func reportNeeds(p *check.Pass, kind model.NeedKind, say func(*breaks) (diag.Severity, string)) error {
	a, err := p.Eval()
	if err != nil {
		return err
	}
	var all []*broken
	for _, n := range p.Cluster.Needs {
		if n.Kind == kind {
			if x := breakNeed(p.Cluster, a, n); x != nil && !assumedClient(x) {
				all = append(all, x)
			}
		}
	}
	for _, b := range breaksOf(a, all) {
		severity, message := say(b)
		kubernetes, calico := peerToWrite(b.policy, b.all[0].packet.Remote(b.direction))
		fixes := b.ruleFix(p, b.ruleToWrite(kubernetes, calico))
		if err := b.report(p, severity, message, b.write(kubernetes, calico), fixes...); err != nil {
			return err
		}
	}
	return nil
}

// assumedClient says whether a connection fails at the egress of a pod that only the platform brings: what else the
// cluster has for it is not in the inputs.
func assumedClient(x *broken) bool {
	return x.direction == model.Egress && x.packet.Src.Endpoint != nil && x.packet.Src.Endpoint.Assumed()
}

// peerToWrite is what matches a pod, to write into the policy: as an item of a Kubernetes peer list, and as criteria of Calico.
// What is on its node's network is matched by addresses only, so it is anybody.
func peerToWrite(policy *model.Policy, p model.Peer) (kubernetes, calico string) {
	e := p.Endpoint
	if e == nil || e.Type == model.HostNetwork {
		return "", ""
	}
	s := &model.Service{Object: model.Object{Namespace: e.Namespace}, Selector: map[string]string{}}
	calico = fmt.Sprintf("namespaceSelector: kubernetes.io/metadata.name == '%s'", e.Namespace)
	for _, k := range nameKeys {
		if v, ok := e.Own[k]; ok && len(s.Selector) == 0 {
			s.Selector[k] = v
			calico += fmt.Sprintf(", selector: %s == '%s'", k, v)
		}
	}
	return podsBehind(policy, s), calico
}
