package load

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
)

// podTemplate is what loading reads of a pod or pod template. Types of its own keep thousands of
// workloads cheap to decode, and are indifferent to fields of newer Kubernetes versions.
type podTemplate struct {
	Metadata objectMeta `json:"metadata"`
	Spec     podSpec    `json:"spec"`
}

type podSpec struct {
	NodeName       string      `json:"nodeName"`
	ServiceAccount string      `json:"serviceAccountName"`
	OldAccount     string      `json:"serviceAccount"`
	HostNetwork    bool        `json:"hostNetwork"`
	DNSPolicy      string      `json:"dnsPolicy"`
	Automount      *bool       `json:"automountServiceAccountToken"`
	Containers     []container `json:"containers"`
	InitContainers []container `json:"initContainers"`
}

type container struct {
	Image         string          `json:"image"`
	RestartPolicy string          `json:"restartPolicy"`
	Ports         []containerPort `json:"ports"`
	Args          json.RawMessage `json:"args"` // read of few
	Command       json.RawMessage `json:"command"`
	Env           []envVar        `json:"env"`
	EnvFrom       []envSource     `json:"envFrom"`
}

// envVar is a variable of a container's environment.
type envVar struct {
	Name      string `json:"name"`
	Value     string `json:"value"`
	ValueFrom struct {
		ConfigMap struct {
			Name string `json:"name"`
			Key  string `json:"key"`
		} `json:"configMapKeyRef"`
	} `json:"valueFrom"`
}

// envSource is a ConfigMap of which a container gets all keys as variables.
type envSource struct {
	Prefix    string `json:"prefix"`
	ConfigMap struct {
		Name string `json:"name"`
	} `json:"configMapRef"`
}

type containerPort struct {
	Name          string `json:"name"`
	Protocol      string `json:"protocol"`
	ContainerPort int32  `json:"containerPort"`
}

// sidecar says whether an init container runs as long as the pod does.
func (c *container) sidecar() bool { return c.RestartPolicy == "Always" }

// account is the pod's service account, which admission sets to "default".
func (s *podSpec) account() string {
	switch {
	case s.ServiceAccount != "":
		return s.ServiceAccount
	case s.OldAccount != "":
		return s.OldAccount
	}
	return "default"
}

// pod is what loading reads of a Pod.
type pod struct {
	podTemplate
	Status struct {
		Phase      string      `json:"phase"`
		PodIP      string      `json:"podIP"`
		PodIPs     []podIP     `json:"podIPs"`
		Conditions []condition `json:"conditions"`
	} `json:"status"`
	object *Object
}

type podIP struct {
	IP string `json:"ip"`
}

type condition struct {
	Type   string `json:"type"`
	Status string `json:"status"`
}

// finished says whether the pod has run to completion and given its address back
// (libcalico-go/lib/backend/k8s/conversion/conversion.go, IsFinished, v3.31.0).
func (p *pod) finished() bool {
	return p.Status.Phase == "Succeeded" || p.Status.Phase == "Failed" || p.Status.Phase == "Completed"
}

// addrs are the pod's addresses, from its status or, before the kubelet has written that, from
// the annotations of Calico's CNI plugin (conversion.go, getPodIPs, v3.31.0).
func (p *pod) addrs() []netip.Addr {
	var texts []string
	for _, ip := range p.Status.PodIPs {
		texts = append(texts, ip.IP)
	}
	for _, alternative := range []string{
		p.Status.PodIP,
		p.Metadata.Annotations["cni.projectcalico.org/podIPs"],
		p.Metadata.Annotations["cni.projectcalico.org/podIP"],
	} {
		if len(texts) == 0 && alternative != "" {
			texts = strings.Split(alternative, ",")
		}
	}
	var out []netip.Addr
	for _, t := range texts {
		if n, ok := parseNet(t); ok && n.IsSingleIP() {
			out = append(out, n.Addr())
		}
	}
	return out
}

// decodePods reads the Pods, which tell whether the inputs are an export of a live cluster: by their
// addresses, unless more of what runs was written by hand than exported, for a repository may have an
// exported Pod in it. An export that is only a context does not say so: what is under review comes in
// addition.
func (l *loader) decodePods() []*pod {
	var out []*pod
	exported, written := 0, 0
	for _, o := range l.objects["/Pod"] {
		p := &pod{object: o}
		if !l.decode(o, p) {
			continue
		}
		out = append(out, p)
		switch {
		case o.Context != "":
		case p.Status.PodIP != "" || len(p.Status.PodIPs) > 0:
			exported++
		case !o.has("/status"):
			written++
		}
	}
	for key := range workloadKinds {
		for _, o := range l.objects[key] {
			if o.Context == "" && !o.has("/status") {
				written++
			}
		}
	}
	l.live = exported > 0 && exported >= written
	return out
}

// addEndpoint adds the endpoint that a pod template at a pointer in an object stands for.
func (l *loader) addEndpoint(o *Object, at string, t *podTemplate, open []string) *model.Endpoint {
	e := &model.Endpoint{
		Object:         o.Object,
		LabelsAt:       at + "/metadata/labels",
		ContainersAt:   at + "/spec/containers",
		Own:            t.Metadata.Labels,
		ServiceAccount: t.Spec.account(),
		Node:           t.Spec.NodeName,
		DNSPolicy:      t.Spec.DNSPolicy,
		Ports:          l.podPorts(o, at, &t.Spec),
		Ambient:        l.inAmbientMesh(o.Namespace, t),
		Answers:        onlyAnswers(t.Spec.Containers),
	}
	if t.Spec.HostNetwork {
		e.Type = model.HostNetwork
	}
	e.Labels = l.podLabels(o.Namespace, e.ServiceAccount, t.Metadata.Labels, slices.Concat(open, l.injected(o.Namespace, t)))
	e.MountsToken = mounts(t.Spec.Automount, l.account(o.Namespace, e.ServiceAccount).automount)
	l.c.Endpoints = append(l.c.Endpoints, e)
	l.pods[e] = t
	return e
}

// mounts says whether a pod gets a token: the pod decides, then the account, then yes.
func mounts(choices ...*bool) bool {
	for _, c := range choices {
		if c != nil {
			return *c
		}
	}
	return true
}

// podPorts are the ports by which named ports are found. Those of init containers, sidecars or
// not, count since 3.30 (libcalico-go/lib/backend/k8s/conversion/workload_endpoint_default.go:226, v3.30.7).
func (l *loader) podPorts(o *Object, at string, s *podSpec) []model.Port {
	out := l.containerPorts(o, at+"/spec/containers", s.Containers)
	if l.opts.Version >= model.V330 {
		out = append(out, l.containerPorts(o, at+"/spec/initContainers", s.InitContainers)...)
	}
	return out
}

func (l *loader) containerPorts(o *Object, at string, cs []container) []model.Port {
	var out []model.Port
	for i, c := range cs {
		for j, p := range c.Ports {
			port := model.Port{Name: p.Name, Number: uint16(p.ContainerPort), At: fmt.Sprintf("%s/%d/ports/%d", at, i, j)}
			proto, ok := kubernetesProto(p.Protocol)
			if !ok || p.ContainerPort < 1 || p.ContainerPort > 65535 {
				l.reportPort(o, port.At, "containerPort", p.ContainerPort, ok, p.Protocol)
				continue
			}
			port.Proto = proto
			out = append(out, port)
		}
	}
	return out
}

// reportPort reports a port of a container or Service that the API server does not take: its number,
// which is in a field, or its protocol.
func (l *loader) reportPort(o *Object, at, field string, number int32, protocolOK bool, protocol string) {
	p := problem{check: CheckManifest, at: at}
	switch {
	case !protocolOK:
		p.at, p.message = at+"/protocol", fmt.Sprintf("protocol %q is not TCP, UDP or SCTP", protocol)
	case !o.has(at + "/" + field):
		p.message = fmt.Sprintf("the port has no number: %s is missing", field)
	default:
		p.at, p.message = at+"/"+field, fmt.Sprintf("port %d is not from 1 to 65535", number)
	}
	p.message += ": the API server rejects this " + o.Kind
	l.report(&o.Object, p)
}

// kubernetesProto reads a protocol of the Kubernetes API; absent means TCP.
func kubernetesProto(s string) (flow.Proto, bool) {
	switch s {
	case "", "TCP":
		return flow.TCP, true
	case "UDP":
		return flow.UDP, true
	case "SCTP":
		return flow.SCTP, true
	}
	return 0, false
}
