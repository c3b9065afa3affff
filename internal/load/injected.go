package load

// injectedLabels are those that Istio adds to the pods that it gives a sidecar; the values are told by
// its configuration, too (istio/istio, pkg/kube/inject, files/injection-template.yaml, 1.27).
var injectedLabels = []string{"service.istio.io/canonical-name", "service.istio.io/canonical-revision", "security.istio.io/tlsMode"}

// injected is the labels that an admission webhook may add to a pod of a namespace. A pod says for
// itself whether it gets a sidecar, or its namespace says so for all; of a namespace that is not in the
// files it is not known.
func (l *loader) injected(namespace string, t *podTemplate) []string {
	const inject = "sidecar.istio.io/inject"
	ns := l.space(namespace)
	switch {
	case l.live: // what webhooks add is there
		return nil
	case t.Metadata.Labels[inject] != "":
		if t.Metadata.Labels[inject] != "true" {
			return nil
		}
	case t.Metadata.Annotations[inject] == "false", ns.Known && ns.Labels["istio-injection"] != "enabled" && ns.Labels["istio.io/rev"] == "":
		return nil
	}
	return injectedLabels
}
