package cli_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/rogpeppe/go-internal/testscript"
)

// commitAll commits all files of a folder, which is made a repository with a branch main if it is
// none, and returns the commit. The same files and history make the same commit.
func commitAll(dir, message string, parents ...plumbing.Hash) (plumbing.Hash, error) {
	repo, err := git.PlainOpen(dir)
	if errors.Is(err, git.ErrRepositoryNotExists) {
		repo, err = git.PlainInitWithOptions(dir, &git.PlainInitOptions{InitOptions: git.InitOptions{DefaultBranch: "refs/heads/main"}})
	}
	if err != nil {
		return plumbing.ZeroHash, err
	}
	w, err := repo.Worktree()
	if err != nil {
		return plumbing.ZeroHash, err
	}
	if err := w.AddWithOptions(&git.AddOptions{All: true}); err != nil {
		return plumbing.ZeroHash, err
	}
	by := &object.Signature{Name: "A", Email: "a@example.org", When: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	return w.Commit(message, &git.CommitOptions{Author: by, Committer: by, Parents: parents, AllowEmptyCommits: true})
}

// gitCommands are commands of transcripts: what a person does with git, whether it is installed or not.
var gitCommands = map[string]func(*testscript.TestScript, bool, []string){
	// commit: all that changed in the working directory.
	"commit": func(ts *testscript.TestScript, _ bool, _ []string) {
		_, err := commitAll(ts.MkAbs("."), "a commit")
		ts.Check(err)
	},
	// branch NAME: begins a branch here and goes on in it.
	"branch": func(ts *testscript.TestScript, _ bool, args []string) {
		repo, err := git.PlainOpen(ts.MkAbs("."))
		ts.Check(err)
		ts.Check(beginBranch(repo, args[0]))
	},
	// shallow: forgets everything but the last commit, as a clone with --depth 1.
	"shallow": func(ts *testscript.TestScript, _ bool, _ []string) {
		ts.Check(cutHistory(ts.MkAbs("."), 1))
	},
}

func beginBranch(repo *git.Repository, name string) error {
	head, err := repo.Head()
	if err != nil {
		return err
	}
	ref := plumbing.NewBranchReferenceName(name)
	return errors.Join(
		repo.Storer.SetReference(plumbing.NewHashReference(ref, head.Hash())),
		repo.Storer.SetReference(plumbing.NewSymbolicReference(plumbing.HEAD, ref)),
	)
}

// cutHistory leaves a repository the newest commits of HEAD, and no other branch: what
// actions/checkout fetches with a fetch-depth.
func cutHistory(dir string, depth int) error {
	repo, err := git.PlainOpen(dir)
	if err != nil {
		return err
	}
	head, err := repo.Head()
	if err != nil {
		return err
	}
	kept, last := map[plumbing.Hash]bool{}, []plumbing.Hash{head.Hash()}
	for n := 1; ; n++ {
		var next []plumbing.Hash
		for _, h := range last {
			kept[h] = true
			c, err := repo.CommitObject(h)
			if err != nil {
				return err
			}
			next = append(next, c.ParentHashes...)
		}
		if n == depth {
			break
		}
		last = next
	}
	if err := repo.Storer.SetShallow(last); err != nil {
		return err
	}
	commits, err := repo.CommitObjects()
	if err != nil {
		return err
	}
	return commits.ForEach(func(c *object.Commit) error {
		if kept[c.Hash] {
			return nil
		}
		h := c.Hash.String()
		return os.Remove(filepath.Join(dir, ".git", "objects", h[:2], h[2:]))
	})
}

func TestCutHistory(t *testing.T) {
	dir := t.TempDir()
	for range 3 {
		if _, err := commitAll(dir, "c"); err != nil {
			t.Fatal(err)
		}
	}
	if err := cutHistory(dir, 2); err != nil {
		t.Fatal(err)
	}
	repo, err := git.PlainOpen(dir)
	if err != nil {
		t.Fatal(err)
	}
	for rev, there := range map[plumbing.Revision]bool{"HEAD": true, "HEAD^1": true, "HEAD~2": false} {
		if _, err := repo.ResolveRevision(rev); (err == nil) != there {
			t.Errorf("%s: %v", rev, err)
		}
	}
}
