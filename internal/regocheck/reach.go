package regocheck

import (
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tierlint/tierlint/internal/bitset"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
)

// reach makes what a workload reaches, and who reaches it, from the sets of an eval.Reach.
type reach struct {
	*eval.Reach
	in *input
}

// factsOfReach is, by workload, what it can connect to and what can connect to it, as the policy of both
// ends has it.
func (in *input) factsOfReach() (*ast.Term, error) {
	computed, err := in.analysis.Reach()
	if err != nil {
		return nil, &problem{message: "input.facts.reach: " + err.Error(), help: "tierlint.reachable(from, to), for the workloads in question"}
	}
	r := &reach{computed, in}
	groups := make([]*ast.Term, len(r.Groups))
	for g := range r.Groups {
		to, from := r.To(g, true), r.From(g, true)
		groups[g] = in.object(
			field{"reaches", r.parts(to)},
			field{"reachedBy", r.parts(from)},
			field{"perhapsReaches", r.parts(r.To(g, false).Minus(to))},
			field{"perhapsReachedBy", r.parts(r.From(g, false).Minus(from))},
		)
	}
	var fields []field
	for _, e := range in.cluster.Endpoints {
		if e.Type != model.Host {
			fields = append(fields, field{in.names.key(&e.Object), groups[r.Group(e)]})
		}
	}
	return in.object(fields...), nil
}

// parts is a set of traffic by the other ends: those with the same traffic together.
func (r *reach) parts(s pktset.Set) *ast.Term {
	type part struct {
		others  bitset.Bits
		traffic []pktset.Range
	}
	var parts []*part
	for run, cols := range s.Ranges {
		var same *part
		for _, p := range parts {
			if p.others.Equal(cols) {
				same = p
			}
		}
		if same == nil {
			same = &part{others: cols}
			parts = append(parts, same)
		}
		same.traffic = append(same.traffic, run)
	}
	out := make([]*ast.Term, len(parts))
	for i, p := range parts {
		outside := r.outside(p.others)
		out[i] = r.in.object(
			field{"workloads", r.workloads(p.others)},
			field{"addresses", r.in.cidrs(outside)},
			field{"internet", r.in.yes(isInternet(outside))},
			field{"traffic", r.in.traffic(p.traffic)},
		)
	}
	return r.in.list(out)
}

// workloads is the keys of the workloads in groups.
func (r *reach) workloads(cols bitset.Bits) *ast.Term {
	return r.in.listOf("reach", cols, func() (keys []*ast.Term) {
		for g := range cols.All() {
			if g >= len(r.Groups) {
				break
			}
			for _, e := range r.Groups[g] {
				keys = append(keys, r.in.key(&e.Object))
			}
		}
		return keys
	})
}

// outside is the ranges of addresses among the columns, those beside each other as one.
func (r *reach) outside(cols bitset.Bits) []eval.Range {
	var out []eval.Range
	for i, x := range r.Outside {
		if !cols.Has(len(r.Groups) + i) {
			continue
		}
		if n := len(out); n > 0 && out[n-1].Last.Next() == x.First {
			out[n-1].Last = x.Last
			continue
		}
		out = append(out, x)
	}
	return out
}
