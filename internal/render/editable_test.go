package render_test

import (
	"testing"

	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/txtar"

	"github.com/tierlint/tierlint/internal/render"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// layers is a base, a patch in a file, a patch in the kustomization, a JSON 6902 patch, and labels.
const layers = `
-- base/kustomization.yaml --
resources: [policies.yaml]
-- base/policies.yaml --
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec:
  podSelector: {matchLabels: {app: web}}
  egress:
  - to: [{podSelector: {matchLabels: {app: db}}}]
    ports: [{port: 5432}]
---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: {name: default.api}
spec:
  selector: app == 'api'
  order: 10
  egress:
  - action: Allow
  ingress:
  - action: Deny
-- overlay/kustomization.yaml --
resources: [../base]
namespace: shop
commonLabels: {team: shop}
patches:
- path: patch.yaml
- patch: |
    apiVersion: projectcalico.org/v3
    kind: NetworkPolicy
    metadata: {name: default.api}
    spec: {order: 20}
- target: {kind: NetworkPolicy, name: default.api}
  patch: |
    - {op: add, path: /spec/egress/-, value: {action: Deny}}
-- overlay/patch.yaml --
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec:
  ingress:
  - from: [{podSelector: {}}]
    ports: [{port: 80}]
`

func TestPlaces(t *testing.T) {
	ar := txtar.Parse([]byte(layers))
	objects := map[string]*render.Object{}
	for _, b := range renderAll(t, unpack(t, ar), "overlay").builds {
		for _, o := range b.Objects {
			objects[o.Name] = o
		}
	}
	for _, tt := range []struct{ object, pointer, want string }{
		{"web", "/spec/egress/0/ports/0/port", "base/policies.yaml:8"},
		{"web", "/spec/egress", "base/policies.yaml:9"},
		{"web", "/spec", "base/policies.yaml:9"},
		{"web", "/spec/ingress/0/ports/0/port", "overlay/patch.yaml:7"},
		{"web", "/spec/ingress", "overlay/patch.yaml:8"},
		{"web", "/metadata/namespace", ""},                // set by the kustomization
		{"web", "/spec/podSelector/matchLabels/team", ""}, // a label of the kustomization's
		{"web", "/spec/egress/1", ""},                     // not there
		{"default.api", "/spec/selector", "base/policies.yaml:14"},
		{"default.api", "/spec/ingress", "base/policies.yaml:20"},
		{"default.api", "/spec/order", ""},  // written in a text in the kustomization
		{"default.api", "/spec/egress", ""}, // a JSON 6902 patch adds a rule
	} {
		t.Run(tt.object+tt.pointer, func(t *testing.T) {
			if got := edited(objects[tt.object].Place(tt.pointer)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// edited is the file and line that are edited to change a value, or to add something to it.
func edited(p yamldoc.Place, ok bool) string {
	if !ok {
		return ""
	}
	var edits []yamldoc.Edit
	switch p.Node().Kind {
	case yaml.SequenceNode:
		edits, ok = p.Insert(len(p.Node().Content), "[{}]")
	case yaml.MappingNode:
		edits, ok = p.InsertKey("new", "{}")
	default:
		edits, ok = p.Set(p.Node().Value)
	}
	if !ok {
		return "no edit"
	}
	s := edits[0].Span
	s.End, s.Start.Col = s.Start, 0
	name := s.String()
	return name[:len(name)-len(":0")]
}
