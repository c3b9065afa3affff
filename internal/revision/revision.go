// Package revision reads the files of another revision of a git repository, without a checkout and
// without git.
package revision

import (
	"errors"
	"fmt"
	"sync"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/storage/filesystem"
)

// ErrNoRepository says that a folder is not the top of a git repository.
var ErrNoRepository = errors.New("not the top of a git repository")

// MissingError says that a revision is not in the clone.
type MissingError struct {
	Revision string
	// Shallow says that the clone has only the last commits of its history, so that the revision may
	// be one that was not fetched.
	Shallow bool
	Err     error
}

func (e *MissingError) Error() string {
	if e.Shallow {
		return e.Revision + " is not in this clone, which is shallow: it has only the last commits"
	}
	return "this repository has no revision " + e.Revision
}

func (e *MissingError) Unwrap() error { return e.Err }

// Repository is a git repository on disk. Who owns its files does not matter.
type Repository struct {
	git     *git.Repository
	shallow map[plumbing.Hash]bool // commits whose parents were not fetched
	// objects guards the store of objects, which keeps what it has read without a lock of its own.
	objects *sync.Mutex
}

// Open opens the repository whose working tree has its top at a folder. A linked worktree and a
// submodule are such tops too: their .git is a file that says where the repository is.
func Open(top string) (*Repository, error) {
	repo, err := git.PlainOpenWithOptions(top, &git.PlainOpenOptions{EnableDotGitCommonDir: true})
	if errors.Is(err, git.ErrRepositoryNotExists) {
		return nil, ErrNoRepository
	}
	if err == nil {
		repo, err = withAlternates(repo)
	}
	if err == nil {
		err = known(repo)
	}
	if err != nil {
		return nil, fmt.Errorf("opening the git repository: %w", err)
	}
	r := &Repository{git: repo, shallow: map[plumbing.Hash]bool{}, objects: &sync.Mutex{}}
	cut, err := repo.Storer.Shallow()
	if err != nil {
		return nil, fmt.Errorf("reading which commits are shallow: %w", err)
	}
	for _, h := range cut {
		r.shallow[h] = true
	}
	return r, nil
}

// withAlternates opens a repository again so that objects are found that it shares with another one on
// disk (git clone --shared, --reference), wherever that is.
func withAlternates(repo *git.Repository) (*git.Repository, error) {
	s, ok := repo.Storer.(*filesystem.Storage)
	if !ok {
		return repo, nil
	}
	return git.Open(filesystem.NewStorageWithOptions(s.Filesystem(), cache.NewObjectLRUDefault(), filesystem.Options{
		ExclusiveAccess: true, AlternatesFS: osfs.New("/"),
	}), nil)
}

// known says what a repository has that cannot be read: git names it in extensions
// (git-scm.com/docs/git-config, extensions.*).
func known(repo *git.Repository) error {
	c, err := repo.Config()
	if err != nil {
		return err
	}
	for name, can := range map[string]string{"objectformat": "sha1", "refstorage": "files"} {
		if has := c.Raw.Section("extensions").Option(name); has != "" && has != can {
			return fmt.Errorf("it has the %s %s, and tierlint reads only %s", name, has, can)
		}
	}
	return nil
}

// Base is a commit, and what its files are.
type Base struct {
	Commit string // its hash, in full
	// Unrelated says that the clone does not show where the history of HEAD and of the revision that
	// was asked for part, so that this is the revision itself.
	Unrelated bool

	repo *Repository
	tree *object.Tree
}

// Base is where HEAD left a revision: the newest commit that both have in their history (git
// merge-base), so that what happened on a branch meanwhile does not count. The revision is a branch,
// also of origin, a tag, a commit, or such as HEAD^1. The error of a revision that is not there is a
// MissingError.
func (r *Repository) Base(rev string) (*Base, error) {
	head, err := r.commit("HEAD")
	if err != nil {
		return nil, r.missing("HEAD", err)
	}
	other, err := r.commit(rev)
	if err != nil {
		var remote error
		if other, remote = r.commit("origin/" + rev); remote != nil {
			return nil, r.missing(rev, err)
		}
	}
	base, found, err := r.mergeBase(head, other)
	if err != nil {
		return nil, fmt.Errorf("looking for where HEAD left %s: %w", rev, err)
	}
	if !found {
		base = other
	}
	tree, err := base.Tree()
	if err != nil {
		return nil, r.missing(rev, err)
	}
	return &Base{Commit: base.Hash.String(), Unrelated: !found, repo: r, tree: tree}, nil
}

// commit is the commit that a revision names.
func (r *Repository) commit(rev string) (*object.Commit, error) {
	h, err := r.git.ResolveRevision(plumbing.Revision(rev))
	if err != nil {
		return nil, err
	}
	return r.git.CommitObject(*h)
}

func (r *Repository) missing(rev string, err error) error {
	return &MissingError{Revision: rev, Shallow: len(r.shallow) > 0, Err: err}
}
