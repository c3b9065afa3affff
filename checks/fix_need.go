package checks

import (
	"fmt"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// fixes lets the same peers ask over TCP too, which is safe: DNS is all that listens there.
func (h *half) fixes(p *check.Pass, safe bool) []diag.Fix {
	port := h.visit.packet.DstPort
	title := fmt.Sprintf("allow TCP %d too", port)
	policy, to := h.rule.Policy, &h.rule.Match.Destination
	switch {
	case policy.API == model.KubernetesNetworkPolicy && h.port() >= 0:
		return change(p.Cluster, policy, h.rule.At+"/ports", title, safe, func(at yamldoc.Place) ([]yamldoc.Edit, bool) {
			return at.Insert(len(at.Node().Content), fmt.Sprintf("- protocol: TCP\n  port: %d\n", port))
		})
	case to.Service != nil && to.Service.Namespace != "" && h.rule.Match.Source.Any():
		return addRules(p.Cluster, policy, h.rule.Direction, indexOf(h.rule)+1, title, safe, fmt.Sprintf(
			"- action: Allow\n  protocol: TCP\n  destination:\n    services:\n      name: %s\n      namespace: %s\n", to.Service.Name, to.Service.Namespace))
	}
	return nil
}

// webhookFix lets anybody call, which somebody has to look at: addresses of the control plane would do.
func (b *breaks) webhookFix(p *check.Pass) []diag.Fix {
	proto, port := b.all[0].packet.Proto, b.all[0].packet.DstPort
	index := -1
	if b.rule != nil {
		index = indexOf(b.rule)
	}
	var rules string
	switch b.policy.API {
	case model.KubernetesNetworkPolicy:
		rules = fmt.Sprintf("- ports:\n  - protocol: %s\n    port: %d\n", proto, port)
	case model.CalicoNetworkPolicy, model.GlobalNetworkPolicy:
		rules = fmt.Sprintf("- action: Allow\n  protocol: %s\n  destination:\n    ports:\n    - %d\n", proto, port)
	default:
		return nil
	}
	return addRules(p.Cluster, b.policy, b.direction, index, fmt.Sprintf("let anybody in on %s %d", proto, port), false, rules)
}

// ruleFix adds a rule to the policy that breaks, before the rule that denies if one does. Somebody has to look
// at it: whether the connection is meant to be is not said by what counts on it alone.
func (b *breaks) ruleFix(p *check.Pass, rule string) []diag.Fix {
	switch b.policy.API {
	case model.KubernetesNetworkPolicy, model.CalicoNetworkPolicy, model.GlobalNetworkPolicy:
	default:
		return nil
	}
	x, index := b.all[0], -1
	if b.rule != nil {
		index = indexOf(b.rule)
	}
	title := fmt.Sprintf("let %s out to %s", protoPort{x.packet.Proto, x.packet.DstPort}, check.Name(x.packet.Dst))
	if b.direction == model.Ingress {
		title = fmt.Sprintf("let %s in from %s", protoPort{x.packet.Proto, x.packet.DstPort}, check.Name(x.packet.Src))
	}
	return addRules(p.Cluster, b.policy, b.direction, index, title, false, rule)
}

// namespaceFix writes the namespace of a `services` criterion, which is safe if the Service is there.
func namespaceFix(p *check.Pass, policy *model.Policy, m *model.ServiceMatch) []diag.Fix {
	safe := false
	for _, s := range p.Cluster.Services {
		safe = safe || s.Namespace == policy.Namespace && s.Name == m.Name
	}
	return change(p.Cluster, policy, m.At, "add namespace: "+policy.Namespace, safe, func(at yamldoc.Place) ([]yamldoc.Edit, bool) {
		return at.InsertKey("namespace", policy.Namespace)
	})
}
