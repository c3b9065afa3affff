// Package model is the cluster as network policy sees it: resolved, defaulted, converted to
// Calico's terms, and immutable once loaded. It knows neither YAML nor API types.
package model

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/selector"
	"github.com/tierlint/tierlint/internal/source"
)

// Direction of policy, from the endpoint's point of view. It indexes [2]T values.
type Direction uint8

// The directions.
const (
	Ingress Direction = iota
	Egress
)

func (d Direction) String() string { return [...]string{"ingress", "egress"}[d] }

// Action of a rule.
type Action uint8

// The actions. Log never decides.
const (
	Allow Action = iota
	Deny
	Pass
	Log
)

func (a Action) String() string { return [...]string{"Allow", "Deny", "Pass", "Log"}[a] }

// Version is a minor version of Calico: 3.31 is V331.
type Version uint8

// The versions whose semantics are known.
const (
	V329 Version = 29
	V330 Version = 30
	V331 Version = 31
	V332 Version = 32
)

// DefaultVersion is used where nobody says which Calico the cluster runs.
const DefaultVersion = V331

func (v Version) String() string { return fmt.Sprintf("3.%d", uint8(v)) }

// Cluster is what one cluster gets. Slices are sorted: endpoints, namespaces, services and sets by
// ID, tiers and policies in evaluation order.
type Cluster struct {
	Version Version
	// VersionAssumed says that nobody said which version it is.
	VersionAssumed bool
	Platform       string // "kubernetes", "openshift", ...
	// PlatformGuessed says that what gives the platform away may be meant for another cluster.
	PlatformGuessed bool
	// PlatformSaid says that somebody said which platform it is, so that it is none of the others.
	PlatformSaid bool
	Namespaces   []*Namespace
	Endpoints    []*Endpoint
	Services     []*Service
	Sets         []*NetworkSet
	Nodes        []*Node // by name
	Tiers        []*Tier
	Staged       []*Policy      // staged policies, which decide nothing
	PodCIDRs     []netip.Prefix // where pods get their addresses; empty: unknown
	// ServiceCIDRs is where Services get their cluster addresses; empty: unknown.
	ServiceCIDRs []netip.Prefix
	// Failsafes is the ports that Felix leaves open on host endpoints, by direction; nil: those that it has by
	// itself, empty: none.
	Failsafes [2][]Failsafe
	// ToHost is what becomes of what a pod that its policies let out sends to the node that it is on: Allow
	// and Deny decide, Pass asks the host endpoint's policies (defaultEndpointToHostAction of FelixConfiguration
	// default; manifests and operator of Calico set Accept).
	ToHost Action
	// ToHostAt is where that is written, EBPF where Calico's eBPF data plane is turned on, and AutoHosts where
	// Calico is told to make a host endpoint of every node; empty: nowhere.
	ToHostAt, EBPF, AutoHosts source.Origin
	// Tunnels is what Felix lets pods send in tunnels of their own, which by itself it drops before any policy.
	Tunnels Tunnels
	// DNS is the Services that pods resolve names with, known by platform and name.
	DNS []*Service
	// NodeCaches is where NodeLocal DNSCache listens on every node, besides the address of the DNS Service; empty: the
	// inputs do not have it.
	NodeCaches []netip.Addr
	// APIServers is where the API server listens, as the backends of its Service say; empty: unknown.
	APIServers []Backend
	// Needs is the connections that objects count on, by object.
	Needs []*Need
	// Gaps is what the manifests do not say and an answer may rest on.
	Gaps []Gap
}

// Tunnels says which packets in tunnels pods may send, and by which UDP port Felix knows VXLAN; 0: 4789.
type Tunnels struct {
	VXLAN, IPIP bool
	VXLANPort   uint16
}

// UsualNodeCache is where NodeLocal DNSCache listens on every node, if nobody says otherwise (Kubernetes,
// cluster/addons/dns/nodelocaldns, v1.33).
var UsualNodeCache = netip.AddrFrom4([4]byte{169, 254, 20, 10})

// Gap is something that the inputs do not say.
type Gap struct {
	At      source.Origin // what it is about; may be empty
	Message string        // what is not known, and what was assumed or left undecided
	Settle  string        // what would settle it
}

// Positions finds where a field of an object is written.
type Positions interface {
	// Origin returns the place of the value at a JSON pointer ("" is the whole object), or of
	// the nearest parent that is written.
	Origin(pointer string) source.Origin
	// KeyOrigin returns the place of the key whose value is at pointer, or as Origin does.
	KeyOrigin(pointer string) source.Origin
	// Has says whether the object has a value at pointer.
	Has(pointer string) bool
	// IsNull says whether the object has null at pointer, as in `from:` with nothing after it, which the API
	// server reads as if the field were not there.
	IsNull(pointer string) bool
}

// Object names the written object behind a part of the cluster.
type Object struct {
	APIVersion, Kind, Namespace, Name string
	// Positions is nil for what nobody wrote: built-in tiers, implied namespaces, phantoms.
	Positions Positions
	// Context says where an object that is not under review comes from: "platform openshift", or the
	// context's file. Empty: under review. Nothing in a context is ever the place of a finding.
	Context string
}

// Origin is the place of the value at pointer; the zero Origin if nobody wrote the object.
func (o *Object) Origin(pointer string) source.Origin {
	if o.Positions == nil {
		return source.Origin{}
	}
	return o.Positions.Origin(pointer)
}

// KeyOrigin is the place of the key whose value is at pointer.
func (o *Object) KeyOrigin(pointer string) source.Origin {
	if o.Positions == nil {
		return source.Origin{}
	}
	return o.Positions.KeyOrigin(pointer)
}

// Reviewed says whether a finding may point at the object.
func (o *Object) Reviewed() bool { return o.Positions != nil && o.Context == "" }

// Assumed says that the object is part of a built-in platform, and no file of the inputs has it.
func (o *Object) Assumed() bool { return strings.HasPrefix(o.Context, "platform ") }

// ID is "namespace/name", or "name" for what has no namespace.
func (o *Object) ID() string {
	if o.Namespace == "" {
		return o.Name
	}
	return o.Namespace + "/" + o.Name
}

// Is says whether two name the same object.
func (o *Object) Is(other *Object) bool {
	return o.APIVersion == other.APIVersion && o.Kind == other.Kind && o.Namespace == other.Namespace && o.Name == other.Name
}

// String is "Kind namespace/name".
func (o *Object) String() string {
	if o.Namespace == "" {
		return o.Kind + " " + o.Name
	}
	return o.Kind + " " + o.Namespace + "/" + o.Name
}

// Namespace of the cluster.
type Namespace struct {
	Object
	Labels map[string]string
	// Known says that the Namespace object is in the inputs; otherwise only
	// kubernetes.io/metadata.name is known of its labels.
	Known bool
}

// EndpointType says how Calico treats an endpoint.
type EndpointType uint8

// The types of endpoint.
const (
	// Workload is a pod, or all replicas of a workload, with its own address.
	Workload EndpointType = iota
	// Host is a HostEndpoint.
	Host
	// HostNetwork is a pod on its node's network: no policy for workloads applies to it, and no
	// selector matches it.
	HostNetwork
)

// Endpoint is one end of connections: a pod, all replicas of a workload, or a HostEndpoint.
type Endpoint struct {
	Object // the Pod, Deployment, ..., or HostEndpoint
	Type   EndpointType
	// Labels is what selectors see: own, projectcalico.org/*, and those inherited from namespace
	// (pcns.) and service account (pcsa.).
	Labels selector.Labels
	// Own is the labels written on the pod (or pod template, or HostEndpoint).
	Own map[string]string
	// Outer is the labels of the object that has the pod template, which its pods do not have.
	Outer map[string]string
	// LabelsAt and PortsAt point, in Object, to the labels and to the containers of the pod.
	LabelsAt, ContainersAt string
	Addrs                  []netip.Addr // known addresses, as in status.podIPs or expectedIPs; empty: unknown
	Ports                  []Port       // the ports that containers declare
	ServiceAccount         string
	MountsToken            bool // the pod gets a service account token
	// Answers says that its images are those of databases and the like, which answer clients and ask nobody.
	Answers bool
	// DNSPolicy is what the pod says of how it resolves names; empty means ClusterFirst, with the
	// cluster's DNS. Default is the node's way, None its own.
	DNSPolicy string
	Interface string // HostEndpoint: interfaceName; "*" for all
	Node      string // where known
	// Profiles that a HostEndpoint names, in order. Workloads have kns. and ksa. implicitly.
	Profiles []string
	// Ambient says that the pod is in an ambient mesh of Istio: what one such pod sends another over TCP arrives there on
	// port HBONE (istio.io, "Ambient and Kubernetes NetworkPolicy").
	Ambient bool
	// Phantom says that no such workload is in the files: it stands for any that a selector would match.
	Phantom bool
}

// HBONE is the port between the pods of an ambient mesh.
const HBONE = 15008

// Port is a port that a container declares.
type Port struct {
	Name   string // may be empty
	Proto  flow.Proto
	Number uint16
	At     string // JSON pointer in the endpoint's object
}

// NetworkSet is a NetworkSet or GlobalNetworkSet.
type NetworkSet struct {
	Object
	Labels selector.Labels // effective, as for Endpoint
	Own    map[string]string
	Nets   []Net
}

// Net is a CIDR and where it is written.
type Net struct {
	netip.Prefix
	At string // JSON pointer
}

// Service of the cluster.
type Service struct {
	Object
	Labels                map[string]string // the Service's own, which monitors select by
	Type                  string            // ClusterIP, NodePort, LoadBalancer, ExternalName
	Headless              bool
	Selector              map[string]string // nil: backends are written by hand
	Ports                 []ServicePort
	Addrs                 []netip.Addr // cluster IPs, known ones
	ExternalAddrs         []netip.Addr // external IPs and load balancer addresses
	ExternalTrafficPolicy string
	// Backends are what its EndpointSlices have, or would have. BackendsKnown is false where the
	// selector is empty and the inputs have no Endpoints or EndpointSlices for it.
	Backends      []Backend
	BackendsKnown bool
}

// ServicePort is one port of a Service.
type ServicePort struct {
	Name       string
	Proto      flow.Proto
	Port       uint16
	TargetPort string // number or name, as written or defaulted
	NodePort   uint16
	At         string // JSON pointer
}

// Backend is one address and port that a port of a Service leads to.
type Backend struct {
	Peer     Peer
	PortName string // of the ServicePort
	Proto    flow.Proto
	// Port is the pod's, after DNAT. 0, with Proto 0: none of its ports has a number, so that it gets no traffic,
	// but a `services` criterion for a source still matches the address (felix/serviceindex/serviceindex.go:238-253, v3.31.0).
	Port  uint16
	Ready bool
}

// Peer is one end of a connection: an endpoint, an address, or an endpoint at an address.
type Peer struct {
	Endpoint *Endpoint  // nil: an address that no endpoint has
	Addr     netip.Addr // not valid: the endpoint's address is not known
}

// Packet is the first packet of a connection, after DNAT, as policy sees it.
type Packet struct {
	Src, Dst           Peer
	Proto              flow.Proto
	SrcPort, DstPort   uint16
	ICMPType, ICMPCode uint8
	// SameNode says that one end is a node and the other a pod on it, which only the rule walk regards.
	SameNode selector.Answer
}

// Local is the end at which policy of direction d applies; Remote is the other one.
func (p *Packet) Local(d Direction) Peer {
	if d == Egress {
		return p.Src
	}
	return p.Dst
}

// Remote is the end that rules of direction d call the peer.
func (p *Packet) Remote(d Direction) Peer {
	if d == Egress {
		return p.Dst
	}
	return p.Src
}
