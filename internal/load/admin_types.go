package load

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// adminPolicy is an AdminNetworkPolicy, BaselineAdminNetworkPolicy (v1alpha1) or
// ClusterNetworkPolicy (v1alpha2): they differ in names, not in shape. Source:
// sigs.k8s.io/network-policy-api/apis/v1alpha1 and v1alpha2.
type adminPolicy struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		Tier     string      `json:"tier"`     // v1alpha2
		Priority *int32      `json:"priority"` // not in a baseline
		Subject  adminPeer   `json:"subject"`
		Ingress  []adminRule `json:"ingress"`
		Egress   []adminRule `json:"egress"`
	} `json:"spec"`
	Status any `json:"status"`
}

type adminRule struct {
	Name      string          `json:"name"`
	Action    string          `json:"action"`
	From      []adminPeer     `json:"from"`
	To        []adminPeer     `json:"to"`
	Ports     []adminPort     `json:"ports"`     // v1alpha1
	Protocols []adminProtocol `json:"protocols"` // v1alpha2
}

type adminPeer struct {
	Namespaces *metav1.LabelSelector `json:"namespaces"`
	Pods       *struct {
		NamespaceSelector *metav1.LabelSelector `json:"namespaceSelector"`
		PodSelector       *metav1.LabelSelector `json:"podSelector"`
	} `json:"pods"`
	Nodes       *metav1.LabelSelector `json:"nodes"`
	Networks    []string              `json:"networks"`
	DomainNames []string              `json:"domainNames"`
}

type adminPort struct {
	PortNumber *struct {
		Protocol string `json:"protocol"`
		Port     int32  `json:"port"`
	} `json:"portNumber"`
	NamedPort *string `json:"namedPort"`
	PortRange *struct {
		Protocol string `json:"protocol"`
		Start    int32  `json:"start"`
		End      int32  `json:"end"`
	} `json:"portRange"`
}

type adminProtocol struct {
	TCP       *adminTransport `json:"tcp"`
	UDP       *adminTransport `json:"udp"`
	SCTP      *adminTransport `json:"sctp"`
	NamedPort string          `json:"destinationNamedPort"`
}

type adminTransport struct {
	DestinationPort *struct {
		Number int32 `json:"number"`
		Range  *struct {
			Start int32 `json:"start"`
			End   int32 `json:"end"`
		} `json:"range"`
	} `json:"destinationPort"`
}
