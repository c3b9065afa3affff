package environment_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tierlint/tierlint/internal/discover"
	"github.com/tierlint/tierlint/internal/environment"
	"github.com/tierlint/tierlint/internal/render"
)

// Files of one folder are alternatives if another has half of what one defines, and not all of it alike.
func TestAlternativeFiles(t *testing.T) {
	policy := func(name, port string) string {
		return fmt.Sprintf("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: %s, namespace: shop}\nspec: {podSelector: {}, ingress: [{ports: [{port: %s}]}]}\n---\n", name, port)
	}
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"two ways to install", map[string]string{
			"dns.yaml": policy("dns", "53"), "web.yaml": policy("a", "1") + policy("b", "1"), "web-okd.yaml": policy("a", "2") + policy("b", "1"),
		}, "web: dns a b; web-okd: dns a b; "},
		{"two ways to install that differ in one object", map[string]string{
			"web.yaml": policy("a", "1") + policy("b", "1") + policy("c", "1"), "web-okd.yaml": policy("a", "2") + policy("b", "1") + policy("c", "1"),
		}, "web: a b c; web-okd: a b c; "},
		{"an object that two files bring along", map[string]string{
			"api.yaml": policy("a", "1") + policy("deny", "1"), "web.yaml": policy("b", "1") + policy("deny", "1"),
		}, ": a deny b deny; "},
		{"an accident", map[string]string{
			"api.yaml": policy("a", "1") + policy("b", "1") + policy("deny", "1"), "web.yaml": policy("c", "1") + policy("d", "1") + policy("deny", "2"),
		}, ": a b deny c d deny; "},
	} {
		fsys := fstest.MapFS{}
		for name, text := range c.files {
			fsys[name] = &fstest.MapFile{Data: []byte(text)}
		}
		tree := &discover.Tree{FS: fsys}
		found, err := discover.Find(tree, []string{"."})
		if err != nil {
			t.Fatal(err)
		}
		var builds []*render.Build
		for _, r := range found.Roots {
			b, _ := render.Render(t.Context(), tree, r)
			builds = append(builds, b)
		}
		got := ""
		for _, e := range environment.Group(builds) {
			names := []string{}
			for _, o := range e.Objects() {
				names = append(names, o.Name)
			}
			got += e.Name + ": " + strings.Join(names, " ") + "; "
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestGroup(t *testing.T) {
	for _, c := range []struct {
		name  string
		roots string // "path: object object", one a line
		want  string // "name: paths", one a line
	}{
		{"nothing in conflict", `
apps/web: web
infra: dns`, `
: apps/web infra`},
		{"overlays", `
overlays/prod: web db
overlays/staging: web`, `
prod: overlays/prod
staging: overlays/staging`},
		{"the rest lies beside all of them", `
apps/x/overlays/prod: x
apps/x/overlays/staging: x
clusters/prod: gnp
clusters/staging: gnp
shared: dns`, `
prod: apps/x/overlays/prod clusters/prod shared
staging: apps/x/overlays/staging clusters/staging shared`},
		{"not every part has every environment", `
apps/x/dev: x
apps/x/prod: x
clusters/prod: gnp
clusters/staging: gnp`, `
dev: apps/x/dev
prod: apps/x/prod clusters/prod
staging: clusters/staging`},
		{"neighbours of an alternative belong to it", `
clusters/prod/apps: web
clusters/prod/infra: only-in-prod
clusters/staging/apps: web`, `
prod: clusters/prod/apps clusters/prod/infra
staging: clusters/staging/apps`},
		{"an accidental duplicate takes nothing along", `
apps/api: api config
apps/web: web
infra/dns: dns config
infra/log: log`, `
apps: apps/api apps/web infra/log
infra: apps/web infra/dns infra/log`},
		{"unrelated examples", `
01: default-deny a
02: default-deny b
03: default-deny c`, `
01: 01
02: 02
03: 03`},
		{"the same name twice in conflict", `
apps/overlays/prod: web
apps/overlays/staging: web
tools/overlays/prod: web
tools/overlays/staging: web`, `
apps/prod: apps/overlays/prod
apps/staging: apps/overlays/staging
tools/prod: tools/overlays/prod
tools/staging: tools/overlays/staging`},
		{"a folder and a file of one name", `
k8s/prod: web
k8s/prod.yaml: web
k8s/staging: web
k8s/staging.yaml: web`, `
k8s/prod: k8s/prod
k8s/prod.yaml: k8s/prod.yaml
k8s/staging: k8s/staging
k8s/staging.yaml: k8s/staging.yaml`},
		{"a folder and one in it", `
k8s: web
k8s/overlays/prod: web`, `
k8s: k8s
prod: k8s/overlays/prod`},
		{"the top and a folder", `
.: web
overlays/prod: web
overlays/staging: web`, `
prod: overlays/prod
staging: overlays/staging
top: .`},
		{"namespaces are shared", `
apps/api: Namespace/shop api
apps/web: Namespace/shop web`, `
: apps/api apps/web`},
		{"files", `
a.yaml: web
b.yaml: web`, `
a: a.yaml
b: b.yaml`},
		{"a file for everything, and one for each part", `
all.yaml: a b
one.yaml: a
two.yaml: b`, `
all: all.yaml
one: one.yaml two.yaml`},
		{"files that differ in the same word", `
db.yaml: db
db-aks.yaml: db
dns.yaml: dns
dns-okd.yaml: dns
log.yaml: log
web.yaml: web
web-okd.yaml: web`, `
db: db.yaml dns.yaml log.yaml web.yaml
db-aks: db-aks.yaml dns.yaml log.yaml web.yaml
dns-okd: db.yaml dns-okd.yaml log.yaml web-okd.yaml`},
		{"files named as what lies elsewhere", `
clusters/lab: gnp
clusters/one: gnp
all.yaml: a b
one.yaml: a
two.yaml: b`, `
all: all.yaml
lab: clusters/lab
one: clusters/one one.yaml
two: two.yaml`},
		{"files named by punctuation alone", `
-.yaml: a
_.yaml: a
__.yaml: a`, `
-: -.yaml
_: _.yaml
__: __.yaml`},
		{"files that are examples", `
allow.yaml: a b
deny.yaml: a c
egress.yaml: b d
host.yaml: c e
ingress.yaml: d f
node.yaml: e g
order.yaml: f h
port.yaml: g h`, `
allow: allow.yaml
deny: deny.yaml
egress: egress.yaml
host: host.yaml
ingress: ingress.yaml
node: node.yaml
order: order.yaml
port: port.yaml`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := show(environment.Group(builds(c.roots))); got != c.want {
				t.Errorf("got%s\nwant%s", got, c.want)
			}
		})
	}
}

// show is "name: paths", one a line.
func show(envs []environment.Environment) string {
	var out strings.Builder
	for _, e := range envs {
		fmt.Fprintf(&out, "\n%s:", e.Name)
		for _, b := range e.Builds {
			out.WriteString(" " + b.Root.Path)
		}
	}
	return out.String()
}

// builds is "path: object object", one a line. An object is "name", "Kind/name" or "Kind/namespace/name".
func builds(text string) []*render.Build {
	var out []*render.Build
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		path, objects, _ := strings.Cut(line, ":")
		b := &render.Build{Root: discover.Root{Path: path, Kind: discover.Kustomize}}
		if strings.HasSuffix(path, ".yaml") {
			b.Root.Kind = discover.File
		}
		for _, name := range strings.Fields(objects) {
			o := &render.Object{APIVersion: "networking.k8s.io/v1", Kind: "NetworkPolicy", Name: name}
			switch parts := strings.Split(name, "/"); len(parts) {
			case 2:
				o.Kind, o.Name = parts[0], parts[1]
			case 3:
				o.Kind, o.Namespace, o.Name = parts[0], parts[1], parts[2]
			}
			b.Objects = append(b.Objects, o)
		}
		out = append(out, b)
	}
	return out
}

// A namespace from two roots is one object, the one that says more.
func TestObjects(t *testing.T) {
	tree := discover.NewTree(fstest.MapFS{
		"a.yaml": {Data: []byte("{apiVersion: v1, kind: Namespace, metadata: {name: shop}}\n---\n{apiVersion: v1, kind: Service, metadata: {name: web}}\n")},
		"b.yaml": {Data: []byte("{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: a}}}\n")},
	}, ".")
	var in []*render.Build
	for _, p := range []string{"a.yaml", "b.yaml"} {
		b, _ := render.Render(context.Background(), tree, discover.Root{Path: p, Kind: discover.File})
		in = append(in, b)
	}
	var got []string
	for _, o := range environment.Group(in)[0].Objects() {
		got = append(got, o.String()+" "+o.Origin("").File)
	}
	if s := strings.Join(got, ", "); s != "Namespace shop b.yaml, Service web a.yaml" {
		t.Errorf("got %s", s)
	}
}

// Many roots with many duplicates give as many environments as names, and every root is in one.
func TestGroupDoesNotExplode(t *testing.T) {
	var text strings.Builder
	for i := range 60 {
		fmt.Fprintf(&text, "team%d/app%d/overlays/env%d: o%d o%d\n", i%7, i%11, i%3, i%13, i%17)
	}
	in := builds(text.String())
	envs := environment.Group(in)
	if len(envs) > len(in) {
		t.Errorf("%d environments of %d roots", len(envs), len(in))
	}
	seen := map[*render.Build]bool{}
	for _, e := range envs {
		for _, b := range e.Builds {
			seen[b] = true
		}
	}
	if len(seen) != len(in) {
		t.Errorf("%d of %d roots are in an environment", len(seen), len(in))
	}
}

// Settings name environments; the rule holds for what they do not speak of.
func TestNamed(t *testing.T) {
	in := func(name string, paths ...string) environment.Named {
		return environment.Named{Name: name, Has: func(r discover.Root) int {
			best := 0
			for _, p := range paths {
				if r.Path == p || strings.HasPrefix(r.Path, p+"/") {
					best = max(best, 1+strings.Count(p, "/"))
				}
			}
			return best
		}}
	}
	for _, c := range []struct {
		name  string
		named []environment.Named
		want  string
	}{
		{"one of several alternatives", []environment.Named{in("live", "clusters/prod")}, `
live: clusters/prod tools
staging: clusters/staging tools`},
		{"a root that is nobody's alternative", []environment.Named{in("live", "clusters/prod", "tools"), in("test", "clusters/staging")}, `
live: clusters/prod tools
test: clusters/staging`},
		{"a root in two", []environment.Named{in("a", "clusters/prod"), in("b", "clusters/prod")}, `
a: clusters/prod tools
b: clusters/prod tools
staging: clusters/staging tools`},
		{"a folder inside of another", []environment.Named{in("all", "clusters"), in("live", "clusters/prod")}, `
all: clusters/staging tools
live: clusters/prod tools`},
		{"one that has nothing", []environment.Named{in("gone", "nowhere")}, `
prod: clusters/prod tools
staging: clusters/staging tools`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := show(environment.Group(builds("clusters/prod: web\nclusters/staging: web\ntools: dns"), c.named...))
			if got != c.want {
				t.Errorf("got%s\nwant%s", got, c.want)
			}
		})
	}
}

// A root whose environment is known, because an object deploys it, is in that one, whatever settings
// and the rule say; the rule holds for the others.
func TestDeployed(t *testing.T) {
	roots := builds("apps/web: web\nclusters/prod: gnp\nclusters/staging: gnp\ntools: dns")
	roots[0].Root.Environment = "prod"
	roots[0].Root.Deploy = &discover.Deploy{By: "Application argocd/web"}
	live := environment.Named{Name: "live", Has: func(r discover.Root) int { return map[string]int{"apps/web": 1}[r.Path] }}
	envs := environment.Group(roots, live)
	want := "\nprod: apps/web clusters/prod tools\nstaging: clusters/staging tools"
	if got := show(envs); got != want {
		t.Errorf("got%s\nwant%s", got, want)
	}
	if why := envs[0].Why[0]; why != (environment.Why{Rule: environment.Deployed, By: "Application argocd/web"}) {
		t.Errorf("got %+v", why)
	}
}

// Every root knows what put it where it is.
func TestWhy(t *testing.T) {
	roots := builds("clusters/prod/apps: web db\nclusters/prod/infra: log\nclusters/staging/apps: web db\ntools: dns\nlab: web")
	lab := environment.Named{Name: "lab", Has: func(r discover.Root) int { return map[string]int{"lab": 1}[r.Path] }}
	want := map[string]environment.Why{
		"clusters/prod/apps":    {Rule: environment.Conflicting, Object: "NetworkPolicy db", With: "clusters/staging/apps"},
		"clusters/prod/infra":   {Rule: environment.Neighbour, Folder: "clusters/prod"},
		"clusters/staging/apps": {Rule: environment.Conflicting, Object: "NetworkPolicy db", With: "clusters/prod/apps"},
		"tools":                 {Rule: environment.Everywhere},
		"lab":                   {Rule: environment.Settings},
	}
	for _, e := range environment.Group(roots, lab) {
		for i, b := range e.Builds {
			if e.Why[i] != want[b.Root.Path] {
				t.Errorf("%s in %s: got %+v, want %+v", b.Root.Path, e.Name, e.Why[i], want[b.Root.Path])
			}
		}
	}
}
