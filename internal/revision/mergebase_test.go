package revision

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

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
