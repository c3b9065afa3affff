package load

// kubeControllers is what loading reads of a KubeControllersConfiguration.
type kubeControllers struct {
	Spec struct {
		Controllers struct {
			Node struct {
				HostEndpoint struct {
					AutoCreate string `json:"autoCreate"`
				} `json:"hostEndpoint"`
			} `json:"node"`
		} `json:"controllers"`
	} `json:"spec"`
}

// addAutoHosts reads whether Calico makes a host endpoint of every node, which policies for everything select
// (kube-controllers/pkg/controllers/node/hostendpoints.go:572-598, v3.31.0).
func (l *loader) addAutoHosts() {
	for _, o := range l.objects["projectcalico.org/KubeControllersConfiguration"] {
		v := &kubeControllers{}
		if o.Name == "default" && l.decode(o, v) && v.Spec.Controllers.Node.HostEndpoint.AutoCreate == "Enabled" {
			l.c.AutoHosts = o.Origin("/spec/controllers/node/hostEndpoint/autoCreate")
		}
	}
}
