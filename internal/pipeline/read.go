package pipeline

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/discover"
	"github.com/tierlint/tierlint/internal/environment"
	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/render"
	"github.com/tierlint/tierlint/internal/report"
)

// input is what the paths render to.
type input struct {
	environments []rendered
	findings     []diag.Diagnostic
	gaps         []report.Gap
	summary      report.Summary
	source       func(file string) []byte
	close        func() error
}

// rendered is the objects of one environment.
type rendered struct {
	name    string
	objects []*load.Object
	files   map[string]bool // under review
	// policies are those under review, also what the API server would reject.
	policies map[written]bool
}

// read discovers and renders. Whatever is wrong with the files is among the findings.
func read(ctx context.Context, opts *Options) (*input, error) {
	paths := opts.Paths
	if len(paths) == 0 {
		paths = []string{"."}
	}
	tree, inTree, err := discover.Open(opts.Dir, paths)
	if err != nil {
		return nil, &InputError{err}
	}
	tree.Stdin = opts.Stdin
	found, err := discover.Find(tree, inTree)
	if err != nil {
		_ = tree.Close()
		return nil, &InputError{err}
	}
	builds, problems := renderAll(ctx, tree, found.Roots)
	if err := ctx.Err(); err != nil {
		_ = tree.Close()
		return nil, err
	}
	in := &input{findings: distinct(found.Diagnostics, problems), source: sourceOf(tree, opts.Dir), close: tree.Close}
	in.summary = summarize(found, builds)
	for _, b := range builds {
		for _, g := range b.Gaps {
			in.gaps = append(in.gaps, report.Gap{Gap: g})
		}
	}
	for _, e := range environment.Group(builds) {
		in.environments = append(in.environments, renderedOf(e))
	}
	return in, nil
}

// renderAll renders every root, several at a time, each into its own slot.
func renderAll(ctx context.Context, tree *discover.Tree, roots []discover.Root) ([]*render.Build, []diag.Diagnostic) {
	builds := make([]*render.Build, len(roots))
	problems := make([][]diag.Diagnostic, len(roots))
	parallel(len(roots), func(i int) {
		if ctx.Err() == nil {
			builds[i], problems[i] = render.Render(ctx, tree, roots[i])
		}
	})
	builds = slices.DeleteFunc(builds, func(b *render.Build) bool { return b == nil })
	return builds, slices.Concat(problems...)
}

// distinct joins findings; a base that several overlays include is found wrong once.
func distinct(a, b []diag.Diagnostic) []diag.Diagnostic {
	all := slices.Concat(a, b)
	return check.Combine([][]diag.Diagnostic{all}, []check.Environment{{}})
}

func renderedOf(e environment.Environment) rendered {
	out := rendered{name: e.Name, files: map[string]bool{}, policies: map[written]bool{}}
	for _, b := range e.Builds {
		for _, f := range b.Files {
			out.files[f] = true
		}
	}
	for _, o := range e.Objects() {
		obj := objectOf(o)
		out.objects = append(out.objects, obj)
		if isPolicy(o) && obj.Reviewed() {
			out.policies[obj.Positions] = true
		}
	}
	return out
}

// isPolicy says whether an object is a network policy of a kind that is understood.
func isPolicy(o *render.Object) bool {
	group, _, _ := strings.Cut(o.APIVersion, "/")
	switch group {
	case "networking.k8s.io", "projectcalico.org", "crd.projectcalico.org", "policy.networking.k8s.io":
		return strings.HasSuffix(o.Kind, "NetworkPolicy")
	}
	return false
}

// objectOf hands a rendered object over to loading.
func objectOf(o *render.Object) *load.Object {
	return &load.Object{
		Object: model.Object{
			APIVersion: o.APIVersion, Kind: o.Kind, Namespace: o.Namespace, Name: o.Name, Context: o.Context, Positions: o,
		},
		JSON: o.JSON,
	}
}

// summarize counts what was read. A file that several roots include counts once.
func summarize(found *discover.Found, builds []*render.Build) report.Summary {
	s := report.Summary{Roots: len(found.Roots)}
	files := map[string]bool{}
	for _, b := range builds {
		for _, f := range b.Files {
			files[f] = true
		}
		s.Documents += b.Stats.Documents
		s.NotUnderstood += b.Stats.NotUnderstood
	}
	s.Files = len(files)
	return s
}

// sourceOf reads files by the names that they have in spans.
func sourceOf(tree *discover.Tree, dir string) func(string) []byte {
	return func(name string) []byte {
		if name == discover.StdinName {
			if f, err := tree.LoadStdin(); err == nil {
				return f.Content
			}
			return nil
		}
		path, err := filepath.Rel(filepath.Join(dir, tree.Prefix), filepath.Join(dir, name))
		if err != nil {
			return nil
		}
		f, err := tree.Load(filepath.ToSlash(path))
		if err != nil {
			return nil
		}
		return f.Content
	}
}
