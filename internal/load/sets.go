package load

import (
	"fmt"
	"net/netip"

	v3 "github.com/projectcalico/api/pkg/apis/projectcalico/v3"

	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// addSets makes the network sets. Unlike rules, sets may have bare addresses and CIDRs with
// host bits.
func (l *loader) addSets() {
	for _, o := range l.objects["projectcalico.org/NetworkSet"] {
		v := &v3.NetworkSet{}
		if !l.decodeStrict(o, v) {
			continue
		}
		if l.fillNets(o, "/spec/nets", v.Spec.Nets); !l.valid(o, v) {
			continue
		}
		labels := selector.Labels{Known: copyLabels(v.Labels)}
		labels.Known[namespaceLabel] = o.Namespace
		inherit(&labels, l.space(o.Namespace).inherited)
		l.addSet(o, v.Labels, labels, v.Spec.Nets)
	}
	for _, o := range l.objects["projectcalico.org/GlobalNetworkSet"] {
		v := &v3.GlobalNetworkSet{}
		if !l.decodeStrict(o, v) {
			continue
		}
		if l.fillNets(o, "/spec/nets", v.Spec.Nets); l.valid(o, v) {
			l.addSet(o, v.Labels, selector.Labels{Known: copyLabels(v.Labels)}, v.Spec.Nets)
		}
	}
}

func (l *loader) addSet(o *Object, own map[string]string, labels selector.Labels, nets []string) {
	for i, n := range nets {
		if _, ok := parseNet(n); !ok {
			l.report(&o.Object, problem{
				check: CheckManifest, at: items("/spec/nets")(i),
				message: fmt.Sprintf("%q is not an address or CIDR: nobody validates crd.projectcalico.org/v1, Felix leaves it out of a global set and crashes on it in a namespaced one", n),
				help:    "a CIDR, and apiVersion projectcalico.org/v3",
			})
		}
	}
	l.c.Sets = append(l.c.Sets, &model.NetworkSet{
		Object: o.Object, Labels: labels, Own: own, Nets: parseNets(nets, items("/spec/nets")),
	})
}

func copyLabels(m map[string]string) map[string]string {
	out := make(map[string]string, len(m)+2)
	for k, v := range m {
		out[k] = v
	}
	return out
}

// addHosts makes the host endpoints. They have their own labels and those of their profiles.
func (l *loader) addHosts() {
	for _, o := range l.objects["projectcalico.org/HostEndpoint"] {
		v := &v3.HostEndpoint{}
		if !l.decodeStrict(o, v) || !l.valid(o, v) {
			continue
		}
		e := &model.Endpoint{
			Object: o.Object, Type: model.Host, Own: v.Labels, LabelsAt: "/metadata/labels", ContainersAt: "/spec/ports",
			Labels: selector.Labels{Known: copyLabels(v.Labels)}, Interface: v.Spec.InterfaceName, Node: v.Spec.Node,
			Profiles: v.Spec.Profiles,
		}
		for _, p := range v.Spec.Profiles {
			l.inheritProfile(&e.Labels, p)
		}
		for _, ip := range v.Spec.ExpectedIPs {
			if a, err := netip.ParseAddr(ip); err == nil {
				e.Addrs = append(e.Addrs, a.Unmap())
			}
		}
		for i, p := range v.Spec.Ports {
			if f := proto(&p.Protocol); f != nil {
				e.Ports = append(e.Ports, model.Port{Name: p.Name, Proto: *f, Number: p.Port, At: items("/spec/ports")(i)})
			}
		}
		l.c.Endpoints = append(l.c.Endpoints, e)
	}
}
