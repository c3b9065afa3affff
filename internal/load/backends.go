package load

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
)

// endpointSlice is what loading reads of an EndpointSlice.
type endpointSlice struct {
	Metadata  objectMeta `json:"metadata"`
	Endpoints []struct {
		Addresses  []string `json:"addresses"`
		Conditions struct {
			Ready *bool `json:"ready"`
		} `json:"conditions"`
		TargetRef *targetRef `json:"targetRef"`
	} `json:"endpoints"`
	Ports []backendPort `json:"ports"`
}

// endpoints is what loading reads of an Endpoints object.
type endpoints struct {
	Subsets []struct {
		Addresses []endpointAddress `json:"addresses"`
		NotReady  []endpointAddress `json:"notReadyAddresses"`
		Ports     []backendPort     `json:"ports"`
	} `json:"subsets"`
}

type endpointAddress struct {
	IP        string     `json:"ip"`
	TargetRef *targetRef `json:"targetRef"`
}

type targetRef struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

type backendPort struct {
	Name     string `json:"name"`
	Protocol string `json:"protocol"`
	Port     *int32 `json:"port"`
}

// backendFinder knows which endpoint has an address.
type backendFinder struct {
	byAddr map[netip.Addr]*model.Endpoint
	byPod  map[string]*model.Endpoint // namespace/name
}

func (l *loader) newBackendFinder() *backendFinder {
	f := &backendFinder{byAddr: map[netip.Addr]*model.Endpoint{}, byPod: map[string]*model.Endpoint{}}
	for _, e := range l.c.Endpoints {
		if e.Kind == "Pod" {
			f.byPod[e.ID()] = e
		}
		for _, a := range e.Addrs {
			if f.byAddr[a] == nil && e.Type != model.HostNetwork { // host addresses are shared
				f.byAddr[a] = e
			}
		}
	}
	return f
}

func (f *backendFinder) peer(addr string, ref *targetRef) (model.Peer, bool) {
	a, err := netip.ParseAddr(addr)
	if err != nil {
		return model.Peer{}, false
	}
	p := model.Peer{Addr: a.Unmap(), Endpoint: f.byAddr[a.Unmap()]}
	if ref != nil && ref.Kind == "Pod" {
		if e := f.byPod[ref.Namespace+"/"+ref.Name]; e != nil {
			p.Endpoint = e
		}
	}
	return p, true
}

// givenBackends reads the backends that the inputs give, by Service. Felix knows EndpointSlices
// only (felix/serviceindex/serviceindex.go:186-191, v3.31.0); a controller mirrors Endpoints into them.
func (l *loader) givenBackends() map[string][]model.Backend {
	out := map[string][]model.Backend{}
	f := l.newBackendFinder()
	for _, o := range l.objects["/Endpoints"] {
		v := &endpoints{}
		if !l.decode(o, v) {
			continue
		}
		l.reviewsBackends[o.ID()] = l.reviewsBackends[o.ID()] || o.Context == ""
		out[o.ID()] = []model.Backend{}
		for _, s := range v.Subsets {
			for i, a := range append(slices.Clone(s.Addresses), s.NotReady...) {
				if p, ok := f.peer(a.IP, a.TargetRef); ok {
					out[o.ID()] = append(out[o.ID()], backends(p, s.Ports, i < len(s.Addresses))...)
				}
			}
		}
	}
	sliced := map[string]bool{}
	for _, o := range l.objects["discovery.k8s.io/EndpointSlice"] {
		v := &endpointSlice{}
		if !l.decode(o, v) {
			continue
		}
		id := o.Namespace + "/" + v.Metadata.Labels["kubernetes.io/service-name"]
		l.reviewsBackends[id] = l.reviewsBackends[id] || o.Context == ""
		if !sliced[id] {
			sliced[id], out[id] = true, []model.Backend{}
		}
		for _, e := range v.Endpoints {
			ready := e.Conditions.Ready == nil || *e.Conditions.Ready
			for _, addr := range e.Addresses {
				if p, ok := f.peer(addr, e.TargetRef); ok {
					out[id] = append(out[id], backends(p, v.Ports, ready)...)
				}
			}
			// A platform's slice names a pod whose address is not known.
			if t := e.TargetRef; len(e.Addresses) == 0 && t != nil && f.byPod[t.Namespace+"/"+t.Name] != nil {
				out[id] = append(out[id], backends(model.Peer{Endpoint: f.byPod[t.Namespace+"/"+t.Name]}, v.Ports, ready)...)
			}
		}
	}
	return out
}

func backends(p model.Peer, ports []backendPort, ready bool) []model.Backend {
	var out []model.Backend
	for _, port := range ports {
		proto, ok := kubernetesProto(port.Protocol)
		if ok && port.Port != nil { // a port without a number contributes nothing
			out = append(out, model.Backend{Peer: p, PortName: port.Name, Proto: proto, Port: uint16(*port.Port), Ready: ready})
		}
	}
	if len(out) == 0 { // a source still matches the address
		out = append(out, model.Backend{Peer: p, Ready: ready})
	}
	return out
}

// computeBackends does the work of the EndpointSlice controller: the pods that the Service
// selects, on the network of a host or not, with the port that each resolves targetPort to.
func (l *loader) computeBackends(s *model.Service, v *service, candidates []*model.Endpoint) []model.Backend {
	var out []model.Backend
	for _, e := range candidates {
		if !selects(s.Selector, e) {
			continue
		}
		var ports []backendPort
		for _, sp := range s.Ports {
			if n := int32(l.targetPort(&sp, e)); n != 0 {
				ports = append(ports, backendPort{Name: sp.Name, Protocol: strings.ToUpper(sp.Proto.String()), Port: &n})
			}
		}
		if len(e.Addrs) == 0 {
			out = append(out, backends(model.Peer{Endpoint: e}, ports, true)...)
		}
		for _, a := range e.Addrs {
			if serves(v, a) {
				out = append(out, backends(model.Peer{Endpoint: e, Addr: a}, ports, true)...)
			}
		}
	}
	return out
}

// selects says whether a Service's selector picks the pods. A label whose value a controller
// makes up is taken to match, as it does for one of the pods.
func selects(sel map[string]string, e *model.Endpoint) bool {
	for k, want := range sel {
		have, ok := e.Own[k]
		if !ok && slices.Contains(e.Labels.Open, k) {
			if k == "statefulset.kubernetes.io/pod-name" && !strings.HasPrefix(want, e.Name+"-") {
				return false
			}
			continue
		}
		if !ok || have != want {
			return false
		}
	}
	return true
}

// serves says whether the Service has backends of the address's IP version.
func serves(v *service, a netip.Addr) bool {
	families := v.Spec.IPFamilies
	if len(families) == 0 {
		for _, ip := range addrs(append([]string{v.Spec.ClusterIP}, v.Spec.ClusterIPs...)) {
			families = append(families, familyName(ip))
		}
	}
	return len(families) == 0 || slices.Contains(families, familyName(a))
}

func familyName(a netip.Addr) string {
	if a.Is6() {
		return "IPv6"
	}
	return "IPv4"
}

// targetPort is the port of the pod that a Service's port leads to, or 0. A name is that of a
// port of a container or sidecar (k8s.io/endpointslice, util: FindPort).
func (l *loader) targetPort(sp *model.ServicePort, e *model.Endpoint) uint16 {
	if n, err := strconv.ParseUint(sp.TargetPort, 10, 16); err == nil {
		return uint16(n)
	}
	t := l.pods[e]
	if n := findPort(t.Spec.Containers, sp.TargetPort, sp.Proto); n != 0 {
		return n
	}
	return findPort(slices.DeleteFunc(slices.Clone(t.Spec.InitContainers), func(c container) bool { return !c.sidecar() }),
		sp.TargetPort, sp.Proto)
}

func findPort(cs []container, name string, proto flow.Proto) uint16 {
	for _, c := range cs {
		for _, p := range c.Ports {
			if f, ok := kubernetesProto(p.Protocol); ok && f == proto && p.Name == name {
				return uint16(p.ContainerPort)
			}
		}
	}
	return 0
}
