package load

import (
	"fmt"
	"strings"

	"github.com/tierlint/tierlint/internal/model"
)

// clientConfig says where the API server finds a webhook.
type clientConfig struct {
	Service *serviceReference `json:"service"`
}

// serviceReference names a Service and its port, 443 if none is written.
type serviceReference struct {
	Namespace string       `json:"namespace"`
	Name      string       `json:"name"`
	Port      numberOrName `json:"port"`
}

func (r *serviceReference) port() string {
	if r.Port == "" {
		return "443"
	}
	return string(r.Port)
}

// addWebhookNeeds finds what the API server calls. It is on the network of its node, and calls
// the pods behind a Service directly.
func (l *loader) addWebhookNeeds() {
	before := len(l.c.Needs)
	for _, kind := range []string{"ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"} {
		for _, o := range l.needy["admissionregistration.k8s.io/"+kind] {
			l.addAdmissionNeeds(o)
		}
	}
	for _, o := range l.needy["apiregistration.k8s.io/APIService"] {
		var v struct {
			Spec clientConfig `json:"spec"`
		}
		if quiet(o, &v) {
			l.addCall(o, "/spec/service", "the aggregated API "+o.Name, v.Spec.Service)
		}
	}
	for _, o := range l.needy["apiextensions.k8s.io/CustomResourceDefinition"] {
		const at = "/spec/conversion/webhook/clientConfig"
		if !o.has(at) {
			continue // most have none, and their schemas are long
		}
		var v struct {
			Spec struct {
				Conversion struct {
					Webhook struct {
						ClientConfig clientConfig `json:"clientConfig"`
					} `json:"webhook"`
				} `json:"conversion"`
			} `json:"spec"`
		}
		if quiet(o, &v) {
			l.addCall(o, at+"/service", "the conversion webhook of "+o.Name, v.Spec.Conversion.Webhook.ClientConfig.Service)
		}
	}
	l.guessWebhooks(l.c.Needs[before:])
}

func (l *loader) addAdmissionNeeds(o *Object) {
	var v struct {
		Webhooks []struct {
			Name         string       `json:"name"`
			ClientConfig clientConfig `json:"clientConfig"`
		} `json:"webhooks"`
	}
	if !quiet(o, &v) {
		return
	}
	for i, w := range v.Webhooks {
		l.addCall(o, fmt.Sprintf("/webhooks/%d/clientConfig/service", i), "webhook "+w.Name, w.ClientConfig.Service)
	}
}

func (l *loader) addCall(o *Object, at, what string, to *serviceReference) {
	if to == nil {
		return
	}
	l.needService(&model.Need{Object: o.Object, Kind: model.WebhookCall, At: at, What: what, From: l.apiServer()}, to.Namespace, to.Name, to.port())
}

// guessWebhooks takes Services on port 443 that are called webhook for what the API server calls,
// if nothing says what calls them: the scaffold of kubebuilder, and charts, make the configuration
// in another place or at run time.
func (l *loader) guessWebhooks(known []*model.Need) {
	said := map[*model.Service]bool{}
	for _, n := range known {
		said[n.Service] = true
	}
	for _, s := range l.c.Services {
		if !said[s] && strings.Contains(s.Name, "webhook") {
			l.needService(&model.Need{
				Object: s.Object, Kind: model.WebhookCall, At: "/metadata/name", What: "the webhook behind Service " + s.ID(),
				From: l.apiServer(), Guessed: true,
			}, s.Namespace, s.Name, "443")
		}
	}
}
