package load

// operated is what loading reads of a resource of which the Prometheus operator makes a StatefulSet.
type operated struct {
	Spec struct {
		PodMetadata    objectMeta  `json:"podMetadata"`
		ServiceAccount string      `json:"serviceAccountName"`
		PortName       string      `json:"portName"`
		HostNetwork    bool        `json:"hostNetwork"`
		Containers     []container `json:"containers"`
		Thanos         *struct{}   `json:"thanos"`
	} `json:"spec"`
}

// addOperated makes endpoints of the pods that the Prometheus operator makes, with the labels and
// ports that it gives them (prometheus-operator, pkg/prometheus/server/statefulset.go and
// pkg/alertmanager/operator.go, v0.79), unless an export has the pods themselves.
func (l *loader) addOperated() {
	if l.live {
		return
	}
	for _, kind := range []string{"Prometheus", "Alertmanager"} {
		for _, o := range l.needy["monitoring.coreos.com/"+kind] {
			v := &operated{}
			if !quiet(o, v) {
				continue
			}
			name := map[string]string{"Prometheus": "prometheus", "Alertmanager": "alertmanager"}[kind]
			t := v.template(o.Name, name)
			l.addEndpoint(o, "/spec", t, []string{
				"app.kubernetes.io/version", "controller-revision-hash", "statefulset.kubernetes.io/pod-name",
				"apps.kubernetes.io/pod-index", "operator.prometheus.io/*",
			})
		}
	}
	l.addGateways()
	l.addAssumedControllers()
}

// template is the pod template that the operator makes for a resource.
func (v *operated) template(instance, name string) *podTemplate {
	t := &podTemplate{Metadata: objectMeta{Labels: map[string]string{}, Annotations: v.Spec.PodMetadata.Annotations}}
	for k, value := range v.Spec.PodMetadata.Labels {
		t.Metadata.Labels[k] = value
	}
	for k, value := range map[string]string{
		"app.kubernetes.io/managed-by": "prometheus-operator", "app.kubernetes.io/name": name,
		"app.kubernetes.io/instance": instance, name: instance,
	} {
		t.Metadata.Labels[k] = value
	}
	web := containerPort{Name: orDefault(v.Spec.PortName, "web"), ContainerPort: 9090}
	ports := []containerPort{}
	if name == "alertmanager" {
		web.ContainerPort = 9093
		ports = append(ports, containerPort{Name: "mesh-tcp", ContainerPort: 9094},
			containerPort{Name: "mesh-udp", ContainerPort: 9094, Protocol: "UDP"})
	}
	if v.Spec.Thanos != nil {
		ports = append(ports, containerPort{Name: "http", ContainerPort: 10902}, containerPort{Name: "grpc", ContainerPort: 10901})
	}
	ports = append(ports, web, containerPort{Name: "reloader-web", ContainerPort: 8080})
	t.Spec = podSpec{
		ServiceAccount: v.Spec.ServiceAccount, HostNetwork: v.Spec.HostNetwork,
		Containers: append([]container{{Ports: ports}}, v.Spec.Containers...),
	}
	return t
}
