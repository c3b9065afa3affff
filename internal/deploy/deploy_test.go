package deploy_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/tierlint/tierlint/internal/deploy"
	"github.com/tierlint/tierlint/internal/discover"
	"github.com/tierlint/tierlint/internal/render"
)

// Each case is a small repository, and the roots that its objects deploy: environment, path, what
// deploys it, namespace (with a ! where it is that of all objects), release and values. Below are
// the gaps.
func TestFind(t *testing.T) {
	const folders = "\n-- a/x.yaml --\n-- b/x.yaml --\napiVersion: v1\nkind: Service\nmetadata: {name: x}\n"
	application := func(name, destination, source string) string {
		return fmt.Sprintf("apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: %s, namespace: argocd}\nspec:\n  destination: {%s}\n  source: {%s}\n---\n", name, destination, source)
	}
	flux := func(name, path, more string) string {
		return fmt.Sprintf("apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: %s, namespace: flux-system}\nspec:\n  path: %s\n  sourceRef: {kind: GitRepository, name: flux-system}\n%s---\n", name, path, more)
	}
	service := "apiVersion: v1\nkind: Service\nmetadata: {name: x}\n"
	kustomization := "resources: [x.yaml]\n"
	for _, c := range []struct{ name, files, want string }{
		{"clusters by the name of the destination",
			"-- apps/all.yaml --\n" + application("p", "name: prod, namespace: ns", "path: k/prod") + application("s", "name: staging", "path: k/staging") +
				"-- k/prod/x.yaml --\n" + service + "-- k/staging/x.yaml --\n" + service,
			"prod k/prod Application argocd/p ns\nstaging k/staging Application argocd/s\n"},
		{"clusters by server",
			"-- apps/all.yaml --\n" + application("p", `server: "https://10.0.0.1:6443"`, "path: k/prod") + application("s", `server: "https://staging.example.com"`, "path: k/staging") +
				"-- k/prod/x.yaml --\n" + service + "-- k/staging/x.yaml --\n" + service,
			"10.0.0.1 k/prod Application argocd/p\nstaging.example.com k/staging Application argocd/s\n"},
		{"clusters by the folder of the Applications",
			"-- apps/prod/all.yaml --\n" + application("x", `server: "https://kubernetes.default.svc"`, "path: k/prod") + "-- apps/staging/all.yaml --\n" + application("x", "name: in-cluster", "path: k/staging") +
				"-- k/prod/x.yaml --\n" + service + "-- k/staging/x.yaml --\n" + service,
			"prod k/prod Application argocd/x\nstaging k/staging Application argocd/x\n"},
		{"one cluster needs no name", "-- apps/all.yaml --\n" + application("x", "namespace: ns", "path: k") + "-- k/x.yaml --\n" + service,
			" k Application argocd/x ns\n"},
		{"an Application of Applications belongs to its cluster",
			"-- root/prod.yaml --\n" + application("root", "name: prod", "path: apps") + application("other", "name: staging", "path: k/b") + "-- apps/all.yaml --\n" + application("x", "namespace: ns", "path: k/a") +
				"-- k/a/x.yaml --\n" + service + "-- k/b/x.yaml --\n" + service,
			"prod apps Application argocd/root\nprod k/a Application argocd/x ns\nstaging k/b Application argocd/other\n"},
		{"a folder without the folders in it, unless it says so",
			"-- apps/all.yaml --\n" + application("x", "namespace: ns", "path: k") + application("y", "namespace: ns", "path: r, directory: {recurse: true}") +
				"-- k/x.yaml --\n" + service + "-- k/sub/x.yaml --\n" + service + "-- r/x.yaml --\n" + service + "-- r/sub/x.yaml --\n" + service,
			" k Application argocd/x ns\n r Application argocd/y ns\n r/sub Application argocd/y ns\n"},
		{"a kustomization, and not what lies below it",
			"-- apps/all.yaml --\n" + application("x", "namespace: ns", "path: k") + "-- k/kustomization.yaml --\n" + kustomization + "-- k/x.yaml --\n" + service + "-- k/sub/x.yaml --\n" + service,
			" k Application argocd/x ns\n"},
		{"a base that others include", "-- apps/all.yaml --\n" + application("x", "namespace: ns", "path: base") + "-- base/kustomization.yaml --\n" + kustomization + "-- base/x.yaml --\n" + service + "-- over/kustomization.yaml --\nresources: [../base]\n",
			" base Application argocd/x ns\n"},
		{"a chart with values",
			"-- apps/all.yaml --\n" + application("x", "namespace: ns", `path: c, helm: {releaseName: r, valueFiles: [values-prod.yaml, /more.yaml], values: "a: 1", valuesObject: {b: 2}, parameters: [{name: c.d, value: "3"}, {name: e, value: "4", forceString: true}]}`) +
				"-- c/Chart.yaml --\n{apiVersion: v2, name: c, version: 1.0.0}\n-- c/values-prod.yaml --\n{}\n-- more.yaml --\n{}\n",
			" c Application argocd/x ns r [c/values-prod.yaml more.yaml] map[a:1 b:2 c:map[d:3] e:4]\n"},
		{"a chart with values from another source",
			"-- apps/all.yaml --\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: x}\nspec:\n  destination: {namespace: ns}\n  sources:\n  - {path: c, helm: {valueFiles: [$v/more.yaml]}}\n  - {ref: v}\n" +
				"-- c/Chart.yaml --\n{apiVersion: v2, name: c, version: 1.0.0}\n-- more.yaml --\n{}\n",
			" c Application x ns x [more.yaml]\n"},
		{"what is not in this repository",
			"-- apps/all.yaml --\n" + application("x", "namespace: ns", "path: gone") + application("y", "namespace: ns", "chart: redis, repoURL: https://charts.example.com") + folders,
			"apps/all.yaml:6:18: Application argocd/x deploys the folder gone, which is not in this repository\napps/all.yaml:13:19: Application argocd/y deploys the chart redis from https://charts.example.com, which is not fetched\n"},
		{"what Argo CD refuses, and values elsewhere",
			"-- apps/all.yaml --\n" + application("x", "namespace: ns", "path: /etc") + application("y", "namespace: ns", "path: c, helm: {valueFiles: [../gone.yaml]}") +
				"-- c/Chart.yaml --\n{apiVersion: v2, name: c, version: 1.0.0}\n",
			" c Application argocd/y ns y []\n" +
				"apps/all.yaml:6:18: Application argocd/x deploys the absolute path /etc, which Argo CD refuses\n" +
				"apps/all.yaml:13:41: Application argocd/y takes values from ../gone.yaml, which is not in this repository\n"},
		{"an ApplicationSet with a list",
			"-- sets/s.yaml --\napiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: s}\nspec:\n  generators:\n  - list: {elements: [{cluster: prod}, {cluster: staging}]}\n  template:\n    metadata: {name: 'x-{{cluster}}'}\n    spec:\n      destination: {name: '{{ cluster }}', namespace: ns}\n      source: {path: 'k/{{cluster}}'}\n" +
				"-- k/prod/x.yaml --\n" + service + "-- k/staging/x.yaml --\n" + service,
			"prod k/prod Application x-prod ns\nstaging k/staging Application x-staging ns\n"},
		{"an ApplicationSet over folders",
			"-- sets/s.yaml --\napiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: s}\nspec:\n  goTemplate: true\n  generators:\n  - git: {directories: [{path: apps/*}, {path: apps/old, exclude: true}]}\n  template:\n    metadata: {name: '{{.path.basename}}'}\n    spec:\n      destination: {namespace: '{{.path.basename}}'}\n      source: {path: '{{.path.path}}'}\n" +
				"-- apps/a/x.yaml --\n" + service + "-- apps/b/x.yaml --\n" + service + "-- apps/old/x.yaml --\n" + service,
			" apps/a Application a a\n apps/b Application b b\n"},
		{"another generator",
			"-- sets/s.yaml --\napiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: s}\nspec:\n  generators:\n  - clusters: {}\n  template: {}\n",
			"sets/s.yaml:6:5: what this generator of ApplicationSet s makes is not known\n"},
		{"Flux: a folder for each cluster",
			"-- clusters/prod/all.yaml --\n" + flux("apps", "./apps/prod", "  targetNamespace: ns\n") + "-- clusters/staging/all.yaml --\n" + flux("apps", "./apps/staging", "") +
				"-- apps/prod/x.yaml --\n" + service + "-- apps/staging/x.yaml --\n" + service,
			"prod apps/prod Kustomization flux-system/apps ns!\nstaging apps/staging Kustomization flux-system/apps\n"},
		{"Flux: the folder that Flux deploys itself from",
			"-- clusters/prod/flux-system/sync.yaml --\n" + flux("flux-system", "./clusters/prod", "") + "-- clusters/prod/all.yaml --\n" + flux("apps", "./apps", "") + "-- clusters/staging/flux-system/sync.yaml --\n" + flux("flux-system", "./clusters/staging", "") +
				"-- apps/x.yaml --\n" + service,
			"prod apps Kustomization flux-system/apps\nprod clusters/prod Kustomization flux-system/flux-system\nprod clusters/prod/flux-system Kustomization flux-system/flux-system\nstaging clusters/staging/flux-system Kustomization flux-system/flux-system\n"},
		{"Flux: another repository",
			"-- c/all.yaml --\napiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: flux-system, namespace: flux-system}\nspec: {url: https://example.com/own}\n---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: podinfo, namespace: flux-system}\nspec: {url: https://example.com/other}\n---\n" +
				strings.Replace(flux("x", "./k", ""), "name: flux-system}\n", "name: podinfo}\n", 1) + "-- k/x.yaml --\n" + service, ""},
		{"Flux: a chart of this repository",
			"-- c/all.yaml --\napiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: x, namespace: ns}\nspec:\n  chart: {spec: {chart: ./charts/c, sourceRef: {kind: GitRepository, name: flux-system}}}\n  values: {a: 1}\n" +
				"-- charts/c/Chart.yaml --\n{apiVersion: v2, name: c, version: 1.0.0}\n",
			" charts/c HelmRelease ns/x ns x [] map[a:1]\n"},
		{"a repository inside of another one",
			"-- sub/repo/clusters/all.yaml --\n" + flux("x", "./k", "") + "-- sub/repo/k/x.yaml --\n" + service, " sub/repo/k Kustomization flux-system/x\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := found(t, c.files); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func found(t *testing.T, files string) string {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, f := range txtar.Parse([]byte(files)).Files {
		fsys[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	tree := discover.NewTree(fsys, ".")
	all, err := discover.Find(tree, []string{"."})
	if err != nil {
		t.Fatal(err)
	}
	var builds []*render.Build
	for _, r := range all.Roots {
		b, _ := render.Render(t.Context(), tree, r)
		builds = append(builds, b)
	}
	d, err := deploy.Find(tree, builds)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, r := range d.Roots {
		line := []string{r.Environment, r.Path, r.Deploy.By}
		if ns := r.Deploy.Namespace; ns != "" {
			if r.Deploy.Override {
				ns += "!"
			}
			line = append(line, ns)
		}
		if r.Kind == discover.Chart {
			line = append(line, r.Deploy.Release, fmt.Sprint(r.Values))
			if r.Deploy.Values != nil {
				line = append(line, fmt.Sprint(r.Deploy.Values))
			}
		}
		fmt.Fprintln(&out, strings.Join(line, " "))
	}
	for _, g := range d.Gaps {
		fmt.Fprintf(&out, "%s: %s\n", g.At.Span, g.Message)
	}
	return out.String()
}
