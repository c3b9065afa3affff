package load

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/tierlint/tierlint/internal/model"
)

// node is what loading reads of a Node.
type node struct {
	Metadata objectMeta `json:"metadata"`
	Status   struct {
		Addresses []struct {
			Type    string `json:"type"`
			Address string `json:"address"`
		} `json:"addresses"`
	} `json:"status"`
}

// nodeAddresses are the annotations in which Calico keeps the addresses of a node: its own, and those of the
// interfaces that packets to pods of other nodes leave by, from which they have their source
// (libcalico-go/lib/backend/k8s/resources/node.go, v3.31.0).
var nodeAddresses = []string{
	"projectcalico.org/IPv4Address", "projectcalico.org/IPv6Address",
	"projectcalico.org/IPv4IPIPTunnelAddr", "projectcalico.org/IPv4VXLANTunnelAddr", "projectcalico.org/IPv6VXLANTunnelAddr",
	"projectcalico.org/IPv4WireguardInterfaceAddr", "projectcalico.org/IPv6WireguardInterfaceAddr",
}

// addNodes makes the nodes: of Nodes, of host endpoints, and of what pods say they run on.
func (l *loader) addNodes() {
	byName := map[string]*model.Node{}
	add := func(name string, addrs ...netip.Addr) {
		if name == "" {
			return
		}
		n := byName[name]
		if n == nil {
			n = &model.Node{Name: name}
			byName[name] = n
			l.c.Nodes = append(l.c.Nodes, n)
		}
		for _, a := range addrs {
			if !slices.Contains(n.Addrs, a) {
				n.Addrs = append(n.Addrs, a)
			}
		}
	}
	for _, o := range l.objects["/Node"] {
		v := &node{}
		if l.decode(o, v) {
			add(o.Name, v.addrs()...)
		}
	}
	for _, e := range l.c.Endpoints {
		if e.Type == model.Host {
			add(e.Node, e.Addrs...)
		} else {
			add(e.Node)
		}
	}
	slices.SortFunc(l.c.Nodes, func(a, b *model.Node) int { return cmp.Compare(a.Name, b.Name) })
}

func (n *node) addrs() []netip.Addr {
	var out []netip.Addr
	for _, a := range n.Status.Addresses {
		if ip, err := netip.ParseAddr(a.Address); err == nil && a.Type == "InternalIP" {
			out = append(out, ip.Unmap())
		}
	}
	for _, key := range nodeAddresses {
		text := n.Metadata.Annotations[key]
		if p, err := netip.ParsePrefix(text); err == nil {
			out = append(out, p.Addr().Unmap())
		} else if a, err := netip.ParseAddr(text); err == nil {
			out = append(out, a.Unmap())
		}
	}
	return out
}
