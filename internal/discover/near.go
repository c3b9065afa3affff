package discover

import (
	"errors"
	"io/fs"
	"path"
	"slices"

	"github.com/tierlint/tierlint/internal/near"
)

// misspelt says whether a kustomization lists a file of its folder under a name that does not exist and is nearly that
// of the file, which is reported there.
func (t *Tree) misspelt(k *Kustomization, p string) bool {
	return slices.ContainsFunc(k.Refs, func(r Ref) bool {
		if r.Role != Include || r.Inline() || r.Remote() {
			return false
		}
		_, err := t.ResolveRef(k, r)
		return errors.Is(err, fs.ErrNotExist) && path.Join(k.Dir, t.Near(k, r)) == p
	})
}

// Near is the path of a file or folder whose name is nearly the one that a kustomization names, in the same
// folder, and written as the kustomization writes it; "" if there is none that it does not name already.
func (t *Tree) Near(k *Kustomization, r Ref) string {
	dir, err := t.Resolve(path.Join(k.Dir, path.Dir(r.Text)))
	if err != nil {
		return ""
	}
	entries, err := fs.ReadDir(t.FS, dir)
	if err != nil {
		return ""
	}
	var names []string
	for _, e := range entries {
		at := path.Join(path.Dir(r.Text), e.Name())
		if !slices.ContainsFunc(k.Refs, func(o Ref) bool { return path.Clean(o.Text) == at }) {
			names = append(names, e.Name())
		}
	}
	name := near.Name(path.Base(r.Text), names)
	if name == "" {
		return ""
	}
	return path.Join(path.Dir(r.Text), name)
}
