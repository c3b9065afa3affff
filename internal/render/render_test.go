package render_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/discover"
	"github.com/tierlint/tierlint/internal/render"
	"github.com/tierlint/tierlint/internal/source"
)

func TestMain(m *testing.M) {
	if err := render.QuietKustomize(); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// Each file of testdata is a small repository. Its comment says what it renders to:
//
//	= Kind namespace/name          an object, in order
//	! file:line:col: message       a diagnostic
//	? Kind name /pointer           a question, and below it the text at the place
//	  file:line:col text           that answers it, and the entries by which it came in
//	  < file:line:col
//
// A place that is known only approximately has a ~ in front of it. Every kustomization without charts,
// which kustomize gives to the helm program, that has no diagnostic must render to what kustomize makes of it.
func TestRender(t *testing.T) {
	cases, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal("no cases", err)
	}
	for _, c := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(c), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(c)
			if err != nil {
				t.Fatal(err)
			}
			dir := unpack(t, ar)
			r := renderAll(t, dir, ".")
			want := string(ar.Comment)
			if got := r.text(t, dir, want); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			r.compareWithKustomize(t, dir)
		})
	}
}

func unpack(t *testing.T, ar *txtar.Archive) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range ar.Files {
		write(t, filepath.Join(dir, f.Name), f.Data)
	}
	return dir
}

// write writes a file; one that says "-> TARGET" becomes a symbolic link.
func write(t testing.TB, p string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		t.Fatal(err)
	}
	var err error
	if target, ok := strings.CutPrefix(string(data), "-> "); ok {
		err = os.Symlink(strings.TrimSpace(target), p)
	} else {
		err = os.WriteFile(p, data, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// rendered is what all roots of a folder render to.
type rendered struct {
	tree   *discover.Tree
	builds []*render.Build
	diags  []diag.Diagnostic
}

func renderAll(t *testing.T, dir string, paths ...string) *rendered {
	t.Helper()
	tree, paths, err := discover.Open(dir, paths)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tree.Close() })
	found, err := discover.Find(tree, paths)
	if err != nil {
		t.Fatal(err)
	}
	r := &rendered{tree: tree, diags: found.Diagnostics}
	for _, root := range found.Roots {
		b, ds := render.Render(context.Background(), tree, root)
		r.builds = append(r.builds, b)
		r.diags = append(r.diags, ds...)
	}
	diag.Sort(r.diags)
	return r
}

// text says what was rendered, and answers the questions in want.
func (r *rendered) text(t *testing.T, dir, want string) string {
	var out strings.Builder
	for _, b := range r.builds {
		for _, o := range b.Objects {
			fmt.Fprintf(&out, "= %s\n", o)
		}
	}
	for _, d := range r.diags {
		fmt.Fprintf(&out, "! %s: %s: %s\n", d.At.Span, d.Severity, d.Message)
	}
	for _, line := range strings.Split(want, "\n") {
		if q, ok := strings.CutPrefix(line, "? "); ok {
			fmt.Fprintf(&out, "? %s\n", q)
			f := strings.Fields(q)
			o := r.find(f[0], f[1])
			if o == nil {
				t.Errorf("there is no %s %s", f[0], f[1])
				continue
			}
			at := o.Origin(f[2])
			if len(f) == 4 {
				at = o.KeyOrigin(f[2])
			}
			about := ""
			if at.Approximate {
				about = "~ "
			}
			fmt.Fprintf(&out, "  %s%s %s\n", about, at.Span, read(t, dir, at.Span))
			for _, via := range at.Via {
				fmt.Fprintf(&out, "  < %s\n", via)
			}
		}
	}
	return out.String()
}

func (r *rendered) find(kind, name string) *render.Object {
	for _, b := range r.builds {
		for _, o := range b.Objects {
			if o.Kind == kind && o.Name == name {
				return o
			}
		}
	}
	return nil
}

// read is the text of a span.
func read(t *testing.T, dir string, s source.Span) string {
	data, err := os.ReadFile(filepath.Join(dir, s.File))
	if err != nil || s.End.Offset > len(data) {
		t.Errorf("%+v: %v", s, err)
		return ""
	}
	return string(data[s.Start.Offset:s.End.Offset])
}

func (r *rendered) compareWithKustomize(t *testing.T, dir string) {
	for _, b := range r.builds {
		k := r.tree.Kustomization(b.Root.Path)
		if b.Root.Kind != discover.Kustomize || b.Incomplete || strings.Contains(string(k.File.Content), "helmCharts") {
			continue
		}
		made, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), filepath.Join(dir, b.Root.Path))
		if err != nil {
			t.Errorf("%s: kustomize refuses it: %v", b.Root.Path, err)
			continue
		}
		if made.Size() != len(b.Objects) {
			t.Errorf("%s: %d objects, kustomize makes %d", b.Root.Path, len(b.Objects), made.Size())
			continue
		}
		for i, res := range made.Resources() {
			want, err := res.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			got, err := b.Objects[i].JSON()
			if err != nil {
				t.Fatal(err)
			}
			if !sameJSON(got, want) {
				t.Errorf("%s: got %s, kustomize makes %s", b.Objects[i], got, want)
			}
		}
	}
}

func sameJSON(a, b []byte) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}

// What could hang or fill the memory is refused in no time.
func TestHostileInput(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += fmt.Sprintf("%c: &%c [*%[3]c,*%[3]c,*%[3]c,*%[3]c,*%[3]c,*%[3]c,*%[3]c,*%[3]c,*%[3]c]\n", c, c, c-1)
	}
	configMap := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"
	var doubling []txtar.File
	for i := range 30 {
		doubling = append(doubling, txtar.File{Name: fmt.Sprintf("k%d/kustomization.yaml", i),
			Data: fmt.Appendf(nil, "resources: [a, b]\n")})
		for _, side := range []string{"a", "b"} {
			doubling = append(doubling, txtar.File{Name: fmt.Sprintf("k%d/%s/kustomization.yaml", i, side),
				Data: fmt.Appendf(nil, "namePrefix: %s-\nresources: [../../k%d]\n", side, i+1)})
		}
	}
	doubling = append(doubling, txtar.File{Name: "k30/kustomization.yaml", Data: []byte("resources: [x.yaml]\n")},
		txtar.File{Name: "k30/x.yaml", Data: []byte(configMap)})
	var large []txtar.File
	list := "resources:\n"
	for i := range 20 {
		name := fmt.Sprintf("x%d.yaml", i)
		list += "- " + name + "\n"
		large = append(large, txtar.File{Name: name, Data: fmt.Appendf(nil, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x%d}\ndata: {x: %s}\n", i, strings.Repeat("x", 9<<20))})
	}
	large = append(large, txtar.File{Name: "kustomization.yaml", Data: []byte(list)})
	for _, c := range []struct {
		name, want string
		files      []txtar.File
	}{
		{"alias bomb", "aliases make this document", []txtar.File{{Name: "x.yaml", Data: []byte(bomb)}}},
		{"alias bomb in a base", "aliases make this document", []txtar.File{
			{Name: "kustomization.yaml", Data: []byte("resources: [x.yaml]")}, {Name: "x.yaml", Data: []byte(configMap + "data:\n  " + strings.ReplaceAll(strings.TrimSpace(bomb), "\n", "\n  "))}}},
		{"alias bomb as kustomization", "aliases make this document", []txtar.File{{Name: "kustomization.yaml", Data: []byte(bomb)}}},
		{"huge file", "the file has 50 MB", []txtar.File{{Name: "x.yaml", Data: make([]byte, 50<<20)}}},
		{"empty file", "this file is empty", []txtar.File{{Name: "x.yaml", Data: []byte("\n")}}},
		{"doubling bases", "kustomizations include each other", doubling},
		{"a gigabyte", "the kustomization reads more than", large},
		{"deep", "exceeded max depth", []txtar.File{{Name: "x.yaml", Data: []byte(strings.Repeat("[", 20000))}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := unpack(t, &txtar.Archive{Files: c.files})
			start := time.Now()
			r := renderAll(t, dir, ".")
			took := time.Since(start)
			for again := 0; took > 4*time.Second && again < 2; again++ { // the machine may be busy
				start = time.Now()
				renderAll(t, dir, ".")
				took = min(took, time.Since(start))
			}
			if took > 4*time.Second {
				t.Errorf("took %v, the best of three", took)
			}
			for _, d := range r.diags {
				if strings.Contains(d.Message, c.want) && d.At.File != "" {
					return
				}
			}
			t.Errorf("%q is not reported: %v", c.want, r.diags)
		})
	}
}

// Nothing is fetched and nothing is run, however the wish is written.
func TestNothingIsFetchedOrRun(t *testing.T) {
	for _, entry := range []string{
		"resources: [https://example.com/x.yaml]", "resources: ['http://example.com/x.yaml']", "Resources: ['https://example.com/x.yaml']",
		"bases: [github.com/x/y]", "resources: ['git@example.com:x/y']", "resources: ['git::https://example.com/x']",
		"resources: ['ssh://git@example.com/x/y']", "components: ['https://example.com/x/y?ref=v1']", "crds: ['https://example.com/x.yaml']",
		"configurations: ['https://example.com/x.yaml']", "patches: [{path: 'https://example.com/x.yaml'}]",
		"patchesStrategicMerge: ['https://example.com/x.yaml']", "openapi: {path: 'https://example.com/x.json'}",
		"configMapGenerator: [{name: x, files: ['a=https://example.com/x']}]", "replacements: [{path: 'https://example.com/x.yaml'}]",
		"helmCharts: [{name: x, repo: 'https://example.com'}]", "generators: ['https://example.com/x.yaml']",
		"generators: [exec.yaml]", "transformers: [exec.yaml]", "validators: [function.yaml]",
		"generators: ['{apiVersion: x/v1, kind: Exec, metadata: {name: x}}']",
	} {
		dir := unpack(t, &txtar.Archive{Files: []txtar.File{
			{Name: "kustomization.yaml", Data: []byte(entry + "\n")},
			{Name: "exec.yaml", Data: []byte("apiVersion: x/v1\nkind: Exec\nmetadata: {name: x, annotations: {config.kubernetes.io/function: 'exec: {path: ./x.sh}'}}\n")},
			{Name: "function.yaml", Data: []byte("apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: {name: x}\n")},
		}})
		start := time.Now()
		r := renderAll(t, dir, "kustomization.yaml")
		if len(r.diags) == 0 || !r.diags[0].At.Start.IsValid() || !r.builds[0].Incomplete {
			t.Errorf("%s: %v", entry, r.diags)
		}
		if d := time.Since(start); d > 2*time.Second {
			t.Errorf("%s: took %v", entry, d)
		}
	}
}

// A cancelled run ends and says that it is incomplete.
func TestCancelled(t *testing.T) {
	dir := unpack(t, &txtar.Archive{Files: []txtar.File{{Name: "x.yaml", Data: []byte("a: 1")}}})
	tree, _, err := discover.Open(dir, []string{"."})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if b, _ := render.Render(ctx, tree, discover.Root{Path: "x.yaml", Kind: discover.File}); !b.Incomplete {
		t.Error("complete")
	}
}

func TestStdin(t *testing.T) {
	tree := discover.NewTree(os.DirFS(t.TempDir()), ".")
	tree.Stdin = strings.NewReader("apiVersion: v1\nkind: Service\nmetadata: {name: x}\n---\na: 1\n---\n{\n")
	b, ds := render.Render(context.Background(), tree, discover.Root{Path: "-", Kind: discover.Stdin})
	if len(b.Objects) != 1 || b.Stats.Other != 1 || b.Stats.NotUnderstood != 1 || len(ds) != 1 {
		t.Errorf("%+v %v", b.Stats, ds)
	}
	if at := b.Objects[0].Origin("/metadata/name"); at.String() != "<stdin>:3:18" {
		t.Errorf("name at %s", at)
	}
}

// Roots of one tree may be rendered at the same time, and objects asked from several goroutines.
func TestParallel(t *testing.T) {
	dir := unpack(t, generated(20, 5))
	tree, _, err := discover.Open(dir, []string{"."})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	got := make([]string, 6)
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() {
			path := "overlays/" + []string{"prod", "staging"}[i%2]
			b, _ := render.Render(context.Background(), tree, discover.Root{Path: path, Kind: discover.Kustomize})
			var inner sync.WaitGroup
			for range 2 {
				inner.Go(func() { b.Objects[0].Origin("/spec/replicas") })
			}
			inner.Wait()
			for _, o := range b.Objects {
				got[i] += fmt.Sprintln(o, o.Origin("/spec/replicas"), o.Origin("/metadata/namespace"))
			}
		})
	}
	wg.Wait()
	for i := range got {
		if got[i] != got[i%2] || !strings.Contains(got[i], "Deployment") {
			t.Errorf("run %d differs:\n%s", i, got[i])
		}
	}
}
