package platform_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/platform"
)

// Every platform has the Services that it says are its DNS, and says where its facts are from.
func TestPlatforms(t *testing.T) {
	for _, name := range platform.Names() {
		p, ok := platform.Get(name)
		if !ok {
			t.Fatalf("%s is named, but not there", name)
		}
		docs, err := p.Documents()
		if err != nil {
			t.Fatal(err)
		}
		services := map[string]bool{}
		for _, d := range docs {
			var o struct {
				Kind     string
				Metadata struct{ Namespace, Name string }
			}
			if err := json.Unmarshal(d, &o); err != nil {
				t.Fatal(err)
			}
			if o.Kind == "Service" {
				services[o.Metadata.Namespace+"/"+o.Metadata.Name] = true
			}
		}
		for _, id := range append(p.DNS, "default/kubernetes") {
			if !services[id] {
				t.Errorf("%s has no Service %s", name, id)
			}
		}
		if !strings.HasPrefix(string(p.Manifests), "#") {
			t.Errorf("%s does not say where its facts are from", name)
		}
	}
	if _, ok := platform.Get("nonsense"); ok {
		t.Error("there is no such platform")
	}
}
