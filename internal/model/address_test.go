package model_test

import (
	"net/netip"
	"testing"

	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// TestPodNet: what a net says of a pod whose address the inputs do not give.
func TestPodNet(t *testing.T) {
	const none, four, six, both = "", "10.0.0.0/16", "fd00::/48", "10.0.0.0/16 fd00::/48"
	tests := []struct {
		name string
		pods string // CIDRs
		net  string
		want selector.Answer
	}{
		{"all addresses", none, "0.0.0.0/0", selector.Yes},
		{"one of the private spaces may be the pods'", none, "10.0.0.0/8", selector.Maybe},
		{"a part of one", none, "10.1.0.0/16", selector.Maybe},
		{"carriers' space is some clusters' pod network", none, "100.64.0.0/10", selector.Maybe},
		{"the private spaces together", none, "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16", selector.Yes},
		{"not all of them", none, "10.0.0.0/8 172.16.0.0/12", selector.Maybe},
		{"half of all addresses", none, "128.0.0.0/1", selector.Maybe},
		{"public addresses", none, "203.0.113.0/24", selector.No},
		{"a single address is somebody else's", none, "10.1.2.3/32", selector.No},
		{"link-local addresses, as of metadata services and NodeLocal DNS", none, "169.254.0.0/16", selector.No},
		{"loopback addresses", none, "127.0.0.0/8", selector.No},
		{"all of IPv6", none, "::/0", selector.Yes},
		{"a part of IPv6", none, "fd00::/64", selector.Maybe},

		{"known: covered", four, "10.0.0.0/8", selector.Yes},
		{"known: exactly", four, "10.0.0.0/16", selector.Yes},
		{"known: touched", four, "10.0.0.0/24", selector.Maybe},
		{"known: a single address within", four, "10.0.0.1/32", selector.Maybe},
		{"known: beside", four, "10.1.0.0/16", selector.No},
		{"known: the other IP version", four, "::/0", selector.No},
		{"known, IPv6", six, "fd00::/32", selector.Yes},
		{"known, each IP version by itself", both, "10.0.0.0/8", selector.Yes},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := &model.Cluster{PodCIDRs: prefixes(test.pods)}
			if got := c.PodNet(prefixes(test.net)...); got != test.want {
				t.Errorf("%s with pods in %q: got %s, want %s", test.net, test.pods, got, test.want)
			}
		})
	}
}

// TestPeerNet: a known address decides; only without one do pods and nodes differ.
func TestPeerNet(t *testing.T) {
	c := &model.Cluster{}
	pod, node := &model.Endpoint{}, &model.Endpoint{Type: model.HostNetwork}
	public := netip.MustParsePrefix("203.0.113.0/24")
	for _, test := range []struct {
		name string
		peer model.Peer
		want selector.Answer
	}{
		{"address in it", model.Peer{Endpoint: pod, Addr: netip.MustParseAddr("203.0.113.7")}, selector.Yes},
		{"address beside it", model.Peer{Addr: netip.MustParseAddr("192.0.2.1")}, selector.No},
		{"some pod", model.Peer{Endpoint: pod}, selector.No},
		{"some node", model.Peer{Endpoint: node}, selector.Maybe},
	} {
		if got := c.PeerNet(test.peer, public); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

// TestIPVersion: known addresses decide how a packet travels, and then the pods' network.
func TestIPVersion(t *testing.T) {
	pod := model.Peer{Endpoint: &model.Endpoint{}}
	at := func(s string) model.Peer { return model.Peer{Addr: netip.MustParseAddr(s)} }
	for _, test := range []struct {
		name     string
		pods     string
		src, dst model.Peer
		want     uint8
	}{
		{"by the source", "", at("10.0.0.1"), pod, 4},
		{"by the destination", "", pod, at("fd00::1"), 6},
		{"between pods", "", pod, pod, 4},
		{"between pods of an IPv6 network", "fd00::/48", pod, pod, 6},
		{"between pods of both", "10.0.0.0/8 fd00::/48", pod, pod, 4},
	} {
		c := &model.Cluster{PodCIDRs: prefixes(test.pods)}
		if got := c.IPVersion(&model.Packet{Src: test.src, Dst: test.dst}); got != test.want {
			t.Errorf("%s: got %d, want %d", test.name, got, test.want)
		}
	}
}
