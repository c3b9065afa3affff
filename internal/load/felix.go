package load

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
)

// felix is what loading reads of a FelixConfiguration: what bears on whether traffic is allowed.
type felix struct {
	Spec struct {
		Inbound  *[]failsafe `json:"failsafeInboundHostPorts"`
		Outbound *[]failsafe `json:"failsafeOutboundHostPorts"`
		ToHost   string      `json:"defaultEndpointToHostAction"`
		BPF      bool        `json:"bpfEnabled"`
		VXLAN    bool        `json:"allowVXLANPacketsFromWorkloads"`
		IPIP     bool        `json:"allowIPIPPacketsFromWorkloads"`
		VXLANAt  uint16      `json:"vxlanPort"`
	} `json:"spec"`
}

type failsafe struct {
	Protocol string `json:"protocol"`
	Port     uint16 `json:"port"`
	Net      string `json:"net"`
}

// addFelix reads how Felix is configured: the object named default is for all nodes, node.NAME for one
// (felix/calc/config_batcher.go, v3.31.0).
func (l *loader) addFelix() {
	for _, o := range l.objects["projectcalico.org/FelixConfiguration"] {
		v := &felix{}
		if !l.decode(o, v) {
			continue
		}
		node, ofNode := strings.CutPrefix(o.Name, "node.")
		for d, list := range [2]*[]failsafe{model.Ingress: v.Spec.Inbound, model.Egress: v.Spec.Outbound} {
			at := [2]string{model.Ingress: "/spec/failsafeInboundHostPorts", model.Egress: "/spec/failsafeOutboundHostPorts"}[d]
			switch {
			case list == nil:
			case ofNode && l.hasHosts():
				l.c.Gaps = append(l.c.Gaps, model.Gap{At: o.KeyOrigin(at),
					Message: fmt.Sprintf("the failsafe ports of node %s are not told apart from those of the others, which are taken for its own", node),
					Settle:  "the same failsafe ports on all nodes, in FelixConfiguration default"})
			case o.Name == "default":
				l.c.Failsafes[d] = l.failsafes(o, *list, at)
			}
		}
		if o.Name == "default" {
			l.c.ToHost = toHost(v.Spec.ToHost)
			l.c.Tunnels = model.Tunnels{VXLAN: v.Spec.VXLAN, IPIP: v.Spec.IPIP, VXLANPort: v.Spec.VXLANAt}
			if v.Spec.ToHost != "" {
				l.c.ToHostAt = o.Origin("/spec/defaultEndpointToHostAction")
			}
			if v.Spec.BPF {
				l.c.EBPF = o.KeyOrigin("/spec/bpfEnabled")
			}
		}
		l.reportToHost(o, v.Spec.ToHost)
	}
}

// hasHosts says whether there are host endpoints, which nothing but failsafe ports bears on.
func (l *loader) hasHosts() bool {
	return slices.ContainsFunc(l.c.Endpoints, func(e *model.Endpoint) bool { return e.Type == model.Host })
}

// failsafes are the ports of a list. It is not nil.
func (l *loader) failsafes(o *Object, list []failsafe, at string) []model.Failsafe {
	out := []model.Failsafe{}
	for i, f := range list {
		item := items(at)(i)
		p, err := flow.ParseProto(f.Protocol)
		switch {
		case f.Protocol == "":
			p = flow.TCP
		case err != nil || !p.HasPorts():
			l.report(&o.Object, problem{check: CheckManifest, at: item + "/protocol",
				message: fmt.Sprintf("%q is not TCP, UDP or SCTP, so this port is not open", f.Protocol)})
			continue
		}
		port := model.Failsafe{Proto: p, Port: f.Port}
		if f.Net != "" {
			net, ok := parseNet(f.Net)
			if !ok {
				l.report(&o.Object, problem{check: CheckManifest, at: item + "/net",
					message: fmt.Sprintf("%q is not a CIDR: Felix skips the port, so it is not open", f.Net)})
				continue
			}
			port.Net = net
		}
		out = append(out, port)
	}
	return out
}

func toHost(action string) model.Action {
	switch strings.ToLower(action) {
	case "drop":
		return model.Deny
	case "return":
		return model.Pass
	}
	return model.Allow
}

// reportToHost says that what a pod sends to its own node is decided by a setting, which no answer between addresses regards:
// unless it is Return, the policies of the host endpoint are not asked (felix/rules/static.go:453-466, v3.31.0).
func (l *loader) reportToHost(o *Object, action string) {
	var comes string
	switch strings.ToLower(action) {
	case "drop":
		comes = "is dropped after the pod's own policies"
	case "accept":
		comes = "is allowed after the pod's own policies, and those of host endpoints are not asked"
	}
	if comes == "" || strings.EqualFold(action, "accept") && !l.hasHosts() {
		return // the answers are the same
	}
	l.c.Gaps = append(l.c.Gaps, model.Gap{
		At:      o.Origin("/spec/defaultEndpointToHostAction"),
		Message: fmt.Sprintf("defaultEndpointToHostAction is %s: what a pod sends to the node that it is on %s; answers are for connections from one node to another", action, comes),
	})
}
