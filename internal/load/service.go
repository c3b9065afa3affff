package load

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strconv"

	"github.com/tierlint/tierlint/internal/model"
)

// service is what loading reads of a Service.
type service struct {
	Metadata objectMeta `json:"metadata"`
	Spec     struct {
		Type                  string            `json:"type"`
		Selector              map[string]string `json:"selector"`
		Ports                 []servicePort     `json:"ports"`
		ClusterIP             string            `json:"clusterIP"`
		ClusterIPs            []string          `json:"clusterIPs"`
		IPFamilies            []string          `json:"ipFamilies"`
		ExternalIPs           []string          `json:"externalIPs"`
		LoadBalancerIP        string            `json:"loadBalancerIP"`
		ExternalTrafficPolicy string            `json:"externalTrafficPolicy"`
	} `json:"spec"`
	Status struct {
		LoadBalancer struct {
			Ingress []podIP `json:"ingress"`
		} `json:"loadBalancer"`
	} `json:"status"`
}

type servicePort struct {
	Name       string       `json:"name"`
	Protocol   string       `json:"protocol"`
	Port       int32        `json:"port"`
	TargetPort numberOrName `json:"targetPort"`
	NodePort   int32        `json:"nodePort"`
}

// numberOrName is an IntOrString of the Kubernetes API; "" is absent.
type numberOrName string

// UnmarshalJSON reads a number or a string.
func (n *numberOrName) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, (*string)(n))
	}
	var i int32
	if err := json.Unmarshal(b, &i); err != nil {
		return err
	}
	*n = numberOrName(strconv.Itoa(int(i)))
	return nil
}

func (l *loader) addServices() {
	given := l.givenBackends()
	byNamespace := map[string][]*model.Endpoint{}
	for _, e := range l.c.Endpoints {
		if e.Type != model.Host {
			byNamespace[e.Namespace] = append(byNamespace[e.Namespace], e)
		}
	}
	for _, o := range l.objects["/Service"] {
		v := &service{}
		if !l.decode(o, v) {
			continue
		}
		s := l.newService(o, v)
		l.c.Services = append(l.c.Services, s)
		l.services[o.ID()] = s
		backends, ok := given[o.ID()]
		switch {
		case s.Type == "ExternalName":
			s.BackendsKnown = true // it has none
		case ok && !l.outdated(s, byNamespace[o.Namespace]):
			s.Backends, s.BackendsKnown = backends, true
		case len(s.Selector) > 0:
			s.Backends, s.BackendsKnown = l.computeBackends(s, v, byNamespace[o.Namespace]), true
		}
	}
}

// outdated says whether what a context says of a Service's backends is of before, because the Service
// or a workload that it selects is under review.
func (l *loader) outdated(s *model.Service, candidates []*model.Endpoint) bool {
	if len(s.Selector) == 0 || l.reviewsBackends[s.ID()] {
		return false
	}
	return slices.ContainsFunc(candidates, func(e *model.Endpoint) bool {
		return (s.Context == "" || e.Context == "") && selects(s.Selector, e)
	})
}

func (l *loader) newService(o *Object, v *service) *model.Service {
	s := &model.Service{
		Object: o.Object, Labels: v.Metadata.Labels, Type: v.Spec.Type, Selector: v.Spec.Selector, Headless: v.Spec.ClusterIP == "None",
		Addrs:                 addrs(append([]string{v.Spec.ClusterIP}, v.Spec.ClusterIPs...)),
		ExternalTrafficPolicy: v.Spec.ExternalTrafficPolicy,
	}
	if s.Type == "" {
		s.Type = "ClusterIP"
	}
	external := append([]string{v.Spec.LoadBalancerIP}, v.Spec.ExternalIPs...)
	for _, i := range v.Status.LoadBalancer.Ingress {
		external = append(external, i.IP)
	}
	s.ExternalAddrs = addrs(external)
	if s.ExternalTrafficPolicy == "" && (s.Type == "NodePort" || s.Type == "LoadBalancer") {
		s.ExternalTrafficPolicy = "Cluster"
	}
	for i, p := range v.Spec.Ports {
		at := items("/spec/ports")(i)
		proto, ok := kubernetesProto(p.Protocol)
		if !ok || p.Port < 1 || p.Port > 65535 {
			l.reportPort(o, at, "port", p.Port, ok, p.Protocol)
			continue
		}
		target := string(p.TargetPort)
		if target == "" || target == "0" {
			target = strconv.Itoa(int(p.Port))
		}
		s.Ports = append(s.Ports, model.ServicePort{
			Name: p.Name, Proto: proto, Port: uint16(p.Port), TargetPort: target, NodePort: uint16(p.NodePort), At: at,
		})
	}
	return s
}

// addrs are the distinct addresses among the texts; "", "None" and host names are none.
func addrs(texts []string) []netip.Addr {
	var out []netip.Addr
	seen := map[netip.Addr]bool{}
	for _, t := range texts {
		if a, err := netip.ParseAddr(t); err == nil && !seen[a.Unmap()] {
			seen[a.Unmap()] = true
			out = append(out, a.Unmap())
		}
	}
	return out
}
