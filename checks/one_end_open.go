package checks

import (
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
)

// OneEndOpen finds rules that let traffic through at one end that the other end never lets
// through: both must, at the source for egress and at the destination for ingress
// (felix/rules/static.go:612-650, v3.31.0).
var OneEndOpen = &check.Check{
	ID:       "one-end-open",
	Title:    "A rule allows what the policies of the other end deny",
	Doc:      oneEndOpenDoc,
	Since:    "0.1",
	Severity: diag.Warning,
	Merge:    check.All,
	Long:     true,
	Run:      reportOpenEnds,
}

// maxPairs bounds the pairs of workloads that are tried for one peer. Past it the peer is for too
// many to be about a particular connection.
const maxPairs = 256

func reportOpenEnds(p *check.Pass) error {
	v, err := inventoryOf(p)
	if err != nil {
		return err
	}
	a := v.analysis
	type end struct {
		closed *model.Endpoint
		d      model.Direction
	}
	found := map[end]*openEnd{}
	var order []*openEnd
	for policy, texts := range v.reviewed() {
		var here []*model.Endpoint
		for _, w := range texts {
			if w.subject() || w.local || w.rules[0].Action != model.Allow || len(w.terms) == 0 {
				continue // for whole namespaces, not for a particular connection
			}
			if here == nil {
				here = selectedHere(a, policy)
			}
			o := v.openEnd(a, w, here)
			if o == nil {
				continue
			}
			key := end{o.packet.Remote(o.d).Endpoint, o.d}
			if first := found[key]; first != nil {
				first.more = append(first.more, w)
				continue
			}
			found[key] = o
			order = append(order, o)
		}
	}
	for _, o := range order {
		if err := o.report(p, a); err != nil {
			return err
		}
	}
	return nil
}

// openEnd is a peer to which one end is open and the other closed.
type openEnd struct {
	*written
	d      model.Direction // of the end that is open
	packet model.Packet
	more   []*written // other rules for what is closed
}

// openEnd is not nil if whatever this end lets through to a peer, the other end denies. A peer is the workload
// itself only where the rule is for nobody else, and a Service leads there: other replicas, or the same pod by way
// of the Service, are policed at both ends as anybody is.
func (v *inventory) openEnd(a *eval.Analysis, w *written, here []*model.Endpoint) *openEnd {
	m := w.matches
	if !m.may.Minus(m.must).And(v.seen).IsEmpty() {
		return nil
	}
	seen := m.must.And(v.seen)
	if n := seen.Count(); n == 0 || len(here) == 0 || len(here)*n > maxPairs || len(v.networkSets(m.must)) > 0 {
		return nil
	}
	peers := v.endpoints(seen)
	itself := len(here) == 1 && slices.Equal(here, peers) && len(v.services[here[0]]) > 0
	var out *openEnd
	for _, r := range w.rules {
		for _, e := range here {
			for _, f := range peers {
				if e == f && !itself || f.Type != model.Workload || f.Assumed() {
					continue
				}
				shown, closed := tryPair(a, w, r, e, f)
				if !closed {
					return nil
				}
				if out == nil {
					out = shown
				}
			}
		}
	}
	return out
}

// tryPair tries what a rule lets through between two workloads. It is not closed if any of that
// gets through at the other end, or might; shown is nil if the rule lets nothing through.
func tryPair(a *eval.Analysis, w *written, r *model.Rule, e, f *model.Endpoint) (shown *openEnd, closed bool) {
	d := r.Direction
	ports, known := portsBetween(r, e, f)
	if !known {
		return nil, false
	}
	to := model.Peer{Endpoint: f}
	if len(f.Addrs) > 0 {
		to.Addr = f.Addrs[0]
	}
	for _, port := range ports {
		packet, ok := packetFor(a.Cluster, d, e, to, port)
		if !ok || a.VerdictAt(packet, d) != model.Allowed {
			continue
		}
		other := model.Ingress + model.Egress - d
		if a.VerdictAt(packet, other) != model.Denied {
			return nil, false
		}
		if shown == nil {
			shown = &openEnd{written: w, d: d, packet: packet}
		}
	}
	return shown, true
}

// portsBetween is the destination ports by which the rule is tried; false if they are too many.
func portsBetween(r *model.Rule, local, peer *model.Endpoint) ([]protoPort, bool) {
	dst := peer
	if r.Direction == model.Ingress {
		dst = local
	}
	if len(r.Match.Destination.Ports) == 0 {
		var out []protoPort
		for _, p := range dst.Ports {
			if r.Match.Protocol == nil || *r.Match.Protocol == p.Proto {
				out = append(out, protoPort{p.Proto, p.Number})
			}
		}
		return out, len(out) > 0 && len(r.Match.Destination.NotPorts) == 0
	}
	var out []protoPort
	for _, p := range r.Match.Destination.Ports {
		switch {
		case p.Name != "":
			for _, declared := range dst.Ports {
				if declared.Name == p.Name && declared.Proto == protoOf(r) {
					out = append(out, protoPort{declared.Proto, declared.Number})
				}
			}
		case p.First == p.Last:
			out = append(out, protoPort{protoOf(r), p.First})
		default:
			for _, declared := range dst.Ports {
				if declared.Proto == protoOf(r) && p.Has(declared.Number) {
					out = append(out, protoPort{declared.Proto, declared.Number})
				}
			}
		}
	}
	return out, true
}

func (o *openEnd) report(p *check.Pass, a *eval.Analysis) error {
	other := model.Ingress + model.Egress - o.d
	if err := p.Confirm(o.packet, other, model.Denied); err != nil {
		return err
	}
	by, there := decision(a, o.packet, other).By, o.packet.Remote(o.d).Endpoint
	whom := there.String()
	if there == o.packet.Local(o.d).Endpoint {
		whom += " itself"
	}
	out := diag.Diagnostic{
		At:     o.policy.KeyOrigin(o.at),
		Object: o.policy.Object.String(),
		Message: fmt.Sprintf("this lets %s through at one end only: at the other, the policies for %s of %s deny all of it",
			o.d, other, whom),
		Help:    fmt.Sprintf("a rule for %s in a policy that selects %s; or not this rule, if the connection is not meant to work", other, there.String()),
		Witness: check.Flow(o.packet),
		Decided: check.Decided(by, there, other),
	}
	if r, ok := check.RelatedTo(by); ok {
		out.Related = append(out.Related, r)
	}
	for _, w := range o.more[:min(len(o.more), 3)] {
		out.Related = append(out.Related, diag.Related{At: w.policy.KeyOrigin(w.at), Message: "so it is with this rule"})
	}
	if n := len(o.more); n > 0 {
		rules := "rules"
		if n == 1 {
			rules = "rule"
		}
		out.Message += fmt.Sprintf(" (so it is with %d more %s for it)", n, rules)
	}
	p.Report(out)
	return nil
}
