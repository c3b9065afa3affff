package eval

import (
	"slices"

	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
)

// mayDecide is what a rule may decide. It is less than Live where the addresses of pods or nodes are not
// known: of a net and an earlier one that contains it, nobody knows whether a pod is in either, but if it is
// in the one it is in the other.
func (a *Analysis) mayDecide(u *Use) pktset.Set {
	nets := remoteSide(u.Rule).Nets
	if u.Live.IsEmpty() || len(nets) == 0 || u.Live.Overlaps(a.matches(u).must) {
		return u.Live
	}
	left := u.Live
	var passed pktset.Set // on to the next tier, before the rest of this one is asked
	var tier *model.Tier
	for _, s := range u.Step.path() {
		if s.Tier != tier {
			tier, passed = s.Tier, pktset.Set{}
		}
		for _, b := range s.Uses {
			switch {
			case b == u || left.IsEmpty():
				return left
			case b.Rule.Action == model.Log:
			case b.Rule.Action == model.Pass && s.Tier != u.Step.Tier:
				if !apart(remoteSide(b.Rule).Nets, nets) {
					passed = passed.Union(a.matches(b).may)
				}
			case s.Certain && contains(remoteSide(b.Rule), nets):
				left = left.Minus(a.besideNets(b).Minus(passed))
			}
		}
	}
	return left
}

// path is the steps with rules up to this one.
func (s *Step) path() []*Step {
	var out []*Step
	for p := s; p.kind != rootStep; p = p.parent {
		if p.kind == policyStep {
			out = append(out, p)
		}
	}
	slices.Reverse(out)
	return out
}

// contains says whether whoever is in one of the nets is in one of the side's.
func contains(side *model.Side, nets []model.Net) bool {
	return len(side.NotNets) == 0 && !slices.ContainsFunc(nets, func(n model.Net) bool {
		return !slices.ContainsFunc(side.Nets, func(m model.Net) bool { return m.Bits() <= n.Bits() && m.Contains(n.Addr()) })
	})
}

// apart says whether nobody is in two lists of nets.
func apart(a, b []model.Net) bool {
	return len(a) > 0 && !slices.ContainsFunc(a, func(n model.Net) bool {
		return slices.ContainsFunc(b, func(m model.Net) bool { return n.Overlaps(m.Prefix) })
	})
}

// besideNets is what a rule certainly matches of the traffic with those who are in its nets.
func (a *Analysis) besideNets(u *Use) pktset.Set {
	a.mu.Lock()
	defer a.mu.Unlock()
	r := a.netless[u.Rule]
	if r == nil {
		c := *u.Rule
		remoteSide(&c).Nets = nil
		r = &c
		a.netless[u.Rule] = r
	}
	return a.compilers[r.Direction].match(r, u.Step.key.at).must
}
