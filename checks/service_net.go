package checks

import (
	"net/netip"
	"slices"

	"github.com/tierlint/tierlint/internal/model"
)

// serviceNet is a net that holds nothing but addresses of Services.
type serviceNet struct {
	net      netip.Prefix
	services []*model.Service // that have an address in it, or may have one
	// assumed says that it is so in a cluster as it is usually set up; the inputs do not say.
	assumed bool
}

// serviceNetOf says whether a net holds only addresses of Services: a single one of a Service here,
// or all or some of those that the cluster gives to Services.
func serviceNetOf(c *model.Cluster, net netip.Prefix) (serviceNet, bool) {
	out := serviceNet{net: net, assumed: true}
	if !net.IsSingleIP() {
		known := slices.ContainsFunc(c.ServiceCIDRs, func(all netip.Prefix) bool {
			return all.Bits() <= net.Bits() && all.Contains(net.Addr())
		})
		usual := len(c.ServiceCIDRs) == 0 && usualServiceNet(c.Platform) == net
		if !known && !usual || slices.ContainsFunc(c.PodCIDRs, net.Overlaps) {
			return out, false
		}
		out.assumed = usual
	}
	var assumed []*model.Service // those of the inputs make better examples
	for _, s := range c.Services {
		switch {
		case hasAddressIn(s, net):
			out.assumed = out.assumed && s.Assumed()
		case len(s.Addrs) > 0 || s.Headless || net.IsSingleIP() || s.Type == "ExternalName":
			continue
		}
		if s.Assumed() {
			assumed = append(assumed, s)
		} else {
			out.services = append(out.services, s)
		}
	}
	out.services = append(out.services, assumed...)
	return out, len(out.services) > 0
}

// hasClusterAddress says whether one of the Services has an address of the cluster's in the net.
func hasClusterAddress(services []*model.Service, net netip.Prefix) bool {
	return slices.ContainsFunc(services, func(s *model.Service) bool { return slices.ContainsFunc(s.Addrs, net.Contains) })
}

func hasAddressIn(s *model.Service, net netip.Prefix) bool {
	return slices.ContainsFunc(s.Addrs, net.Contains) || net.IsSingleIP() && slices.ContainsFunc(s.ExternalAddrs, net.Contains)
}

// usualServiceNet is where a platform gives Services their addresses if nobody changes it: kubeadm
// (cmd/kubeadm/app/apis/kubeadm/v1beta4/defaults.go, v1.33), OpenShift's installer
// (pkg/types/defaults/installconfig.go, release-4.16), k3s and RKE2 (docs.k3s.io and docs.rke2.io, --service-cidr),
// GKE (docs.cloud.google.com/kubernetes-engine, "VPC-native clusters", "Services") and Gardener's shoots. Those of AKS and EKS
// may as well be networks of machines.
func usualServiceNet(platform string) netip.Prefix {
	switch platform {
	case "kubernetes":
		return netip.MustParsePrefix("10.96.0.0/12")
	case "openshift":
		return netip.MustParsePrefix("172.30.0.0/16")
	case "k3s", "rke2":
		return netip.MustParsePrefix("10.43.0.0/16")
	case "gke":
		return netip.MustParsePrefix("34.118.224.0/20")
	case "gardener":
		return netip.MustParsePrefix("100.64.0.0/13")
	}
	return netip.Prefix{}
}

// onlyAsksDNS says whether a rule is for DNS at the DNS Service's own address, where NodeLocal
// DNSCache answers on the node, before kube-proxy could lead the connection on.
func (n *serviceNet) onlyAsksDNS(c *model.Cluster, r *model.Rule) bool {
	return n.net.IsSingleIP() && onlyDNS(r.Match.Destination.Ports) &&
		!slices.ContainsFunc(n.services, func(s *model.Service) bool { return !slices.Contains(c.DNS, s) })
}
