package pipeline

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/deploy"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/discover"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/render"
)

// maxDeployments is how many times what is deployed may deploy something else.
const maxDeployments = 8

// build is what a root renders to, and what is wrong with it.
type build struct {
	*render.Build
	problems []diag.Diagnostic
}

// withDeployed puts what objects of Argo CD and Flux deploy in the place of the same roots. What is
// deployed may deploy more. The builds are those of all roots that were found.
func (o *Options) withDeployed(ctx context.Context, tree *discover.Tree, real string, plain []build) ([]build, []model.Gap, error) {
	all := plain
	done := map[string]build{}
	for range maxDeployments {
		found, err := deploy.Find(tree, buildsOf(all))
		if err != nil {
			return nil, nil, err
		}
		if len(found.Roots) == 0 {
			return plain, found.Gaps, nil
		}
		var missing []discover.Root
		for _, r := range found.Roots {
			if _, ok := done[rootKey(r)]; !ok {
				missing = append(missing, r)
			}
		}
		for _, b := range renderEach(ctx, tree, missing) {
			done[rootKey(b.Root)] = b
		}
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		all = o.replace(tree, real, plain, found, done)
		if len(missing) == 0 {
			return all, found.Gaps, nil
		}
	}
	return all, nil, nil
}

// replace is the builds without those in whose place others are deployed, and with the others.
func (o *Options) replace(tree *discover.Tree, real string, plain []build, found *deploy.Deployed, done map[string]build) []build {
	named := o.named(tree, real)
	inSettings := func(r discover.Root) bool {
		for _, n := range named {
			if n.Has(r) > 0 {
				return true
			}
		}
		return false
	}
	var out []build
	for _, b := range plain {
		if slices.ContainsFunc(found.Roots, func(r discover.Root) bool { return r.Path == b.Root.Path && r.Kind == b.Root.Kind }) {
			continue
		}
		copied := *b.Build
		if copied.Root.Environment == "" && !inSettings(copied.Root) {
			copied.Root.Environment = found.Holders[b.Root.Path]
		}
		out = append(out, build{&copied, b.problems})
	}
	for _, r := range found.Roots {
		if b, ok := done[rootKey(r)]; ok {
			copied := *b.Build
			if inSettings(r) {
				copied.Root.Environment = ""
			}
			out = append(out, build{&copied, b.problems})
		}
	}
	slices.SortStableFunc(out, func(a, b build) int { return strings.Compare(a.Root.Path, b.Root.Path) })
	return out
}

// rootKey tells deployed roots apart.
func rootKey(r discover.Root) string {
	return fmt.Sprintf("%s %s %q %q %v", r.Path, r.Kind, r.Environment, r.Values, *r.Deploy)
}

func buildsOf(all []build) []*render.Build {
	out := make([]*render.Build, len(all))
	for i, b := range all {
		out[i] = b.Build
	}
	return out
}

// withValues gives charts the files of values of the environments that somebody named, once for each.
func (o *Options) withValues(tree *discover.Tree, real string, roots []discover.Root) ([]discover.Root, error) {
	var out []discover.Root
	for _, r := range roots {
		before := len(out)
		for _, e := range o.Environments {
			if r.Kind != discover.Chart || len(e.Values) == 0 || e.Has(absolute(tree, real, r.Path)) == 0 {
				continue
			}
			own := r
			own.Environment = e.Name
			for _, v := range e.Values {
				p, err := filepath.Rel(absolute(tree, real, "."), realPath(real, v))
				if err == nil {
					p, err = tree.Resolve(filepath.ToSlash(p))
				}
				if err != nil && o.past != nil {
					continue // they are newer than the base
				}
				if err != nil {
					return nil, &InputError{fmt.Errorf("reading the values %s of environment %s: %w", v, e.Name, err)}
				}
				own.Values = append(own.Values, p)
			}
			out = append(out, own)
		}
		if len(out) == before {
			out = append(out, r)
		}
	}
	return out, nil
}
