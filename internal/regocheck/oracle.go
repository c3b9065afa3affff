package regocheck

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pktset"
	"github.com/tierlint/tierlint/internal/selector"
)

// oracle answers what the built-in functions ask of one cluster, and remembers its answers. It may be
// used by several goroutines.
type oracle struct {
	names    *names
	resolver func() *model.Resolver
	// endpoints is the workloads by their objects, which names have.
	endpoints func() map[*model.Object]*model.Endpoint
	eval      func() (*eval.Analysis, error)

	mu        sync.Mutex
	verdicts  map[question]answer
	between   map[[2]string][]pktset.Range
	selectors map[string]*selector.Selector
}

// question is a connection that a rule asks about.
type question struct {
	from, to, protocol string
	port               int
}

// answer is what becomes of the connection. Of several backends of a Service it is the one that is best reached.
type answer struct {
	model.Decision
	direction model.Direction // the end that decides
	local     *model.Endpoint // there
	resolved  model.Resolved
	why       string // without a connection: what is in the way
}

func newOracle(c *model.Cluster, n *names, evaluated func() (*eval.Analysis, error)) *oracle {
	return &oracle{
		names: n, resolver: sync.OnceValue(func() *model.Resolver { return model.NewResolver(c) }), eval: evaluated,
		endpoints: sync.OnceValue(func() map[*model.Object]*model.Endpoint { return workloadsOf(c) }),
		verdicts:  map[question]answer{}, between: map[[2]string][]pktset.Range{}, selectors: map[string]*selector.Selector{},
	}
}

// workloadsOf is the workloads of a cluster by their objects.
func workloadsOf(c *model.Cluster) map[*model.Object]*model.Endpoint {
	out := map[*model.Object]*model.Endpoint{}
	for _, e := range c.Endpoints {
		if e.Type != model.Host && !e.Phantom {
			out[&e.Object] = e
		}
	}
	return out
}

// verdict says what becomes of a connection; the error, what is wrong with the question.
func (o *oracle) verdict(q question) (answer, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if known, ok := o.verdicts[q]; ok {
		return known, nil
	}
	a, err := o.decide(q)
	if err == nil {
		o.verdicts[q] = a
	}
	return a, err
}

func (o *oracle) decide(q question) (answer, error) {
	analysis, err := o.eval()
	if err != nil {
		return answer{}, err
	}
	resolved, err := o.resolver().Resolve(flow.Flow{Src: o.end(q.from), Dst: o.end(q.to), Proto: q.protocol, Port: q.port})
	switch {
	case errors.Is(err, model.ErrIPVersion), errors.Is(err, model.ErrNoBackend):
		return answer{why: err.Error()}, nil
	case errors.Is(err, model.ErrBackendsUnknown):
		return answer{Decision: model.Decision{Verdict: model.Unknown}, why: err.Error()}, nil
	case err != nil:
		return answer{}, err
	}
	best := answer{}
	for i, r := range resolved {
		if a := deciding(analysis, r); i == 0 || a.Verdict > best.Verdict {
			best = a
		}
	}
	return best, nil
}

// deciding is the end that decides: the one that denies, or of which it is not known, else the one at
// which a rule allows.
func deciding(a *eval.Analysis, r model.Resolved) answer {
	var ends [2]answer
	egress, ingress := a.Decide(r.Packet)
	for d, by := range []model.Decision{model.Ingress: ingress, model.Egress: egress} {
		ends[d] = answer{Decision: by, direction: model.Direction(d), local: r.Packet.Local(model.Direction(d)).Endpoint, resolved: r}
	}
	in, out := ends[model.Ingress], ends[model.Egress]
	switch {
	case in.Verdict != out.Verdict:
		if in.Verdict < out.Verdict {
			return in
		}
		return out
	case in.By.Kind == model.ByNoPolicy || in.By.Rule == nil && out.By.Rule != nil:
		return out
	}
	return in
}

// end is an end as the resolver reads it, where a rule names it by its key in the document.
func (o *oracle) end(name string) string {
	object := o.names.object(name)
	switch {
	case object == nil:
		return name
	case object.Kind == "Service":
		return model.ServicePrefix + object.ID()
	}
	if e := o.endpoints()[object]; e != nil {
		return o.resolver().Name(e)
	}
	return name
}

// reachable is what certainly gets from one end to another.
func (o *oracle) reachable(from, to string) ([]pktset.Range, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	key := [2]string{from, to}
	if known, ok := o.between[key]; ok {
		return known, nil
	}
	a, err := o.eval()
	if err != nil {
		return nil, err
	}
	src, err := o.peer(from)
	if err != nil {
		return nil, fmt.Errorf("source: %w", err)
	}
	dst, err := o.peer(to)
	if err != nil {
		return nil, fmt.Errorf("destination: %w", err)
	}
	o.between[key] = a.Between(src, dst)
	return o.between[key], nil
}

// peer is a workload, whatever its address, or an address.
func (o *oracle) peer(name string) (model.Peer, error) {
	if addr, err := netip.ParseAddr(name); err == nil {
		return model.Peer{Addr: addr.Unmap()}, nil
	}
	// A connection to itself resolves the name, and nothing else.
	as := o.end(name)
	if strings.HasPrefix(as, model.ServicePrefix) {
		return model.Peer{}, fmt.Errorf("%s is a Service: ask for its workloads, or tierlint.verdict with one of its ports", name)
	}
	resolved, err := o.resolver().Resolve(flow.Flow{Src: as, Dst: as})
	if err != nil {
		return model.Peer{}, cmp.Or(errors.Unwrap(err), err) // without the word source
	}
	return model.Peer{Endpoint: resolved[0].Packet.Src.Endpoint}, nil
}

// selects says whether a selector in Calico's syntax matches labels.
func (o *oracle) selects(text string, labels map[string]string) (bool, error) {
	o.mu.Lock()
	s := o.selectors[text]
	o.mu.Unlock()
	if s == nil {
		var err error
		if s, err = selector.Parse(text); err != nil {
			return false, fmt.Errorf("selector %q: %w", text, err)
		}
		o.mu.Lock()
		o.selectors[text] = s
		o.mu.Unlock()
	}
	return s.Match(selector.Labels{Known: labels}) == selector.Yes, nil
}

// text says in words what decides.
func (a *answer) text() string {
	return cmp.Or(a.why, check.Decided(a.By, a.local, a.direction))
}
