package load

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
)

// pool is what loading reads of anything that says where pods and Services get their addresses.
type pool struct {
	Networking struct {
		PodSubnet     string `json:"podSubnet"`
		ServiceSubnet string `json:"serviceSubnet"`
	} `json:"networking"` // kubeadm
	Spec struct {
		CIDR          string `json:"cidr"` // IPPool
		CalicoNetwork struct {
			IPPools []struct {
				CIDR string `json:"cidr"`
			} `json:"ipPools"`
			LinuxDataplane string `json:"linuxDataplane"`
		} `json:"calicoNetwork"` // the operator's Installation
	} `json:"spec"`
}

// addPools collects the CIDRs of pods and Services that the inputs tell.
func (l *loader) addPools() {
	for _, key := range []string{"projectcalico.org/IPPool", "operator.tigera.io/Installation", "kubeadm.k8s.io/ClusterConfiguration"} {
		for _, o := range l.objects[key] {
			v := &pool{}
			if !l.decode(o, v) {
				continue
			}
			pods := append(strings.Split(v.Networking.PodSubnet, ","), v.Spec.CIDR)
			for _, p := range v.Spec.CalicoNetwork.IPPools {
				pods = append(pods, p.CIDR)
			}
			l.c.PodCIDRs = withCIDRs(l.c.PodCIDRs, pods)
			if v.Spec.CalicoNetwork.LinuxDataplane == "BPF" {
				l.c.EBPF = o.Origin("/spec/calicoNetwork/linuxDataplane")
			}
			l.c.ServiceCIDRs = withCIDRs(l.c.ServiceCIDRs, strings.Split(v.Networking.ServiceSubnet, ","))
		}
	}
	for _, nets := range [][]netip.Prefix{l.c.PodCIDRs, l.c.ServiceCIDRs} {
		slices.SortFunc(nets, func(a, b netip.Prefix) int {
			return cmp.Or(a.Addr().Compare(b.Addr()), a.Bits()-b.Bits())
		})
	}
}

// withCIDRs adds those of the texts that are CIDRs and not there yet.
func withCIDRs(nets []netip.Prefix, texts []string) []netip.Prefix {
	for _, t := range texts {
		if p, err := netip.ParsePrefix(strings.TrimSpace(t)); err == nil && !slices.Contains(nets, p.Masked()) {
			nets = append(nets, p.Masked())
		}
	}
	return nets
}
