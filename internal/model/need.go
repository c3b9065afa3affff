package model

// NeedKind says what a connection is needed for.
type NeedKind uint8

// What connections are needed for.
const (
	// IngressTraffic is what an Ingress, a route of the Gateway API or of OpenShift, leads from the
	// controller to its backends.
	IngressTraffic NeedKind = iota
	// WebhookCall is a call of the API server: an admission or conversion webhook, or an aggregated API.
	WebhookCall
	// MetricsScrape is Prometheus asking a target.
	MetricsScrape
	// APIAccess is a workload asking the API server, for which its service account has rights.
	APIAccess
	// ServiceCall is a workload connecting to a Service that its environment or arguments name.
	ServiceCall
)

// Need is a connection that objects of the inputs count on: policy that denies it breaks them.
type Need struct {
	Object // that counts on it
	Kind   NeedKind
	At     string // JSON pointer to what names the backend
	What   string // in words, to follow "the API server calls": "webhook vpod.kb.io"
	// From is who connects: if there are several, any of them will do. Empty only for IngressTraffic of a controller,
	// and MetricsScrape of a Prometheus, that is not in the inputs.
	From []Peer
	// Service and Port are what is connected to; nil where pods are named directly.
	Service *Service
	Port    *ServicePort
	// To is the backends: if there are several, any of them will do. Never empty.
	To []Backend
	// Guessed says that only a name suggests the need.
	Guessed bool
	// Usual says, of what is guessed, that programs of that name have the need, and that the inputs lack all else
	// that this one would have with it, such as rights at the API server.
	Usual bool
}
