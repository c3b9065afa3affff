package load

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// monitor is what loading reads of a ServiceMonitor or PodMonitor.
type monitor struct {
	Spec struct {
		Selector          metav1.LabelSelector `json:"selector"`
		NamespaceSelector struct {
			Any        bool     `json:"any"`
			MatchNames []string `json:"matchNames"`
		} `json:"namespaceSelector"`
		Endpoints           []monitored `json:"endpoints"`
		PodMetricsEndpoints []monitored `json:"podMetricsEndpoints"`
	} `json:"spec"`
}

// monitored is a port: by its name in the Service, or in the pod (targetPort, and all of a PodMonitor's).
type monitored struct {
	Port       string       `json:"port"`
	TargetPort numberOrName `json:"targetPort"`
	PortNumber numberOrName `json:"portNumber"`
}

// in says whether the monitor looks into a namespace.
func (m *monitor) in(own, namespace string) bool {
	s := &m.Spec.NamespaceSelector
	if len(s.MatchNames) == 0 {
		return s.Any || namespace == own
	}
	return s.Any || slices.Contains(s.MatchNames, namespace)
}

// addMetricsNeeds finds what Prometheus scrapes: where it is not in the inputs, what it is told to by monitors.
func (l *loader) addMetricsNeeds() {
	servers := l.prometheus()
	from := peers(servers)
	for _, o := range l.needy["monitoring.coreos.com/ServiceMonitor"] {
		v := &monitor{}
		if sel := l.monitorSelector(o, v); sel != nil {
			for _, s := range l.c.Services {
				if v.in(o.Namespace, s.Namespace) && sel.Match(selector.Labels{Known: s.Labels}) == selector.Yes {
					l.addMonitoredService(o, v, s, from)
				}
			}
		}
	}
	for _, o := range l.needy["monitoring.coreos.com/PodMonitor"] {
		v := &monitor{}
		if sel := l.monitorSelector(o, v); sel != nil {
			for _, e := range l.c.Endpoints {
				if e.Type != model.Host && v.in(o.Namespace, e.Namespace) && sel.Match(selector.Labels{Known: e.Own}) == selector.Yes {
					l.addMonitoredPod(o, v, e, from)
				}
			}
		}
	}
	if len(from) > 0 {
		l.addAnnotated(servers, from)
	}
}

// monitorSelector reads a monitor and its selector; nil if it cannot be read.
func (l *loader) monitorSelector(o *Object, v *monitor) *selector.Selector {
	if !quiet(o, v) {
		return nil
	}
	expr := namespaceSelector(&v.Spec.Selector)
	sel, err := selector.Parse(expr)
	if err != nil {
		return nil
	}
	return sel
}

func (l *loader) addMonitoredService(o *Object, v *monitor, s *model.Service, from []model.Peer) {
	for i, m := range v.Spec.Endpoints {
		for j := range s.Ports {
			p := &s.Ports[j]
			if m.Port != "" && p.Name == m.Port || m.Port == "" && m.TargetPort != "" && p.TargetPort == string(m.TargetPort) {
				l.need(&model.Need{
					Object: o.Object, Kind: model.MetricsScrape, At: fmt.Sprintf("/spec/endpoints/%d", i), What: o.String(),
					From: from, Service: s, Port: p, To: backendsOn(s, p),
				})
				break
			}
		}
	}
}

func (l *loader) addMonitoredPod(o *Object, v *monitor, e *model.Endpoint, from []model.Peer) {
	for i, m := range v.Spec.PodMetricsEndpoints {
		number, _ := strconv.ParseUint(string(m.PortNumber), 10, 16)
		if m.Port == "" && number == 0 { // deprecated, and a number or a name
			number, _ = strconv.ParseUint(string(m.TargetPort), 10, 16)
			m.Port = string(m.TargetPort)
		}
		for _, p := range e.Ports {
			if number == 0 && m.Port != "" && p.Name == m.Port && p.Proto == flow.TCP {
				number = uint64(p.Number)
			}
		}
		if number != 0 {
			l.need(&model.Need{
				Object: o.Object, Kind: model.MetricsScrape, At: fmt.Sprintf("/spec/podMetricsEndpoints/%d", i), What: o.String(),
				From: from, To: onPort(e, uint16(number)),
			})
		}
	}
}

// addAnnotated reads the annotations that many configurations of Prometheus go by (prometheus,
// documentation/examples/prometheus-kubernetes.yml). Without a port they mean any that is declared.
func (l *loader) addAnnotated(servers []*model.Endpoint, from []model.Peer) {
	configured := sync.OnceValue(func() bool { return l.goByAnnotations(servers) })
	for _, e := range l.c.Endpoints {
		t := l.pods[e]
		if t == nil || t.Metadata.Annotations["prometheus.io/scrape"] != "true" {
			continue
		}
		number, err := strconv.ParseUint(t.Metadata.Annotations["prometheus.io/port"], 10, 16)
		if err != nil || number == 0 {
			continue
		}
		l.need(&model.Need{
			Object: e.Object, Kind: model.MetricsScrape, What: "the annotation prometheus.io/scrape of " + e.String(),
			At:   e.LabelsAt[:len(e.LabelsAt)-len("labels")] + "annotations/prometheus.io~1scrape",
			From: from, To: onPort(e, uint16(number)), Guessed: !configured(),
		})
	}
}

// goByAnnotations says whether a ConfigMap in a namespace of Prometheus configures it to go by annotations, which it
// knows by these names.
func (l *loader) goByAnnotations(servers []*model.Endpoint) bool {
	return slices.ContainsFunc(l.needy["v1/ConfigMap"], func(o *Object) bool {
		if !slices.ContainsFunc(servers, func(e *model.Endpoint) bool { return e.Namespace == o.Namespace }) {
			return false
		}
		text, err := o.JSON()
		return err == nil && bytes.Contains(text, []byte("_annotation_prometheus_io_scrape"))
	})
}

// onPort is a TCP port of an endpoint.
func onPort(e *model.Endpoint, port uint16) []model.Backend {
	var out []model.Backend
	for _, p := range peers([]*model.Endpoint{e}) {
		out = append(out, model.Backend{Peer: p, Proto: flow.TCP, Port: port, Ready: true})
	}
	return out
}

// prometheus is the pods of Prometheus.
func (l *loader) prometheus() []*model.Endpoint {
	var out []*model.Endpoint
	for _, e := range l.c.Endpoints {
		name, component := e.Own["app.kubernetes.io/name"], e.Own["app.kubernetes.io/component"]
		if component == "" {
			component = e.Own["component"]
		}
		named := name == "prometheus" || name == "" && (e.Own["app"] == "prometheus" || e.Own["app"] == "prometheus-server")
		if e.Type != model.Host && named && (component == "" || component == "server" || component == "prometheus") {
			out = append(out, e)
		}
	}
	return out
}
