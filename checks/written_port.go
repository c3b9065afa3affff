package checks

import (
	"iter"
	"slices"

	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
)

// writtenPort is a port number or a range in a rule as written, and what Calico makes of the rule.
type writtenPort struct {
	port  model.PortMatch
	rules []*model.Rule
}

func (w *writtenPort) single() bool { return w.port.First == w.port.Last }

// moved is the ports of Services with the number, or with one of the range.
func (w *writtenPort) moved(all map[protoPort][]movedPort) []movedPort {
	if w.single() {
		return all[protoPort{w.proto(), w.port.First}]
	}
	var in []uint16
	for k := range all {
		if k.proto == w.proto() && w.port.Has(k.port) {
			in = append(in, k.port)
		}
	}
	slices.Sort(in)
	var out []movedPort
	for _, n := range in {
		out = append(out, all[protoPort{w.proto(), n}]...)
	}
	return out
}

func (w *writtenPort) direction() model.Direction { return w.rules[0].Direction }

func (w *writtenPort) proto() flow.Proto {
	if p := w.rules[0].Match.Protocol; p != nil {
		return *p
	}
	return flow.TCP
}

// writtenPorts is the destination port numbers in the rules of a policy that allow or deny, and the ranges in
// those that allow: one that denies a range need not mean all of its ports.
func writtenPorts(p *model.Policy, d model.Direction) []*writtenPort {
	at := map[string]*writtenPort{}
	var out []*writtenPort
	for _, r := range p.Rules[d] {
		if r.Action != model.Allow && r.Action != model.Deny {
			continue
		}
		for _, port := range r.Match.Destination.Ports {
			if port.Name != "" || port.First != port.Last && r.Action == model.Deny {
				continue
			}
			if at[port.At] == nil {
				at[port.At] = &writtenPort{port: port}
				out = append(out, at[port.At])
			}
			at[port.At].rules = append(at[port.At].rules, r)
		}
	}
	return out
}

// pods is the workloads in the files that the rule is for: for ingress those that the policy
// selects, for egress those that the rule does.
func (w *writtenPort) pods(a *eval.Analysis) []*model.Endpoint {
	var out []*model.Endpoint
	add := func(e *model.Endpoint) {
		if e != nil && e.Type == model.Workload && !e.Phantom && !slices.Contains(out, e) {
			out = append(out, e)
		}
	}
	for _, r := range w.rules {
		if r.Direction == model.Egress && r.Match.Destination.Selector == nil {
			return nil // it is for anybody, also outside the cluster
		}
		for _, u := range a.Uses(r) {
			m := a.Match(u)
			if m.IsEmpty() {
				continue
			}
			if r.Direction == model.Egress {
				for _, peer := range a.PeersIn(m) {
					add(peer.Endpoint)
				}
				break // the rule's own endpoints do not matter
			}
			for _, e := range u.Step.Endpoints() {
				add(e)
			}
		}
	}
	return out
}

// visits is connections that the rule is meant for: to the Service's port, and so to another port of the pods.
func (w *writtenPort) visits(c *model.Cluster, a *eval.Analysis, m movedPort, pods []*model.Endpoint) iter.Seq[visit] {
	return func(yield func(visit) bool) {
		for _, r := range w.rules {
			for _, u := range a.Uses(r) {
				match := a.Match(u)
				if match.IsEmpty() || !u.Step.Certain {
					continue
				}
				for _, e := range u.Step.Endpoints() {
					for _, v := range m.visits(c, a, r.Direction, e, match) {
						if !w.port.Has(v.packet.DstPort) && slices.Contains(pods, v.packet.Dst.Endpoint) && !yield(v) {
							return
						}
					}
				}
			}
		}
	}
}
