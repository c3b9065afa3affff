package revision

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
)

func TestWhatIsNoRevision(t *testing.T) {
	if _, err := Open(t.TempDir()); !errors.Is(err, ErrNoRepository) {
		t.Errorf("no repository: %v", err)
	}
	h := begin(t)
	var missing *MissingError
	if _, err := h.base("HEAD"); !errors.As(err, &missing) {
		t.Errorf("no commit yet: %v", err)
	}
	h.commit("root", []string{"a: 1"})
	for _, rev := range []string{"", "nowhere", "HEAD^1", "HEAD~7", "-x", "a..b", ":/x", "HEAD^{/(}", strings.Repeat("0", 40), "\x00"} {
		if _, err := h.base(rev); !errors.As(err, &missing) || missing.Shallow {
			t.Errorf("%q: %v", rev, err)
		}
	}
}

func TestWhatThisCannotRead(t *testing.T) {
	for _, extension := range []string{"objectformat = sha256", "refstorage = reftable"} {
		h := begin(t)
		h.write(".git/config", "[core]\n\trepositoryformatversion = 1\n[extensions]\n\t"+extension+"\n")
		if _, err := Open(h.dir); err == nil || !strings.Contains(err.Error(), "tierlint reads only") {
			t.Errorf("%s: %v", extension, err)
		}
	}
}

func TestObjectsOfAnotherRepository(t *testing.T) {
	h := begin(t)
	rev := h.commit("root", []string{"a.yaml: a"})
	shared := begin(t)
	shared.write(".git/objects/info/alternates", filepath.Join(h.dir, ".git", "objects")+"\n")
	shared.point("refs/heads/main", rev)
	if got, err := fs.ReadFile(shared.files("HEAD"), "a.yaml"); err != nil || string(got) != "a" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestFilesThatTheCloneLacks(t *testing.T) {
	h := begin(t)
	rev := h.commit("root", []string{"a.yaml: a", "b.yaml: b"})
	files := h.files(rev.String())
	blob := plumbing.ComputeHash(plumbing.BlobObject, []byte("b")).String()
	if err := os.Remove(filepath.Join(h.dir, ".git", "objects", blob[:2], blob[2:])); err != nil {
		t.Fatal(err)
	}
	if _, err := fs.ReadFile(files, "a.yaml"); err != nil || files.Lost() != 0 {
		t.Errorf("a file that is there: %v", err)
	}
	if _, err := fs.ReadFile(files, "b.yaml"); err == nil || files.Lost() != 1 {
		t.Errorf("%d files are lost, %v", files.Lost(), err)
	}
}

func TestTheOwnerDoesNotMatter(t *testing.T) {
	h := begin(t)
	rev := h.commit("root", []string{"a.yaml: a"})
	if err := filepath.WalkDir(h.dir, func(p string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(p, 1001, 1001))
	}); err != nil {
		t.Skip("only root can give files away: ", err)
	}
	if got, err := fs.ReadFile(h.files(rev.String()), "a.yaml"); err != nil || string(got) != "a" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestALinkedWorktree(t *testing.T) {
	h := begin(t)
	rev := h.commit("root", []string{"a.yaml: a"})
	// As `git worktree add` lays it out.
	tree := t.TempDir()
	meta := filepath.Join(".git", "worktrees", "w")
	h.write(filepath.Join(meta, "HEAD"), rev.String()+"\n")
	h.write(filepath.Join(meta, "commondir"), "../..\n")
	h.write(filepath.Join(meta, "gitdir"), filepath.Join(tree, ".git")+"\n")
	if err := os.WriteFile(filepath.Join(tree, ".git"), []byte("gitdir: "+filepath.Join(h.dir, meta)+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := Open(tree)
	if err != nil {
		t.Fatal(err)
	}
	b, err := r.Base("main")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := fs.ReadFile(b.Files(os.DirFS(tree)), "a.yaml"); err != nil || string(got) != "a" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestPackedObjectsAndReferences(t *testing.T) {
	h := begin(t)
	rev := h.commit("root", []string{"a.yaml: " + string(bytes.Repeat([]byte("a\n"), 1000))})
	h.point("refs/heads/topic", rev)
	h.commit("next", []string{"a.yaml: b"})
	if err := h.repo.RepackObjects(&git.RepackConfig{}); err != nil {
		t.Fatal(err)
	}
	if err := h.repo.Storer.PackRefs(); err != nil {
		t.Fatal(err)
	}
	if got, err := fs.ReadFile(h.files("topic"), "a.yaml"); err != nil || len(got) != 2000 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}
