package pipeline

import (
	"context"
	"slices"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/discover"
	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/render"
	"github.com/tierlint/tierlint/internal/report"
)

// surroundings is what one context has.
type surroundings struct {
	objects []*load.Object
	files   []string // as in spans
	gaps    []report.Gap
}

// readContexts renders each context that is asked for once.
func readContexts(ctx context.Context, opts *Options) (map[string]*surroundings, error) {
	all := slices.Clone(opts.Context)
	for _, e := range opts.Environments {
		all = append(all, e.Context...)
	}
	out := map[string]*surroundings{}
	for _, p := range all {
		if out[p] != nil {
			continue
		}
		s, err := readContext(ctx, opts, p)
		if err != nil {
			return nil, err
		}
		out[p] = s
	}
	return out, nil
}

// readContext renders a file or a folder as what is under review is rendered. It has a tree of its
// own, so that it may lie outside of the repository without the repository's being less confined.
// What is wrong with it is no finding, but something that is not known.
func readContext(ctx context.Context, opts *Options, path string) (*surroundings, error) {
	tree, inTree, err := opts.openContext(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tree.Close() }() // nothing was written
	tree.Stdin = opts.Stdin
	found, err := discover.Find(tree, inTree)
	if err != nil {
		return nil, &InputError{err}
	}
	builds, problems := renderAll(ctx, tree, found.Roots)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := &surroundings{}
	for _, d := range distinct(found.Diagnostics, problems) {
		out.gaps = append(out.gaps, gapOf(d))
	}
	for _, b := range builds {
		for _, g := range b.Gaps {
			out.gaps = append(out.gaps, report.Gap{Gap: g})
		}
		out.files = append(out.files, b.Files...)
		for _, o := range b.Objects {
			out.objects = append(out.objects, contextObject(o))
		}
	}
	return out, nil
}

// gapOf says of a context what a finding says of what is under review.
func gapOf(d diag.Diagnostic) report.Gap {
	return report.Gap{Gap: model.Gap{At: d.At, Message: "in the context, " + d.Message, Settle: d.Help}}
}

// contextObject hands an object of a context over to loading.
func contextObject(o *render.Object) *load.Object {
	out := objectOf(o)
	out.Context = "context " + o.Origin("/metadata/name").File
	return out
}

// surround adds contexts to an environment. A file that is under review as well stays so.
func (r *rendered) surround(contexts []string, all map[string]*surroundings) {
	r.context = map[string]bool{}
	added := map[string]bool{}
	for _, c := range contexts {
		if added[c] {
			continue
		}
		added[c] = true
		s := all[c]
		for _, f := range s.files {
			if !r.files[f] {
				r.context[f] = true
			}
		}
		r.objects = append(r.objects, s.objects...)
		r.Contexts = append(r.Contexts, c)
		r.contextObjects += len(s.objects)
	}
}
