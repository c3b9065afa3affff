package eval_test

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/tierlint/tierlint/internal/checktest/gen"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
	"github.com/tierlint/tierlint/internal/refeval"
)

// TestReach: what one workload reaches, and who reaches the other, is what the second engine says of each
// connection between them.
func TestReach(t *testing.T) {
	for _, part := range []gen.Options{{}, {Hosts: true}, {IPv6: true}, {Unknowns: true}} {
		t.Run(fmt.Sprintf("%+v", part), func(t *testing.T) {
			for seed := range uint64(40) {
				part.Size = 2 + int(seed)%10
				c := gen.Cluster(seed, part)
				a, err := eval.New(t.Context(), c)
				if err != nil {
					t.Fatal(err)
				}
				r, err := a.Reach()
				if err != nil {
					t.Fatal(err)
				}
				ask := asker{c, refeval.New(c), r}
				for _, src := range c.Endpoints {
					for _, dst := range c.Endpoints {
						if src.Type == model.Workload && dst.Type == model.Workload {
							ask.compare(t, seed, src, dst)
						}
					}
					if src.Type == model.Workload {
						ask.outside(t, seed, src)
					}
				}
				if t.Failed() {
					return
				}
			}
		})
	}
}

type asker struct {
	c *model.Cluster
	e *refeval.Evaluator
	r *eval.Reach
}

// compare asks for some ports at the first address of each IP version.
func (x *asker) compare(t *testing.T, seed uint64, src, dst *model.Endpoint) {
	for _, at := range []pktset.L4{
		pktset.Point(flow.TCP, 80), pktset.Point(flow.TCP, 8080), pktset.Point(flow.UDP, 53), pktset.Point(flow.SCTP, 443),
	} {
		best, n := model.Denied, 0
		for _, s := range x.peers(src) {
			for _, d := range x.peers(dst) {
				if x.isSix(s) == x.isSix(d) {
					best, n = max(best, x.verdict(s, d, at)), n+1
				}
			}
		}
		if n == 0 {
			continue
		}
		from, to := x.r.Group(src), x.r.Group(dst)
		for _, sure := range []bool{true, false} {
			want := best == model.Allowed || !sure && best == model.Unknown
			if got := x.r.To(from, sure).Has(at, to); got != want {
				t.Errorf("seed %d: %s to %s, %s %d, sure %v: reaches is %v, want %v", seed, src, dst, at.Proto(), at.Value(), sure, got, want)
			}
			if got := x.r.From(to, sure).Has(at, from); got != want {
				t.Errorf("seed %d: %s to %s, %s %d, sure %v: reached by is %v, want %v", seed, src, dst, at.Proto(), at.Value(), sure, got, want)
			}
		}
	}
}

// outside asks for the first address of each range.
func (x *asker) outside(t *testing.T, seed uint64, e *model.Endpoint) {
	at := pktset.Point(flow.TCP, 80)
	for i, o := range x.r.Outside {
		peer := model.Peer{Addr: o.First}
		for _, s := range x.peers(e) {
			if x.isSix(s) != o.First.Is6() || x.has(o.First) {
				continue
			}
			want := x.verdict(s, peer, at)
			col := len(x.r.Groups) + i
			if got := x.r.To(x.r.Group(e), true).Has(at, col); got != (want == model.Allowed) {
				t.Errorf("seed %d: %s to %s: reaches is %v, and the verdict %v", seed, e, o.First, got, want)
			}
			want = x.verdict(peer, s, at)
			if got := x.r.From(x.r.Group(e), true).Has(at, col); got != (want == model.Allowed) {
				t.Errorf("seed %d: %s to %s: reached by is %v, and the verdict %v", seed, o.First, e, got, want)
			}
		}
	}
}

func (x *asker) has(addr netip.Addr) bool {
	for _, e := range x.c.Endpoints {
		for _, a := range e.Addrs {
			if a == addr {
				return true
			}
		}
	}
	return false
}

// peers is an endpoint at its first address of each IP version.
func (x *asker) peers(e *model.Endpoint) []model.Peer {
	if len(e.Addrs) == 0 {
		return []model.Peer{{Endpoint: e}}
	}
	var out []model.Peer
	for _, six := range []bool{false, true} {
		for _, a := range e.Addrs {
			if a.Is6() == six {
				out = append(out, model.Peer{Endpoint: e, Addr: a})
				break
			}
		}
	}
	return out
}

func (x *asker) isSix(p model.Peer) bool {
	if p.Addr.IsValid() {
		return p.Addr.Is6()
	}
	return x.c.PodsAreIPv6()
}

func (x *asker) verdict(src, dst model.Peer, at pktset.L4) model.Verdict {
	trace := x.e.Decide(model.Packet{
		Src: src, Dst: dst, Proto: at.Proto(), SrcPort: flow.DefaultSourcePort, DstPort: at.Value(),
	})
	return min(trace.Ends[model.Ingress].Decision.Verdict, trace.Ends[model.Egress].Decision.Verdict)
}
