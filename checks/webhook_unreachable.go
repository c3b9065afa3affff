package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
)

// WebhookUnreachable finds webhooks and aggregated APIs that policy keeps the API server from.
var WebhookUnreachable = &check.Check{
	ID:       "webhook-unreachable",
	Title:    "The API server cannot call a webhook: policy lets only pods in, or another port",
	Doc:      webhookUnreachableDoc,
	Since:    "0.1",
	Severity: diag.Error,

	SwallowedBy: []string{"policy-types"},
	Run:         reportWebhooks,
}

func reportWebhooks(p *check.Pass) error {
	a, err := p.Eval()
	if err != nil {
		return err
	}
	var all []*broken
	for _, n := range p.Cluster.Needs {
		if n.Kind != model.WebhookCall {
			continue
		}
		if x := breakNeed(p.Cluster, a, n); x != nil && !throughAgent(p.Cluster, a, n) {
			all = append(all, x)
		}
	}
	for _, b := range breaksOf(a, all) {
		severity := diag.Error
		if apiServerAssumed(p.Cluster) || !slices.ContainsFunc(b.all, func(x *broken) bool {
			return !x.need.Guessed && (knownDistribution(p.Cluster) || !madeForAgent(p.Cluster, a, x.need))
		}) {
			severity = diag.Warning // it may come through an agent that the inputs do not show
		}
		message := fmt.Sprintf("the API server cannot call %s: %s", b.whats(), b.why("the API server, which is no pod"))
		var fixes []diag.Fix
		if b.direction == model.Ingress {
			fixes = b.webhookFix(p)
		}
		help := b.write("", "") + "\n(whoever calls: no selector matches the API server)"
		if err := b.report(p, severity, message, help, fixes...); err != nil {
			return err
		}
	}
	return nil
}

// throughAgent says whether pods of kube-system are let in. There run the agents through which the
// API servers of some managed control planes connect (Konnectivity), so that a policy that lets them in
// was made for such a one. One that lets any pod in was not, and helps on such platforms only.
func throughAgent(c *model.Cluster, a *eval.Analysis, n *model.Need) bool {
	if slices.Contains(agentPlatforms[:], c.Platform) {
		return fromKubeSystem(c, a, n) != nil
	}
	return !withoutAgents(c) && madeForAgent(c, a, n)
}

// madeForAgent says whether a policy lets pods of kube-system in, and means them.
func madeForAgent(c *model.Cluster, a *eval.Analysis, n *model.Need) bool {
	from := fromKubeSystem(c, a, n)
	return from != nil && forAgents(a, from)
}

// fromKubeSystem is the need as that of a pod of kube-system, if policy lets it through or may do so; otherwise nil.
func fromKubeSystem(c *model.Cluster, a *eval.Analysis, n *model.Need) *model.Need {
	for _, e := range c.Endpoints {
		if e.Namespace != "kube-system" || e.Type != model.Workload {
			continue
		}
		agent := *n
		agent.From = []model.Peer{{Endpoint: e}}
		if len(e.Addrs) > 0 {
			agent.From[0].Addr = e.Addrs[0]
		}
		switch x := breakNeed(c, a, &agent); {
		case x == nil:
			return &agent
		case x.direction == model.Egress:
			return nil
		}
	}
	return nil
}

// agentPlatforms are those whose control plane is outside of the nodes' network.
var agentPlatforms = [...]string{"aks", "gardener", "gke"}

// agentNames is in the names of the agents of these platforms, and of those that they had before.
var agentNames = [...]string{"konnectivity", "vpn-shoot", "tunnelfront", "aks-link"}

// withoutAgents says whether the cluster has no such agents: it is of another platform, or the inputs have workloads of
// kube-system, and none of these names.
func withoutAgents(c *model.Cluster) bool {
	if knownDistribution(c) {
		return true
	}
	found := false
	for _, e := range c.Endpoints {
		if e.Namespace == "kube-system" && !e.Assumed() {
			found = true
			if slices.ContainsFunc(agentNames[:], func(name string) bool { return strings.Contains(e.Name, name) }) {
				return false
			}
		}
	}
	return found
}

// forAgents says whether the rule that lets a need in means pods of kube-system: not one whose selector any pod of any
// namespace matches, and where the labels of that namespace are not known, one that has its name.
func forAgents(a *eval.Analysis, n *model.Need) bool {
	for _, b := range n.To {
		_, ingress := a.Decide(model.Packet{Src: n.From[0], Dst: b.Peer, Proto: b.Proto, SrcPort: flow.DefaultSourcePort, DstPort: b.Port})
		r := ingress.By.Rule
		if r == nil || r.Match.Source.Selector == nil {
			return false
		}
		if ingress.Verdict == model.Allowed && allPods(r.Match.Source.Selector) ||
			ingress.Verdict == model.Unknown && !strings.Contains(r.Match.Source.Written.NamespaceSelector, "kube-system") {
			return false
		}
	}
	return true
}
