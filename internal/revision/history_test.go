package revision

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// history is a repository in the making, on disk.
type history struct {
	t    *testing.T
	dir  string
	repo *git.Repository
	now  time.Time
}

func begin(t *testing.T) *history {
	t.Helper()
	dir := t.TempDir()
	repo, err := git.PlainInitWithOptions(dir, &git.PlainInitOptions{InitOptions: git.InitOptions{DefaultBranch: "refs/heads/main"}})
	if err != nil {
		t.Fatal(err)
	}
	return &history{t, dir, repo, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
}

// commit writes files, each "name: content", or "name -> target" for a symbolic link, and commits
// them, on top of the parents, or else of HEAD.
func (h *history) commit(message string, files []string, parents ...plumbing.Hash) plumbing.Hash {
	h.t.Helper()
	w, err := h.repo.Worktree()
	if err != nil {
		h.t.Fatal(err)
	}
	for _, f := range files {
		name, content, ok := strings.Cut(f, ": ")
		if ok {
			h.write(name, content)
		} else {
			var target string
			name, target, _ = strings.Cut(f, " -> ")
			if err := os.MkdirAll(filepath.Dir(filepath.Join(h.dir, name)), 0o755); err != nil {
				h.t.Fatal(err)
			}
			if err := os.Symlink(target, filepath.Join(h.dir, name)); err != nil {
				h.t.Fatal(err)
			}
		}
		if _, err := w.Add(name); err != nil {
			h.t.Fatal(err)
		}
	}
	h.now = h.now.Add(time.Hour)
	by := &object.Signature{Name: "A", Email: "a@example.org", When: h.now}
	hash, err := w.Commit(message, &git.CommitOptions{Author: by, Committer: by, Parents: parents, AllowEmptyCommits: true})
	if err != nil {
		h.t.Fatal(err)
	}
	return hash
}

func (h *history) write(name, content string) {
	h.t.Helper()
	p := filepath.Join(h.dir, name)
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(p, []byte(content), 0o644); err != nil {
		h.t.Fatal(err)
	}
}

// point makes a reference, such as refs/heads/topic.
func (h *history) point(ref string, at plumbing.Hash) {
	h.t.Helper()
	if err := h.repo.Storer.SetReference(plumbing.NewHashReference(plumbing.ReferenceName(ref), at)); err != nil {
		h.t.Fatal(err)
	}
}

// base opens the repository again, as a command does.
func (h *history) base(rev string) (*Base, error) {
	h.t.Helper()
	r, err := Open(h.dir)
	if err != nil {
		h.t.Fatal(err)
	}
	return r.Base(rev)
}

// files are those of the base of a revision.
func (h *history) files(rev string) *Files {
	h.t.Helper()
	b, err := h.base(rev)
	if err != nil {
		h.t.Fatal(err)
	}
	return b.Files(os.DirFS(h.dir))
}
