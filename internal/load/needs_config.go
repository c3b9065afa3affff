package load

// config is a ConfigMap from which containers have variables.
type config struct {
	data   map[string]string
	takers int // the workloads that take all of it
}

// configs is those ConfigMaps, by "namespace/name".
func (l *loader) configs() map[string]config {
	takers := map[string]int{}
	for e, t := range l.pods {
		for name, whole := range configsOf(t) {
			takers[e.Namespace+"/"+name] += whole
		}
	}
	out := map[string]config{}
	for _, o := range l.needy["v1/ConfigMap"] {
		id := o.Namespace + "/" + o.Name
		n, taken := takers[id]
		if !taken {
			continue // it may be long, and is not read
		}
		var v struct {
			Data map[string]string `json:"data"`
		}
		if quiet(o, &v) {
			out[id] = config{v.Data, n}
		}
	}
	return out
}

// configsOf is the names of the ConfigMaps from which a pod has variables: 1 if it takes all that is in one, 0 if only some.
func configsOf(t *podTemplate) map[string]int {
	out := map[string]int{}
	for _, containers := range [][]container{t.Spec.Containers, t.Spec.InitContainers} {
		for i := range containers {
			for _, from := range containers[i].EnvFrom {
				out[from.ConfigMap.Name] = 1
			}
			for _, v := range containers[i].Env {
				if name := v.ValueFrom.ConfigMap.Name; name != "" {
					out[name] = max(out[name], 0)
				}
			}
		}
	}
	return out
}
