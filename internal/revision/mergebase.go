package revision

import (
	"container/heap"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// paint says from where a commit can be reached.
type paint uint8

const (
	ours paint = 1 << iota
	theirs
	stale // it is in the history of a common commit, so it is no merge base

	common = ours | theirs
)

// mergeBase is the newest commit in the history of both. It walks both histories from new to old
// and stops where nothing but the past of common commits is left, as git does (paint_down_to_common
// in commit-reach.c). The history of a shallow clone ends where it was cut; false: nothing in
// common is known.
func (r *Repository) mergeBase(a, b *object.Commit) (*object.Commit, bool, error) {
	painted := map[plumbing.Hash]paint{a.Hash: ours}
	painted[b.Hash] |= theirs
	queue := &newest{a}
	if a.Hash != b.Hash {
		heap.Push(queue, b)
	}
	var bases []*object.Commit
	for queue.open(painted) {
		c := heap.Pop(queue).(*object.Commit)
		colour := painted[c.Hash]
		if colour == common {
			bases = append(bases, c)
			colour |= stale
		}
		if r.shallow[c.Hash] {
			continue
		}
		for _, h := range c.ParentHashes {
			if painted[h]&colour == colour {
				continue
			}
			painted[h] |= colour
			parent, err := r.git.CommitObject(h)
			if err != nil {
				return nil, false, err
			}
			heap.Push(queue, parent)
		}
	}
	for _, c := range bases {
		if painted[c.Hash]&stale == 0 {
			return c, true, nil
		}
	}
	return nil, false, nil
}

// newest is a queue of commits, the newest first.
type newest []*object.Commit

func (q newest) Len() int           { return len(q) }
func (q newest) Less(i, j int) bool { return q[i].Committer.When.After(q[j].Committer.When) }
func (q newest) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *newest) Push(c any)        { *q = append(*q, c.(*object.Commit)) }

func (q *newest) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// open says whether a commit is left that may yet lead to a merge base.
func (q newest) open(painted map[plumbing.Hash]paint) bool {
	for _, c := range q {
		if painted[c.Hash]&stale == 0 {
			return true
		}
	}
	return false
}
