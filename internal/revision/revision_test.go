package revision

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
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

func TestBaseIsWhereHeadLeft(t *testing.T) {
	h := begin(t)
	root := h.commit("root", []string{"a: 1"})
	fork := h.commit("fork", []string{"a: 2"})
	ahead := h.commit("main goes on", []string{"a: 3"})
	topic := h.commit("topic", []string{"b: 1"}, fork)
	merge := h.commit("merge", nil, ahead, topic)
	tagged, err := h.repo.CreateTag("v1", root, &git.CreateTagOptions{Tagger: &object.Signature{Name: "A"}, Message: "v1"})
	if err != nil {
		t.Fatal(err)
	}
	h.point("refs/remotes/origin/release", ahead)
	for _, c := range []struct {
		name      string
		head      plumbing.Hash
		rev       string
		base      plumbing.Hash
		unrelated bool
	}{
		{"a branch that went on", topic, ahead.String(), fork, false},
		{"a branch that only origin has", topic, "release", fork, false},
		{"the first parent of a merge", merge, "HEAD^1", ahead, false},
		{"the second parent of a merge", merge, "HEAD^2", topic, false},
		{"a tag with a message", topic, "v1", root, false},
		{"a short hash", topic, ahead.String()[:8], fork, false},
		{"HEAD itself", topic, "HEAD", topic, false},
		{"what is ahead of HEAD", fork, ahead.String(), fork, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			h.point("refs/heads/main", c.head)
			b, err := h.base(c.rev)
			if err != nil {
				t.Fatal(err)
			}
			if b.Commit != c.base.String() || b.Unrelated != c.unrelated {
				t.Errorf("got %s (unrelated: %v), want %s", b.Commit, b.Unrelated, c.base)
			}
		})
	}
	if tagged.Hash() == root {
		t.Error("the tag has no object of its own")
	}
}

func TestAMergeBaseIsNoAncestorOfAnother(t *testing.T) {
	// main was merged into the topic: the merged commit is the base, not where the topic began.
	h := begin(t)
	fork := h.commit("fork", []string{"a: 1"})
	ahead := h.commit("main", []string{"a: 2"}, fork)
	topic := h.commit("topic", []string{"b: 1"}, fork)
	merged := h.commit("main into topic", nil, topic, ahead)
	main := h.commit("main again", []string{"a: 3"}, ahead)
	h.point("refs/heads/main", merged)
	b, err := h.base(main.String())
	if err != nil {
		t.Fatal(err)
	}
	if b.Commit != ahead.String() {
		t.Errorf("got %s, want %s", b.Commit, ahead)
	}
}

func TestAHistoryThatIsCut(t *testing.T) {
	h := begin(t)
	root := h.commit("root", []string{"a: 1"})
	fork := h.commit("fork", []string{"a: 2"}, root)
	main := h.commit("main", []string{"a: 3"}, fork)
	topic := h.commit("topic", []string{"b: 1"}, fork)
	merge := h.commit("merge", nil, main, topic)
	shallow := func(cut ...plumbing.Hash) {
		if err := h.repo.Storer.SetShallow(cut); err != nil {
			t.Fatal(err)
		}
	}
	gone := func(hash plumbing.Hash) {
		if err := os.Remove(filepath.Join(h.dir, ".git", "objects", hash.String()[:2], hash.String()[2:])); err != nil {
			t.Fatal(err)
		}
	}
	gone(root)

	// fetch-depth: 2
	shallow(main, topic)
	gone(fork)
	if b, err := h.base("HEAD^1"); err != nil || b.Commit != main.String() {
		t.Errorf("the first parent: %+v, %v", b, err)
	}

	// Both commits are there, and nothing that they have in common.
	h.point("refs/heads/main", topic)
	if b, err := h.base(main.String()); err != nil || b.Commit != main.String() || !b.Unrelated {
		t.Errorf("unrelated: %+v, %v", b, err)
	}

	// fetch-depth: 1
	h.point("refs/heads/main", merge)
	shallow(merge)
	gone(main)
	var missing *MissingError
	for _, rev := range []string{"HEAD^1", main.String(), "nowhere"} {
		if _, err := h.base(rev); !errors.As(err, &missing) || !missing.Shallow || !strings.Contains(err.Error(), rev+" is not in this clone, which is shallow") {
			t.Errorf("%s: %v", rev, err)
		}
	}
}

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
