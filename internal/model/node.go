package model

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/selector"
)

// Node of the cluster, as far as the inputs name it: where pods run, and where the kubelet, other processes of
// the host and pods on its network come from.
type Node struct {
	Name string
	// Addrs is what a packet from one of its processes to another node may carry, those of its tunnels
	// included; empty: unknown.
	Addrs []netip.Addr
}

// The names of nodes among ends, besides NodePrefix and the name of one.
const (
	OwnNode    = "node"       // the node that the pod at the other end is on
	OtherNode  = "other-node" // any node but that, at an unknown address
	NodePrefix = "node:"      // node:NAME; node:NAME@ADDRESS for one address of several
)

// nodeKind is the kind of the endpoints that stand for nodes. They are in no cluster's list.
const nodeKind = "Node"

// IsNode says whether a peer was asked for as a node.
func (p Peer) IsNode() bool { return p.Endpoint != nil && p.Endpoint.Kind == nodeKind }

// nodePlaces resolves an end that is a node, once for each address that it may have.
func (r *Resolver) nodePlaces(s string) (places []place, isNode bool, err error) {
	switch {
	case s == OwnNode, s == OtherNode:
		return []place{nodePlace(s, "", netip.Addr{})}, true, nil
	case !strings.HasPrefix(s, NodePrefix):
		return nil, false, nil
	}
	name, text, asked := strings.Cut(s[len(NodePrefix):], "@")
	i := slices.IndexFunc(r.cluster.Nodes, func(n *Node) bool { return n.Name == name })
	if i < 0 {
		return nil, true, r.noNode(name)
	}
	n := r.cluster.Nodes[i]
	if asked {
		a, err := netip.ParseAddr(text)
		if err != nil || !slices.Contains(n.Addrs, a) {
			return nil, true, fmt.Errorf("node %s has no address %q in the files", name, text)
		}
		return []place{nodePlace(s, name, a)}, true, nil
	}
	if len(n.Addrs) < 2 {
		var only netip.Addr
		if len(n.Addrs) == 1 {
			only = n.Addrs[0]
		}
		return []place{nodePlace(s, name, only)}, true, nil
	}
	for _, a := range n.Addrs {
		places = append(places, nodePlace(s+"@"+a.String(), name, a))
	}
	return places, true, nil
}

func nodePlace(called, name string, a netip.Addr) place {
	e := &Endpoint{Object: Object{APIVersion: "v1", Kind: nodeKind, Name: name}, Type: HostNetwork, Node: name}
	return place{name: called, peers: []Peer{{Endpoint: e, Addr: a}}}
}

func (r *Resolver) noNode(name string) error {
	const most = 5
	var names []string
	for _, n := range r.cluster.Nodes {
		names = append(names, n.Name)
	}
	switch {
	case len(names) == 0:
		return fmt.Errorf("no node %s: the files name no nodes; say %s for the one that the pod is on, or %s", name, OwnNode, OtherNode)
	case len(names) > most:
		names = append(names[:most], "...")
	}
	return fmt.Errorf("no node %s: the files name %s", name, strings.Join(names, ", "))
}

// settleNode turns OwnNode into the node of the pod at the other end, and says what is wrong with it.
func (r *Resolver) settleNode(end, other place) (place, error) {
	if end.name != OwnNode {
		return end, nil
	}
	if other.svc != nil {
		return end, fmt.Errorf("%s is the node of the pod at the other end, and %s has pods on any: say %s or %sNAME", OwnNode, other.name, OtherNode, NodePrefix)
	}
	e := other.peers[0].Endpoint
	if e == nil || e.Kind == nodeKind {
		return end, fmt.Errorf("%s is the node of the pod at the other end, and %s is no pod: say %s or %sNAME", OwnNode, other.name, OtherNode, NodePrefix)
	}
	for _, n := range r.cluster.Nodes {
		if n.Name == e.Node && len(n.Addrs) > 0 {
			return place{name: end.name, peers: []Peer{{Endpoint: end.peers[0].Endpoint, Addr: n.Addrs[0]}}}, nil
		}
	}
	return end, nil
}

// sameNode says whether one of two places is a node and the other a pod on it.
func sameNode(src, dst place) selector.Answer {
	node, other := src, dst
	if !node.isNode() {
		node, other = dst, src
	}
	e := other.peers[0].Endpoint
	switch {
	case !node.isNode() || node.name == OtherNode || e == nil || e.Type == Host:
		return selector.No
	case node.name == OwnNode:
		return selector.Yes
	case e.Node == "":
		return selector.Maybe
	}
	return selector.Is(e.Node == node.peers[0].Endpoint.Node)
}

func (p place) isNode() bool { return len(p.peers) > 0 && p.peers[0].IsNode() }
