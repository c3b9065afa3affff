// Package eval computes exactly what the policies of a cluster allow: for whole classes of
// endpoints, and for all traffic at once.
//
// An endpoint's chain is the tiers, policies and rules that it sees in one direction. Walking it
// once, with the set of traffic that is still undecided, gives for every rule what is left for it
// to decide. Chains that begin alike share the walk. Where the inputs leave something open (a
// label, an address), sets become bounds: what may match, and what certainly does; a verdict that
// depends on it is Unknown.
package eval

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"sync"

	"github.com/tierlint/tierlint/internal/bitset"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
)

// Analysis is the evaluation of one cluster.
type Analysis struct {
	Cluster *model.Cluster
	// Endpoints is those that Calico polices, phantoms last: the phantom stands for any workload
	// that a policy would select where none in the files is selected.
	Endpoints []*model.Endpoint
	Chains    [2][]*Chain // by direction
	// Gaps is what was too much to be analysed.
	Gaps []model.Gap

	u         *universe
	space     *space
	compilers [2]*compiler
	chains    [2]map[*model.Endpoint]*Chain
	uses      map[*model.Rule][]*Use
	steps     map[*model.Policy][2][]*Step
	selects   map[*model.Policy]match
	faces     faces
	netless   map[*model.Rule]*model.Rule           // rules without their nets
	lists     map[bitset.Identity][]*model.Endpoint // of what policies select
	// mu guards the compilers, the universe and the lists, which remember what they were asked, once checks ask side by side.
	mu sync.Mutex
}

// New evaluates a cluster. The error is ctx's.
func New(ctx context.Context, c *model.Cluster) (*Analysis, error) {
	u := newUniverse(c, nil)
	if ph := findPhantoms(u); len(ph) > 0 {
		u = newUniverse(c, ph)
	}
	a := &Analysis{
		Cluster: c, Endpoints: u.endpoints, u: u,
		uses: map[*model.Rule][]*Use{}, steps: map[*model.Policy][2][]*Step{}, selects: map[*model.Policy]match{},
		netless: map[*model.Rule]*model.Rule{}, lists: map[bitset.Identity][]*model.Endpoint{},
	}
	sides := newSides(u)
	eachRule(c, sides.prepare)
	cutFailsafes(c, sides.cuts)
	failsafeNets(c, func(n netip.Prefix) { sides.note(u.net(n)) })
	a.space = newSpace(len(u.peers), sides.sets, sides.cuts)
	sides.s = a.space
	if a.space.coarse {
		a.Gaps = append(a.Gaps, model.Gap{
			Message: fmt.Sprintf("source ports are not analysed: rules cut them into more pieces than can be told apart for %d kinds of peers", len(a.space.first)),
			Settle:  "fewer different source ports in rules",
		})
	}
	a.compilers = [2]*compiler{newCompiler(sides), newCompiler(sides)}
	for d, chains := range a.plan() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		a.build(model.Direction(d), chains)
	}
	a.indexSteps()
	a.findFaces()
	return a, nil
}

// build walks the chains of one direction.
func (a *Analysis) build(d model.Direction, plans []plan) {
	roots := map[localClass]*Step{}
	type end struct {
		step *Step
		rest model.Verdict // what becomes of what no policy decides
	}
	ends := map[end]*Chain{}
	a.chains[d] = map[*model.Endpoint]*Chain{}
	for _, p := range plans {
		families := localClass{min(p.at[0], 1), min(p.at[1], 1)}
		n := roots[families]
		if n == nil {
			n = &Step{kind: rootStep, universe: a.compilers[d].universeOf(p.at)}
			n.state = state{fresh: n.universe, exact: true}
			roots[families] = n
		}
		for _, key := range p.steps {
			n = a.walk(n, key, p.at, d)
		}
		key := end{n, a.restOf(p.endpoint)}
		c := ends[key]
		if c == nil {
			c = n.finish(d, key.rest)
			ends[key] = c
			a.Chains[d] = append(a.Chains[d], c)
		}
		c.Endpoints = append(c.Endpoints, p.endpoint)
		a.chains[d][p.endpoint] = c
	}
}

// plan is the steps of one endpoint's chain, before any is walked.
type plan struct {
	endpoint *model.Endpoint
	at       localClass
	steps    []stepKey
}

// plan lists for every endpoint the steps of its chains.
func (a *Analysis) plan() [2][]plan {
	selected := a.selections()
	var out [2][]plan
	var wg sync.WaitGroup
	for d := range out {
		out[d] = make([]plan, len(a.Endpoints))
		wg.Go(func() {
			for i, e := range a.Endpoints {
				p := plan{endpoint: e, at: a.localClass(e)}
				p.steps = stepsOf(e, model.Direction(d), selected[i], p.at)
				out[d][i] = p
			}
		})
	}
	wg.Wait()
	return out
}

// selection is a policy that may select an endpoint.
type selection struct {
	policy  *model.Policy
	certain bool
}

// selections lists, for each endpoint, the policies that may select it, in evaluation order.
func (a *Analysis) selections() [][]selection {
	out := make([][]selection, len(a.Endpoints))
	endpoints := bitset.Full(len(a.Endpoints))
	for _, t := range a.Cluster.Tiers {
		for _, p := range t.Policies {
			m := a.u.things(p.Selector)
			a.selects[p] = m
			for i := range m.may.All() {
				if !endpoints.Has(i) {
					break
				}
				out[i] = append(out[i], selection{p, m.must.Has(i)})
			}
		}
	}
	return out
}

// localClass is the classes of an endpoint's first addresses of each IP version.
func (a *Analysis) localClass(e *model.Endpoint) localClass {
	var at localClass
	for _, p := range a.u.byEndpoint[e] {
		f := 0
		if a.u.peers[p].v6 {
			f = 1
		}
		if at[f] == 0 {
			at[f] = a.space.classOf[p] + 1
		}
	}
	return at
}

// stepsOf is the steps of a chain: for a workload the tiers with normal policies; for a host
// endpoint failsafe ports, then untracked, pre-DNAT and normal policies
// (felix/calc/event_sequencer.go:1221-1267, v3.31.0).
func stepsOf(e *model.Endpoint, d model.Direction, sels []selection, at localClass) []stepKey {
	normal := func(p *model.Policy) bool { return !p.DoNotTrack && !p.PreDNAT }
	if e.Type == model.Workload {
		return tierSteps(nil, sels, d, at, false, normal)
	}
	untracked := func(p *model.Policy) bool { return p.DoNotTrack }
	steps := []stepKey{{kind: failsafeStep, falls: slices.ContainsFunc(sels, func(s selection) bool { return untracked(s.policy) })}}
	steps = tierSteps(steps, sels, d, at, true, untracked)
	if d == model.Ingress {
		steps = tierSteps(steps, sels, d, at, true, func(p *model.Policy) bool { return p.PreDNAT && !p.DoNotTrack })
	}
	return tierSteps(steps, sels, d, at, false, normal)
}

// tierSteps appends the steps of the policies that are wanted and govern the direction, each tier
// that has any with its end.
func tierSteps(steps []stepKey, sels []selection, d model.Direction, at localClass, falls bool, wanted func(*model.Policy) bool) []stepKey {
	var tier *model.Tier
	certain := false
	end := func() {
		if tier != nil {
			steps = append(steps, stepKey{kind: tierEnd, tier: tier, certain: certain, falls: falls})
		}
	}
	for _, s := range sels {
		if !s.policy.Governs[d] || !wanted(s.policy) {
			continue
		}
		if s.policy.Tier != tier {
			end()
			tier, certain = s.policy.Tier, false
		}
		certain = certain || s.certain
		key := stepKey{kind: policyStep, policy: s.policy, tier: tier, certain: s.certain}
		for _, r := range s.policy.Rules[d] {
			if dependsOnLocal(r) {
				key.at = at
				break
			}
		}
		steps = append(steps, key)
	}
	end()
	return steps
}

// indexSteps finds the steps by policy.
func (a *Analysis) indexSteps() {
	seen := map[*Step]bool{}
	for d, chains := range a.Chains {
		for _, c := range chains {
			for _, s := range c.path {
				if s.Policy == nil || seen[s] {
					continue
				}
				seen[s] = true
				both := a.steps[s.Policy]
				both[d] = append(both[d], s)
				a.steps[s.Policy] = both
			}
		}
	}
}

// Chain returns what an endpoint sees; nil for one that Calico does not police.
func (a *Analysis) Chain(e *model.Endpoint, d model.Direction) *Chain { return a.chains[d][e] }

// Class tells endpoints apart as peers: two that have the same are the same to every rule.
func (a *Analysis) Class(e *model.Endpoint) [2]int { return a.localClass(e) }

// Endpoint returns the endpoint that is policed at a known address; nil if none is.
func (a *Analysis) Endpoint(addr netip.Addr) *model.Endpoint {
	if i, ok := a.u.byAddr[addr]; ok && a.u.peers[i].endpoint.Type != model.HostNetwork {
		return a.u.peers[i].endpoint
	}
	return nil
}

// Everything is all traffic of all peers.
func (a *Analysis) Everything() pktset.Set { return pktset.Rect(a.space.full, pktset.Everything) }
