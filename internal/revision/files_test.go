package revision

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

func TestFilesAreThoseOfTheCommit(t *testing.T) {
	h := begin(t)
	old := h.commit("old", []string{"a.yaml: old", "sub/b.yaml: b", "sub/link.yaml -> ../a.yaml", "folder -> sub"})
	h.commit("new", []string{"a.yaml: new", "sub/c.yaml: c"})
	files := h.files(old.String())
	if err := fstest.TestFS(files, "a.yaml", "sub/b.yaml"); err != nil {
		t.Error(err)
	}
	for name, want := range map[string]string{"a.yaml": "old", "sub/b.yaml": "b", "sub/link.yaml": "old", "folder/b.yaml": "b", "folder/link.yaml": "old"} {
		if got, err := fs.ReadFile(files, name); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, err := fs.Stat(files, "sub/c.yaml"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file of the other revision: %v", err)
	}
	if target, err := fs.ReadLink(files, "folder"); err != nil || target != "sub" {
		t.Errorf("a symbolic link: %q, %v", target, err)
	}
}

func TestNothingLeavesTheRevision(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	h := begin(t)
	files := []string{"absolute -> " + secret, "up -> ../secret", "a/deep -> ../../secret", "loop -> loop", "gone -> nothing"}
	files = append(files, "a/b: 1", "via -> a/../../secret")
	rev := h.commit("links", files)
	all := h.files(rev.String())
	for _, name := range []string{"absolute", "up", "a/deep", "loop", "gone", "via", "../secret", "/etc/passwd"} {
		if got, err := fs.ReadFile(all, name); err == nil {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestWhatGitKeepsOnlyANoteOf(t *testing.T) {
	h := begin(t)
	pointed := "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n"
	rev := h.commit("large", []string{"large.yaml: " + pointed, "absent.yaml: " + pointed, "own.yaml: own"})
	h.write("large.yaml", "now")
	if err := os.Remove(filepath.Join(h.dir, "absent.yaml")); err != nil {
		t.Fatal(err)
	}
	h.write("module/x.yaml", "x")
	rev = h.withSubmodule(rev, "module")
	files := h.files(rev.String())
	for name, want := range map[string]string{"large.yaml": "now", "absent.yaml": pointed, "module/x.yaml": "x", "own.yaml": "own"} {
		if got, err := fs.ReadFile(files, name); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if entries, err := fs.ReadDir(files, "module"); err != nil || len(entries) != 1 {
		t.Errorf("the submodule: %v, %v", entries, err)
	}
	if got := strings.Join(files.Taken(), " "); got != "absent.yaml large.yaml module" {
		t.Errorf("taken: %s", got)
	}
}

// withSubmodule commits a submodule next to what a commit has.
func (h *history) withSubmodule(parent plumbing.Hash, name string) plumbing.Hash {
	h.t.Helper()
	c, err := h.repo.CommitObject(parent)
	if err != nil {
		h.t.Fatal(err)
	}
	tree, err := c.Tree()
	if err != nil {
		h.t.Fatal(err)
	}
	tree.Entries = append(tree.Entries, object.TreeEntry{Name: name, Mode: filemode.Submodule, Hash: parent})
	slices.SortFunc(tree.Entries, func(a, b object.TreeEntry) int { return strings.Compare(a.Name, b.Name) })
	store := func(o interface {
		Encode(plumbing.EncodedObject) error
	}) plumbing.Hash {
		e := h.repo.Storer.NewEncodedObject()
		if err := o.Encode(e); err != nil {
			h.t.Fatal(err)
		}
		hash, err := h.repo.Storer.SetEncodedObject(e)
		if err != nil {
			h.t.Fatal(err)
		}
		return hash
	}
	out := store(&object.Commit{TreeHash: store(tree), ParentHashes: []plumbing.Hash{parent}, Author: c.Author, Committer: c.Committer, Message: "module"})
	h.point("refs/heads/main", out)
	return out
}
