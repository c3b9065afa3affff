package load

// inAmbientMesh says whether a pod is in an ambient mesh of Istio: because it says so, or its namespace for all that do not.
// Pods with a sidecar, and those on the network of their node, are not (istio.io, "Add workloads to the mesh").
func (l *loader) inAmbientMesh(namespace string, t *podTemplate) bool {
	const mode = "istio.io/dataplane-mode"
	if t.Spec.HostNetwork || t.Metadata.Labels["sidecar.istio.io/inject"] == "true" {
		return false
	}
	if own := t.Metadata.Labels[mode]; own != "" {
		return own == "ambient"
	}
	return l.space(namespace).Labels[mode] == "ambient"
}
