package load_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/model"
)

// describeNeeds is one line for each need: what for, by whom, where it is written, from whom, to whom.
func describeNeeds(c *model.Cluster) string {
	var out []string
	for _, n := range c.Needs {
		var from, to []string
		for _, p := range n.From {
			from = append(from, p.Endpoint.Name)
		}
		for _, b := range n.To {
			to = append(to, fmt.Sprintf("%s:%d", b.Peer.Endpoint.Name, b.Port))
		}
		line := fmt.Sprintf("%s %s: %s > %s", n.String(), n.At, strings.Join(from, ","), strings.Join(to, ","))
		if n.Guessed {
			line += " (guessed)"
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

// web is a Deployment behind a Service that leads port 80 to 8080.
const web = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {selector: {app: web}, ports: [{name: main, port: 80, targetPort: http}, {name: tls, port: 443, targetPort: 9443}]}
---
`

// pod is a pod of the labels.
func podOf(namespace, name, labels string) string {
	return fmt.Sprintf("apiVersion: v1\nkind: Pod\nmetadata: {name: %s, namespace: %s, labels: {%s}}\nspec: {containers: [{}]}\n---\n", name, namespace, labels)
}

// TestNeeds: which connections objects count on.
// client is a pod of another namespace with an environment.
func client(env string) string {
	return "apiVersion: v1\nkind: Pod\nmetadata: {name: client, namespace: elsewhere}\nspec: {containers: [{name: c, env: [" + env + "]}]}\n"
}

func TestNeeds(t *testing.T) {
	nginx := podOf("ingress-nginx", "nginx", "app.kubernetes.io/name: ingress-nginx")
	traefik := podOf("traefik", "traefik", "app.kubernetes.io/name: traefik")
	prometheus := podOf("monitoring", "prometheus", "app.kubernetes.io/name: prometheus")
	const object = "metadata: {name: it, namespace: shop}\nspec: "
	tests := []struct {
		name, manifests, want string
	}{
		{"an Ingress without class may be any controller's", nginx + traefik + "apiVersion: networking.k8s.io/v1\nkind: Ingress\n" + object +
			"{defaultBackend: {service: {name: web, port: {name: main}}}}",
			"Ingress shop/it /spec/defaultBackend/service: nginx,traefik > web:8080"},
		{"its class chooses", nginx + traefik + "apiVersion: networking.k8s.io/v1\nkind: Ingress\n" + object +
			"{ingressClassName: traefik-internal, defaultBackend: {service: {name: web, port: {number: 80}}}}",
			"Ingress shop/it /spec/defaultBackend/service: traefik > web:8080"},
		{"its pods may have the label app", podOf("proxy", "proxy", "app: traefik") + "apiVersion: networking.k8s.io/v1\nkind: Ingress\n" + object +
			"{ingressClassName: traefik, defaultBackend: {service: {name: web, port: {number: 80}}}}",
			"Ingress shop/it /spec/defaultBackend/service: proxy > web:8080"},
		{"by its controller, where the files have it", nginx + traefik +
			"apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: public}\nspec: {controller: k8s.io/ingress-nginx}\n---\n" +
			"apiVersion: networking.k8s.io/v1\nkind: Ingress\n" + object +
			"{ingressClassName: public, defaultBackend: {service: {name: web, port: {number: 80}}}}",
			"Ingress shop/it /spec/defaultBackend/service: nginx > web:8080"},
		{"a default backend and an admission job are no controllers", podOf("ingress-nginx", "backend", "app.kubernetes.io/name: ingress-nginx, app.kubernetes.io/component: default-backend") +
			"apiVersion: networking.k8s.io/v1\nkind: Ingress\n" + object + "{defaultBackend: {service: {name: web, port: {number: 80}}}}",
			"Ingress shop/it /spec/defaultBackend/service:  > web:8080"},
		{"a route of the Gateway API, by the Gateway's class", traefik +
			"apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: edge, namespace: shop}\nspec: {gatewayClassName: traefik}\n---\n" +
			"apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\n" + object + "{parentRefs: [{name: edge}], rules: [{backendRefs: [{name: web, port: 80}]}]}",
			"HTTPRoute shop/it /spec/rules/0/backendRefs/0: traefik > web:8080"},
		{"what Prometheus scrapes by Service", prometheus + "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\n" + object +
			"{selector: {matchLabels: {app: web}}, endpoints: [{port: main}, {port: none}]}",
			"ServiceMonitor shop/it /spec/endpoints/0: prometheus > web:8080"},
		{"in the namespaces that it looks into", prometheus + "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\n" + object +
			"{namespaceSelector: {matchNames: [other]}, selector: {matchLabels: {app: web}}, endpoints: [{port: main}]}", ""},
		{"by pod", prometheus + "apiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\n" + object +
			"{selector: {}, podMetricsEndpoints: [{port: http}]}", "PodMonitor shop/it /spec/podMetricsEndpoints/0: prometheus > web:8080"},
		{"the operator makes Prometheus", "apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: {name: k8s, namespace: monitoring}\nspec: {}\n---\n" +
			"apiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\n" + object + "{selector: {}, podMetricsEndpoints: [{port: http}]}",
			"PodMonitor shop/it /spec/podMetricsEndpoints/0: k8s > web:8080"},
		{"a webhook, on 443 if nothing else is said", "apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: {name: it}\n" +
			"webhooks: [{name: a, clientConfig: {url: https://x}}, {name: b, clientConfig: {service: {namespace: shop, name: web}}}]",
			"MutatingWebhookConfiguration it /webhooks/1/clientConfig/service: kube-apiserver > web:9443"},
		{"rights of a service account", "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: it, namespace: shop}\n" +
			"roleRef: {kind: ClusterRole, name: view}\nsubjects: [{kind: ServiceAccount, name: default}]",
			"Deployment shop/web /metadata/name: web > kube-apiserver:6443"},
		{"but not what only admission asks for", "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: scc, namespace: shop}\n" +
			"rules: [{apiGroups: [security.openshift.io], resources: [securitycontextconstraints], verbs: [use]}]\n---\n" +
			"apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: it, namespace: shop}\n" +
			"roleRef: {kind: Role, name: scc}\nsubjects: [{kind: ServiceAccount, name: default}]", ""},
		{"Calico's controllers", podOf("calico-system", "controllers", "k8s-app: calico-kube-controllers"),
			"Pod calico-system/controllers /metadata/name: controllers > kube-apiserver:6443 (guessed)"},
		{"what an environment names: a port by its own variable, one pod of a Service, and no more than once", client("{name: WEB_HOST, value: web.shop}, {name: WEB_PORT, value: \"80\"}, " +
			"{name: PEERS, value: \"http://web-0.web.shop.svc:80, http://web.shop\"}"),
			"Pod elsewhere/client /spec/containers/0/env/0: client > web:8080"},
		{"what an environment names for others, in another namespace, or at another port", client("{name: OAUTH_REDIRECT_URL, value: http://web.shop}, " +
			"{name: WEB_URL, value: http://web}, {name: API_URL, value: http://web.shop:8080}, {name: TITLE, value: web.shop}"), ""},
		{"the own Service in an option", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: own, namespace: shop}\nspec: {selector: {matchLabels: {app: web}}, " +
			"template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: c, ports: [{name: http, containerPort: 8080}], args: [\"--upstream=web:80\"]}]}}}", ""},
		{"what a ConfigMap brings into an environment", client("{name: API, valueFrom: {configMapKeyRef: {name: it, key: api}}}") +
			"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: it, namespace: elsewhere}\ndata: {api: \"https://web.shop.svc.cluster.local.:80/v1\"}\n",
			"Pod elsewhere/client /spec/containers/0/env/0: client > web:8080"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := cluster(t, web+test.manifests, load.Options{Platform: "kubernetes"})
			var needs []*model.Need
			for _, n := range c.Needs {
				if n.Kind != model.APIAccess || !strings.Contains(n.What, "ingress controller") {
					needs = append(needs, n)
				}
			}
			c.Needs = needs
			if got := describeNeeds(c); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}
