package refeval_test

import (
	"net/netip"
	"testing"

	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/refeval"
	"github.com/tierlint/tierlint/internal/selector"
)

// The cluster of these tests: pods web, db and two in namespace shop, mail in namespace office, a host,
// a pod on the host's network, and network sets. Each test adds tiers.
type cluster struct {
	*model.Cluster
	ends map[string]*model.Endpoint
}

func newCluster() *cluster {
	c := &cluster{&model.Cluster{Version: model.V331}, map[string]*model.Endpoint{}}
	c.Namespaces = []*model.Namespace{
		{Object: model.Object{Kind: "Namespace", Name: "office"}, Known: true},
		{Object: model.Object{Kind: "Namespace", Name: "shop"}, Known: true},
	}
	c.pod("shop", "web", "10.0.0.1", model.Port{Name: "http", Proto: flow.TCP, Number: 8080})
	c.pod("shop", "db", "10.0.0.2", model.Port{Name: "sql", Proto: flow.TCP, Number: 5432}, model.Port{Name: "http", Proto: flow.UDP, Number: 8080})
	c.pod("office", "mail", "10.0.0.3")
	c.pod("shop", "nowhere", "")
	c.host("host", "192.168.1.1")
	proxy := c.pod("shop", "proxy", "192.168.1.1")
	proxy.Type = model.HostNetwork
	return c
}

// pod adds a pod with the label app, its name.
func (c *cluster) pod(namespace, name, addr string, ports ...model.Port) *model.Endpoint {
	e := &model.Endpoint{Object: model.Object{Kind: "Pod", Namespace: namespace, Name: name}, Ports: ports}
	e.Labels.Known = map[string]string{"app": name, "projectcalico.org/namespace": namespace}
	if addr != "" {
		e.Addrs = []netip.Addr{netip.MustParseAddr(addr)}
	}
	return c.add(e)
}

// host adds a host endpoint with the label host, its name.
func (c *cluster) host(name, addr string, profiles ...string) *model.Endpoint {
	e := &model.Endpoint{
		Object: model.Object{Kind: "HostEndpoint", Name: name}, Type: model.Host,
		Labels: selector.Labels{Known: map[string]string{"host": name}}, Profiles: profiles,
	}
	if addr != "" {
		e.Addrs = []netip.Addr{netip.MustParseAddr(addr)}
	}
	return c.add(e)
}

func (c *cluster) add(e *model.Endpoint) *model.Endpoint {
	c.Endpoints = append(c.Endpoints, e)
	c.ends[e.Name] = e
	return e
}

// set adds a network set with the label set, its name.
func (c *cluster) set(name string, nets ...string) {
	c.Sets = append(c.Sets, &model.NetworkSet{
		Object: model.Object{Kind: "GlobalNetworkSet", Name: name},
		Labels: selector.Labels{Known: map[string]string{"set": name}}, Nets: cidrs(nets...),
	})
}

// tier adds a tier, after those there are.
func (c *cluster) tier(name string, policies ...*model.Policy) *model.Tier {
	t := &model.Tier{Object: model.Object{Kind: "Tier", Name: name}, Policies: policies}
	for _, p := range policies {
		p.Tier, p.FelixName = t, name+"."+p.Name
	}
	c.Tiers = append(c.Tiers, t)
	return t
}

// ingress makes a policy that isolates for ingress what expr selects.
func ingress(name, expr string, rules ...*model.Rule) *model.Policy {
	return policy(name, expr, model.Ingress, rules)
}

// egress makes a policy that isolates for egress what expr selects.
func egress(name, expr string, rules ...*model.Rule) *model.Policy {
	return policy(name, expr, model.Egress, rules)
}

func policy(name, expr string, d model.Direction, rules []*model.Rule) *model.Policy {
	p := &model.Policy{
		Object: model.Object{Kind: "GlobalNetworkPolicy", Name: name}, API: model.GlobalNetworkPolicy, Selector: sel(expr),
	}
	p.Governs[d] = true
	for i, r := range rules {
		r.Policy, r.Direction, r.Index = p, d, i
	}
	p.Rules[d] = rules
	return p
}

// rule makes a rule of an action and criteria.
func rule(a model.Action, criteria ...func(*model.Match)) *model.Rule {
	r := &model.Rule{Action: a}
	for _, c := range criteria {
		c(&r.Match)
	}
	return r
}

func proto(p flow.Proto) func(*model.Match) { return func(m *model.Match) { m.Protocol = &p } }

func notProto(p flow.Proto) func(*model.Match) { return func(m *model.Match) { m.NotProtocol = &p } }

func from(f func(*model.Side)) func(*model.Match) { return func(m *model.Match) { f(&m.Source) } }

func to(f func(*model.Side)) func(*model.Match) { return func(m *model.Match) { f(&m.Destination) } }

func selects(expr string) func(*model.Side) { return func(s *model.Side) { s.Selector = sel(expr) } }

func notSelects(expr string) func(*model.Side) {
	return func(s *model.Side) { s.NotSelector = sel(expr) }
}

func in(nets ...string) func(*model.Side) { return func(s *model.Side) { s.Nets = cidrs(nets...) } }

func notIn(nets ...string) func(*model.Side) {
	return func(s *model.Side) { s.NotNets = cidrs(nets...) }
}

func port(first, last uint16) func(*model.Side) {
	return func(s *model.Side) { s.Ports = append(s.Ports, model.PortMatch{First: first, Last: last}) }
}

func notPort(first, last uint16) func(*model.Side) {
	return func(s *model.Side) { s.NotPorts = append(s.NotPorts, model.PortMatch{First: first, Last: last}) }
}

func named(name string) func(*model.Side) {
	return func(s *model.Side) { s.Ports = append(s.Ports, model.PortMatch{Name: name}) }
}

func service(s *model.Service) func(*model.Side) {
	return func(side *model.Side) {
		side.Service = &model.ServiceMatch{Namespace: s.Namespace, Name: s.Name, Service: s}
	}
}

func sel(expr string) *selector.Selector {
	s, err := selector.Parse(expr)
	if err != nil {
		panic(err)
	}
	return s
}

func cidrs(texts ...string) []model.Net {
	var out []model.Net
	for _, t := range texts {
		out = append(out, model.Net{Prefix: netip.MustParsePrefix(t)})
	}
	return out
}

// peer is an endpoint by name, or an address.
func (c *cluster) peer(s string) model.Peer {
	e, ok := c.ends[s]
	if !ok {
		return model.Peer{Addr: netip.MustParseAddr(s)}
	}
	p := model.Peer{Endpoint: e}
	if len(e.Addrs) > 0 {
		p.Addr = e.Addrs[0]
	}
	return p
}

func (c *cluster) tcp(src, dst string, port uint16) model.Packet {
	return model.Packet{Src: c.peer(src), Dst: c.peer(dst), Proto: flow.TCP, SrcPort: flow.DefaultSourcePort, DstPort: port}
}

func (c *cluster) udp(src, dst string, port uint16) model.Packet {
	p := c.tcp(src, dst, port)
	p.Proto = flow.UDP
	return p
}

// wants checks a decision at one end, as "allow profile:kns.shop".
func (c *cluster) wants(t *testing.T, d model.Direction, p model.Packet, want string) *refeval.End {
	t.Helper()
	trace := refeval.Decide(c.Cluster, p)
	end := &trace.Ends[d]
	if got := end.Decision.Verdict.String() + " " + end.Decision.By.String(); got != want {
		t.Errorf("%s: got %s, want %s", d, got, want)
	}
	return end
}
