package checks

import (
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
	"github.com/tierlint/tierlint/internal/source"
)

// IsolationBypassed finds Kubernetes policies that isolate workloads to no effect, because a rule
// of Calico's allows everything before or after them, and Deny rules that come after them in vain.
var IsolationBypassed = &check.Check{
	ID:       "isolation-bypassed",
	Title:    "A rule of Calico's defeats the isolation of a Kubernetes policy, or comes too late to deny what it allows",
	Doc:      isolationBypassedDoc,
	Since:    "0.1",
	Severity: diag.Warning,
	Exposes:  true, // the isolated pods accept what their policy does not allow

	SwallowedBy: misread(),
	FollowsFrom: []string{"tier-order"},
	Run:         reportBypasses,
}

// bypass is a rule of Calico's that lets through what Kubernetes policies of the same endpoints do not.
type bypass struct {
	rule      *model.Rule
	victims   []*model.Policy
	endpoints []*model.Endpoint // of the first chain
	lost      pktset.Set        // of the first chain
	before    bool              // the rule is asked before the first victim
}

func reportBypasses(p *check.Pass) error {
	a, err := p.Eval()
	if err != nil {
		return err
	}
	for _, b := range bypasses(a) {
		if err := b.report(p, a); err != nil {
			return err
		}
	}
	return reportLateDenies(p, a)
}

// bypasses lists the rules, in the order of chains.
func bypasses(a *eval.Analysis) []*bypass {
	var out []*bypass
	at := map[*model.Rule]*bypass{}
	suspects := mayBypass(a)
	if len(suspects) == 0 {
		return nil
	}
	for _, chains := range a.Chains {
		for _, c := range chains {
			if !slices.ContainsFunc(c.Steps(), func(s *eval.Step) bool { return suspects[s] }) {
				continue
			}
			isolating, intended := isolatedBy(a, c)
			if len(isolating) == 0 {
				continue
			}
			excess := c.Allowed.Minus(c.Denied).Minus(intended)
			for _, s := range c.Steps() {
				if !s.Certain || excess.IsEmpty() {
					continue
				}
				for _, u := range s.Uses {
					lost := u.Live.Intersect(excess)
					if lost.IsEmpty() || !letsAllThrough(u.Rule) {
						continue
					}
					victim := defeated(a, u.Rule.Policy, isolating)
					if victim == nil {
						continue
					}
					b := at[u.Rule]
					if b == nil {
						before := slices.Index(c.Policies(), u.Rule.Policy) < slices.Index(c.Policies(), victim)
						b = &bypass{rule: u.Rule, endpoints: c.Endpoints, lost: lost, before: before}
						at[u.Rule] = b
						out = append(out, b)
					}
					if !slices.Contains(b.victims, victim) {
						b.victims = append(b.victims, victim)
					}
				}
			}
		}
	}
	return out
}

// mayBypass is the steps with a rule that lets anything through, whatever other policies want.
func mayBypass(a *eval.Analysis) map[*eval.Step]bool {
	out := map[*eval.Step]bool{}
	for _, t := range a.Cluster.Tiers {
		for _, p := range t.Policies {
			for _, rules := range p.Rules {
				for _, r := range rules {
					if !letsAllThrough(r) {
						continue
					}
					for _, u := range a.Uses(r) {
						if u.Step.Certain && !u.Live.IsEmpty() {
							out[u.Step] = true
						}
					}
				}
			}
		}
	}
	return out
}

// isolatedBy is the Kubernetes policies that isolate in a chain, those without rules first, and
// what all of them mean to allow.
func isolatedBy(a *eval.Analysis, c *eval.Chain) ([]*model.Policy, pktset.Set) {
	var bare, others []*model.Policy
	var intended pktset.Set
	for _, s := range c.Steps() {
		if s.Policy == nil || s.Policy.API != model.KubernetesNetworkPolicy {
			continue
		}
		switch {
		case !s.Certain:
		case len(s.Policy.Rules[c.Direction]) == 0:
			bare = append(bare, s.Policy)
		default:
			others = append(others, s.Policy)
		}
		for _, u := range s.Uses {
			intended = intended.Union(a.Match(u))
		}
	}
	return append(bare, others...), intended
}

// defeated is the first of the policies that has no effect anywhere, because the other one selects
// all that it selects. One that selects less makes an exception, and is meant to.
func defeated(a *eval.Analysis, by *model.Policy, isolating []*model.Policy) *model.Policy {
	for _, victim := range isolating {
		if a.SelectsAll(by, victim) {
			return victim
		}
	}
	return nil
}

// letsAllThrough says whether a rule of Calico's is for any peer and port, and allows its traffic,
// or passes it on where no tier follows.
func letsAllThrough(r *model.Rule) bool {
	api := r.Policy.API
	if api != model.CalicoNetworkPolicy && api != model.GlobalNetworkPolicy {
		return false // policies for administrators are meant to override
	}
	return (r.Action == model.Allow || r.Action == model.Pass && r.Policy.Tier.Name == defaultTier) && broad(r)
}

// broad says whether a rule is for any peer, or any pod, at any port.
func broad(r *model.Rule) bool {
	m := &r.Match
	if m.ICMP != nil || m.Never != "" || m.Protocol != nil && *m.Protocol != flow.TCP && *m.Protocol != flow.UDP {
		return false
	}
	local, remote := m.Source, m.Destination
	if r.Direction == model.Ingress {
		local, remote = remote, local
	}
	for _, s := range []*model.Side{&local, &remote} {
		if slices.ContainsFunc(s.Ports, everyPort) {
			s.Ports = nil
		}
	}
	return local.Any() && len(remote.Ports) == 0 && len(remote.NotPorts) == 0 && remote.NotSelector == nil && remote.Service == nil &&
		!slices.ContainsFunc(remote.NotNets, func(n model.Net) bool { return !narrow(n) }) &&
		(len(remote.Nets) == 0 || slices.ContainsFunc(remote.Nets, func(n model.Net) bool { return n.Bits() == 0 })) &&
		(remote.Selector == nil || slices.Contains([]string{"all()", "has(projectcalico.org/namespace)", "has(pcns.projectcalico.org/name)"}, remote.Selector.String()))
}

func everyPort(p model.PortMatch) bool { return p.Name == "" && p.First <= 1 && p.Last == 65535 }

// narrow says whether a net that a rule leaves out is a detail, such as the cloud's metadata, and leaves it a
// rule for any peer all the same.
func narrow(n model.Net) bool { return n.Addr().BitLen()-n.Bits() <= 8 }

func (b *bypass) report(p *check.Pass, a *eval.Analysis) error {
	victim, endpoint := b.victims[0], b.endpoints[0]
	packet, ok := example(a, endpoint, b.rule.Direction, b.lost)
	if !ok {
		return nil
	}
	if err := p.Confirm(packet, b.rule.Direction, model.Allowed); err != nil {
		return err
	}
	at, object := bypassedAt(victim, b.rule.Direction), victim.Object
	related := diag.Related{At: b.rule.Origin(b.rule.At), Message: "the rule that lets everything through"}
	who := victim.String() + " does"
	if len(b.victims) > 1 && b.rule.Policy.Reviewed() || !victim.Reviewed() {
		at, object, related = related.At, b.rule.Policy.Object, diag.Related{At: at, Message: victim.String() + " isolates here"}
	}
	if len(b.victims) > 1 {
		var names []string
		for _, v := range b.victims {
			names = append(names, v.String())
		}
		who = check.Some(names) + " do"
	}
	how := "later in the same tier"
	if b.before {
		how = "before it is asked"
	}
	verb := "allows everything else"
	switch {
	case b.rule.Action == model.Pass:
		verb = "passes on, past the tier's end, everything else"
	case len(b.rule.Match.Source.NotNets)+len(b.rule.Match.Destination.NotNets) > 0:
		verb = "allows nearly everything else"
	}
	place := "order " + order(b.rule.Policy)
	if tier := b.rule.Policy.Tier.Name; tier != victim.Tier.Name {
		place = "tier " + tier
	}
	out := diag.Diagnostic{
		At: at, Object: object.String(), Parts: []diag.Part{part(b.rule.Policy, b.rule.At)},
		Message: fmt.Sprintf("%s not isolate %s for %s: %s (%s) %s %s", who,
			check.Endpoints(b.endpoints), b.rule.Direction, b.rule.Policy.String(), place, verb, how),
		Help:    fmt.Sprintf("in %s, a narrower rule or none; a Deny that shall come first belongs into a tier of its own that ends with `action: Pass`", b.rule.Policy.String()),
		Witness: check.Flow(packet),
		Decided: check.Decided(decision(a, packet, b.rule.Direction).By, endpoint, b.rule.Direction),
	}
	if related.At.File != "" {
		out.Related = []diag.Related{related}
	}
	p.Report(out)
	return nil
}

// bypassedAt is where a policy says that it isolates in a direction.
func bypassedAt(policy *model.Policy, d model.Direction) source.Origin {
	if policy.Positions == nil {
		return source.Origin{}
	}
	if at := "/spec/" + d.String(); policy.Positions.Has(at) {
		return policy.KeyOrigin(at)
	}
	return policy.KeyOrigin(policy.TypesAt)
}
