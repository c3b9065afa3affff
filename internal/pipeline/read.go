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
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// input is what the paths render to.
type input struct {
	environments []rendered
	findings     []diag.Diagnostic
	gaps         []report.Gap
	summary      report.Summary
	file         func(name string) *yamldoc.File // by the name that it has in spans; nil: not read
	close        func() error
	// inRepository is as in a report.Result.
	inRepository func(name string) (string, bool)
}

// rendered is the objects of one environment.
type rendered struct {
	Group
	named   *Environment // by somebody; nil: by the rule
	objects []*load.Object
	files   map[string]bool // under review
	context map[string]bool // not under review
	// policies are those under review, also what the API server would reject.
	policies       map[written]bool
	contextObjects int
	// everywhere is the objects that are here only because they are in every environment.
	everywhere map[*load.Object]bool
}

// read discovers and renders. Whatever is wrong with the files is among the findings.
func read(ctx context.Context, opts *Options) (*input, error) {
	tree, inTree, err := opts.open(opts.paths())
	if err != nil {
		return nil, err
	}
	tree.Stdin, tree.Edited = opts.Stdin, opts.editedIn(tree)
	around, err := readContexts(ctx, opts)
	if err != nil {
		_ = tree.Close()
		return nil, err
	}
	real, excluded := realPath(opts.Dir, "."), 0
	tree.Excluded = opts.passOver(tree, real, &excluded)
	found, err := discover.Find(tree, inTree)
	if err != nil {
		_ = tree.Close()
		return nil, &InputError{err}
	}
	tree.Excluded = opts.passOver(tree, real, new(int)) // what is excluded is counted
	builds, problems, unknown, err := opts.render(ctx, tree, real, found.Roots)
	if err != nil {
		_ = tree.Close()
		return nil, err
	}
	in := &input{findings: distinct(found.Diagnostics, problems), file: fileOf(tree), inRepository: inRepository(tree), close: tree.Close}
	in.summary = summarize(found, builds)
	in.summary.Excluded = excluded
	for _, b := range builds {
		for _, g := range b.Gaps {
			in.gaps = append(in.gaps, report.Gap{Gap: g})
		}
	}
	for _, g := range unknown {
		in.gaps = append(in.gaps, report.Gap{Gap: g})
	}
	for _, path := range sortedKeys(around) {
		in.gaps = append(in.gaps, around[path].gaps...)
	}
	for _, e := range environment.Group(builds, opts.named(tree, real)...) {
		r := renderedOf(e)
		r.Group, r.named = groupOf(e, tree), opts.environment(e.Name)
		contexts := opts.Context
		if r.named != nil {
			contexts = slices.Concat(contexts, r.named.Context)
		}
		r.surround(contexts, around)
		in.environments = append(in.environments, r)
	}
	return in, nil
}

// text is the text of a file, by the name that it has in spans.
func (in *input) text(name string) []byte {
	if f := in.file(name); f != nil {
		return f.Content
	}
	return nil
}

// render renders the roots, and what they deploy.
func (o *Options) render(ctx context.Context, tree *discover.Tree, real string, roots []discover.Root) ([]*render.Build, []diag.Diagnostic, []model.Gap, error) {
	roots, err := o.withValues(tree, real, roots)
	if err != nil {
		return nil, nil, nil, err
	}
	all, unknown, err := o.withDeployed(ctx, tree, real, renderEach(ctx, tree, roots))
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, nil, nil, err
	}
	builds, problems := split(all)
	return builds, problems, unknown, nil
}

// renderAll renders every root, as it is written.
func renderAll(ctx context.Context, tree *discover.Tree, roots []discover.Root) ([]*render.Build, []diag.Diagnostic) {
	return split(renderEach(ctx, tree, roots))
}

// renderEach renders every root, several at a time, each into its own slot.
func renderEach(ctx context.Context, tree *discover.Tree, roots []discover.Root) []build {
	out := make([]build, len(roots))
	parallel(len(roots), func(i int) {
		if ctx.Err() == nil {
			out[i].Build, out[i].problems = render.Render(ctx, tree, roots[i])
		}
	})
	return slices.DeleteFunc(out, func(b build) bool { return b.Build == nil })
}

// split takes builds and what is wrong with them apart.
func split(all []build) ([]*render.Build, []diag.Diagnostic) {
	var problems []diag.Diagnostic
	for _, b := range all {
		problems = append(problems, b.problems...)
	}
	return buildsOf(all), problems
}

// distinct joins findings; a base that several overlays include is found wrong once.
func distinct(a, b []diag.Diagnostic) []diag.Diagnostic {
	all := slices.Concat(a, b)
	return check.Combine([][]diag.Diagnostic{all}, []check.Environment{{}})
}

func renderedOf(e environment.Environment) rendered {
	out := rendered{files: map[string]bool{}, policies: map[written]bool{}, everywhere: map[*load.Object]bool{}}
	everywhere := map[*render.Object]bool{}
	for i, b := range e.Builds {
		for _, f := range b.Files {
			out.files[f] = true
		}
		for _, o := range b.Objects {
			everywhere[o] = e.Name != "" && e.Why[i].Rule == environment.Everywhere
		}
	}
	for _, o := range e.Objects() {
		obj := objectOf(o)
		out.objects = append(out.objects, obj)
		out.everywhere[obj] = everywhere[o]
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

// fileOf finds files by the names that they have in spans.
func fileOf(tree *discover.Tree) func(string) *yamldoc.File {
	return func(name string) *yamldoc.File {
		if name == discover.StdinName {
			f, err := tree.LoadStdin()
			if err != nil {
				return nil
			}
			return f
		}
		f, err := tree.Load(tree.Path(name))
		if err != nil {
			return nil
		}
		return f
	}
}

// inRepository finds the paths from the top of the repository around what is checked. Files are named
// without symbolic links, as discovery resolves them.
func inRepository(tree *discover.Tree) func(string) (string, bool) {
	top := tree.Repository()
	return func(name string) (string, bool) {
		path, err := filepath.Rel(filepath.FromSlash(top), filepath.FromSlash(tree.Path(name)))
		return filepath.ToSlash(path), err == nil && name != discover.StdinName && filepath.IsLocal(path)
	}
}
