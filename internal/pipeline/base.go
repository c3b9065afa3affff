package pipeline

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/tierlint/tierlint/internal/discover"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/report"
	"github.com/tierlint/tierlint/internal/revision"
)

// past is the files of another revision of a repository.
type past struct {
	top   string // of the repository, absolute, without symbolic links
	base  *revision.Base
	files *revision.Files // nil until the tree is opened
}

// findBase opens the revision to compare with; nil, with what to tell instead, where it is not in
// the clone. A revision that does not exist at all is an InputError, unless it may be missing.
func (o *Options) findBase() (*past, *report.Comparison, error) {
	told := &report.Comparison{Base: o.Base, OnlyNew: o.OnlyNew}
	if slices.Contains(o.Paths, "-") {
		return nil, nil, &InputError{errors.New("standard input has no other revision to compare with")}
	}
	tree, _, err := discover.Open(o.Dir, o.paths())
	if err != nil {
		return nil, nil, &InputError{err}
	}
	defer func() { _ = tree.Close() }() // nothing was written
	out := &past{top: topOf(tree, o.Dir)}
	repo, err := revision.Open(out.top)
	if err == nil {
		out.base, err = o.firstBase(repo)
	}
	if err == nil {
		told.Commit, told.Unrelated = out.base.Commit, out.base.Unrelated
		return out, told, nil
	}
	told.Problem = err.Error()
	var missing *revision.MissingError
	shallow := errors.As(err, &missing) && missing.Shallow
	switch {
	case shallow:
		told.Settle = "fetch it: in a GitHub workflow `fetch-depth: 2` at actions/checkout for pull requests, and 0 otherwise; elsewhere `git fetch --unshallow`"
	case errors.Is(err, revision.ErrNoRepository):
		told.Problem = fmt.Sprintf("the files are not in a git repository: there is no .git in %s", filepath.ToSlash(filepath.Clean(tree.Prefix)))
		told.Settle = "check the files in the clone that they are from"
	}
	if !shallow && !o.MayLackBase {
		return nil, nil, &InputError{fmt.Errorf("the base %q: %s", o.Base, told.Problem)}
	}
	return nil, told, nil
}

// firstBase is the first of the revisions that is there, or else why the last is not.
func (o *Options) firstBase(repo *revision.Repository) (*revision.Base, error) {
	revisions := o.BaseIs
	if len(revisions) == 0 {
		revisions = []string{o.Base}
	}
	var base *revision.Base
	var err error
	for _, r := range revisions {
		if base, err = repo.Base(r); err == nil {
			return base, nil
		}
	}
	var missing *revision.MissingError
	if errors.As(err, &missing) && missing.Revision != "HEAD" {
		missing.Revision = o.Base
	}
	return nil, err
}

// paths are the paths to check.
func (o *Options) paths() []string {
	if len(o.Paths) == 0 {
		return []string{"."}
	}
	return o.Paths
}

// topOf is the top of a tree, absolute.
func topOf(tree *discover.Tree, dir string) string {
	top := filepath.FromSlash(tree.Prefix)
	if filepath.IsAbs(top) {
		return top
	}
	return filepath.Join(realPath(dir, "."), top)
}

// open opens the tree of the paths: as it is on disk, or as it was. What is outside of the
// repository is as it is. Paths that the past did not have are left out.
func (o *Options) open(paths []string) (*discover.Tree, []string, error) {
	tree, inTree, err := discover.Open(o.Dir, paths)
	if err != nil {
		return nil, nil, &InputError{err}
	}
	if o.past == nil || topOf(tree, o.Dir) != o.past.top {
		return tree, inTree, nil
	}
	if o.past.files == nil {
		o.past.files = o.past.base.Files(tree.FS)
	}
	was := tree.At(o.past.files)
	var there []string
	for _, p := range inTree {
		if _, err := was.Resolve(p); err == nil {
			there = append(there, p)
		}
	}
	return was, there, nil
}

// openContext opens the tree of a context. One that the past did not have is as it is now: it says
// what is in the cluster, of which the repository need not have spoken then.
func (o *Options) openContext(path string) (*discover.Tree, []string, error) {
	tree, inTree, err := o.open([]string{path})
	if err != nil || len(inTree) > 0 {
		return tree, inTree, err
	}
	_ = tree.Close() // nothing was written
	now := *o
	now.past = nil
	return now.open([]string{path})
}

// sinceBase is Run, and Run again on the files of the base, which is what the findings are compared with.
func sinceBase(ctx context.Context, opts Options) (*Result, error) {
	was, told, err := opts.findBase()
	if err != nil {
		return nil, err
	}
	res, err := opts.check(ctx)
	if err != nil {
		return nil, err
	}
	res.Comparison = told
	if was == nil {
		return res, nil
	}
	opts.past = was
	before, err := opts.check(ctx)
	if err != nil {
		return nil, fmt.Errorf("checking the base %s: %w", told.Commit, err)
	}
	if was.files != nil && was.files.Lost() > 0 {
		told.Commit, told.Unrelated = "", false
		told.Problem = "the clone does not have all files of the base " + opts.Base + ", as after git clone --filter"
		told.Settle = "check out the base once, or clone without --filter"
		return res, nil
	}
	told.Fixed = compare(before, res)
	res.Failure = errors.Join(res.Failure, before.Failure)
	if was.files != nil {
		for _, p := range was.files.Taken() {
			res.Gaps = append(res.Gaps, report.Gap{Gap: model.Gap{
				Message: p + " is not in git itself (a submodule, or Git LFS), so the base was checked with it as it is now",
			}})
		}
	}
	return res, nil
}
