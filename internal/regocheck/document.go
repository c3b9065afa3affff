package regocheck

// document is what rules see as `input`. Fields are only ever added to a version.
type document struct {
	Version int     `json:"version"`
	Model   *models `json:"model"`
	Facts   *facts  `json:"facts"`
}

// version of the document.
const version = 1

// models is what the manifests say, resolved and defaulted.
type models struct {
	Calico     string      `json:"calico"`   // "3.31"
	Platform   string      `json:"platform"` // "openshift"
	Namespaces []namespace `json:"namespaces,omitempty"`
	Workloads  []workload  `json:"workloads,omitempty"`
	Services   []service   `json:"services,omitempty"`
	Tiers      []tier      `json:"tiers,omitempty"` // in evaluation order
}

// object is the head of everything in the document that somebody may have written.
type object struct {
	// Object is the key by which a finding names it: "Kind namespace/name".
	Object     string `json:"object"`
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace,omitempty"`
	Name       string `json:"name"`
	// Reviewed says that a finding may point at it: it is written, and not in a context.
	Reviewed bool `json:"reviewed"`
	// Context says where an object that is not under review comes from.
	Context string `json:"context,omitempty"`
}

type namespace struct {
	object
	Labels map[string]string `json:"labels"`
	Known  bool              `json:"known"` // the Namespace object is in the inputs
	// Workloads is the keys of the namespace's workloads that are under review and that policy
	// applies to, by name.
	Workloads []string `json:"workloads"`
}

// workload is a pod, or all replicas of a workload.
type workload struct {
	object
	Labels         map[string]string `json:"labels"` // of its pods
	ServiceAccount string            `json:"serviceAccount"`
	HostNetwork    bool              `json:"hostNetwork"` // policy for workloads does not apply
	Ports          []port            `json:"ports"`       // that containers declare
}

type port struct {
	Name     string `json:"name,omitempty"`
	Protocol string `json:"protocol"`
	Port     uint16 `json:"port"`
	// TargetPort is set on a Service's ports: a number or a name.
	TargetPort string `json:"targetPort,omitempty"`
	Pointer    string `json:"pointer"`
}

type service struct {
	object
	Type     string            `json:"type"`
	Headless bool              `json:"headless"`
	Selector map[string]string `json:"selector,omitempty"`
	Ports    []port            `json:"ports"`
}

type tier struct {
	object
	Order         *float64 `json:"order"`         // null: last
	DefaultAction string   `json:"defaultAction"` // Deny or Pass
	Missing       bool     `json:"missing"`       // policies name it, but no file defines it
	Policies      []policy `json:"policies"`      // in evaluation order
}

type policy struct {
	object
	Tier     string   `json:"tier"`
	Order    *float64 `json:"order"`    // null: last
	Selector string   `json:"selector"` // the whole subject, as Calico sees it
	// Ingress and Egress are null if the policy does not govern the direction. One that does, and
	// has no rules, is an empty list.
	Ingress []rule `json:"ingress"`
	Egress  []rule `json:"egress"`
}

type rule struct {
	Action string `json:"action"` // Allow, Deny, Pass or Log
	// Everything says that the rule has no criterion at all.
	Everything bool   `json:"everything"`
	Pointer    string `json:"pointer"`
}

// facts is what evaluating the policies gives.
type facts struct {
	// Namespaces by name: the policies that govern a pod there which has no labels of its own.
	Namespaces map[string]directions `json:"namespaces,omitempty"`
	// Policies by key: the workloads that the policy selects, or may select.
	Policies map[string]selected `json:"policies,omitempty"`
	// Workloads by key: the policies that govern the workload, in evaluation order. A direction
	// without any is not isolated.
	Workloads map[string]directions `json:"workloads,omitempty"`
}

// directions holds keys of policies.
type directions struct {
	Ingress []string `json:"ingress"`
	Egress  []string `json:"egress"`
}

type selected struct {
	Workloads []string `json:"workloads"`
}
