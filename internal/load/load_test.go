package load_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/source"
)

// pointers is a model.Positions that puts the JSON pointer where the file's name belongs.
type pointers struct{ value any }

func (p pointers) Origin(pointer string) source.Origin {
	for pointer != "" && !p.Has(pointer) {
		pointer = pointer[:strings.LastIndex(pointer, "/")]
	}
	return source.Origin{Span: source.Span{File: pointer}}
}

func (p pointers) KeyOrigin(pointer string) source.Origin { return p.Origin(pointer) }

func (p pointers) Has(pointer string) bool {
	_, ok := p.at(pointer)
	return ok
}

func (p pointers) IsNull(pointer string) bool {
	v, ok := p.at(pointer)
	return ok && v == nil
}

func (p pointers) at(pointer string) (any, bool) {
	v := p.value
	for _, part := range strings.Split(pointer, "/")[1:] {
		part = strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
		switch node := v.(type) {
		case map[string]any:
			child, ok := node[part]
			if !ok {
				return nil, false
			}
			v = child
		case []any:
			var i int
			if n, err := fmt.Sscan(part, &i); n != 1 || err != nil || i >= len(node) {
				return nil, false
			}
			v = node[i]
		default:
			return nil, false
		}
	}
	return v, true
}

// objects reads YAML documents.
func objects(t testing.TB, manifests string) []*load.Object {
	t.Helper()
	var out []*load.Object
	for _, doc := range strings.Split("\n"+manifests, "\n---\n") {
		data, err := yaml.YAMLToJSON([]byte(doc))
		if err != nil {
			t.Fatalf("%v in\n%s", err, doc)
		}
		if string(data) != "null" {
			out = append(out, object(t, data))
		}
	}
	return out
}

func object(t testing.TB, data []byte) *load.Object {
	t.Helper()
	var v any
	var meta struct {
		APIVersion, Kind string
		Metadata         struct{ Namespace, Name string }
	}
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &meta); err != nil {
		t.Fatal(err)
	}
	return &load.Object{
		Object: model.Object{
			APIVersion: meta.APIVersion, Kind: meta.Kind,
			Namespace: meta.Metadata.Namespace, Name: meta.Metadata.Name, Positions: pointers{v},
		},
		JSON: func() ([]byte, error) { return data, nil },
	}
}

// cluster loads manifests that have nothing wrong.
func cluster(t testing.TB, manifests string, opts load.Options) *model.Cluster {
	t.Helper()
	c, ds := load.Cluster(objects(t, manifests), opts)
	for _, d := range ds {
		t.Errorf("%s at %s: %s", d.Object, d.At.File, d.Message)
	}
	return c
}

// findings are the diagnostics as "check pointer: message".
func findings(t testing.TB, manifests string, opts load.Options) (*model.Cluster, []string) {
	t.Helper()
	c, ds := load.Cluster(objects(t, manifests), opts)
	var out []string
	for _, d := range ds {
		out = append(out, fmt.Sprintf("%s %s: %s", d.Check, d.At.File, d.Message))
	}
	return c, out
}
