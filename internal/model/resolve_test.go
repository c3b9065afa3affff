package model_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
)

func prefixes(s string) []netip.Prefix {
	var out []netip.Prefix
	for f := range strings.FieldsSeq(s) {
		out = append(out, netip.MustParsePrefix(f))
	}
	return out
}

func addrs(s string) []netip.Addr {
	var out []netip.Addr
	for f := range strings.FieldsSeq(s) {
		out = append(out, netip.MustParseAddr(f))
	}
	return out
}

// shop is a cluster with pods that have one address, two, and none, a Service for each kind, and a name
// that two workloads share.
func shop() *model.Cluster {
	end := func(kind, name, at string) *model.Endpoint {
		return &model.Endpoint{Object: model.Object{Kind: kind, Namespace: "shop", Name: name}, Addrs: addrs(at)}
	}
	web, dual, six := end("Pod", "web", "10.0.0.1"), end("Pod", "dual", "10.0.0.2 fd00::2"), end("Pod", "six", "fd00::3")
	cart, job, sts := end("Deployment", "cart", ""), end("Job", "twice", ""), end("StatefulSet", "twice", "")
	agent := end("Pod", "agent", "192.168.1.1")
	agent.Type = model.HostNetwork
	host := &model.Endpoint{Object: model.Object{Kind: "HostEndpoint", Name: "node"}, Type: model.Host, Addrs: addrs("192.168.1.2")}
	ghost := end("Pod", "ghost", "")
	ghost.Phantom = true
	service := func(name, at string, port uint16, backends ...model.Backend) *model.Service {
		return &model.Service{
			Object: model.Object{Kind: "Service", Namespace: "shop", Name: name}, Addrs: addrs(at), BackendsKnown: true,
			Ports: []model.ServicePort{{Name: "main", Proto: flow.TCP, Port: port}}, Backends: backends,
		}
	}
	backend := func(e *model.Endpoint, at string, port uint16, ready bool) model.Backend {
		b := model.Backend{Peer: model.Peer{Endpoint: e}, PortName: "main", Proto: flow.TCP, Port: port, Ready: ready}
		if at != "" {
			b.Peer.Addr = netip.MustParseAddr(at)
		}
		return b
	}
	c := &model.Cluster{
		Endpoints: []*model.Endpoint{agent, cart, dual, ghost, host, six, job, sts, web},
		Services: []*model.Service{
			service("both", "172.20.0.1 fd01::1", 80, backend(dual, "fd00::2", 8080, true), backend(web, "10.0.0.1", 8080, true),
				backend(dual, "10.0.0.2", 8080, true), backend(web, "10.0.0.1", 8080, true), backend(nil, "10.0.0.9", 8080, false)),
			service("cart", "", 80, backend(cart, "", 7070, true), backend(web, "10.0.0.1", 8080, true)),
			service("idle", "", 80, backend(web, "10.0.0.1", 8080, false), model.Backend{Peer: model.Peer{Endpoint: web}, Ready: true}),
		},
	}
	unknown := service("elsewhere", "", 80)
	unknown.BackendsKnown = false
	c.Services = append(c.Services, unknown)
	return c
}

// TestResolve: what the ends of a connection may be called, and what they are called in answers.
func TestResolve(t *testing.T) {
	tests := []struct {
		name string
		flow flow.Flow
		want string // one line for each packet: names, then what policy sees; or the error
	}{
		{"pods", flow.Flow{Src: "shop/web", Dst: "shop/dual", Port: 80},
			"shop/web > shop/dual: 10.0.0.1(web) 40000 > 10.0.0.2(dual) 80 TCP"},
		{"the source's first address of whose IP version the destination has one", flow.Flow{Src: "shop/dual", Dst: "shop/six", Port: 80},
			"shop/dual > shop/six: fd00::2(dual) 40000 > fd00::3(six) 80 TCP"},
		{"no IP version in common", flow.Flow{Src: "shop/web", Dst: "shop/six"}, "shop/web and shop/six: no IP version in common"},
		{"a workload without known address", flow.Flow{Src: "shop/cart", Dst: "shop/web", Port: 80},
			"shop/cart > shop/web: (cart) 40000 > 10.0.0.1(web) 80 TCP"},
		{"which is taken to have IPv4", flow.Flow{Src: "shop/cart", Dst: "shop/dual", Port: 80},
			"shop/cart > shop/dual: (cart) 40000 > 10.0.0.2(dual) 80 TCP"},
		{"and not IPv6", flow.Flow{Src: "shop/cart", Dst: "shop/six"}, "shop/cart and shop/six: no IP version in common"},
		{"an address of nobody", flow.Flow{Src: "203.0.113.7", Dst: "shop/web", Port: 80, SrcPort: 1024},
			"203.0.113.7 > shop/web: 203.0.113.7 1024 > 10.0.0.1(web) 80 TCP"},
		{"a pod's only address is the pod", flow.Flow{Src: "10.0.0.1", Dst: "shop/cart", Port: 80},
			"shop/web > shop/cart: 10.0.0.1(web) 40000 > (cart) 80 TCP"},
		{"one of several stays the address, of the pod", flow.Flow{Src: "fd00::2", Dst: "shop/six", Port: 80},
			"fd00::2 > shop/six: fd00::2(dual) 40000 > fd00::3(six) 80 TCP"},
		{"a node's address is not the pod on its network", flow.Flow{Src: "192.168.1.1", Dst: "shop/web", Port: 80},
			"192.168.1.1 > shop/web: 192.168.1.1 40000 > 10.0.0.1(web) 80 TCP"},
		{"which may be named", flow.Flow{Src: "shop/agent", Dst: "192.168.1.2", Port: 80},
			"shop/agent > 192.168.1.2: 192.168.1.1(agent) 40000 > 192.168.1.2 80 TCP"},
		{"an ambiguous name", flow.Flow{Src: "shop/twice", Dst: "shop/web"}, "source: shop/twice is ambiguous: say shop/job/twice or shop/statefulset/twice"},
		{"with the kind", flow.Flow{Src: "shop/job/twice", Dst: "shop/web", Port: 80}, "shop/job/twice > shop/web: (twice) 40000 > 10.0.0.1(web) 80 TCP"},
		{"nobody's name", flow.Flow{Src: "shop/web", Dst: "shop/nobody"}, "destination: no pod or workload shop/nobody"},
		{"what no file has cannot be named", flow.Flow{Src: "shop/web", Dst: "shop/ghost"}, "destination: no pod or workload shop/ghost"},
		{"no name at all", flow.Flow{Src: "web", Dst: "shop/web"}, `source: "web" is neither namespace/name, svc:namespace/name nor node:NAME, nor an address`},

		{"ICMP is an echo request unless it says otherwise", flow.Flow{Src: "shop/web", Dst: "shop/dual", Proto: "ICMP"},
			"shop/web > shop/dual: 10.0.0.1(web) 40000 > 10.0.0.2(dual) 0 ICMP 8/0"},
		{"ICMPv6 too", flow.Flow{Src: "shop/dual", Dst: "shop/six", Proto: "icmpv6"},
			"shop/dual > shop/six: fd00::2(dual) 40000 > fd00::3(six) 0 ICMPv6 128/0"},
		{"a protocol that is none", flow.Flow{Src: "shop/web", Dst: "shop/dual", Proto: "http"},
			`protocol "http": not tcp, udp, sctp, icmp, icmpv6, udplite or a number from 0 to 255`},
		{"a port that is none", flow.Flow{Src: "shop/web", Dst: "shop/dual", Port: 65536}, "port 65536: not from 0 to 65535"},
	}
	check(t, tests)
}

// TestResolveService: a connection to a Service is one to each of its ready backends.
func TestResolveService(t *testing.T) {
	tests := []struct {
		name string
		flow flow.Flow
		want string
	}{
		{"by name: backends in the order of their addresses, each once, as far as the source can reach them", flow.Flow{Src: "shop/dual", Dst: "svc:shop/both", Port: 80},
			`shop/dual > shop/web svc:shop/both:80: 10.0.0.2(dual) 40000 > 10.0.0.1(web) 8080 TCP
shop/dual > 10.0.0.2 svc:shop/both:80: 10.0.0.2(dual) 40000 > 10.0.0.2(dual) 8080 TCP
shop/dual > fd00::2 svc:shop/both:80: fd00::2(dual) 40000 > fd00::2(dual) 8080 TCP`},
		{"by cluster address: backends of its IP version", flow.Flow{Src: "shop/dual", Dst: "fd01::1", Port: 80},
			"shop/dual > fd00::2 svc:shop/both:80: fd00::2(dual) 40000 > fd00::2(dual) 8080 TCP"},
		{"backends without known address come last", flow.Flow{Src: "shop/web", Dst: "svc:shop/cart", Port: 80},
			`shop/web > shop/web svc:shop/cart:80: 10.0.0.1(web) 40000 > 10.0.0.1(web) 8080 TCP
shop/web > shop/cart svc:shop/cart:80: 10.0.0.1(web) 40000 > (cart) 7070 TCP`},
		{"an answer may be asked again: via picks the backend", flow.Flow{Src: "shop/web", Dst: "shop/cart", Port: 7070, Via: "svc:shop/cart:80"},
			"shop/web > shop/cart svc:shop/cart:80: 10.0.0.1(web) 40000 > (cart) 7070 TCP"},
		{"via what does not lead there", flow.Flow{Src: "shop/web", Dst: "shop/cart", Port: 80, Via: "svc:shop/cart:80"},
			"svc:shop/cart:80 does not lead to port 80 of shop/cart"},
		{"via what is no Service", flow.Flow{Src: "shop/web", Dst: "shop/cart", Port: 80, Via: "shop/cart:80"},
			`via "shop/cart:80": not svc:namespace/name:port`},
		{"another port", flow.Flow{Src: "shop/web", Dst: "svc:shop/cart", Port: 81}, "Service shop/cart has no port 81 for TCP"},
		{"another protocol", flow.Flow{Src: "shop/web", Dst: "svc:shop/cart", Port: 80, Proto: "udp"}, "Service shop/cart has no port 80 for UDP"},
		{"nothing ready", flow.Flow{Src: "shop/web", Dst: "svc:shop/idle", Port: 80}, "nothing ready is behind Service shop/idle for TCP 80"},
		{"nobody knows what is behind it", flow.Flow{Src: "shop/web", Dst: "svc:shop/elsewhere", Port: 80}, "the inputs do not say what is behind Service shop/elsewhere"},
		{"no such Service", flow.Flow{Src: "shop/web", Dst: "svc:shop/none", Port: 80}, "destination: no Service shop/none"},
		{"as a source", flow.Flow{Src: "svc:shop/both", Dst: "shop/web"}, "source: svc:shop/both is a Service, and a Service sends nothing"},
	}
	check(t, tests)
}

func check(t *testing.T, tests []struct {
	name string
	flow flow.Flow
	want string
}) {
	r := model.NewResolver(shop())
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			resolved, err := r.Resolve(test.flow)
			var lines []string
			for _, one := range resolved {
				lines = append(lines, describe(one))
			}
			got := strings.Join(lines, "\n")
			if err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// describe writes an answer's names and the packet: an end as the address and, in parentheses, the endpoint.
func describe(r model.Resolved) string {
	p := r.Packet
	peer := func(p model.Peer) string {
		switch {
		case p.Endpoint == nil:
			return p.Addr.String()
		case !p.Addr.IsValid():
			return "(" + p.Endpoint.Name + ")"
		}
		return fmt.Sprintf("%s(%s)", p.Addr, p.Endpoint.Name)
	}
	names := r.Flow.Src + " > " + r.Flow.Dst
	if r.Flow.Via != "" {
		names += " " + r.Flow.Via
	}
	s := fmt.Sprintf("%s: %s %d > %s %d %s", names, peer(p.Src), p.SrcPort, peer(p.Dst), p.DstPort, p.Proto)
	if p.Proto == flow.ICMP || p.Proto == flow.ICMPv6 {
		s += fmt.Sprintf(" %d/%d", p.ICMPType, p.ICMPCode)
	}
	return s
}

// BenchmarkResolve: explain answers many connections; none may cost a walk over the cluster.
func BenchmarkResolve(b *testing.B) {
	c := &model.Cluster{}
	for i := range 10000 {
		c.Endpoints = append(c.Endpoints, &model.Endpoint{
			Object: model.Object{Kind: "Pod", Namespace: "shop", Name: fmt.Sprint("pod", i)},
			Addrs:  []netip.Addr{netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)})},
		})
	}
	r := model.NewResolver(c)
	for b.Loop() {
		if _, err := r.Resolve(flow.Flow{Src: "shop/pod17", Dst: "10.0.3.4", Port: 80}); err != nil {
			b.Fatal(err)
		}
	}
}
