package render_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/tierlint/tierlint/internal/discover"
	"github.com/tierlint/tierlint/internal/render"
)

// BenchmarkRenderVsKustomize renders two overlays of a base with 200 objects and 20 patches, by us
// and by plain kustomize. What we do more may cost half as much again.
func BenchmarkRenderVsKustomize(b *testing.B) {
	dir := b.TempDir()
	for _, f := range generated(200, 20).Files {
		write(b, filepath.Join(dir, f.Name), f.Data)
	}
	overlays := []string{"overlays/prod", "overlays/staging"}
	b.Run("tierlint", func(b *testing.B) {
		for b.Loop() {
			tree, _, err := discover.Open(dir, []string{"."})
			if err != nil {
				b.Fatal(err)
			}
			for _, o := range overlays {
				if _, ds := render.Render(context.Background(), tree, discover.Root{Path: o, Kind: discover.Kustomize}); len(ds) > 0 {
					b.Fatal(ds)
				}
			}
			tree.Close()
		}
	})
	b.Run("kustomize", func(b *testing.B) {
		for b.Loop() {
			for _, o := range overlays {
				if _, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), filepath.Join(dir, o)); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

// generated is a base with objects and two overlays that patch some of them.
func generated(objects, patches int) *txtar.Archive {
	var base, resources, overlay string
	for i := range objects {
		base += fmt.Sprintf(`---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app%[1]d
  labels: {app: app%[1]d}
spec:
  replicas: 1
  selector:
    matchLabels: {app: app%[1]d}
  template:
    metadata:
      labels: {app: app%[1]d}
    spec:
      containers:
      - name: main
        image: registry.example.com/app%[1]d:1.0
        ports:
        - containerPort: 8080
          name: http
`, i)
	}
	for i := range patches {
		overlay += fmt.Sprintf(`
- patch: |-
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: app%d}
    spec: {replicas: 3}`, i)
	}
	resources = "resources: [all.yaml]\n"
	ar := &txtar.Archive{Files: []txtar.File{
		{Name: "base/kustomization.yaml", Data: []byte(resources)}, {Name: "base/all.yaml", Data: []byte(base)},
	}}
	for _, name := range []string{"prod", "staging"} {
		ar.Files = append(ar.Files, txtar.File{
			Name: "overlays/" + name + "/kustomization.yaml",
			Data: fmt.Appendf(nil, "resources: [../../base]\nnamespace: %s\npatches:%s\n", name, overlay),
		})
	}
	return ar
}
