package eval

import (
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
)

// Chain is what one class of endpoints sees in one direction: tiers, policies and rules in order.
type Chain struct {
	Direction model.Direction
	// Endpoints see exactly this chain. At least one; phantoms last.
	Endpoints []*model.Endpoint
	// Universe is all traffic that the endpoints can have; Allowed what may be allowed of it, and
	// Denied what may be denied. Where the inputs say everything they are disjoint; together they
	// are always the Universe.
	Universe, Allowed, Denied pktset.Set
	path                      []*Step
	rest                      pktset.Set // what no policy may have decided
}

// Steps is the chain's policies, ends of tiers and the like, in the order in which they are asked.
func (c *Chain) Steps() []*Step { return c.path }

// Policies is the policies that apply, in order.
func (c *Chain) Policies() []*model.Policy {
	out := make([]*model.Policy, 0, len(c.path))
	for _, s := range c.path {
		if s.Policy != nil {
			out = append(out, s.Policy)
		}
	}
	return out
}

// stepKind is what a step of a chain does.
type stepKind uint8

const (
	policyStep stepKind = iota
	tierEnd
	failsafeStep
	rootStep
)

// stepKey identifies a step among those that follow the same one.
type stepKey struct {
	kind   stepKind
	policy *model.Policy
	tier   *model.Tier
	// certain says that the policy, or some policy of the tier, certainly selects the endpoint.
	certain bool
	// falls says that what reaches the end of the tier goes on, whatever the tier's default
	// action (felix/calc/event_sequencer.go:1233-1237, v3.31.0: untracked and pre-DNAT policies).
	falls bool
	at    localClass // where a rule of the policy depends on the local end, or at the root
}

// Step is a policy, or the end of a tier, in the chains that begin with the same steps. Chains
// share their beginnings, because global policies are in all of them.
type Step struct {
	Policy *model.Policy // nil at the end of a tier
	Tier   *model.Tier
	// Certain is false where the inputs do not say whether the policy (or any of the tier) applies.
	Certain bool
	Uses    []*Use
	// Dropped is what may be denied at the end of the tier.
	Dropped pktset.Set

	kind     stepKind
	key      stepKey
	parent   *Step
	next     steps
	state    state
	universe pktset.Set
	chains   []*Chain
}

// steps are those that follow the same one.
type steps struct {
	list []*Step
	// byKey is them by key, once they are many. Most steps have one that follows.
	byKey map[stepKey]*Step
}

// manySteps is from how many on looking for one takes too long.
const manySteps = 8

func (s *steps) find(key stepKey) *Step {
	if s.byKey != nil {
		return s.byKey[key]
	}
	for _, n := range s.list {
		if n.key == key {
			return n
		}
	}
	return nil
}

func (s *steps) add(n *Step) {
	if s.list = append(s.list, n); len(s.list) < manySteps {
		return
	}
	if s.byKey == nil {
		s.byKey = map[stepKey]*Step{}
		for _, n := range s.list {
			s.byKey[n.key] = n
		}
	}
	s.byKey[n.key] = n
}

// Use is a rule in a step.
type Use struct {
	Rule *model.Rule
	Step *Step
	// Live is the traffic that the rule may decide: what it may match of what may reach it.
	Live pktset.Set
}

// state is what is known after a step.
type state struct {
	// fresh may go on to the next policy of the tier, and no policy of the tier has applied to it yet;
	// of undecided some has, so that the end of the tier would drop it. Traffic is in both where the inputs do
	// not say whether a policy applies.
	fresh, undecided pktset.Set
	passed           pktset.Set // may go on to the next tier
	allowed          pktset.Set // may have been allowed
	denied           pktset.Set // may have been denied; kept only if not exact
	exact            bool       // nothing so far was uncertain, so denied is all that is in no other set
}

// blur stops being exact.
func (s *state) blur(universe pktset.Set) {
	if s.exact {
		s.denied = universe.Minus(s.allowed).Minus(s.fresh).Minus(s.undecided).Minus(s.passed)
		s.exact = false
	}
}

// walk makes the step that follows p.
func (a *Analysis) walk(p *Step, key stepKey, at localClass, d model.Direction) *Step {
	if n := p.next.find(key); n != nil {
		return n
	}
	n := &Step{
		Policy: key.policy, Tier: key.tier, Certain: key.certain,
		kind: key.kind, key: key, parent: p, state: p.state, universe: p.universe,
	}
	p.next.add(n)
	switch key.kind {
	case policyStep:
		a.walkPolicy(n, at, d)
	case tierEnd:
		n.endTier(key)
	case failsafeStep:
		a.walkFailsafe(n, d)
	}
	return n
}

func (a *Analysis) walkPolicy(n *Step, at localClass, d model.Direction) {
	s := &n.state
	if !n.Certain {
		s.blur(n.universe)
	}
	left := s.undecided.Union(s.fresh)
	for _, r := range n.Policy.Rules[d] {
		u := &Use{Rule: r, Step: n}
		n.Uses = append(n.Uses, u)
		a.uses[r] = append(a.uses[r], u)
		if left.IsEmpty() {
			continue
		}
		m := a.compilers[d].match(r, at)
		u.Live = m.may.Intersect(left)
		if r.Action == model.Log || u.Live.IsEmpty() {
			continue
		}
		if !m.exact() && s.exact {
			s.fresh, s.undecided = pktset.Set{}, left
			s.blur(n.universe)
		}
		left = left.Minus(m.must)
		switch r.Action {
		case model.Allow:
			s.allowed = s.allowed.Union(u.Live)
		case model.Deny:
			if !s.exact {
				s.denied = s.denied.Union(u.Live)
			}
		case model.Pass:
			s.passed = s.passed.Union(u.Live)
		}
	}
	if n.Certain {
		s.fresh, s.undecided = pktset.Set{}, left
	} else {
		s.undecided = s.undecided.Union(left)
	}
}

// endTier drops what reaches the end of the tier, or lets it go on (felix/rules/endpoints.go:622-632, :687-708, v3.31.0).
func (n *Step) endTier(key stepKey) {
	s := &n.state
	if n.Tier.Elsewhere {
		n.leave(key.falls)
		return
	}
	next := s.fresh.Union(s.passed)
	if key.falls || n.Tier.DefaultPass {
		next = next.Union(s.undecided)
	} else {
		n.Dropped = s.undecided
		if !s.exact {
			s.denied = s.denied.Union(n.Dropped)
		}
	}
	s.fresh, s.undecided, s.passed = next, pktset.Set{}, pktset.Set{}
}

// leave ends a tier of which nothing is known but its policies. Other tiers may come before it, and its end may let
// everything go on, as that of falling ones always does: what came to it comes to the next one, too, as if the tier had not
// been there.
func (n *Step) leave(falls bool) {
	s := &n.state
	s.blur(n.universe)
	if !falls {
		n.Dropped = s.undecided
		s.denied = s.denied.Union(n.Dropped)
	}
	before := n.parent
	for before.kind == policyStep && before.Tier == n.Tier {
		before = before.parent
	}
	s.fresh, s.undecided, s.passed = before.state.fresh, pktset.Set{}, pktset.Set{}
}

// finish makes the chain that ends with step n. rest says what becomes of what no policy decides.
func (n *Step) finish(d model.Direction, rest model.Verdict) *Chain {
	s := n.state
	c := &Chain{Direction: d, Universe: n.universe, Allowed: s.allowed, Denied: s.denied, rest: s.fresh}
	if rest == model.Allowed {
		c.Allowed = c.Allowed.Union(s.fresh)
	} else {
		c.Denied = c.Denied.Union(s.fresh)
	}
	if s.exact {
		c.Denied = n.universe.Minus(c.Allowed)
	}
	for p := n; p.kind != rootStep; p = p.parent {
		c.path = append(c.path, p)
		p.chains = append(p.chains, c)
	}
	for i, j := 0, len(c.path)-1; i < j; i, j = i+1, j-1 {
		c.path[i], c.path[j] = c.path[j], c.path[i]
	}
	return c
}

// defaultAllow is the only profile besides the namespaces' that Calico serves from Kubernetes and
// that allows anything (libcalico-go/lib/backend/k8s/resources/profile.go:128-156, v3.31.0).
const defaultAllow = "projectcalico-default-allow"

// profileOf is what becomes of what no policy decides. A host endpoint's profiles are asked in order:
// those of service accounts have no rules, and one that does not exist denies
// (felix/calc/active_rules_calculator.go:391-424, v3.31.0).
func (a *Analysis) profileOf(e *model.Endpoint) model.Decision {
	if e.Type == model.Workload {
		return model.Decision{Verdict: model.Allowed, By: model.By{Kind: model.ByProfile, Profile: "kns." + e.Namespace}}
	}
	for _, p := range e.Profiles {
		if strings.HasPrefix(p, "ksa.") {
			continue
		}
		d := model.Decision{By: model.By{Kind: model.ByProfile, Profile: p}}
		namespace, ok := strings.CutPrefix(p, "kns.")
		if p == defaultAllow || ok && a.hasNamespace(namespace) {
			d.Verdict = model.Allowed
		}
		return d
	}
	return model.Decision{By: model.By{Kind: model.ByNoProfileMatch}}
}

// restOf is the verdict of profileOf.
func (a *Analysis) restOf(e *model.Endpoint) model.Verdict {
	if e.Type == model.Workload {
		return model.Allowed
	}
	return a.profileOf(e).Verdict
}

func (a *Analysis) hasNamespace(name string) bool {
	return slices.ContainsFunc(a.Cluster.Namespaces, func(n *model.Namespace) bool { return n.Name == name })
}
